//! The store of package files, in a folder and in a bucket: whole or not at all, and gone when it is removed.

use super::s3::S3;
use crate::{
    bucket,
    config::Bucket,
    store::{Error, Objects, Result},
};
use axum::http::StatusCode;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use std::{fs, io, path::PathBuf, time::Duration};
use tokio::{sync::mpsc, time};

/// A store, and where a test can look behind it.
struct Shelf {
    objects: Objects,
    behind: PathBuf,
    s3: Option<S3>,
    _folder: tempfile::TempDir,
}

impl Shelf {
    fn folder() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let behind = folder.path().join("packages");
        Self { objects: Objects::folder(&behind).expect("it opens"), behind, s3: None, _folder: folder }
    }

    async fn bucket() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let s3 = S3::serve(folder.path()).await;
        s3.create("packages");
        let objects = Objects::bucket(s3.open("packages"));
        Self { objects, behind: folder.path().join("packages"), s3: Some(s3), _folder: folder }
    }

    async fn put(&self, name: &str, pieces: Vec<io::Result<Bytes>>) -> Result<u64> {
        put(&self.objects, name, pieces).await
    }

    async fn reads(&self, name: &str, range: std::ops::Range<u64>) -> Result<Vec<u8>> {
        Ok(self.objects.read(name, range).await?.try_collect::<Vec<_>>().await?.concat())
    }

    /// Files there are, whoever made them.
    fn files(&self) -> usize {
        fs::read_dir(&self.behind).expect("it lists").count()
    }

    fn server(&self) -> &S3 {
        self.s3.as_ref().expect("a bucket")
    }
}

