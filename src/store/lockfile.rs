//! The data directory's lock file: every process holds it shared; migration takes it alone and briefly.
//! Needed because `SQLite`'s migrator has no lock of its own. Another one lets one at a time change the master key.

use std::{
    fs::{File, OpenOptions},
    io,
    path::Path,
};

/// The lock, held while this value lives.
#[derive(Debug)]
pub struct Lockfile(File);

impl Lockfile {
    /// Opens the lock file of `data_dir` without locking it.
    ///
    /// # Errors
    /// When the folder is missing or not writable.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        Self::at(&data_dir.join("recourse.lock"))
    }

    /// Opens any lock file without locking it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn at(file: &Path) -> io::Result<Self> {
        OpenOptions::new().create(true).truncate(false).write(true).open(file).map(Self)
    }

    /// Waits until nobody else holds it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn alone(&self) -> io::Result<()> {
        self.0.lock()
    }

    /// Holds it together with others.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn share(&self) -> io::Result<()> {
        self.0.lock_shared()
    }

    /// Holds it alone; false while others hold it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn try_alone(&self) -> io::Result<bool> {
        match self.0.try_lock() {
            Ok(()) => Ok(true),
            Err(std::fs::TryLockError::WouldBlock) => Ok(false),
            Err(std::fs::TryLockError::Error(e)) => Err(e),
        }
    }

    /// Lets go.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn release(&self) -> io::Result<()> {
        self.0.unlock()
    }
}
