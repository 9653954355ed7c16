//! The files that rows name: looked at, removed, and looked at again. Never follows a name out of its folder.

use super::Error;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Component, Path, PathBuf},
};
use tokio::io::AsyncReadExt as _;

/// Where the files of a product lie.
#[derive(Debug, Clone)]
pub enum Files {
    /// In a folder of this machine.
    Folder(PathBuf),
}

impl Files {
    /// The size of a file in bytes; none where there is no such file.
    ///
    /// # Errors
    /// When the name leads out of the folder, or the folder cannot be read.
    pub fn size(&self, name: &str) -> Result<Option<u64>, Error> {
        let Self::Folder(root) = self;
        there(root)?;
        let path = inside(root, name)?;
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_dir() => Err(says("a row names a folder, not a file")),
            Ok(meta) => Ok(Some(meta.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(why(&error)),
        }
    }

    /// The content of a file, piece by piece; none where there is no such file.
    ///
    /// # Errors
    /// When the name leads out of the folder or is no file's, or the folder cannot be read.
    pub async fn read(&self, name: &str) -> Result<Option<BoxStream<'static, Result<Bytes, Error>>>, Error> {
        /// Bytes of a piece.
        const PIECE: usize = 65_536;
        let Self::Folder(root) = self;
        there(root)?;
        let path = inside(root, name)?;
        match tokio::fs::symlink_metadata(&path).await {
            Ok(meta) if !meta.is_file() => return Err(says("a row names something that is not a file")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(why(&error)),
            Ok(_) => {}
        }
        let file = tokio::fs::File::open(&path).await.map_err(|error| why(&error))?;
        let pieces = stream::try_unfold(file, |mut file| async move {
            let mut piece = BytesMut::with_capacity(PIECE);
            let read = file.read_buf(&mut piece).await.map_err(|error| why(&error))?;
            Ok((read > 0).then(|| (piece.freeze(), file)))
        });
        Ok(Some(pieces.boxed()))
    }

    /// Removes files and makes sure that they are gone, durably. A file that is missing already is done.
    ///
    /// # Errors
    /// When a name leads out of the folder, or a file stays.
    pub fn remove(&self, names: &[String]) -> Result<(), Error> {
        let Self::Folder(root) = self;
        there(root)?;
        let mut folders = BTreeSet::new();
        for name in names {
            let path = inside(root, name)?;
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(why(&error)),
                _ => {}
            }
            if self.size(name)?.is_some() {
                return Err(says("a file is still there after it was removed"));
            }
            folders.extend(path.parent().filter(|folder| folder.exists()).map(Path::to_owned));
        }
        for folder in folders {
            fs::File::open(&folder).and_then(|f| f.sync_all()).map_err(|error| why(&error))?;
        }
        Ok(())
    }
}

/// A folder that is not there is a disk that is not mounted, not files that are gone.
fn there(root: &Path) -> Result<(), Error> {
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
        return Err(Error::Files("a row names a file outside the folder; look at its file columns".to_owned()));
    }
    let path = root.join(relative);
    let (Ok(root), Some(folder)) = (root.canonicalize(), path.parent()) else { return Ok(path) };
    match folder.canonicalize() {
        Ok(folder) if !folder.starts_with(&root) => {
            Err(Error::Files("a row names a file behind a link that leads outside the folder".to_owned()))
        }
        _ => Ok(path),
    }
}

/// Never names a file: people's names and addresses stand in such names.
fn says(what: &str) -> Error {
    Error::Files(what.to_owned())
}

fn why(error: &io::Error) -> Error {
    says(&format!("a file cannot be reached or removed: {}", error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_no_name_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let (root, outside) = (folder.path().join("files"), folder.path().join("secret"));
        fs::create_dir_all(root.join("a")).expect("it is made");
        fs::write(&outside, "mine").expect("it is written");
        std::os::unix::fs::symlink(folder.path(), root.join("link")).expect("it links");
        let files = Files::Folder(root.clone());
        for name in ["../secret", "/etc/passwd", "a/../../secret", "", "..\\secret", "a\0b", "./a", "link/secret", ".."]
        {
            assert!(files.remove(&[name.to_owned()]).is_err(), "{name:?}");
            assert!(files.size(name).is_err(), "{name:?}");
        }
        assert!(outside.exists());
        fs::write(root.join("a/one.png"), "png").expect("it is written");
        assert_eq!(files.size("a/one.png").expect("it reads"), Some(3));
        files.remove(&["a/one.png".to_owned(), "a/never.png".to_owned(), "b/c/never.png".to_owned()]).expect("they go");
        assert_eq!(files.size("a/one.png").expect("it reads"), None);
    }

    #[test]
    fn a_folder_that_is_not_there_is_not_an_empty_one() {
        let files = Files::Folder(PathBuf::from("/nowhere/at/all"));
        assert!(files.size("a.png").is_err());
        assert!(files.remove(&["a.png".to_owned()]).is_err());
    }
}
