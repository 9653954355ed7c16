//! The master key: 32 bytes in a file outside the database. It wraps the data keys of `keyring` and nothing else, so that
//! another one can take its place. Shows nobody the key.

use super::vault::{VaultError, decrypt, encrypt, key_name, random};
use std::{
    fs,
    io::{ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};
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
        let text = Zeroizing::new(fs::read_to_string(file).map_err(|error| says(file, error))?);
        let bytes = data_encoding::HEXLOWER_PERMISSIVE
            .decode(text.trim().as_bytes())
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or_else(|| says(file, "it must hold 64 hexadecimal digits"))?;
        Ok(Self::new(bytes))
    }

    /// Writes a new key to `file`, readable by its owner only, and makes it last. An existing file is never overwritten.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn create_file(file: &Path) -> Result<Self, super::Error> {
        let key = random::<32>()?;
        let fails = |error: std::io::Error| says(file, error);
        if let Some(folder) = file.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fails)?;
        }
        let mut out = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(fails)?;
        let text = Zeroizing::new(data_encoding::HEXLOWER.encode(&key) + "\n");
        out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(fails)?;
        lasts(file).map_err(fails)?;
        Ok(Self::new(key))
    }

    /// Where the key lies that is to take the place of the one in `file`.
    #[must_use]
    pub fn next_file(file: &Path) -> PathBuf {
        beside(file, "next")
    }

    /// Puts the key of `next_file` into the place of the one in `file`, which stays beside it under its own name: backups
    /// from before need it. May be done again after it was cut off.
    ///
    /// # Errors
    /// When a file cannot be linked or moved.
    pub fn replace_file(file: &Path, old: &str) -> Result<PathBuf, VaultError> {
        let kept = beside(file, old);
        match fs::hard_link(file, &kept) {
            Err(error) if !matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => {
                return Err(says(&kept, error));
            }
            _ => {}
        }
        fs::rename(Self::next_file(file), file).and_then(|()| lasts(file)).map_err(|error| says(file, error))?;
        Ok(kept)
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

/// Makes a change in a file's folder last.
fn lasts(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}
