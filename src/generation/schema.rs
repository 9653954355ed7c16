//! What a generation database looks like at this moment: tables, columns, keys, references. Names and types only.

use super::engine::Dialect;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The tables of a database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// By name.
    pub tables: BTreeMap<String, TableSchema>,
    /// True where there may be tables that the account does not see.
    pub hides_tables: bool,
}

/// One table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TableSchema {
    /// By name.
    pub columns: BTreeMap<String, ColumnSchema>,
    /// Sets of columns that name a row, the primary key first.
    pub unique: Vec<BTreeSet<String>>,
    /// The columns of each index by which rows are looked up, in their order, the primary key first; what stands behind an
    /// expression is left out. An index more or less changes no erasure, so that none is outdated by it.
    #[serde(skip)]
    pub indexes: Vec<Vec<String>>,
    /// What its rows refer to.
    pub references: Vec<Reference>,
    /// True where the database keeps every older state of a row, so that nothing in it ever goes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keeps_history: bool,
    /// True where the engine has an address for each row: not in a `SQLite` table `WITHOUT ROWID`, not in a `PostgreSQL`
    /// table of several parts.
    pub has_row_id: bool,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnSchema {
    /// What it can hold, roughly.
    pub kind: Type,
    /// The type as the database names it.
    pub named: String,
    /// True where NULL is allowed.
    pub nullable: bool,
    /// True where the database fills it in by itself.
    pub has_default: bool,
    /// The most characters, where there is such a bound.
    pub longest: Option<usize>,
    /// True where the database works it out from other columns: nobody can set it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub generated: bool,
    /// What the database calls the order of its texts, where texts that differ may count as equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
}

/// What a column can hold, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Type {
    /// Text of any kind.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers with a fraction.
    Number,
    /// True or false.
    Bool,
    /// A day.
    Date,
    /// A moment.
    Timestamp,
    /// A UUID.
    Uuid,
    /// A network address.
    Address,
    /// Bytes.
    Bytes,
    /// JSON, arrays and whatever else.
    Other,
}

/// What becomes of a referring row when the row it refers to goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum OnDelete {
    /// The database refuses.
    Refuse,
    /// It goes too.
    Cascade,
    /// Its column becomes null or the default.
    Unset,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Here.
    pub columns: Vec<String>,
    /// The other table.
    pub to: String,
    /// There.
    pub to_columns: Vec<String>,
    /// What becomes of the row.
    pub on_delete: OnDelete,
}

impl ColumnSchema {
    /// A column that always has a value and knows nothing else of itself.
    pub(in crate::generation) fn plain(kind: Type, named: &str) -> Self {
        let named = named.to_owned();
        Self { kind, named, nullable: false, has_default: false, longest: None, generated: false, collation: None }
    }

    /// True where a value of this column can be written as `text`: anything else is no key of any row, and not to be
    /// asked for.
    #[must_use]
    pub fn may_hold(&self, text: &str, dialect: Dialect) -> bool {
        let moments = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"];
        let is_moment = || {
            let zoned = |form: &str| DateTime::parse_from_str(text, &format!("{form}%#z")).is_ok();
            moments.iter().any(|form| NaiveDateTime::parse_from_str(text, form).is_ok() || zoned(form))
                || DateTime::parse_from_rfc3339(text).is_ok()
        };
        if text.contains('\0') {
            return false;
        }
        match (dialect, self.kind) {
            // each value says itself what it is
            (Dialect::Sqlite, Type::Integer) => text.parse::<i64>().is_ok(),
            (Dialect::Sqlite, _) | (_, Type::Text) => true,
            (_, Type::Integer) if self.named.contains("unsigned") => text.parse::<u64>().is_ok(),
            (Dialect::Maria, Type::Bytes) => {
                text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit())
            }
            (Dialect::Postgres, Type::Integer) if self.named == "smallint" => text.parse::<i16>().is_ok(),
            (Dialect::Postgres, Type::Integer) if self.named == "integer" => text.parse::<i32>().is_ok(),
            (_, Type::Integer) => text.parse::<i64>().is_ok(),
            (_, Type::Number) => text.parse::<f64>().is_ok(),
            (_, Type::Bool) => matches!(text, "true" | "false" | "t" | "f" | "1" | "0"),
            (_, Type::Date) => text.parse::<NaiveDate>().is_ok(),
            (_, Type::Timestamp) => is_moment(),
            (_, Type::Uuid) => text.parse::<uuid::Uuid>().is_ok(),
            (_, Type::Address) => text.parse::<std::net::IpAddr>().is_ok(),
            (_, Type::Bytes | Type::Other) => false,
        }
    }
}

impl TableSchema {
    /// True when an index leads with one of `columns`: rows are found by them without reading the whole table.
    #[must_use]
    pub fn is_led_by(&self, columns: &[&String]) -> bool {
        self.indexes.iter().any(|index| index.first().is_some_and(|first| columns.contains(&first)))
    }

    /// True when `columns` together name at most one row.
    #[must_use]
    pub fn names_a_row<'a>(&self, columns: impl IntoIterator<Item = &'a String>) -> bool {
        let columns: BTreeSet<_> = columns.into_iter().cloned().collect();
        self.unique.iter().any(|key| key.is_subset(&columns))
    }

    /// True when `column` is part of a key.
    #[must_use]
    pub fn is_key(&self, column: &str) -> bool {
        self.unique.iter().any(|key| key.contains(column))
    }
}

impl Schema {
    /// SHA-256, in hexadecimal, over everything an erasure of `mapped` tables rests on: those tables, and the references
    /// to them from anywhere. Other tables may come and go.
    #[must_use]
    pub fn fingerprint<'a>(&self, mapped: impl IntoIterator<Item = &'a String>) -> String {
        let mapped: BTreeSet<_> = mapped.into_iter().collect();
        let of_concern: BTreeMap<_, _> = self
            .tables
            .iter()
            .filter(|(name, table)| mapped.contains(name) || table.references.iter().any(|r| mapped.contains(&r.to)))
            .collect();
        let text = serde_json::to_string(&of_concern).unwrap_or_default();
        data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
    }
}