async fn put(objects: &Objects, name: &str, pieces: Vec<io::Result<Bytes>>) -> Result<u64> {
    let (sender, receiver) = mpsc::channel(1);
    let sends = async move {
        for piece in pieces {
            if sender.send(piece).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(objects.put(name, receiver), sends).0
}

/// Twelve megabytes and a bit, no two parts alike.
fn large() -> Vec<u8> {
    (0..3_200_000_u32).flat_map(u32::to_le_bytes).take(12_345_678).collect()
}

fn in_pieces(bytes: &[u8], size: usize) -> Vec<io::Result<Bytes>> {
    bytes.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect()
}

macro_rules! on_both_stores {
    ($($(#[$doc:meta])* async fn $name:ident($shelf:ident: Shelf) $body:block)+) => { $(
        $(#[$doc])*
        mod $name {
            use super::*;
            async fn test($shelf: Shelf) $body
            #[tokio::test]
            async fn folder() { test(Shelf::folder()).await; }
            #[tokio::test]
            async fn bucket() { test(Shelf::bucket().await).await; }
        }
    )+ };
}

on_both_stores! {
    async fn what_was_put_is_read_whole_and_in_parts_until_it_is_removed(shelf: Shelf) {
        let large = large();
        assert_eq!(shelf.objects.size("a-1.zip").await.expect("it looks"), None);
        // pieces smaller than a part, and one larger than two
        for size in [70_000, 11_000_000] {
            let length = shelf.put("a-1.zip", in_pieces(&large, size)).await.expect("it is kept");
            assert_eq!(length, 12_345_678);
            assert_eq!(shelf.objects.size("a-1.zip").await.expect("it looks"), Some(length));
            assert!(shelf.reads("a-1.zip", 0..length).await.expect("it reads") == large);
        }
        assert_eq!(shelf.reads("a-1.zip", 5_242_878..5_242_883).await.expect("it reads"), large[5_242_878..5_242_883]);
        assert_eq!(shelf.reads("a-1.zip", 12_345_677..12_345_678).await.expect("it reads"), large[12_345_677..]);
        assert_eq!(shelf.reads("a-1.zip", 7..7).await.expect("it reads"), b"");
        assert!(shelf.reads("a-1.zip", 12_345_670..12_345_679).await.is_err(), "it is not that long");
        shelf.objects.remove("a-1.zip").await.expect("it goes");
        assert_eq!(shelf.objects.size("a-1.zip").await.expect("it looks"), None);
        assert!(shelf.reads("a-1.zip", 0..1).await.is_err());
        shelf.objects.remove("a-1.zip").await.expect("what is gone is done");
        assert_eq!(shelf.files(), 0);
    }

    async fn an_empty_file_is_a_file(shelf: Shelf) {
        assert_eq!(shelf.put("empty", Vec::new()).await.expect("it is kept"), 0);
        assert_eq!(shelf.objects.size("empty").await.expect("it looks"), Some(0));
    }

    async fn f20_an_upload_that_is_cut_off_leaves_nothing(shelf: Shelf) {
        let large = large();
        for sent in [0, 1, large.len()] {
            let mut pieces = in_pieces(&large[..sent], 1_000_000);
            pieces.push(Err(io::Error::other("the archive broke off")));
            assert!(shelf.put("cut", pieces).await.is_err());
        }
        // whoever waited for it is gone
        let (sender, receiver) = mpsc::channel(1);
        let half = Bytes::copy_from_slice(&large[..6_000_000]);
        sender.send(Ok(half)).await.expect("there is room");
        {
            // given up once the server has begun, however long that takes: what it begins later nobody could know of
            let begun = async {
                while shelf.s3.as_ref().is_some_and(|s3| s3.open_uploads() == 0) {
                    time::sleep(Duration::from_millis(20)).await;
                }
                time::sleep(Duration::from_millis(300)).await;
            };
            tokio::select! {
                ended = shelf.objects.put("cut", receiver) => panic!("it waits for more: {ended:?}"),
                () = begun => {}
            }
        }
        for _ in 0..500 {
            if shelf.files() == 0 && shelf.s3.as_ref().is_none_or(|s3| s3.open_uploads() == 0) {
                break;
            }
            time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(shelf.objects.size("cut").await.expect("it looks"), None);
        assert_eq!(shelf.files(), 0);
        assert_eq!(shelf.s3.as_ref().map_or(0, S3::open_uploads), 0);
    }

    async fn s32_only_names_of_our_own_are_taken(shelf: Shelf) {
        let long = "a".repeat(81);
        for name in ["", ".", "..", "../a", "a/b", "/etc/passwd", "a\\b", "A", "a\0", "a b", "a#1", ".a", "a.", "a.b.c", "a.z/p", "ä", "．．", "con:", &long] {
            assert!(shelf.put(name, in_pieces(b"x", 1)).await.is_err(), "{name:?}");
            assert!(shelf.objects.size(name).await.is_err(), "{name:?}");
            assert!(shelf.objects.read(name, 0..1).await.is_err(), "{name:?}");
            assert!(shelf.objects.remove(name).await.is_err(), "{name:?}");
        }
        assert_eq!(shelf.files(), 0);
        for name in [&long[..80], "0", "-", "a-b.zip"] {
            shelf.put(name, in_pieces(b"x", 1)).await.expect("it is kept");
        }
    }

    async fn a_place_that_is_not_there_is_not_an_empty_one(shelf: Shelf) {
        fs::remove_dir(&shelf.behind).expect("it goes");
        assert!(shelf.objects.check().await.is_err());
        assert!(shelf.objects.size("a").await.is_err());
        assert!(shelf.objects.remove("a").await.is_err());
        if shelf.s3.is_none() {
            // the tests' server makes a bucket that something is put into, as others do not
            assert!(shelf.put("a", in_pieces(b"x", 1)).await.is_err());
            assert!(!shelf.behind.exists());
        }
    }
}

#[tokio::test]
async fn a_folder_is_its_owners_and_loses_what_a_killed_process_left() {
    use std::os::unix::fs::PermissionsExt as _;
    let shelf = Shelf::folder();
    assert_eq!(fs::metadata(&shelf.behind).expect("it is there").permissions().mode() & 0o777, 0o700);
    for name in ["a-1.zip#1", "a-1.zip#2", "a-1.zip", "a-10.zip", "a-1.zip2"] {
        fs::write(shelf.behind.join(name), "half").expect("it is written");
    }
    shelf.objects.remove("a-1.zip").await.expect("it goes");
    assert_eq!(shelf.files(), 2);
}

#[tokio::test]
async fn f20_a_server_that_is_busy_is_asked_again() {
    let shelf = Shelf::bucket().await;
    let large = large();
    shelf.server().slows_down(2);
    shelf.put("busy", in_pieces(&large, 6_000_000)).await.expect("it is kept");
    shelf.server().slows_down(2);
    assert!(shelf.reads("busy", 0..12_345_678).await.expect("it reads") == large);
    shelf.server().slows_down(2);
    shelf.objects.remove("busy").await.expect("it goes");
    assert_eq!((shelf.files(), shelf.server().open_uploads()), (0, 0));
}

#[tokio::test]
async fn f20_a_server_that_stays_busy_is_given_up_and_a_missing_file_is_removed() {
    let shelf = Shelf::bucket().await;
    shelf.server().slows_down(usize::MAX);
    let (before, begun) = (shelf.server().seen(), time::Instant::now());
    assert!(shelf.objects.size("a").await.is_err());
    assert_eq!(shelf.server().seen() - before, 6);
    assert!(begun.elapsed() < Duration::from_mins(1));
    shelf.server().slows_down(0);
    shelf.server().refuses("DELETE", StatusCode::NOT_FOUND);
    shelf.objects.remove("a").await.expect("what is gone is done");
    shelf.put("a", in_pieces(b"x", 1)).await.expect("it is kept");
    let stays = shelf.objects.remove("a").await.expect_err("it was not removed").to_string();
    assert!(stays.contains("still there"), "{stays}");
}

#[tokio::test]
async fn f20_a_wire_that_breaks_in_an_upload_leaves_nothing() {
    let shelf = Shelf::bucket().await;
    let behind = shelf.server().behind_a_bad_wire("packages", 2_000_000).await;
    let objects = Objects::bucket(bucket::open(&behind).expect("it opens"));
    assert_eq!(
        put(&objects, "small", in_pieces(&large()[..1_000_000], 1_000_000)).await.expect("it is kept"),
        1_000_000
    );
    assert!(put(&objects, "cut", in_pieces(&large(), 1_000_000)).await.is_err());
    assert_eq!(shelf.objects.size("cut").await.expect("it looks"), None);
    assert_eq!((shelf.files(), shelf.server().open_uploads()), (1, 0));
}

/// What a person reads says what to do, and holds neither address nor key nor name.
#[tokio::test]
async fn a_bucket_that_cannot_be_used_says_why() {
    let shelf = Shelf::bucket().await;
    let good = shelf.server().settings("packages");
    for (settings, says) in [
        (Bucket { access_key_id: "mallory".to_owned(), ..good.clone() }, "refuses these keys"),
        (shelf.server().settings("elsewhere"), "the bucket is not there"),
        (Bucket { endpoint: "http://127.0.0.1:1".to_owned(), ..good.clone() }, "cannot be reached"),
    ] {
        let objects = Objects::bucket(bucket::open(&settings).expect("it opens"));
        for error in [objects.check().await, objects.size("a-name").await.map(|_| ()), objects.remove("a-name").await] {
            let Err(error @ Error::Objects(_)) = error else { panic!("{says}: {error:?}") };
            let text = error.to_string();
            assert!(text.contains(says), "{text}");
            for hidden in ["127.0.0.1", "only-for-tests", "mallory", "a-name", "http"] {
                assert!(!text.contains(hidden), "{text}");
            }
        }
    }
}
