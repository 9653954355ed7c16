//! One connection to a generation database: statements and their answers as text, one moment to read in. Never decides
//! what is asked.

use super::{Statement, maria};
use crate::generation::{Error, introspect::Known, live::LiveRow};
use futures_util::stream::{BoxStream, StreamExt as _};
use sqlx::{
    AssertSqlSafe, Column as _, Row as _, TypeInfo as _, ValueRef as _, mysql::MySql, pool::PoolConnection,
    postgres::Postgres, sqlite::Sqlite,
};
use std::sync::Arc;

/// Counts that are asked for in one statement.
const COUNTS: usize = 8;

/// What `PostgreSQL` does until the transaction ends. Of two connections that count, one may have nothing to do for a while.
const BY_INDEX: &str = "set_config('enable_hashjoin', 'off', true), set_config('max_parallel_workers_per_gather', '0', \
                        true), set_config('jit', 'off', true), \
                        set_config('idle_in_transaction_session_timeout', '0', true)";

/// One connection; given back when dropped.
#[derive(Debug)]
pub struct Conn {
    link: Link,
    /// What is known of the schema of its database.
    pub(in crate::generation) known: Arc<Known>,
    /// True between the beginning and the end of what belongs together.
    is_open: bool,
}

#[derive(Debug)]
pub(super) enum Link {
    /// `PostgreSQL`.
    Postgres(PoolConnection<Postgres>),
    /// `SQLite`.
    Sqlite(PoolConnection<Sqlite>),
    /// `MariaDB`.
    Maria(PoolConnection<MySql>),
}

/// One row as text; NULL is none.
pub type Texts = Vec<Option<String>>;

macro_rules! bound {
    ($statement:expr) => {{
        let Statement { text, values, keeps } = $statement;
        let mut query = sqlx::query(AssertSqlSafe(text)).persistent(keeps);
        for value in values {
            query = query.bind(value);
        }
        query
    }};
}

impl Conn {
    pub(super) const fn new(link: Link, known: Arc<Known>) -> Self {
        Self { link, known, is_open: false }
    }

    /// Every row; only for statements that bound their number. Columns have to be text.
    ///
    /// # Errors
    /// As the database says.
    pub async fn rows(&mut self, statement: Statement) -> Result<Vec<Texts>, Error> {
        match &mut self.link {
            Link::Postgres(conn) => {
                let rows = bound!(statement.numbered()).fetch_all(&mut **conn).await?;
                rows.iter().map(|row| (0..row.len()).map(|i| Ok(row.try_get(i)?)).collect()).collect()
            }
            Link::Sqlite(conn) => {
                let rows = bound!(statement.numbered()).fetch_all(&mut **conn).await?;
                rows.iter().map(|row| (0..row.len()).map(|i| sqlite_text(row, i)).collect()).collect()
            }
            Link::Maria(conn) => {
                let rows = bound!(statement.positional()).fetch_all(&mut **conn).await?;
                rows.iter().map(|row| (0..row.len()).map(|i| maria::text(row, i)).collect()).collect()
            }
        }
    }

