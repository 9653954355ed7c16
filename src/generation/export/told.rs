//! What was packed, for those who look after it: names of tables and columns, numbers and digests; nothing of the person.

use super::{
    files::FilesDone,
    layout::{ColumnCopy, TableCopy},
    words::{self, Words},
};
use crate::{
    domain::{copy::CopyForm, language::Language, plan::FileCount},
    generation::engine::Dialect,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What was packed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Copied {
    /// In which form.
    pub form: Option<CopyForm>,
    /// The language of its pages.
    pub language: Language,
    /// What it is limited to, in words and without the keys of single records; empty where it is everything.
    pub limited: Vec<String>,
    /// Every table that was looked at, in the order of the package; one without rows has no entry.
    pub tables: Vec<CopiedTable>,
    /// Tables that have rows of the person and were left out.
    pub left_out: Vec<LeftOut>,
    /// The files that are in the package; of a summary those that it counts.
    pub files: FileCount,
    /// How many files are named by rows but were not there.
    pub missing: i64,
    /// The archives; one, unless it was too large for one.
    pub parts: Vec<CopiedPart>,
}

impl Copied {
    /// The size of all archives in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes).sum()
    }
}

/// One archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedPart {
    /// Its size in bytes.
    pub bytes: u64,
    /// How many of them went to its first file; the rest to the file of its end. All of them where nothing followed it.
    pub body: u64,
    /// SHA-256 of the archive, in hexadecimal.
    pub sha256: String,
    /// Rows that are in it.
    pub rows: i64,
    /// Files that are in it.
    pub files: FileCount,
    /// Every entry of the archive but the files.
    pub entries: Vec<Entry>,
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

/// One entry of an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name in the archive.
    pub path: String,
    /// Its size, unpacked.
    pub bytes: u64,
    /// SHA-256 of what it holds, in hexadecimal.
    pub sha256: String,
}

/// What was found, for page and manifest.
pub(super) struct Told {
    /// The engine that it was read from.
    pub dialect: Dialect,
    /// Each table that is copied, with its rows.
    pub tables: Vec<(Arc<TableCopy>, i64)>,
    /// When the first and the last row of a table came to be, as the database writes it; of a summary.
    pub spans: BTreeMap<String, [Option<String>; 2]>,
    /// Each table that is left out, with its rows; those with none are not there.
    pub left_out: Vec<(Arc<TableCopy>, i64)>,
    /// The files.
    pub files: FilesDone,
    /// Columns in which something was withheld: table and name.
    pub withheld: BTreeSet<(String, String)>,
}

impl Told {
    pub fn new(dialect: Dialect) -> Self {
        let (tables, left_out, files) = (Vec::new(), Vec::new(), FilesDone::default());
        Self { dialect, tables, spans: BTreeMap::new(), left_out, files, withheld: BTreeSet::new() }
    }

    /// The columns of a table in which something was withheld.
    pub fn redacted<'t>(&'t self, table: &'t TableCopy) -> impl Iterator<Item = &'t ColumnCopy> {
        let withheld = |column: &&ColumnCopy| self.withheld.contains(&(table.name.clone(), column.name.clone()));
        table.columns.iter().filter(withheld)
    }

    /// The tables that are left out, in words.
    pub fn left_out(&self, words: &Words) -> Vec<LeftOut> {
        let left_out = self.left_out.iter().map(|(table, rows)| LeftOut {
            table: table.name.clone(),
            title: table.title.clone(),
            rows: *rows,
            why: table.why_not(words),
        });
        left_out.collect()
    }

    /// The same for staff; the archives are not known yet.
    pub fn copied(&self) -> Copied {
        let words = words::of(Language::En);
        let tables = self.tables.iter().map(|(table, rows)| CopiedTable {
            table: table.name.clone(),
            title: table.title.clone(),
            rows: *rows,
            columns: table.columns.iter().map(|column| column.name.clone()).collect(),
            left_out: table.left_out.iter().map(|out| (out.name.clone(), out.why.says(words))).collect(),
            redacted: self.redacted(table).map(|column| column.name.clone()).collect(),
        });
        Copied {
            tables: tables.collect(),
            left_out: self.left_out(words),
            files: self.files.count,
            missing: self.files.missing,
            ..Copied::default()
        }
    }
}
