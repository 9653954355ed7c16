//! One text of a schema for every engine, and rows put into a database made of it. A column's second word says what it
//! holds; here stands what each engine calls that. Never sees a value of another database than the demo's.

use super::table::{Cell, Table};
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, PgConnection, SqliteConnection};

/// An engine on which the demo's companies can be founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// `SQLite`.
    Sqlite,
    /// `PostgreSQL`.
    Postgres,
    /// `MariaDB`.
    Maria,
}

/// What columns hold, and what it is called on `SQLite`, `PostgreSQL` and `MariaDB`. A name is short enough for an index.
const KINDS: [(&str, [&str; 3]); 7] = [
    ("number", ["INTEGER", "bigint", "BIGINT"]),
    ("name", ["TEXT", "text", "VARCHAR(255)"]),
    ("words", ["TEXT", "text", "TEXT"]),
    ("moment", ["TEXT", "timestamptz", "DATETIME"]),
    ("day", ["TEXT", "date", "DATE"]),
    ("flag", ["BOOLEAN", "boolean", "BOOLEAN"]),
    ("uuid", ["TEXT", "uuid", "UUID"]),
];

/// A column's name and the name of what it holds.
pub type Column<'s> = (&'s str, &'s str);

/// The column that a line of a schema speaks of.
fn column(line: &str) -> Option<Column<'_>> {
    let mut words = line.strip_prefix("    ")?.split([' ', ',']);
    let (name, kind) = (words.next()?, words.next()?);
    KINDS.iter().any(|(known, _)| *known == kind).then_some((name, kind))
}

/// The schema as the engine reads it.
#[must_use]
pub fn spelled(schema: &str, on: On) -> String {
    let line = |line: &str| {
        let Some((name, kind)) = column(line) else { return format!("{line}\n") };
        let of = KINDS.iter().find(|(known, _)| *known == kind).map_or(kind, |(_, called)| called[on as usize]);
        format!("{}\n", line.replacen(&format!("{name} {kind}"), &format!("{name} {of}"), 1))
    };
    schema.lines().map(line).collect()
}

/// The columns of a table, in order.
#[must_use]
pub fn columns<'s>(schema: &'s str, table: &str) -> Vec<Column<'s>> {
    let begins = format!("CREATE TABLE {table} (");
    let lines = schema.lines().skip_while(|line| *line != begins).skip(1);
    lines.take_while(|line| line.starts_with("    ")).filter_map(column).collect()
}

/// Rows of one statement: their number times the columns stays below what every engine takes.
fn portions(table: &Table) -> impl Iterator<Item = &[Cell]> {
    let width = table.width.max(1);
    table.cells.chunks(1_500 / width * width)
}

/// An INSERT of so many values.
fn insert(table: &str, columns: &[Column], values: usize, on: On) -> String {
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let mut text = format!("INSERT INTO {table} ({}) VALUES ", names.join(", "));
    for n in 0..values {
        let (place, kind) = (n % columns.len(), columns[n % columns.len()].1);
        text.push_str(match (place, n) {
            (0, 0) => "(",
            (0, _) => "), (",
            _ => ", ",
        });
        let is = KINDS.iter().find(|(known, _)| *known == kind).map_or("text", |(_, called)| called[1]);
        let value = match (on, kind) {
            (On::Maria, _) => "?".to_owned(),
            // what is bound as text and is none
            (On::Postgres, "moment" | "day" | "uuid") => format!("${}::{is}", n + 1),
            _ => format!("${}", n + 1),
        };
        text.push_str(&value);
    }
    text.push(')');
    text
}

/// `MariaDB` reads a moment without its zone, which is UTC.
fn as_read(text: Option<&str>, kind: &str, on: On) -> Option<String> {
    match (on, kind) {
        (On::Maria, "moment") => text.map(|text| text.trim_end_matches('Z').replace('T', " ")),
        _ => text.map(str::to_owned),
    }
}

/// The text is made of this folder's own names and placeholders; every value is bound.
macro_rules! into {
    ($name:ident, $conn:ty, $on:expr) => {
        /// Creates schema and rows, in one transaction where the engine can.
        pub async fn $name(conn: &mut $conn, schema: &str, tables: &[Table]) -> sqlx::Result<()> {
            let mut tx = conn.begin().await?;
            sqlx::raw_sql(AssertSqlSafe(spelled(schema, $on))).execute(&mut *tx).await?;
            for table in tables {
                let columns = columns(schema, table.name);
                for cells in portions(table) {
                    let mut query = sqlx::query(AssertSqlSafe(insert(table.name, &columns, cells.len(), $on)));
                    for (cell, (_, kind)) in cells.iter().zip(columns.iter().cycle()) {
                        query = match cell {
                            Cell::Int(v) => query.bind(*v),
                            Cell::Text(v) => query.bind(as_read(v.as_deref(), kind, $on)),
                            Cell::Flag(v) => query.bind(*v),
                        };
                    }
                    query.execute(&mut *tx).await?;
                }
            }
            tx.commit().await
        }
    };
}

into!(into_sqlite, SqliteConnection, On::Sqlite);
into!(into_postgres, PgConnection, On::Postgres);
into!(into_maria, MySqlConnection, On::Maria);

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = "CREATE TABLE words (\n    id number PRIMARY KEY,\n    words words,\n    day day NOT NULL,\n    UNIQUE (day)\n);\n";

    #[test]
    fn only_what_a_column_holds_is_translated() {
        let on = |on| spelled(SCHEMA, on).replace('\n', "").replace("    ", " ");
        assert_eq!(
            on(On::Maria),
            "CREATE TABLE words ( id BIGINT PRIMARY KEY, words TEXT, day DATE NOT NULL, UNIQUE (day));"
        );
        assert_eq!(
            on(On::Sqlite),
            "CREATE TABLE words ( id INTEGER PRIMARY KEY, words TEXT, day TEXT NOT NULL, UNIQUE (day));"
        );
        let of = columns(SCHEMA, "words");
        assert_eq!(of, [("id", "number"), ("words", "words"), ("day", "day")]);
        let two = insert("words", &of, 6, On::Postgres);
        assert_eq!(two, "INSERT INTO words (id, words, day) VALUES ($1, $2, $3::date), ($4, $5, $6::date)");
    }
}
