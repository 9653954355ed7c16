//! The master key: 32 bytes in a file outside the database. It wraps the data keys of `keyring` and nothing else, so that
//! another one can take its place. Shows nobody the key.

use super::vault::{VaultError, decrypt, encrypt, key_name, random};
use std::{
    fs,
    io::{self, ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, fchown},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// A master key.
#[derive(Clone)]
pub struct MasterKey {
    key: Zeroizing<[u8; 32]>,
    id: String,
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

fn says(file: &Path, what: impl std::fmt::Display) -> VaultError {
    VaultError::KeyFile(format!("the key file {}: {what}", file.display()))
}

impl MasterKey {
    /// This key.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { id: key_name(&key), key: Zeroizing::new(key) }
    }

    /// Reads the key from `file`: 32 bytes in hexadecimal.
    ///
    /// # Errors
    /// When the file cannot be read or holds no key.
    pub fn open_file(file: &Path) -> Result<Self, VaultError> {
        let found = Self::found_in(file).map_err(|error| says(file, error))?;
        found.ok_or_else(|| says(file, "it must hold 64 hexadecimal digits"))
    }

    /// The key in `file`; none where it holds something else.
    fn found_in(file: &Path) -> io::Result<Option<Self>> {
        let text = Zeroizing::new(fs::read(file)?);
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.trim_ascii()).ok();
        Ok(bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).map(Self::new))
    }

    /// Writes a new key to `file`, readable by its owner only, and makes it last. An existing file is never overwritten, and
    /// none is ever there in part.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn create_file(file: &Path) -> Result<Self, super::Error> {
        let new = Self::new(random::<32>()?);
        let fails = |error: io::Error| says(file, error);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder(file)).map_err(fails)?;
        new.written_beside(file)
            .and_then(|whole| Ok(whole.persist_noclobber(file)?))
            .and_then(|_| lasts(file))
            .map_err(fails)?;
        Ok(new)
    }

    /// A file beside `file` that has the key on the disk already, so that it can take a name in one step. Readable by its
    /// owner only.
    fn written_beside(&self, file: &Path) -> io::Result<NamedTempFile> {
        let mut out = tempfile::Builder::new().prefix(".key-").tempfile_in(folder(file))?;
        let text = Zeroizing::new(data_encoding::HEXLOWER.encode(&*self.key) + "\n");
        out.write_all(text.as_bytes())?;
        out.as_file().sync_all()?;
        Ok(out)
    }

    /// Where the key lies that is to take the place of the one in `file`.
    #[must_use]
    pub fn next_file(file: &Path) -> PathBuf {
        beside(file, "next")
    }

    /// What whoever changes the key in `file` locks meanwhile.
    #[must_use]
    pub fn lock_file(file: &Path) -> PathBuf {
        beside(file, "lock")
    }

    /// Does whatever can fail before a database may take another key than this one in `file`: keeps this one under its own
    /// name, tries whether `file` can be replaced at all, which a file that is mounted by itself cannot, and puts a new key
    /// into `next_file` for whoever can read `file`. A key that lies there already is as new as another. The new key, and
    /// where this one is kept.
    ///
    /// # Errors
    /// When a file cannot be written, given to its owner or replaced; nothing has changed then.
    pub fn prepare_change(&self, file: &Path) -> Result<(Self, PathBuf), super::Error> {
        let kept = self.keep(file)?;
        let place = fs::metadata(file).map_err(|error| says(file, error))?;
        let same = self.written_beside(file).and_then(|same| {
            give(same.as_file(), &place)?;
            Ok(same.persist(file)?)
        });
        same.map_err(|error| {
            says(
                file,
                format!(
                    "another cannot take its place ({error}); where the file is mounted by itself, mount its folder"
                ),
            )
        })?;
        let next = Self::next_file(file);
        let fails = |error: io::Error| says(&next, error);
        let there = match Self::found_in(&next) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            found => found.map_err(fails)?,
        };
        let new = there.map_or_else(|| random::<32>().map(Self::new), Ok)?;
        let whole = new.written_beside(file).map_err(fails)?;
        give(whole.as_file(), &place)
            .and_then(|()| Ok(whole.persist(&next)?))
            .and_then(|_| lasts(file))
            .map_err(fails)?;
        Ok((new, kept))
    }

    /// Keeps this key beside `file` under its own name: backups from before another one need it.
    fn keep(&self, file: &Path) -> Result<PathBuf, VaultError> {
        let kept = beside(file, &self.id);
        let place = fs::metadata(file).map_err(|error| says(file, error))?;
        let done = self.written_beside(file).and_then(|copy| {
            give(copy.as_file(), &place)?;
            Ok(copy.persist_noclobber(&kept)?)
        });
        match done {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => match Self::open_file(&kept)? {
                there if there.id == self.id => Ok(kept),
                _ => Err(says(&kept, "it holds another key than its name says; put it elsewhere")),
            },
            Err(error) => Err(says(&kept, error)),
            Ok(_) => lasts(file).map(|()| kept.clone()).map_err(|error| says(&kept, error)),
        }
    }

    /// Puts the key `new` of `next_file` into the place of the one in `file`, which is kept. May be done again after it was
    /// cut off. The caller holds `lock_file`.
    ///
    /// # Errors
    /// When a file cannot be kept or moved, or another key waits there.
    pub fn replace_file(file: &Path, new: &str) -> Result<(), VaultError> {
        match Self::open_file(file) {
            Ok(here) if here.id == new => return Ok(()),
            Ok(here) => drop(here.keep(file)?),
            // lost, and the database knows the new one already
            Err(_) => {}
        }
        let next = Self::next_file(file);
        if Self::open_file(&next)?.id != new {
            return Err(says(&next, "it holds another key than the one that the database has taken"));
        }
        fs::rename(&next, file).and_then(|()| lasts(file)).map_err(|error| says(file, error))
    }

    /// A short name of the key, safe to store and show.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Wraps a data key that is there for `purpose`.
    ///
    /// # Errors
    /// When there is no randomness.
    pub(super) fn wrap(&self, purpose: &str, key: &[u8; 32]) -> Result<Vec<u8>, super::Error> {
        encrypt(&self.key, purpose.as_bytes(), key)
    }

    /// Unwraps it.
    ///
    /// # Errors
    /// When another key wrapped it, or for another purpose.
    pub(super) fn unwrap(&self, purpose: &str, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let key = Zeroizing::new(decrypt(&self.key, purpose.as_bytes(), wrapped)?);
        Ok(Zeroizing::new(<[u8; 32]>::try_from(key.as_slice()).map_err(|_| VaultError::Closed)?))
    }

    /// The key itself, for a database that was sealed with it before there were data keys.
    pub(super) fn itself(&self) -> Zeroizing<[u8; 32]> {
        self.key.clone()
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a change in a file's folder last.
fn lasts(file: &Path) -> io::Result<()> {
    fs::File::open(folder(file))?.sync_all()
}

/// Gives `file` the owner, the group and the mode of another one.
fn give(file: &fs::File, like: &fs::Metadata) -> io::Result<()> {
    let is = file.metadata()?;
    if (is.uid(), is.gid()) != (like.uid(), like.gid()) {
        fchown(file, Some(like.uid()), Some(like.gid()))?;
    }
    file.set_permissions(like.permissions())
}
