//! The generation database: the company's own store of accounts, prompts and images, read and changed through a
//! data map. Set-based statements only; every batch commits by itself. Never touches our own store, never decides
//! whether a run may begin.

pub mod map;
mod sound;

pub use map::DataMap;

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
