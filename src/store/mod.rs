//! Our own database: one SQL text on `SQLite` and `PostgreSQL`, one file an aggregate.
//! Functions are `noun_verb`, return domain types, and never commit: the caller's transaction does.

pub mod account_links;
pub mod audit;
pub mod cases;
pub mod ceremonies;
pub mod clock;
pub mod clocks;
pub mod contents;
pub mod counts;
pub mod devices;
pub mod downloads;
pub mod drafts;
pub mod engine;
pub mod events;
pub mod factors;
pub mod follow_ups;
pub mod grants;
pub mod holds;
pub mod jobs;
pub mod keyring;
pub mod list;
pub mod lockfile;
pub mod mailbox_copies;
pub mod mailboxes;
pub mod mails;
pub mod master;
pub mod messages;
pub mod migrate;
pub mod objects;
pub mod outflow;
pub mod package_parts;
pub mod packages;
pub mod passkeys;
pub mod pickups;
pub mod raws;
pub mod requester_erasures;
pub mod retention;
pub mod returns;
pub mod row;
pub mod runs;
pub mod sessions;
pub mod staff;
pub mod standing;
pub mod suppressions;
pub mod threads;
pub mod throttles;
pub mod vault;
pub mod verifications;

pub use clock::Clock;
pub use engine::{Db, Row, Sql, Tx, per_engine, sql};
pub use objects::Objects;

/// What can go wrong below a verb.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused, is gone, or is locked for too long.
    #[error("the database did not answer as it should: {0}")]
    Database(#[from] sqlx::Error),
    /// A row holds something that this program does not understand.
    #[error("table {table}, row {row}, column {column}: {says}")]
    BadRow {
        /// The table.
        table: &'static str,
        /// The row's key.
        row: i64,
        /// The column.
        column: &'static str,
        /// What is wrong.
        says: String,
    },
    /// Something sealed does not open with this key, or was changed.
    #[error("{0}")]
    Sealed(#[from] vault::VaultError),
    /// The folder or bucket of packages refused, is gone, or lost a file.
    #[error("the store of packages: {0}")]
    Objects(String),
    /// The system's source of randomness failed.
    #[error("no randomness: {0}")]
    Random(getrandom::Error),
}

impl Error {
    /// True when the database was busy or away, so that trying again soon may help.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed) => true,
            Self::Database(sqlx::Error::Database(e)) => {
                let code = e.code();
                // SQLITE_BUSY and SQLITE_LOCKED with their extended codes; PostgreSQL's classes 08 and 57P, and where two
                // got into each other's way
                let lite =
                    code.as_deref().and_then(|c| c.parse::<i64>().ok()).is_some_and(|c| matches!(c & 0xff, 5 | 6));
                lite || code.as_deref().is_some_and(|c| {
                    c.len() == 5 && (c.starts_with("08") || c.starts_with("57P") || matches!(c, "40P01" | "40001"))
                })
            }
            _ => false,
        }
    }

    /// True where the database answered, and a column holds what it cannot hold: bytes that are no text, or nothing.
    #[must_use]
    pub const fn is_unreadable(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)))
    }
}

/// What store functions return.
pub type Result<T> = std::result::Result<T, Error>;
