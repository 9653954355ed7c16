//! The export package: everything a generation database holds about one person, streamed out of one moment of it into
//! ZIP archives with constant memory; or a summary of it. Writes nothing but what it is given to write to, and spools
//! without a name, so that it can be begun again at any time. Whether anybody may have the package is not decided here.

mod cells;
mod files;
mod head;
mod layout;
mod limits;
mod manifest;
mod names;
mod pack;
mod page;
mod plan;
pub mod portability;
mod portions;
pub mod rules;
mod select;
mod shelf;
mod summary;
mod table;
mod told;
mod volume;
mod watch;
mod words;
mod write;

pub use cells::csv_text;
pub use head::archive_name;
pub use shelf::Shelf;
pub use told::{Copied, CopiedPart, CopiedTable, Entry, LeftOut};
pub use watch::{Shown, Watch};

use super::{Extent, Key};
use crate::domain::{copy::CopyForm, language::Language};
use std::path::PathBuf;

/// What a value about somebody else gives way to in files for programs, in every language.
pub const REDACTED: &str = "(withheld: it is about somebody else)";

/// What is to be packed. Has a key in it, and is not to be shown.
#[derive(Clone)]
pub struct CopyOrder {
    /// The subject's rows.
    pub subjects: Vec<Key>,
    /// What the copy is limited to.
    pub extent: Extent,
    /// The form that was approved.
    pub form: CopyForm,
    /// The scope hash that was approved.
    pub scope_hash: String,
    /// The folder for what has to wait; nothing in it can be read or has a name.
    pub spool: PathBuf,
    /// What the package says besides the data.
    pub about: About,
    /// The key by which files get other names in the package.
    pub file_key: [u8; 32],
    /// The size from which on another part is begun, in bytes of the archive; a part ends with a whole entry. 0:
    /// never.
    pub part_bytes: u64,
}

/// What the package says besides the data: plain text for a person.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The language of page and headings.
    pub language: Language,
    /// The product, as people know it.
    pub product: String,
    /// Whom the copy is for; may be empty.
    pub person: String,
    /// The case.
    pub reference: String,
    /// The run.
    pub run: String,
    /// When it was made, in words of that language.
    pub made: String,
    /// The same for programs, RFC 3339.
    pub made_at: String,
    /// Who receives such data.
    pub recipients: Vec<Receiver>,
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
    /// Where the general form of portable data is published.
    pub schema: String,
}

/// Somebody who receives data.
#[derive(Debug, Clone, Default)]
pub struct Receiver {
    /// Who.
    pub name: String,
    /// What for.
    pub purpose: String,
    /// The categories of data that they get; empty where it may be any.
    pub categories: Vec<String>,
}
