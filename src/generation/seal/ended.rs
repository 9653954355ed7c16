//! What a run sealed, and its end: rows whose last day is over are destroyed by run and day, in batches. The tables are
//! asked for by name, since a map may have changed since; each has to be there with the columns that make it one.

use crate::{
    domain::plan::{Action, PlanLine},
    generation::{
        Error, Source,
        alike::as_text,
        engine::{Conn, Dialect, Statement, quoted},
        introspect,
        schema::TableSchema,
        steps::{RUN, UNTIL},
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Rows destroyed in one statement.
const BATCH: usize = 10_000;
/// Runs that are named at once.
const PORTION: usize = 500;
/// The last day of rows that have none that could be read: they stay, and nobody forgets them.
const NO_END: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// What one run sealed of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRows {
    /// The table that the rows came from.
    pub table: String,
    /// The one they are in.
    pub into: String,
    /// How many.
    pub rows: i64,
    /// The last day on which any of them is kept.
    pub last: NaiveDate,
    /// Why, as the map says it.
    pub reason: String,
}

impl SealedRows {
    /// As a line of what is kept, for a receipt.
    #[must_use]
    pub fn line(&self) -> PlanLine {
        PlanLine {
            table: self.table.clone(),
            action: Action::Seal,
            rows: self.rows,
            columns: BTreeMap::new(),
            reason: Some(self.reason.clone()),
            keep_until: Some(self.last.to_string()),
            of_others: false,
        }
    }
}

impl Source {
    /// What `run` has in the sealed tables of the map; only those with rows.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sealed_by(&self, run: &str) -> Result<Vec<SealedRows>, Error> {
        let (mut conn, mut all) = (self.engine.conn().await?, Vec::new());
        for (table, is, into) in self.map.sealing() {
            let reason = is.keep.as_ref().map(|keep| keep.reason.clone()).unwrap_or_default();
            if let Some((rows, last)) = self.of_run(&mut conn, into, run).await? {
                all.push(SealedRows { table: table.clone(), into: into.clone(), rows, last, reason });
            }
        }
        Ok(all)
    }

    /// How many rows `run` has in the sealed table `into`, and the last day of the last of them; none without rows.
    ///
    /// # Errors
    /// When the database does not answer, or has no such table.
    pub async fn sealed_in(&self, into: &str, run: &str) -> Result<Option<(i64, NaiveDate)>, Error> {
        let mut conn = self.engine.conn().await?;
        self.sealed_table(&mut conn, into).await?;
        self.of_run(&mut conn, into, run).await
    }

    async fn of_run(&self, conn: &mut Conn, into: &str, run: &str) -> Result<Option<(i64, NaiveDate)>, Error> {
        let dialect = self.engine.dialect();
        let text = format!(
            "SELECT {}, {} FROM {} WHERE {} = $1",
            as_text("count(*)", dialect),
            as_text(&format!("max({})", quoted(UNTIL)), dialect),
            quoted(into),
            quoted(RUN)
        );
        let row = conn.rows(Statement::new(text, &[run.to_owned()])).await?.into_iter().next().unwrap_or_default();
        let [rows, last] = <[Option<String>; 2]>::try_from(row).unwrap_or_default();
        let rows: i64 = rows.and_then(|rows| rows.parse().ok()).ok_or(Error::Answer("a number was expected"))?;
        // somebody else may have written there what is no day of ours
        let last = last.and_then(|day| day.get(..10)?.parse().ok()).unwrap_or(NO_END);
        Ok((rows > 0).then_some((rows, last)))
    }

    /// The runs that have rows in the sealed table `into` whose last day is over on `today`, in order, those after `last`.
    ///
    /// # Errors
    /// When the database does not answer, or has no such table.
    pub async fn sealed_over(&self, into: &str, today: NaiveDate, last: &str) -> Result<Vec<String>, Error> {
        let mut conn = self.engine.conn().await?;
        self.sealed_table(&mut conn, into).await?;
        let (over, run) = (over(self.engine.dialect(), today), quoted(RUN));
        let text = format!(
            "SELECT DISTINCT {run} FROM {} WHERE {over} AND {run} > $1 ORDER BY 1 LIMIT {PORTION}",
            quoted(into)
        );
        let rows = conn.rows(Statement::new(text, &[last.to_owned()])).await?;
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    /// Destroys a batch of the rows that `run` has in the sealed table `into` and whose last day is over on `today`; how
    /// many. 0 when none is left.
    ///
    /// # Errors
    /// When the database does not answer, or has no such table.
    pub async fn destroy_sealed(&self, into: &str, run: &str, today: NaiveDate) -> Result<i64, Error> {
        let mut conn = self.engine.conn().await?;
        let has_row_id = self.sealed_table(&mut conn, into).await?.has_row_id;
        let (dialect, table) = (self.engine.dialect(), quoted(into));
        let which = format!("{} = $1 AND {}", quoted(RUN), over(dialect, today));
        let text = match dialect {
            Dialect::Postgres if has_row_id => {
                format!(
                    "DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE {which} LIMIT {BATCH}))"
                )
            }
            Dialect::Sqlite if has_row_id => {
                format!("DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {which} LIMIT {BATCH})")
            }
            Dialect::Maria => format!("DELETE FROM {table} WHERE {which} LIMIT {BATCH}"),
            Dialect::Postgres | Dialect::Sqlite => format!("DELETE FROM {table} WHERE {which}"),
        };
        conn.run(Statement::new(text, &[run.to_owned()])).await
    }

    /// How many rows `run` has left in the sealed table `into`.
    ///
    /// # Errors
    /// When the database does not answer, or has no such table.
    pub async fn sealed_left(&self, into: &str, run: &str) -> Result<i64, Error> {
        let mut conn = self.engine.conn().await?;
        self.sealed_table(&mut conn, into).await?;
        let total = as_text("count(*)", self.engine.dialect());
        let text = format!("SELECT {total} FROM {} WHERE {} = $1", quoted(into), quoted(RUN));
        conn.count(Statement::new(text, &[run.to_owned()])).await
    }

    async fn sealed_table(&self, conn: &mut Conn, into: &str) -> Result<TableSchema, Error> {
        let schema = introspect::schema(conn, self.engine.dialect()).await?;
        let is_one = |table: &&TableSchema| [UNTIL, RUN].iter().all(|column| table.columns.contains_key(*column));
        let table = schema.tables.get(into).filter(is_one).cloned();
        table.ok_or_else(|| Error::Drift(format!("there is no table {into} any more that keeps sealed rows")))
    }
}

/// The condition that a row's last day is over.
fn over(dialect: Dialect, today: NaiveDate) -> String {
    match dialect {
        Dialect::Postgres | Dialect::Maria => format!("{} < DATE '{today}'", quoted(UNTIL)),
        Dialect::Sqlite => format!("{} < '{today}'", quoted(UNTIL)),
    }
}
