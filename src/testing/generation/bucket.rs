//! A person goes whose files lie in a bucket: nothing else happens than with files in a folder.

use super::{
    on_every_engine,
    world::{MAP, On, World, carry_out, target},
};
use crate::{
    bucket,
    config::Bucket,
    generation::{Files, Source},
    testing::s3::S3,
};
use axum::http::StatusCode;
use futures_util::TryStreamExt as _;
use std::fs;

/// The world's folder of files, served as a bucket.
async fn served(world: &World) -> (S3, Files) {
    let s3 = S3::serve(world.folder.path()).await;
    let files = Files::Bucket(s3.open("files"));
    (s3, files)
}

fn source(world: &World, files: Files) -> Source {
    Source::new(&world.url, Some(files), MAP).expect("the map holds together")
}

on_every_engine! {
    async fn a_person_whose_files_are_in_a_bucket_goes_as_from_a_folder(on: On) {
        let (world, folder) = (World::new(on).await, World::new(on).await);
        let (s3, files) = served(&world).await;
        let source = source(&world, files.clone());
        let ada = target(&source, "account", "1").await;
        let plan = source.plan(&ada).await.expect("it plans");
        assert_eq!((plan.files.count, plan.files.bytes), (2, 32));

        // one is missing already, and the server is busy
        fs::remove_file(world.files().join("a/11.png")).expect("it goes");
        let plan = source.plan(&ada).await.expect("it plans");
        assert_eq!((plan.files.count, plan.files.bytes), (2, 16));
        s3.slows_down(3);
        let (done, verified) = carry_out(&source, &ada).await.expect("it is carried out");
        assert_eq!(verified.left, [], "{done:#?}");
        assert_eq!(done.iter().map(|(_, _, files)| files).sum::<i64>(), 2);
        assert_eq!(files.size("a/10.png").await.expect("it looks"), None);
        assert_eq!(files.size("shared.png").await.expect("it looks"), Some(18));

        let by_folder = folder.source(MAP);
        carry_out(&by_folder, &target(&by_folder, "account", "1").await).await.expect("it is carried out");
        assert_eq!(world.dump().await, folder.dump().await);
    }

    async fn rows_stay_while_their_files_do(on: On) {
        let world = World::new(on).await;
        let (s3, files) = served(&world).await;
        let source = source(&world, files);
        let ada = target(&source, "account", "1").await;
        s3.refuses("DELETE", StatusCode::FORBIDDEN);
        let says = carry_out(&source, &ada).await.expect_err("it stops").to_string();
        assert!(says.contains("refuses these keys") && !says.contains("png"), "{says}");
        assert_eq!(world.rows("images", "user_id = 1 AND object_key IS NOT NULL").await.len(), 3);
    }
}

#[tokio::test]
async fn s32_a_key_is_taken_as_it_is_or_not_at_all() {
    let world = World::new(On::Sqlite).await;
    let (_s3, files) = served(&world).await;
    let long = "a".repeat(1_025);
    for name in [
        "",
        "..",
        "../generation.db",
        "a/../shared.png",
        "./shared.png",
        "/shared.png",
        "a//10.png",
        "a/",
        "a\0b",
        "a\r\nb",
        &long,
    ] {
        assert!(files.size(name).await.is_err(), "{name:?}");
        assert!(files.read(name).await.is_err(), "{name:?}");
        assert!(files.remove(&["shared.png".to_owned(), name.to_owned()]).await.is_err(), "{name:?}");
    }
    // nothing goes where one name is none, and what needs care in an address is still one key
    assert!(world.files().join("shared.png").exists());
    for name in ["a/10 + 1%2B.png", "ä&b=<c>?#1.png", "back\\slash"] {
        fs::write(world.files().join(name), "seven b").expect("it is written");
        assert_eq!(files.size(name).await.expect("it looks"), Some(7), "{name:?}");
        let read = files.read(name).await.expect("it reads").expect("it is there");
        assert_eq!(read.try_collect::<Vec<_>>().await.expect("it reads").concat(), b"seven b");
        files.remove(&[name.to_owned()]).await.expect("it goes");
        assert!(!world.files().join(name).exists(), "{name:?}");
    }
    assert!(world.files().join("a/10.png").exists());
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_not_an_empty_one() {
    let world = World::new(On::Sqlite).await;
    let (s3, files) = served(&world).await;
    files.check().await.expect("it is there");
    let mallory = Bucket { access_key_id: "mallory".to_owned(), ..s3.settings("files") };
    for store in [s3.open("elsewhere"), bucket::open(&mallory).expect("it opens")] {
        let files = Files::Bucket(store);
        let names = ["a/10.png".to_owned()];
        assert!(files.check().await.is_err());
        assert!(files.size(&names[0]).await.is_err());
        assert!(files.bytes(&names).await.is_err());
        assert!(files.read(&names[0]).await.is_err());
        assert!(files.remove(&names).await.is_err());
    }
}

#[tokio::test]
async fn a_prefix_is_what_every_key_begins_with() {
    let world = World::new(On::Sqlite).await;
    let (s3, _) = served(&world).await;
    let files =
        Files::Bucket(bucket::open(&Bucket { prefix: "a".to_owned(), ..s3.settings("files") }).expect("it opens"));
    files.check().await.expect("it is there");
    assert_eq!(files.size("10.png").await.expect("it looks"), Some(16));
    assert_eq!(files.size("shared.png").await.expect("it looks"), None);
    files.remove(&["10.png".to_owned()]).await.expect("it goes");
    assert!(!world.files().join("a/10.png").exists());
}
