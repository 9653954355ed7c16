//! A connection in use: a transaction, or a reader. Dropped without `commit`, a transaction is rolled back.

use crate::{
    domain::{audit::Entry, time::Instant},
    store::{Clock, Result, audit},
};
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction, pool::PoolConnection};

/// A connection in use.
pub struct Tx {
    inner: Inner,
    clock: Clock,
    /// What the audit log gets when this commits.
    entries: Vec<Entry>,
    /// The cases of which it recorded an event: no test may commit that without an entry.
    #[cfg(test)]
    recorded: Vec<crate::domain::identity::Reference>,
}

enum Inner {
    SqliteWrite(Transaction<'static, Sqlite>),
    SqliteRead(PoolConnection<Sqlite>),
    PostgresWrite(Transaction<'static, Postgres>),
    PostgresRead(PoolConnection<Postgres>),
}

pub(super) enum Conn<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Tx {
    pub(super) const fn sqlite_write(tx: Transaction<'static, Sqlite>, clock: Clock) -> Self {
        Self::over(Inner::SqliteWrite(tx), clock)
    }

    pub(super) const fn sqlite_read(conn: PoolConnection<Sqlite>, clock: Clock) -> Self {
        Self::over(Inner::SqliteRead(conn), clock)
    }

    pub(super) const fn postgres_write(tx: Transaction<'static, Postgres>, clock: Clock) -> Self {
        Self::over(Inner::PostgresWrite(tx), clock)
    }

    pub(super) const fn postgres_read(conn: PoolConnection<Postgres>, clock: Clock) -> Self {
        Self::over(Inner::PostgresRead(conn), clock)
    }

    const fn over(inner: Inner, clock: Clock) -> Self {
        Self {
            inner,
            clock,
            entries: Vec::new(),
            #[cfg(test)]
            recorded: Vec::new(),
        }
    }

    pub(super) fn conn(&mut self) -> Conn<'_> {
        match &mut self.inner {
            Inner::SqliteWrite(tx) => Conn::Sqlite(tx),
            Inner::SqliteRead(conn) => Conn::Sqlite(conn),
            Inner::PostgresWrite(tx) => Conn::Postgres(tx),
            Inner::PostgresRead(conn) => Conn::Postgres(conn),
        }
    }

    /// True on `PostgreSQL`.
    #[cfg(test)]
    pub fn is_postgres(&mut self) -> bool {
        matches!(self.conn(), Conn::Postgres(_))
    }

    /// The present moment for business instants.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The present moment for leases, sessions, throttles and expiring links: the database server's own clock
    /// where several consoles share one, the injected clock on `SQLite`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn db_now(&mut self) -> Result<Instant> {
        match self.conn() {
            Conn::Sqlite(_) => Ok(self.clock.now()),
            Conn::Postgres(conn) => {
                let text = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT";
                let (now,): (i64,) = sqlx::query_as(text).fetch_one(conn).await?;
                Ok(Instant(now))
            }
        }
    }

    /// Adds what the audit log gets when this commits.
    pub(in crate::store) fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Notes that an event of the case is recorded here: its entry has to come with it, which every test looks after.
    #[cfg(test)]
    pub(in crate::store) fn recorded(&mut self, case: crate::domain::identity::Reference) {
        self.recorded.push(case);
    }

    /// Writes the audit entries, after everything else, and makes all of it last; a reader has nothing to commit.
    ///
    /// # Errors
    /// When the database could not keep it; nothing of it happened then.
    pub async fn commit(mut self) -> Result<()> {
        let entries = std::mem::take(&mut self.entries);
        #[cfg(test)]
        each_has_its_entry(&self.recorded, &entries);
        if !entries.is_empty() {
            audit::entries_write(&mut self, entries).await?;
        }
        match self.inner {
            Inner::SqliteWrite(tx) => tx.commit().await?,
            Inner::PostgresWrite(tx) => tx.commit().await?,
            Inner::SqliteRead(_) | Inner::PostgresRead(_) => {}
        }
        Ok(())
    }
}

/// No test commits an event without an entry on its case.
#[cfg(test)]
fn each_has_its_entry(recorded: &[crate::domain::identity::Reference], entries: &[Entry]) {
    for case in recorded {
        assert!(entries.iter().any(|entry| entry.case == Some(*case)), "an event of {case} without an audit entry");
    }
}
