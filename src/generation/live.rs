//! One row as a database gave it, read cell by cell without copying. Numbers and moments are text, as the database
//! writes them; bytes stay bytes.

use super::Error;
use sqlx::{Row as _, TypeInfo as _, ValueRef as _, mysql::MySqlRow, postgres::PgRow, sqlite::SqliteRow};
use std::borrow::Cow;

/// One row.
pub enum LiveRow {
    /// Of `PostgreSQL`: every column was asked for as text, or is of bytes.
    Postgres(PgRow),
    /// Of `SQLite`, where every value says itself what it is.
    Sqlite(SqliteRow),
    /// Of `MariaDB`: every column was asked for as text, or is of bytes.
    Maria(MySqlRow),
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'r> {
    /// Nothing.
    Null,
    /// Anything that is not bytes.
    Text(Cow<'r, str>),
    /// Bytes.
    Bytes(&'r [u8]),
}

impl LiveRow {
    /// The `i`-th value, of a column of `bytes` or of another.
    ///
    /// # Errors
    /// When the database answered in an unexpected form.
    pub fn cell(&self, i: usize, bytes: bool) -> Result<Cell<'_>, Error> {
        Ok(match self {
            Self::Postgres(row) if bytes => row.try_get::<Option<&[u8]>, _>(i)?.map_or(Cell::Null, Cell::Bytes),
            Self::Postgres(row) => {
                row.try_get::<Option<&str>, _>(i)?.map_or(Cell::Null, |text| Cell::Text(Cow::Borrowed(text)))
            }
            Self::Sqlite(row) => of_sqlite(row, i)?,
            Self::Maria(row) if bytes => row.try_get_unchecked::<Option<&[u8]>, _>(i)?.map_or(Cell::Null, Cell::Bytes),
            Self::Maria(row) => {
                row.try_get_unchecked::<Option<&str>, _>(i)?.map_or(Cell::Null, |text| Cell::Text(Cow::Borrowed(text)))
            }
        })
    }

    /// The `i`-th value as text; none where it is NULL or of bytes.
    ///
    /// # Errors
    /// When the database answered in an unexpected form.
    pub fn text(&self, i: usize) -> Result<Option<String>, Error> {
        Ok(match self.cell(i, false)? {
            Cell::Text(text) => Some(text.into_owned()),
            Cell::Null | Cell::Bytes(_) => None,
        })
    }
}

fn of_sqlite(row: &SqliteRow, i: usize) -> Result<Cell<'_>, Error> {
    let raw = row.try_get_raw(i)?;
    if raw.is_null() {
        return Ok(Cell::Null);
    }
    let kind = raw.type_info();
    Ok(match kind.name() {
        "INTEGER" => Cell::Text(Cow::Owned(row.try_get_unchecked::<i64, _>(i)?.to_string())),
        "REAL" => Cell::Text(Cow::Owned(format!("{:?}", row.try_get_unchecked::<f64, _>(i)?))),
        "BLOB" => Cell::Bytes(row.try_get_unchecked(i)?),
        // SQLite does not promise that text is Unicode
        _ => Cell::Text(String::from_utf8_lossy(row.try_get_unchecked::<&[u8], _>(i)?)),
    })
}
