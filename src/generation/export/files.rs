//! The files that rows name: each once, under a name that says nothing and leads nowhere.

use super::{Watch, write::Pack};
use crate::{
    domain::plan::FileCount,
    generation::{
        Error, Source,
        engine::{Conn, Statement},
        export::portions::Portions,
    },
};
use futures_util::TryStreamExt as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Pictures that the page shows.
pub const SHOWN_PICTURES: usize = 60;
/// What browsers show as a picture.
const PICTURES: [&str; 7] = ["png", "jpg", "jpeg", "webp", "gif", "avif", "bmp"];
/// What else keeps its ending. Anything that could carry a script loses it.
const OTHERS: [&str; 8] = ["tif", "tiff", "heic", "mp4", "webm", "mov", "txt", "json"];
/// The ending of the rest.
const ANY: &str = "bin";

/// Where the file `name` lies in the package: the same name always at the same place, and nothing of it to be read.
pub fn path(key: &[u8; 32], name: &str) -> String {
    let mut digest = Vec::new();
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        mac.update(name.as_bytes());
        digest = mac.finalize().into_bytes().to_vec();
    }
    digest.truncate(12);
    format!("files/{}.{}", data_encoding::HEXLOWER.encode(&digest), ending(name))
}

fn ending(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    PICTURES.iter().chain(&OTHERS).find(|known| **known == ending).copied().unwrap_or(ANY)
}

/// True for an entry that browsers show as a picture.
pub fn is_picture(path: &str) -> bool {
    PICTURES.contains(&ending(path))
}

/// What became of the files.
#[derive(Debug, Default)]
pub struct FilesDone {
    /// Those in the package.
    pub count: FileCount,
    /// Those that were not there.
    pub missing: i64,
}

impl Source {
    /// Packs every file that `names` selects.
    pub(super) async fn copy_files(
        &self,
        conn: &mut Conn,
        (n, names): (usize, Statement),
        file_key: &[u8; 32],
        pack: &Pack,
        watch: &Watch,
    ) -> Result<FilesDone, Error> {
        let mut done = FilesDone::default();
        let Some(files) = &self.files else { return Ok(done) };
        let mut portions = Portions::open(conn, self.engine.dialect(), n, names).await?;
        while let Some(mut rows) = portions.next(conn) {
            while let Some(row) = rows.try_next().await? {
                watch.go_on()?;
                let Some(name) = row.text(0)? else { continue };
                let path = path(file_key, &name);
                let Some(mut content) = files.read(&name).await? else {
                    pack.missing(path).await?;
                    done.missing += 1;
                    continue;
                };
                pack.file(path).await?;
                while let Some(bytes) = content.try_next().await? {
                    watch.go_on()?;
                    done.count.bytes += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
                    pack.file_bytes(bytes).await?;
                }
                pack.file_end().await?;
                done.count.count += 1;
                watch.file_done();
            }
        }
        portions.close(conn).await?;
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_a_file_in_the_package_has_a_harmless_name() {
        let key = [3; 32];
        for (name, end) in [
            ("a/10.png", ".png"),
            ("a/10.PNG", ".png"),
            ("portrait.svg", ".bin"),
            ("page.html", ".bin"),
            ("../../etc/passwd", ".bin"),
            ("run.png.exe", ".bin"),
            ("x.png/../../y", ".bin"),
            ("", ".bin"),
        ] {
            let path = path(&key, name);
            assert!(path.ends_with(end) && path.starts_with("files/"), "{name:?}: {path}");
            assert!(path.matches('/').count() == 1 && !path.contains(".."), "{name:?}: {path}");
        }
        assert_eq!(path(&key, "a"), path(&key, "a"));
        assert_ne!(path(&key, "a"), path(&[4; 32], "a"));
    }
}