    /// Every row, one after the other: no more of them wait in memory than the engine's driver reads ahead.
    pub fn stream(&mut self, statement: Statement) -> BoxStream<'_, Result<LiveRow, Error>> {
        match &mut self.link {
            Link::Postgres(conn) => {
                bound!(statement.numbered()).fetch(&mut **conn).map(|row| Ok(LiveRow::Postgres(row?))).boxed()
            }
            Link::Sqlite(conn) => {
                bound!(statement.numbered()).fetch(&mut **conn).map(|row| Ok(LiveRow::Sqlite(row?))).boxed()
            }
            Link::Maria(conn) => {
                bound!(statement.positional()).fetch(&mut **conn).map(|row| Ok(LiveRow::Maria(row?))).boxed()
            }
        }
    }

    /// Runs it; returns how many rows were changed.
    ///
    /// # Errors
    /// As the database says.
    pub async fn run(&mut self, statement: Statement) -> Result<i64, Error> {
        let changed = match &mut self.link {
            Link::Postgres(conn) => bound!(statement.numbered()).execute(&mut **conn).await?.rows_affected(),
            Link::Sqlite(conn) => bound!(statement.numbered()).execute(&mut **conn).await?.rows_affected(),
            // what begins and ends a transaction cannot be prepared everywhere
            Link::Maria(conn) if statement.values.is_empty() => {
                sqlx::raw_sql(AssertSqlSafe(statement.text)).execute(&mut **conn).await?.rows_affected()
            }
            Link::Maria(conn) => bound!(statement.positional()).execute(&mut **conn).await?.rows_affected(),
        };
        Ok(i64::try_from(changed).unwrap_or(i64::MAX))
    }

    /// The first column of the one row, as a number.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count(&mut self, statement: Statement) -> Result<i64, Error> {
        let rows = self.rows(statement).await?;
        let first = rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten();
        first.and_then(|text| text.parse().ok()).ok_or(Error::Answer("a number was expected"))
    }

    /// What several statements count, in their order; each has one number as text. Few round trips, and no statement that
    /// counts in more than a handful of tables.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_all(&mut self, texts: &[&str], values: &[String]) -> Result<Vec<i64>, Error> {
        let mut counts = Vec::with_capacity(texts.len());
        for some in texts.chunks(COUNTS) {
            let text = format!("SELECT ({})", some.join("), ("));
            let row = self.rows(Statement::new(text, values)).await?.into_iter().next().unwrap_or_default();
            counts.extend(row.into_iter().filter_map(|count| count?.parse::<i64>().ok()));
        }
        if counts.len() == texts.len() { Ok(counts) } else { Err(Error::Answer("numbers were expected")) }
    }

    /// Begins to read one moment of the database: everything read from now on belongs together. The connection is
    /// closed, not given back, when it is dropped, and what was begun ends with it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn begin_snapshot(&mut self) -> Result<(), Error> {
        self.close_on_drop();
        self.begin_reading().await
    }

    /// The same for callers that give the connection back in good order, by `end_reading`; dropped before, it is closed.
    ///
    /// # Errors
    /// As the database says.
    pub async fn begin_reading(&mut self) -> Result<(), Error> {
        let texts: &[&str] = match &mut self.link {
            Link::Postgres(_) => &["BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"],
            Link::Sqlite(_) => &["BEGIN DEFERRED"],
            Link::Maria(_) => &[
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
            ],
        };
        self.is_open = true;
        for text in texts {
            self.run(Statement::new(*text, &[])).await?;
        }
        Ok(())
    }

    /// What names the moment that is read, for another connection to read the same; none where the engine knows no such
    /// thing. What is asked from now on is counted by indexes, each question on one processor: where a person has millions
    /// of rows that takes half of the processors' time that joins by hashing whole tables take.
    ///
    /// # Errors
    /// As the database says.
    pub async fn begin_counting(&mut self) -> Result<Option<String>, Error> {
        let Link::Postgres(_) = &self.link else { return Ok(None) };
        let text = format!("SELECT pg_export_snapshot(), {BY_INDEX}");
        let rows = self.rows(Statement::new(text, &[])).await?;
        let name = rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten();
        Ok(name.filter(|name| name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')))
    }

    /// Begins to read and count the moment that `snapshot` named on another connection, while it is being read there.
    ///
    /// # Errors
    /// As the database says.
    pub async fn begin_counting_at(&mut self, snapshot: &str) -> Result<(), Error> {
        self.begin_reading().await?;
        self.run(Statement::once(format!("SET TRANSACTION SNAPSHOT '{snapshot}'"))).await?;
        self.run(Statement::new(format!("SELECT {BY_INDEX}"), &[])).await.map(drop)
    }

    /// Ends what `begin_reading` began.
    ///
    /// # Errors
    /// As the database says.
    pub async fn end_reading(&mut self) -> Result<(), Error> {
        self.run(Statement::new("COMMIT", &[])).await?;
        self.is_open = false;
        Ok(())
    }

    /// Begins to write what belongs together. Dropped before its end, the connection is closed and nothing is written.
    ///
    /// # Errors
    /// As the database says.
    pub async fn begin_writing(&mut self) -> Result<(), Error> {
        let text = match &self.link {
            Link::Postgres(_) => "BEGIN",
            Link::Sqlite(_) => "BEGIN IMMEDIATE",
            Link::Maria(_) => "START TRANSACTION",
        };
        self.is_open = true;
        self.run(Statement::new(text, &[])).await.map(drop)
    }

    /// Ends what `begin_writing` began; without `keeps` nothing was written.
    ///
    /// # Errors
    /// As the database says.
    pub async fn end_writing(&mut self, keeps: bool) -> Result<(), Error> {
        self.run(Statement::new(if keeps { "COMMIT" } else { "ROLLBACK" }, &[])).await?;
        self.is_open = false;
        Ok(())
    }

    /// Lets what is read in this snapshot take as long as a slow reader needs.
    ///
    /// # Errors
    /// As the database says.
    pub async fn without_hurry(&mut self) -> Result<(), Error> {
        match &mut self.link {
            Link::Postgres(_) => {
                for setting in ["cursor_tuple_fraction = 1.0", "idle_in_transaction_session_timeout = 0"] {
                    self.run(Statement::new(format!("SET LOCAL {setting}"), &[])).await?;
                }
            }
            Link::Sqlite(_) => {}
            Link::Maria(conn) => maria::without_hurry(conn).await?,
        }
        Ok(())
    }

    /// From now on the connection is closed, not given back, when it is dropped.
    pub fn close_on_drop(&mut self) {
        match &mut self.link {
            Link::Postgres(conn) => conn.close_on_drop(),
            Link::Sqlite(conn) => conn.close_on_drop(),
            Link::Maria(conn) => conn.close_on_drop(),
        }
    }
}

impl Drop for Conn {
    /// What was cut off is ended with its connection.
    fn drop(&mut self) {
        if self.is_open {
            self.close_on_drop();
        }
    }
}

/// `SQLite` keeps what was written, whatever the column says; numbers are read as their text.
fn sqlite_text(row: &sqlx::sqlite::SqliteRow, i: usize) -> Result<Option<String>, Error> {
    let raw = row.try_get_raw(i)?;
    if raw.is_null() {
        return Ok(None);
    }
    let kind = raw.type_info().name().to_owned();
    match kind.as_str() {
        "INTEGER" => Ok(Some(row.try_get_unchecked::<i64, _>(i)?.to_string())),
        "REAL" => Ok(Some(row.try_get_unchecked::<f64, _>(i)?.to_string())),
        "BLOB" => {
            tracing::debug!(column = row.column(i).name(), "bytes were read where text was expected");
            Err(Error::Answer("a key or file column holds bytes where text was expected"))
        }
        _ => Ok(Some(row.try_get_unchecked::<String, _>(i)?)),
    }
}
