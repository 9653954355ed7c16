//! Files in a folder of this machine.

use super::{Pieces, says};
use crate::generation::Error;
use bytes::BytesMut;
use futures_util::{StreamExt as _, stream};
use std::{
    collections::BTreeSet,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Component, Path, PathBuf},
};
use tokio::io::AsyncReadExt as _;

/// Bytes of one piece.
const PIECE: usize = 64 * 1024;

pub fn size(root: &Path, name: &str) -> Result<Option<u64>, Error> {
    there(root)?;
    let path = inside(root, name)?;
    match fs::symlink_metadata(&path) {
        Ok(meta) if meta.is_dir() => Err(says("a row names a folder, not a file")),
        Ok(meta) => Ok(Some(meta.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(why(&error)),
    }
}

pub fn bytes(root: &Path, names: &[String]) -> Result<u64, Error> {
    names.iter().try_fold(0, |sum: u64, name| Ok(sum.saturating_add(size(root, name)?.unwrap_or_default())))
}

pub fn remove(root: &Path, names: &[String]) -> Result<(), Error> {
    there(root)?;
    let mut folders = BTreeSet::new();
    for name in names {
        let path = inside(root, name)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(why(&error)),
            _ => {}
        }
        if size(root, name)?.is_some() {
            return Err(says("a file is still there after it was removed"));
        }
        folders.extend(path.parent().filter(|folder| folder.exists()).map(Path::to_owned));
    }
    for folder in folders {
        fs::File::open(&folder).and_then(|f| f.sync_all()).map_err(|error| why(&error))?;
    }
    Ok(())
}

/// Opens a file itself, not what it may link to.
pub fn open(root: &Path, name: &str) -> Result<Option<fs::File>, Error> {
    if size(root, name)?.is_none() {
        return Ok(None);
    }
    let path = inside(root, name)?;
    let named = fs::symlink_metadata(&path).map_err(|error| why(&error))?;
    if !named.is_file() {
        return Err(says("a row names a link or a device, not a file"));
    }
    let file = fs::File::open(&path).map_err(|error| why(&error))?;
    let opened = file.metadata().map_err(|error| why(&error))?;
    if (named.dev(), named.ino()) == (opened.dev(), opened.ino()) {
        Ok(Some(file))
    } else {
        Err(says("a file became another while it was opened"))
    }
}

/// A file's bytes from its beginning.
pub fn pieces(file: fs::File) -> Pieces {
    let file = tokio::fs::File::from_std(file);
    stream::try_unfold(file, |mut file| async move {
        let mut piece = BytesMut::with_capacity(PIECE);
        match file.read_buf(&mut piece).await {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some((piece.freeze(), file))),
            Err(error) => Err(why(&error)),
        }
    })
    .boxed()
}

/// A folder that is not there is a disk that is not mounted, not files that are gone.
pub fn there(root: &Path) -> Result<(), Error> {
    if root.is_dir() {
        Ok(())
    } else {
        Err(says("the folder of the product’s files is not there; is its disk mounted?"))
    }
}

/// The path of a name inside `root`; its folder may not lead outside by a symbolic link either.
fn inside(root: &Path, name: &str) -> Result<PathBuf, Error> {
    let relative = Path::new(name);
    let plain = !name.is_empty()
        && name.len() <= 1_024
        && !name.contains(['\0', '\\'])
        && relative.components().all(|part| matches!(part, Component::Normal(_)));
    if !plain {
        return Err(says("a row names a file outside the folder; look at its file columns"));
    }
    let path = root.join(relative);
    let (Ok(root), Some(folder)) = (root.canonicalize(), path.parent()) else { return Ok(path) };
    match folder.canonicalize() {
        Ok(folder) if !folder.starts_with(&root) => {
            Err(says("a row names a file behind a link that leads outside the folder"))
        }
        _ => Ok(path),
    }
}

fn why(error: &io::Error) -> Error {
    says(&format!("a file cannot be reached or removed: {}", error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generation::Files;
    use futures_util::TryStreamExt as _;

    #[tokio::test]
    async fn s32_no_name_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let (root, outside) = (folder.path().join("files"), folder.path().join("secret"));
        fs::create_dir_all(root.join("a")).expect("it is made");
        fs::write(&outside, "mine").expect("it is written");
        std::os::unix::fs::symlink(folder.path(), root.join("link")).expect("it links");
        let files = Files::Folder(root.clone());
        for name in ["../secret", "/etc/passwd", "a/../../secret", "", "..\\secret", "a\0b", "./a", "link/secret", ".."]
        {
            assert!(files.remove(&[name.to_owned()]).await.is_err(), "{name:?}");
            assert!(files.size(name).await.is_err(), "{name:?}");
            assert!(files.read(name).await.is_err(), "{name:?}");
        }
        assert!(outside.exists());
        fs::write(root.join("a/one.png"), "png").expect("it is written");
        assert_eq!(files.size("a/one.png").await.expect("it reads"), Some(3));
        std::os::unix::fs::symlink(&outside, root.join("a/link.png")).expect("it links");
        assert!(files.read("a/link.png").await.is_err(), "what a link leads to is not the file that a row names");
        let read = files.read("a/one.png").await.expect("it reads").expect("it is there");
        assert_eq!(read.try_collect::<Vec<_>>().await.expect("it reads").concat(), b"png");
        assert!(files.read("a/never.png").await.expect("it looks").is_none());
        files
            .remove(&["a/one.png".to_owned(), "a/never.png".to_owned(), "b/c/never.png".to_owned()])
            .await
            .expect("they go");
        assert_eq!(files.size("a/one.png").await.expect("it reads"), None);
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_not_an_empty_one() {
        let files = Files::Folder(PathBuf::from("/nowhere/at/all"));
        assert!(files.size("a.png").await.is_err());
        assert!(files.remove(&["a.png".to_owned()]).await.is_err());
    }
}
