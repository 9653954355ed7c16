//! Goes through the rows of a statement in portions: on `PostgreSQL` a cursor, so that no statement runs for as long as
//! a slow reader takes; on `SQLite` and `MariaDB`
//! the statement itself, sent as fast as it is read. Within a portion rows come one by one.

use crate::generation::{
    Error,
    engine::{Conn, Dialect, Statement},
    live::LiveRow,
};
use futures_util::stream::{BoxStream, StreamExt as _, TryStreamExt as _};

/// Rows in one portion.
const PORTION: usize = 2_000;

/// One statement's rows, portion by portion.
pub struct Portions {
    dialect: Dialect,
    statement: Statement,
    /// Ends the cursor.
    close: Option<String>,
    /// How many rows the portion before had; none before the first.
    before: Option<usize>,
}

impl Portions {
    /// Opens the `n`-th cursor of a connection; its name has to be its own, since the driver remembers what each
    /// statement answers with.
    pub async fn open(conn: &mut Conn, dialect: Dialect, n: usize, statement: Statement) -> Result<Self, Error> {
        let (statement, close) = match dialect {
            Dialect::Sqlite | Dialect::Maria => (statement, None),
            Dialect::Postgres => {
                let declare = format!("DECLARE copy_{n} NO SCROLL CURSOR FOR {}", statement.text);
                conn.run(Statement::new(declare, &statement.values)).await?;
                (Statement::new(format!("FETCH {PORTION} FROM copy_{n}"), &[]), Some(format!("CLOSE copy_{n}")))
            }
        };
        Ok(Self { dialect, statement, close, before: None })
    }

    /// The next portion, to be read to its end; none after the last.
    pub fn next<'c>(&'c mut self, conn: &'c mut Conn) -> Option<BoxStream<'c, Result<LiveRow, Error>>> {
        let more = match (self.before, self.dialect) {
            (None, _) => true,
            (Some(rows), Dialect::Postgres) => rows == PORTION,
            (Some(_), Dialect::Sqlite | Dialect::Maria) => false,
        };
        let (rows, statement) = (self.before.insert(0), self.statement.clone());
        more.then(move || conn.stream(statement).inspect_ok(|_| *rows += 1).boxed())
    }

    /// Ends it.
    pub async fn close(self, conn: &mut Conn) -> Result<(), Error> {
        match self.close {
            Some(close) => conn.run(Statement::new(close, &[])).await.map(|_| ()),
            None => Ok(()),
        }
    }
}
