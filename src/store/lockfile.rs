//! The data directory's lock file: every process holds it shared; migration takes it alone and briefly.
//! Needed because `SQLite`'s migrator has no lock of its own.

use std::{
    fs::{File, OpenOptions},
    io,
    path::Path,
    thread,
    time::Duration,
};

/// The lock, held while this value lives.
#[derive(Debug)]
pub struct Lockfile(File);

/// How long to wait for other processes to let go.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);

impl Lockfile {
    /// Opens the lock file of `data_dir` without locking it.
    ///
    /// # Errors
    /// When the folder is missing or not writable.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        OpenOptions::new().create(true).truncate(false).write(true).open(data_dir.join("recourse.lock")).map(Self)
    }

    /// Holds it together with others.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn share(&self) -> io::Result<()> {
        self.0.lock_shared()
    }

    /// Holds it alone; waits up to ten seconds for others to finish.
    ///
    /// # Errors
    /// When others still hold it then.
    pub fn take_alone(&self) -> io::Result<()> {
        for _ in 0..TRIES {
            match self.0.try_lock() {
                Ok(()) => return Ok(()),
                Err(std::fs::TryLockError::WouldBlock) => thread::sleep(PAUSE),
                Err(std::fs::TryLockError::Error(e)) => return Err(e),
            }
        }
        Err(io::Error::new(io::ErrorKind::WouldBlock, "another recourse process is running on it"))
    }

    /// Lets go.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn release(&self) -> io::Result<()> {
        self.0.unlock()
    }
}
