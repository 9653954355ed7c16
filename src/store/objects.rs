//! Our own files that are too large for a database: packages of people's data, sealed before they come here. In a folder
//! or in a bucket, written as a stream, under names that we made up.

use super::{Error, Result};
use crate::bucket;
use bytes::Bytes;
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, WriteMultipart, local::LocalFileSystem, path::Path as Key,
};
use std::{
    fs, io,
    ops::Range,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::mpsc::Receiver;

/// Bytes of one part of an upload: the least that every server takes. Ten thousand of them, 48 GiB, are the longest file.
const PART: usize = 5 * 1024 * 1024;
/// Parts on their way at a time; with the one being filled this bounds an upload's memory.
const PARTS: usize = 2;

/// The store of package files; cheap to clone.
#[derive(Debug, Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    /// Where it is a folder.
    folder: Option<PathBuf>,
}

impl Objects {
    /// Opens a folder, making it where there is none; only its owner may look into it.
    ///
    /// # Errors
    /// When it cannot be made or is somebody else's.
    pub fn folder(path: &Path) -> Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| disk(&error))?;
        let mode = fs::metadata(path).map_err(|error| disk(&error))?.permissions().mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(|error| disk(&error))?;
        }
        let store = LocalFileSystem::new_with_prefix(path).map_err(|error| refused(&error))?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(path.to_owned()) })
    }

    /// In a bucket that `bucket::open` opened.
    #[must_use]
    pub fn bucket(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, folder: None }
    }

    /// Makes sure that the folder or the bucket is there: one that is not would look like one without files.
    ///
    /// # Errors
    /// When it is not there, does not answer or refuses us.
    pub async fn check(&self) -> Result<()> {
        match &self.folder {
            Some(folder) if folder.is_dir() => Ok(()),
            Some(_) => Err(Error::Objects("the folder of packages is not there; is its disk mounted?".to_owned())),
            None => bucket::there(self.store.as_ref()).await.map_err(|error| refused(&error)),
        }
    }

    /// Writes a file from pieces of any size and returns its length in bytes. The file is there, durably, when this
    /// returns, and not before. A piece that is an error ends the upload without a file; the end of the channel ends
    /// the file: whoever sends has to send an error when it cannot go on, and may not just drop its end.
    ///
    /// # Errors
    /// When a piece is an error, or the store refuses; then there is nothing under the name.
    pub async fn put(&self, name: &str, mut pieces: Receiver<io::Result<Bytes>>) -> Result<u64> {
        let key = checked(name)?;
        if self.folder.is_some() {
            // an upload would make the folder again, on the wrong disk
            self.check().await?;
        }
        let upload = self.store.put_multipart(&key).await.map_err(|error| refused(&error))?;
        let mut upload = Upload(Some(WriteMultipart::new_with_chunk_size(upload, PART)));
        match upload.write(&mut pieces).await {
            Ok(length) => {
                if let Err(error) = upload.finish().await {
                    // the answer may have been lost on its way, and the file be there
                    if let Err(stays) = self.remove(name).await {
                        tracing::warn!(name, %stays, "what an upload left could not be removed");
                    }
                    return Err(error);
                }
                Ok(length)
            }
            Err(error) => {
                upload.abort().await;
                Err(error)
            }
        }
    }

    /// Some of a file's bytes, in pieces.
    ///
    /// # Errors
    /// When there is no such file, it is shorter, or the store refuses; each piece may be an error too.
    pub async fn read(&self, name: &str, range: Range<u64>) -> Result<BoxStream<'static, Result<Bytes>>> {
        let key = checked(name)?;
        if range.is_empty() {
            return Ok(stream::empty().boxed());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range.clone())), ..GetOptions::default() };
        let found = match self.store.get_opts(&key, options).await {
            Err(object_store::Error::NotFound { .. }) => {
                self.check().await?;
                return Err(Error::Objects("a package’s file is not there".to_owned()));
            }
            found => found.map_err(|error| refused(&error))?,
        };
        if found.range != range {
            return Err(Error::Objects("a package’s file is shorter than it was".to_owned()));
        }
        Ok(found.into_stream().map(|piece| piece.map_err(|error| refused(&error))).boxed())
    }

    /// The length of a file in bytes; none where there is no such file.
    ///
    /// # Errors
    /// When the store does not answer, or is not there itself.
    pub async fn size(&self, name: &str) -> Result<Option<u64>> {
        match self.store.head(&checked(name)?).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => self.check().await.map(|()| None),
            Err(error) => Err(refused(&error)),
        }
    }

    /// Removes a file, and what a killed process left of an upload to a folder, and makes sure that it is gone. A file
    /// that is missing already is done.
    ///
    /// # Errors
    /// When the store does not answer, or the file stays.
    pub async fn remove(&self, name: &str) -> Result<()> {
        match self.store.delete(&checked(name)?).await {
            Err(error) if !matches!(error, object_store::Error::NotFound { .. }) => return Err(refused(&error)),
            _ => {}
        }
        if let Some(folder) = self.folder.clone() {
            let staged = format!("{name}#");
            tokio::task::spawn_blocking(move || remove_all(&folder, &staged))
                .await
                .map_err(|_| Error::Objects("removing a package’s file was cut off".to_owned()))?
                .map_err(|error| disk(&error))?;
        }
        match self.size(name).await? {
            None => Ok(()),
            Some(_) => Err(Error::Objects("a package’s file is still there after it was removed".to_owned())),
        }
    }
}

