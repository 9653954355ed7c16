//! The export package: everything a generation database holds about one person, streamed out of one moment of it into
//! one ZIP archive with constant memory. Writes nothing but what it is given to write to, and spools without a name, so
//! that it can be begun again at any time. Whether anybody may have the package is not decided here.

mod cells;
mod files;
mod layout;
mod manifest;
mod pack;
mod page;
mod plan;
mod portions;
pub mod rules;
mod table;
mod watch;
mod write;

pub use watch::{Shown, Watch};

use super::{Extent, Key};
use crate::domain::plan::FileCount;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a value about somebody else gives way to.
pub const REDACTED: &str = "(withheld: it is about somebody else)";

/// What is to be packed. Has a key in it, and is not to be shown.
#[derive(Clone)]
pub struct CopyOrder {
    /// The subject's rows.
    pub subjects: Vec<Key>,
    /// What the copy is limited to.
    pub extent: Extent,
    /// The scope hash that was approved.
    pub scope_hash: String,
    /// The folder for what has to wait; nothing in it can be read or has a name.
    pub spool: PathBuf,
    /// What the package says besides the data.
    pub about: About,
    /// The key by which files get other names in the package.
    pub file_key: [u8; 32],
}

/// What the package says besides the data: plain text for a person.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The product, as people know it.
    pub product: String,
    /// Whom the copy is for; may be empty.
    pub person: String,
    /// The case.
    pub reference: String,
    /// The run.
    pub run: String,
    /// When it was made, in words.
    pub made: String,
    /// The same for programs, RFC 3339.
    pub made_at: String,
    /// Who receives such data, and what for.
    pub recipients: Vec<(String, String)>,
    /// How long it is kept.
    pub retention: Vec<String>,
    /// Where it came from.
    pub source: String,
    /// What the person may ask for.
    pub rights: Vec<String>,
    /// Where to complain.
    pub complaint: String,
    /// Who answers: name and address, line by line.
    pub officer: Vec<String>,
}

/// What was packed. Names of tables and columns, numbers and digests; nothing of the person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// Every table that was looked at, in the order of the package; one without rows has no entry.
    pub tables: Vec<CopiedTable>,
    /// Tables that have rows of the person and were left out.
    pub left_out: Vec<LeftOut>,
    /// The files that are in the package.
    pub files: FileCount,
    /// How many files are named by rows but were not there.
    pub missing: i64,
    /// Every entry of the archive but the files.
    pub entries: Vec<Entry>,
    /// The size of the archive.
    pub bytes: u64,
    /// SHA-256 of the archive, in hexadecimal.
    pub sha256: String,
}

/// What was packed of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedTable {
    /// Its name in the database.
    pub table: String,
    /// What people call it.
    pub title: String,
    /// How many rows.
    pub rows: i64,
    /// The columns, in their order.
    pub columns: Vec<String>,
    /// The columns that are not there, and why.
    pub left_out: Vec<(String, String)>,
    /// The columns in which what is about others gave way to a sentence.
    pub redacted: Vec<String>,
}

/// A table that was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its name in the database.
    pub table: String,
    /// What people call it.
    pub title: String,
    /// How many rows of the person it has.
    pub rows: i64,
    /// Why.
    pub why: String,
}

/// One entry of the archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name in the archive.
    pub path: String,
    /// Its size, unpacked.
    pub bytes: u64,
    /// SHA-256 of what it holds, in hexadecimal.
    pub sha256: String,
}
