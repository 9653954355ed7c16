//! Rows of one table before they are anywhere, and how moments are written.

use chrono::{DateTime, NaiveDate, SecondsFormat};

/// The generator opened on 1 September 2022; until then the company sold prints. In seconds.
pub const LAUNCH: i64 = 1_661_990_400;
/// The last moment of the data: 30 September 2026. No clock is asked: the data are the same on every day.
pub const NOW: i64 = 1_790_726_400;

/// One value with its type, NULLs included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A whole number.
    Int(Option<i64>),
    /// Text, and what is written as text: moments, days, uuids.
    Text(Option<String>),
    /// Yes or no.
    Flag(bool),
}

macro_rules! from {
    ($($ty:ty => |$v:ident| $cell:expr),+ $(,)?) => { $(
        impl From<$ty> for Cell { fn from($v: $ty) -> Self { $cell } }
    )+ };
}

from! {
    i64 => |v| Self::Int(Some(v)),
    Option<i64> => |v| Self::Int(v),
    &str => |v| Self::Text(Some(v.to_owned())),
    String => |v| Self::Text(Some(v)),
    Option<String> => |v| Self::Text(v),
    Option<&str> => |v| Self::Text(v.map(str::to_owned)),
    bool => |v| Self::Flag(v),
}

/// A row from values of any of these types.
macro_rules! row {
    ($($value:expr),+ $(,)?) => { [$($crate::cli::demo::company::table::Cell::from($value)),+] };
}
pub(crate) use row;

/// One table with its rows, each in the order of the schema's columns.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How many columns it has; 0 as long as there is no row.
    pub width: usize,
    /// Row after row.
    pub cells: Vec<Cell>,
}

impl Table {
    /// A table without rows.
    pub const fn new(name: &'static str) -> Self {
        Self { name, width: 0, cells: Vec::new() }
    }

    /// Adds a row.
    pub fn push<const N: usize>(&mut self, row: [Cell; N]) {
        debug_assert!(self.width == 0 || self.width == N, "{}", self.name);
        self.width = N;
        self.cells.extend(row);
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.cells.len() / self.width.max(1)
    }
}

/// The first second of a day written `2026-09-30`.
pub fn day(text: &str) -> i64 {
    text.parse::<NaiveDate>().unwrap_or_default().and_time(chrono::NaiveTime::MIN).and_utc().timestamp()
}

/// A moment as both engines read it.
pub fn moment(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The day of a moment.
pub fn date(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().format("%Y-%m-%d").to_string()
}
