//! The engines a generation database may run on, behind one small face: a statement is text with values, every value
//! and every answer is text. The only place of this room where text becomes SQL; names in it were checked against the
//! live schema and are quoted.

mod maria;
mod statement;

pub use statement::{Statement, quoted};

use super::{Error, introspect::Known, live::LiveRow};
use futures_util::stream::{BoxStream, StreamExt as _};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions, Row as _, TypeInfo as _, ValueRef as _,
    mysql::{MySql, MySqlPool},
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions, Postgres},
    sqlite::{Sqlite, SqliteConnectOptions, SqlitePool, SqlitePoolOptions},
};
use std::{str::FromStr, sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How a database speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `PostgreSQL` 13 or later.
    Postgres,
    /// `SQLite` 3.38 or later.
    Sqlite,
    /// `MariaDB` 10.6 or later, `MySQL` 8.0.19 or later.
    Maria,
}

/// One generation database, with what is known of its schema.
#[derive(Debug, Clone)]
pub struct Engine {
    pool: Pool,
    known: Arc<Known>,
    /// Those who read on one connection and change on another: were there as many as connections, each would wait for ever.
    readers: Arc<Semaphore>,
}

#[derive(Debug, Clone)]
enum Pool {
    /// `PostgreSQL`.
    Postgres(PgPool),
    /// A `SQLite` file.
    Sqlite(SqlitePool),
    /// `MariaDB`.
    Maria(MySqlPool),
}

/// One connection; given back when dropped.
#[derive(Debug)]
pub struct Conn {
    link: Link,
    /// What is known of the schema of its database.
    pub(super) known: Arc<Known>,
    is_reading: bool,
}

#[derive(Debug)]
enum Link {
    /// `PostgreSQL`.
    Postgres(PoolConnection<Postgres>),
    /// `SQLite`.
    Sqlite(PoolConnection<Sqlite>),
    /// `MariaDB`.
    Maria(PoolConnection<MySql>),
}

/// How long a connection may take.
const ACQUIRE: Duration = Duration::from_secs(10);
/// Connections to one generation database: it has other work to do.
const CONNECTIONS: u32 = 4;
/// Statements that a connection keeps prepared: a run has more than a hundred, and the next one has the same.
const STATEMENTS: usize = 500;
/// How long a connection may have been idle before it is asked whether it still stands.
const IDLE: Duration = Duration::from_secs(5);
/// Counts that are asked for in one statement.
const COUNTS: usize = 8;
/// Rows that `SQLite`'s thread reads ahead of us.
const ROWS_AHEAD: usize = 16;

/// A pool's options; a connection that was in use a moment ago is taken as it is.
macro_rules! pool_options {
    ($options:ident) => {
        $options::new().max_connections(CONNECTIONS).acquire_timeout(ACQUIRE).test_before_acquire(false).before_acquire(
            |conn, meta| {
                Box::pin(async move { Ok(meta.idle_for < IDLE || sqlx::Connection::ping(conn).await.is_ok()) })
            },
        )
    };
}
use pool_options;

impl Engine {
    /// Prepares connections to `postgres://…`, `mariadb://…`, `mysql://…` or `sqlite://FILE`; nothing is opened yet.
    ///
    /// # Errors
    /// When the address is none of them.
    pub fn new(url: &str) -> Result<Self, Error> {
        let readers = Arc::new(Semaphore::new(CONNECTIONS as usize / 2));
        Ok(Self { pool: Pool::new(url)?, known: Arc::default(), readers })
    }

    /// How it speaks.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        match &self.pool {
            Pool::Postgres(_) => Dialect::Postgres,
            Pool::Sqlite(_) => Dialect::Sqlite,
            Pool::Maria(_) => Dialect::Maria,
        }
    }

    /// A connection.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn conn(&self) -> Result<Conn, Error> {
        let link = match &self.pool {
            Pool::Postgres(pool) => Link::Postgres(pool.acquire().await?),
            Pool::Sqlite(pool) => Link::Sqlite(pool.acquire().await?),
            Pool::Maria(pool) => Link::Maria(pool.acquire().await?),
        };
        Ok(Conn { link, known: Arc::clone(&self.known), is_reading: false })
    }

    /// Room for one who reads on a connection for as long as it changes rows on others.
    ///
    /// # Errors
    /// When there is none for as long as a connection may take.
    pub async fn room(&self) -> Result<OwnedSemaphorePermit, Error> {
        let room = timeout(ACQUIRE, Arc::clone(&self.readers).acquire_owned()).await;
        room.ok().and_then(Result::ok).ok_or(Error::Database(sqlx::Error::PoolTimedOut))
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Postgres(pool) => pool.close().await,
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Maria(pool) => pool.close().await,
        }
    }
}

impl Pool {
    fn new(url: &str) -> Result<Self, Error> {
        let bad = |_| Error::Address;
        if url.starts_with("mariadb://") || url.starts_with("mysql://") {
            return Ok(Self::Maria(maria::pool(url)?));
        }
        if url.starts_with("sqlite://") {
            let options = SqliteConnectOptions::from_str(url)
                .map_err(bad)?
                .create_if_missing(false)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                // a row may hold megabytes
                .row_buffer_size(ROWS_AHEAD)
                .pragma("secure_delete", "ON")
                .pragma("trusted_schema", "OFF")
                .statement_cache_capacity(STATEMENTS)
                .disable_statement_logging();
            let pool = pool_options!(SqlitePoolOptions);
            return Ok(Self::Sqlite(pool.connect_lazy_with(options)));
        }
        let settings =
            [("statement_timeout", "300s"), ("lock_timeout", "5s"), ("timezone", "UTC"), ("row_security", "off")];
        let options = PgConnectOptions::from_str(url)
            .map_err(bad)?
            .application_name("recourse run")
            .options(settings)
            .statement_cache_capacity(STATEMENTS)
            .disable_statement_logging();
        let pool = pool_options!(PgPoolOptions);
        Ok(Self::Postgres(pool.connect_lazy_with(options)))
    }
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
        self.is_reading = true;
        for text in texts {
            self.run(Statement::new(*text, &[])).await?;
        }
        Ok(())
    }

    /// Ends what `begin_reading` began.
    ///
    /// # Errors
    /// As the database says.
    pub async fn end_reading(&mut self) -> Result<(), Error> {
        self.run(Statement::new("COMMIT", &[])).await?;
        self.is_reading = false;
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
    /// Reading that was cut off is ended with its connection.
    fn drop(&mut self) {
        if self.is_reading {
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
