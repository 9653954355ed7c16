//! A generation database for the demo, the tests and the bench: what a company that runs an image generator keeps of
//! a few hundred people, invented, and the same on every day and machine. One source of rows for both engines.

mod accounts;
mod dice;
mod money;
pub mod people;
mod pictures;
mod society;
mod studio;
mod table;
mod words;

use anyhow::{Context as _, bail};
use pictures::Shelf;
use sqlx::{Connection as _, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{path::Path, str::FromStr as _};
use studio::Studio;
use table::Table;

/// The data map of this database, the same for both engines.
pub const DATA_MAP: &str = include_str!("data-map.toml");

/// The tables of this database on `SQLite`.
pub const SQLITE: &str = include_str!("schema.sqlite.sql");
/// The tables of this database on `PostgreSQL`.
pub const POSTGRES: &str = include_str!("schema.postgres.sql");

/// What was founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Founded {
    /// Rows in all tables.
    pub rows: usize,
    /// Files.
    pub files: usize,
}

/// Creates schema and rows in the empty database at `url` (`sqlite://FILE`, which is created, or `postgres://…`) and
/// the files that rows name under `folder`.
///
/// # Errors
/// When the database cannot be reached or is not empty, or the folder cannot be written.
pub async fn found(url: &str, folder: &Path) -> anyhow::Result<Founded> {
    let mut shelf = Shelf::draw()?;
    let tables = rows(&mut shelf);
    shelf.write(folder)?;
    if url.starts_with("sqlite:") {
        let options = SqliteConnectOptions::from_str(url)?.create_if_missing(true).foreign_keys(true);
        let mut conn = SqliteConnection::connect_with(&options).await.context("the database cannot be made")?;
        table::into_sqlite(&mut conn, SQLITE, &tables).await.context("the generation database cannot be filled")?;
        conn.close().await?;
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        let mut conn = PgConnection::connect(url).await.context("the database cannot be reached")?;
        table::into_postgres(&mut conn, POSTGRES, &tables).await.context("the generation database cannot be filled")?;
        conn.close().await?;
    } else {
        bail!("a generation database is at sqlite://FILE or postgres://…");
    }
    Ok(Founded { rows: tables.iter().map(Table::len).sum(), files: shelf.len() })
}

/// Every table with its rows, in an order in which each refers only to those before it.
fn rows(shelf: &mut Shelf) -> Vec<Table> {
    let people = people::everybody();
    let mut tables = accounts::users(&people, shelf);
    tables.extend(accounts::sign_ins(&people));
    tables.extend(accounts::devices(&people));
    tables.extend(accounts::consents(&people));
    tables.extend(accounts::messages(&people));
    let studio = Studio::open(&people, shelf);
    let society = society::tables(&people, &studio.made);
    let money = money::tables(&people, &studio.spent);
    tables.extend(studio.into_tables());
    tables.extend(society);
    tables.extend(money);
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those who measure and those who test rely on these rows; whoever changes them should mean it. A new encoder of
    /// pictures may change them too: the sizes of the files are among them.
    #[test]
    fn chance_falls_the_same_way_on_every_machine() {
        let tables = rows(&mut Shelf::draw().expect("it draws"));
        let text = format!("{tables:?}");
        let sum = text.bytes().fold(0_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
        assert_eq!(
            (tables.len(), sum),
            (20, 18_163_926_502_124_405_786),
            "the rows have changed; where that is meant, so does this number"
        );
    }

    #[test]
    fn both_schemas_have_the_same_tables_and_indexes() {
        let made = |schema: &'static str| schema.lines().filter(|line| line.starts_with("CREATE")).collect::<Vec<_>>();
        assert_eq!(made(SQLITE), made(POSTGRES));
    }
}
