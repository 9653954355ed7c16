//! Rows of one table, and how they get into a database of either engine.

use chrono::{DateTime, NaiveDate, SecondsFormat};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

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
pub(super) use row;

/// One table with its rows.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns; where `PostgreSQL` has a type of its own for what is written as text, with that type behind `::`.
    pub columns: &'static [&'static str],
    /// Row after row.
    pub cells: Vec<Cell>,
}

impl Table {
    /// A table without rows.
    pub const fn new(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, cells: Vec::new() }
    }

    /// Adds a row.
    pub fn push<const N: usize>(&mut self, row: [Cell; N]) {
        debug_assert_eq!(N, self.columns.len(), "{}", self.name);
        self.cells.extend(row);
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.cells.len() / self.columns.len()
    }

    /// Statements of at most so many values each, below what either engine takes.
    fn chunks(&self) -> impl Iterator<Item = &[Cell]> {
        self.cells.chunks(1_500 / self.columns.len() * self.columns.len())
    }

    fn insert(&self, values: usize, with_types: bool) -> String {
        let names: Vec<_> = self.columns.iter().map(|c| c.split_once("::").map_or(*c, |(name, _)| name)).collect();
        let mut text = format!("INSERT INTO {} ({}) VALUES ", self.name, names.join(", "));
        for n in 0..values {
            let column = n % self.columns.len();
            text.push_str(if column > 0 {
                ", $"
            } else if n > 0 {
                "), ($"
            } else {
                "($"
            });
            text.push_str(&(n + 1).to_string());
            if let Some(at) = self.columns[column].find("::").filter(|_| with_types) {
                text.push_str(&self.columns[column][at..]);
            }
        }
        text.push(')');
        text
    }
}

/// The text is made of this folder's own names and placeholders; every value is bound.
macro_rules! insert {
    ($table:expr, $conn:expr, $with_types:literal) => {
        for cells in $table.chunks() {
            let mut query = sqlx::query(AssertSqlSafe($table.insert(cells.len(), $with_types)));
            for cell in cells {
                query = match cell {
                    Cell::Int(v) => query.bind(*v),
                    Cell::Text(v) => query.bind(v.as_deref()),
                    Cell::Flag(v) => query.bind(*v),
                };
            }
            query.execute(&mut *$conn).await?;
        }
    };
}

/// Creates schema and rows in one transaction.
pub async fn into_sqlite(conn: &mut SqliteConnection, schema: &'static str, tables: &[Table]) -> sqlx::Result<()> {
    let mut tx = conn.begin().await?;
    sqlx::raw_sql(schema).execute(&mut *tx).await?;
    for table in tables {
        insert!(table, tx, false);
    }
    tx.commit().await
}

/// Creates schema and rows in one transaction.
pub async fn into_postgres(conn: &mut PgConnection, schema: &'static str, tables: &[Table]) -> sqlx::Result<()> {
    let mut tx = conn.begin().await?;
    sqlx::raw_sql(schema).execute(&mut *tx).await?;
    for table in tables {
        insert!(table, tx, true);
    }
    tx.commit().await
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
