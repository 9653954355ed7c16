//! The two engines behind one face: pools, transactions and the settings each connection must have.
//! Nothing outside this folder knows which engine is running.

mod sql;
mod tx;

pub use sql::{Filter, Row, Sql, Value, per_engine, sql};
pub use tx::Tx;

use super::{Clock, Result};
use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{
        SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
    },
};
use std::{path::Path, str::FromStr, time::Duration};

/// Our own database.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
    /// The clock that business instants and, on `SQLite`, leases are read from.
    pub clock: Clock,
}

#[derive(Debug, Clone)]
enum Pools {
    /// One writer a process, first come first served; several readers that cannot write.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// How long a statement waits for somebody else's write lock before it gives up.
const BUSY: Duration = Duration::from_secs(10);
/// How long a caller waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(15);

/// Makes the file where there is none, for its owner's eyes only; `SQLite` gives its log files the same rights.
fn owners_only(file: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(file).map_err(sqlx::Error::Io)?;
    Ok(())
}

impl Db {
    /// Opens a `SQLite` file, creating it where there is none.
    ///
    /// # Errors
    /// When the file cannot be opened or is no database.
    pub async fn sqlite(file: &Path, clock: Clock) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("secure_delete", "ON")
            // the same pages change again and again: each is carried over once for many commits
            .pragma("wal_autocheckpoint", "4000")
            .pragma("trusted_schema", "OFF")
            .disable_statement_logging();
        let pool = |max| {
            SqlitePoolOptions::new().max_connections(max).acquire_timeout(ACQUIRE).idle_timeout(None).max_lifetime(None)
        };
        // asked for on a file that has it already, this would write: each opening would queue for the write lock
        owners_only(file)?;
        let is_empty = std::fs::metadata(file).map_or(true, |file| file.len() == 0);
        let first = if is_empty { options.clone().auto_vacuum(SqliteAutoVacuum::Incremental) } else { options.clone() };
        let writer = pool(1).connect_with(first).await?;
        let readers = pool(4).min_connections(1).connect_with(options.pragma("query_only", "ON")).await?;
        Ok(Self { pools: Pools::Sqlite { writer, readers }, clock })
    }

    /// Connects to a `PostgreSQL` database by its address.
    ///
    /// # Errors
    /// When the address is wrong or the server does not answer within the time a connection may take.
    pub async fn postgres(url: &str, connections: u32, clock: Clock) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("recourse")
            .options([("statement_timeout", "30s"), ("idle_in_transaction_session_timeout", "60s")])
            .disable_statement_logging();
        let pool =
            PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE).connect_with(options).await?;
        Ok(Self { pools: Pools::Postgres(pool), clock })
    }

    /// A connection that reads; each statement sees what is committed when it starts.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Tx::sqlite_read(readers.acquire().await?, self.clock.clone()),
            Pools::Postgres(pool) => Tx::postgres_read(pool.acquire().await?, self.clock.clone()),
        })
    }

    /// A transaction that may write. On `SQLite` it holds the write lock from its first moment.
    ///
    /// # Errors
    /// When no connection or lock is free in time.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Tx::sqlite_write(writer.begin_with("BEGIN IMMEDIATE").await?, self.clock.clone())
            }
            Pools::Postgres(pool) => Tx::postgres_write(pool.begin().await?, self.clock.clone()),
        })
    }

    /// True when the database answers.
    pub async fn answers(&self) -> bool {
        match self.read().await {
            Ok(mut tx) => sql("SELECT CAST(1 AS BIGINT)").one::<(i64,)>(&mut tx).await.is_ok(),
            Err(_) => false,
        }
    }

    /// The present moment by the clock that business instants use.
    #[must_use]
    pub fn now(&self) -> crate::domain::time::Instant {
        self.clock.now()
    }

    pub(super) const fn sqlite_writer(&self) -> Option<&SqlitePool> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => Some(writer),
            Pools::Postgres(_) => None,
        }
    }

    pub(super) const fn postgres_pool(&self) -> Option<&PgPool> {
        match &self.pools {
            Pools::Sqlite { .. } => None,
            Pools::Postgres(pool) => Some(pool),
        }
    }

    /// Gives back what erased rows took, and empties the log that still holds them. `PostgreSQL` does so by itself.
    ///
    /// # Errors
    /// As the database says.
    pub async fn give_back(&self) -> Result<()> {
        if let Pools::Sqlite { writer, .. } = &self.pools {
            let mut conn = writer.acquire().await?;
            sqlx::raw_sql("PRAGMA incremental_vacuum(2000); PRAGMA wal_checkpoint(TRUNCATE);")
                .execute(&mut *conn)
                .await?;
        }
        Ok(())
    }

    /// Waits for running statements and closes every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a loss of power may take rests on these; no test can pull the plug.
    #[tokio::test]
    async fn f18_each_pooled_connection_has_the_settings_that_durability_and_erasure_rest_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::sqlite(&folder.path().join("recourse.db"), Clock::System).await.expect("it opens");
        let Pools::Sqlite { writer, readers } = &db.pools else { panic!("it is SQLite") };
        for (pool, size, query_only) in [(writer, 1, 0), (readers, 4, 1)] {
            assert_eq!(pool.options().get_max_connections(), size);
            let mut held = Vec::new();
            for _ in 0..size {
                let mut connection = pool.acquire().await.expect("one is free");
                let (mode,): (String,) =
                    sqlx::query_as("PRAGMA journal_mode").fetch_one(&mut *connection).await.expect("it says");
                assert_eq!(mode, "wal");
                for (pragma, wanted) in [
                    ("PRAGMA synchronous", 2),
                    ("PRAGMA foreign_keys", 1),
                    ("PRAGMA secure_delete", 1),
                    ("PRAGMA trusted_schema", 0),
                    ("PRAGMA auto_vacuum", 2),
                    ("PRAGMA busy_timeout", 10_000),
                    ("PRAGMA query_only", query_only),
                ] {
                    let (found,): (i64,) = sqlx::query_as(pragma).fetch_one(&mut *connection).await.expect("it says");
                    assert_eq!(found, wanted, "{pragma}");
                }
                held.push(connection);
            }
        }
    }
}