/// An upload that is ended either way: one that is dropped would stay half done in a bucket, where no list shows it.
struct Upload(Option<WriteMultipart>);

impl Upload {
    async fn write(&mut self, pieces: &mut Receiver<io::Result<Bytes>>) -> Result<u64> {
        let Some(upload) = &mut self.0 else { return Ok(0) };
        let mut length = 0;
        while let Some(piece) = pieces.recv().await {
            let mut piece = piece.map_err(|error| disk(&error))?;
            while !piece.is_empty() {
                upload.wait_for_capacity(PARTS).await.map_err(|error| refused(&error))?;
                let some = piece.split_to(piece.len().min(PART));
                length += some.len() as u64;
                upload.put(some);
            }
        }
        Ok(length)
    }

    async fn finish(mut self) -> Result<()> {
        let Some(upload) = self.0.take() else { return Ok(()) };
        upload.finish().await.map(|_| ()).map_err(|error| refused(&error))
    }

    async fn abort(mut self) {
        if let Some(upload) = self.0.take() {
            ended(upload).await;
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(upload), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(ended(upload));
        }
    }
}

async fn ended(upload: WriteMultipart) {
    if let Err(error) = upload.abort().await {
        tracing::warn!(why = bucket::why(&error), "an upload that was cut off could not be ended");
    }
}

/// Names are made up by us; anything else is a mistake that may not reach a disk.
fn checked(name: &str) -> Result<Key> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let (stem, ending) = name.split_once('.').unwrap_or((name, "x"));
    let is_ours = (1..=80).contains(&stem.len())
        && stem.chars().all(|c| plain(c) || c == '-')
        && !ending.is_empty()
        && ending.len() <= 16
        && ending.chars().all(plain);
    if is_ours { Ok(Key::from(name)) } else { Err(Error::Objects("that is no name of a package’s file".to_owned())) }
}

/// Removes every file of `folder` whose name begins with `start`, durably.
fn remove_all(folder: &Path, start: &str) -> io::Result<()> {
    let mut removed = false;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(start) {
            fs::remove_file(entry.path())?;
            removed = true;
        }
    }
    if removed { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

fn refused(error: &object_store::Error) -> Error {
    Error::Objects(bucket::why(error))
}

fn disk(error: &io::Error) -> Error {
    Error::Objects(format!("a file cannot be read or written: {}", error.kind()))
}
