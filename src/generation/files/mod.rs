//! The files that rows name: looked at, read, removed, and looked at again. Never follows a name out of its place, and
//! never says a name: people's names and addresses stand in them.

mod bucket;
mod folder;

use super::Error;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use object_store::ObjectStore;
use std::{path::PathBuf, sync::Arc};

/// Where the files of a product lie.
#[derive(Debug, Clone)]
pub enum Files {
    /// In a folder of this machine.
    Folder(PathBuf),
    /// In a bucket that `bucket::open` opened.
    Bucket(Arc<dyn ObjectStore>),
}

/// A file's bytes, in pieces.
pub type Pieces = BoxStream<'static, Result<Bytes, Error>>;

impl Files {
    /// Makes sure that the place itself is there: one that is not would look like one whose files are gone.
    ///
    /// # Errors
    /// When it is not there, does not answer or refuses us.
    pub async fn check(&self) -> Result<(), Error> {
        match self {
            Self::Folder(root) => blocking(root, |root| folder::there(&root)).await,
            Self::Bucket(store) => bucket::there(store).await,
        }
    }

    /// The size of a file in bytes; none where there is no such file.
    ///
    /// # Errors
    /// When the name leads out of the place, or the place does not answer.
    pub async fn size(&self, name: &str) -> Result<Option<u64>, Error> {
        match self {
            Self::Folder(root) => {
                let name = name.to_owned();
                blocking(root, move |root| folder::size(&root, &name)).await
            }
            Self::Bucket(store) => bucket::size(store, name).await,
        }
    }

    /// The size of several files together, in bytes; those that are missing count nothing.
    ///
    /// # Errors
    /// As `size`.
    pub async fn bytes(&self, names: &[String]) -> Result<u64, Error> {
        match self {
            Self::Folder(root) => {
                let names = names.to_vec();
                blocking(root, move |root| folder::bytes(&root, &names)).await
            }
            Self::Bucket(store) => bucket::bytes(store, names).await,
        }
    }

    /// Removes files and makes sure that they are gone, durably. A file that is missing already is done.
    ///
    /// # Errors
    /// When a name leads out of the place, or a file stays.
    pub async fn remove(&self, names: &[String]) -> Result<(), Error> {
        match self {
            Self::Folder(root) => {
                let names = names.to_vec();
                blocking(root, move |root| folder::remove(&root, &names)).await
            }
            Self::Bucket(store) => bucket::remove(store, names).await,
        }
    }

    /// Reads a file; none where there is no such file.
    ///
    /// # Errors
    /// When the name leads out of the place, or the place does not answer; each piece may be an error too.
    pub async fn read(&self, name: &str) -> Result<Option<Pieces>, Error> {
        match self {
            Self::Folder(root) => {
                let name = name.to_owned();
                let file = blocking(root, move |root| folder::open(&root, &name)).await?;
                Ok(file.map(folder::pieces))
            }
            Self::Bucket(store) => bucket::read(store, name).await,
        }
    }
}

/// Looks at a disk without holding up others.
async fn blocking<T: Send + 'static>(
    root: &std::path::Path,
    work: impl FnOnce(PathBuf) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let root = root.to_owned();
    tokio::task::spawn_blocking(move || work(root)).await.map_err(|_| says("looking at files was cut off"))?
}

/// Never names a file.
fn says(what: &str) -> Error {
    Error::Files(what.to_owned())
}
