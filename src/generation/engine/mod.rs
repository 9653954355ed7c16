//! The engines a generation database may run on, behind one small face: a statement is text with values, every value
//! and every answer is text. The only place of this room where text becomes SQL; names in it were checked against the
//! live schema and are quoted.

mod conn;
mod maria;
mod statement;

pub use conn::{Conn, Texts};
pub use statement::{Statement, quoted};

use super::{Error, introspect::Known};
use conn::Link;
use sqlx::{
    ConnectOptions,
    mysql::MySqlPool,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions},
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
    /// Those who need two connections, to read on one and change on the other, or to count on both: were there as many as
    /// connections, each would wait for ever.
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

/// How long a connection may take.
const ACQUIRE: Duration = Duration::from_secs(10);
/// Connections to one generation database: it has other work to do.
const CONNECTIONS: u32 = 4;
/// Statements that a connection keeps prepared: a run has more than a hundred, and the next one has the same.
const STATEMENTS: usize = 500;
/// How long a connection may have been idle before it is asked whether it still stands.
const IDLE: Duration = Duration::from_secs(5);
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
        Ok(Conn::new(link, Arc::clone(&self.known)))
    }

    /// Room for one who reads on a connection for as long as it changes rows on others.
    ///
    /// # Errors
    /// When there is none for as long as a connection may take.
    pub async fn room(&self) -> Result<OwnedSemaphorePermit, Error> {
        let room = timeout(ACQUIRE, Arc::clone(&self.readers).acquire_owned()).await;
        room.ok().and_then(Result::ok).ok_or(Error::Database(sqlx::Error::PoolTimedOut))
    }

    /// The same for who can do without.
    ///
    /// # Errors
    /// When there is none now.
    pub fn room_now(&self) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(&self.readers).try_acquire_owned().map_err(|_| Error::Database(sqlx::Error::PoolTimedOut))
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
