//! How far a package is, for whoever waits for it; and the way to stop it.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

/// Shared between the one who packs and those who look on.
#[derive(Debug, Default)]
pub struct Watch {
    /// Set to stop at the next opportunity.
    pub cancel: AtomicBool,
    tables: Mutex<Vec<(String, i64)>>,
    files: AtomicI64,
}

/// How far a package is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Tables begun, with the rows done of each; the last is being written, or all are done.
    pub tables: Vec<(String, i64)>,
    /// Files done.
    pub files: i64,
}

impl Watch {
    /// How far it is.
    #[must_use]
    pub fn shown(&self) -> Shown {
        Shown { tables: self.tables().clone(), files: self.files.load(Ordering::Relaxed) }
    }

    fn tables(&self) -> MutexGuard<'_, Vec<(String, i64)>> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin_table(&self, table: &str) {
        self.tables().push((table.to_owned(), 0));
    }

    pub(super) fn rows_done(&self, rows: i64) {
        if let Some((_, done)) = self.tables().last_mut() {
            *done = rows;
        }
    }

    pub(super) fn file_done(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
    }

    /// An error where somebody asked to stop.
    pub(super) fn go_on(&self) -> Result<(), crate::generation::Error> {
        if self.cancel.load(Ordering::Relaxed) { Err(crate::generation::Error::Cancelled) } else { Ok(()) }
    }
}
