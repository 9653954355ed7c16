//! The generation database: the company's own store of accounts, prompts and images, read and changed through a
//! data map. Set-based statements only; every batch commits by itself. Never touches our own store, never decides
//! whether a run may begin.

mod advice;
mod aim;
mod alike;
mod carry_out;
mod check;
mod choices;
mod chosen;
mod consents;
mod correctable;
mod corrections;
mod engine;
mod erase;
pub mod export;
mod extent;
mod files;
mod find;
pub mod grants;
mod held;
mod introspect;
mod known;
mod leads;
mod live;
pub mod map;
mod plan;
pub mod propose;
mod reach;
pub mod receipt;
mod schema;
mod scope;
mod seal;
pub mod sealed;
mod slow;
mod sound;
mod source;
pub mod spool;
mod steps;

pub use aim::{Aim, Correction};
pub use carry_out::{CarriedOut, Counted, ROUNDS};
pub use consents::{Consents, Recorded, Stands, When};
pub use correctable::Correctable;
pub use erase::{Batch, Erasure, Rows, Verified};
pub use extent::{Extent, Item};
pub use files::Files;
pub use find::{Found, Key};
pub use held::Held;
pub use map::DataMap;
pub use plan::{StepCounts, Target, pseudonym, texts_of, whose_accounts};
pub use seal::SealedRows;
pub use source::Source;
pub use steps::{Does, Step};

/// Why the generation database could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not answer, or refuses a statement.
    #[error("the generation database: {}", summary(.0))]
    Database(#[from] sqlx::Error),
    /// The address is none.
    #[error("the generation database's address must begin with postgres://, mariadb://, mysql:// or sqlite://")]
    Address,
    /// It answered something unexpected.
    #[error("the generation database: {0}")]
    Answer(&'static str),
    /// The files cannot be reached or removed.
    #[error("the files of the generation database: {0}")]
    Files(String),
    /// The data map does not fit the schema, or no longer the one a run began with.
    #[error("the data map and the schema do not fit: {0}")]
    Drift(String),
    /// A run is limited to what the data map does not have.
    #[error("{0}")]
    Limits(String),
    /// Somebody asked to stop.
    #[error("it was stopped")]
    Cancelled,
    /// The package cannot be written, or what waits for it not be kept.
    #[error("the package cannot be written: {0}")]
    Package(std::io::ErrorKind),
}

/// What kind of error it is, without its text: a database's own words may hold a person's data.
fn summary(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(refused) => {
            let code = refused.code().map(|code| format!(", code {code}")).unwrap_or_default();
            let table = refused.table().map(|table| format!(", table {table}")).unwrap_or_default();
            format!("it refused a statement{code}{table}")
        }
        sqlx::Error::PoolTimedOut => "no connection was free in time".to_owned(),
        sqlx::Error::Io(error) => format!("it does not answer ({})", error.kind()),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => "it answered in an unexpected form".to_owned(),
        _ => "it cannot be asked; check the address and that it runs".to_owned(),
    }
}

impl Error {
    /// True where the database refused a change by one of its own rules: trying again changes nothing.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        !matches!(error.kind(), sqlx::error::ErrorKind::Other)
    }
}

/// Something a data map gets wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The table; empty where it is about the whole map.
    pub table: String,
    /// The column.
    pub column: Option<String>,
    /// What is wrong and what to do.
    pub says: String,
}

impl Fault {
    /// A fault of `table` or of one of its columns.
    #[must_use]
    pub fn new(table: &str, column: Option<&str>, says: impl Into<String>) -> Self {
        Self { table: table.to_owned(), column: column.map(str::to_owned), says: says.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.table.as_str(), &self.column) {
            ("", _) => f.write_str(&self.says),
            (table, None) => write!(f, "{table}: {}", self.says),
            (table, Some(column)) => write!(f, "{table}.{column}: {}", self.says),
        }
    }
}

/// Characters of a pseudonym: `p_` and 26 of base32, that is 130 bits of chance.
pub const PSEUDONYM_LENGTH: usize = 28;
