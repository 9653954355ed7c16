//! What a run sealed in a product's own database: in which tables, how much, until when, and whose it was by keyed digest.
//! Never a row's key or anything that it says.

use super::super::{Error, Result, Tx, sql};
use crate::domain::{identity::RunId, time::Instant};
use chrono::NaiveDate;

/// Rows that a run sealed in one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedTable {
    /// The table of the product's database that keeps them.
    pub into: String,
    /// How many there were; none while the run goes on.
    pub rows: i64,
    /// The last day on which any of them is kept; while the run goes on the day on which it began.
    pub last: NaiveDate,
}

/// Keeps what a run sealed, or is about to, and whose it is.
///
/// # Errors
/// As the database says.
pub async fn sealing_keep(
    tx: &mut Tx,
    run: RunId,
    product: &str,
    tables: &[SealedTable],
    subjects: &[Vec<u8>],
) -> Result<()> {
    for table in tables {
        sql("INSERT INTO sealed_tables (run_id, product, sealed_into, sealed_rows, last_day) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (run_id, sealed_into) DO UPDATE SET sealed_rows = excluded.sealed_rows, last_day = excluded.last_day")
        .bind(run)
        .bind(product)
        .bind(table.into.as_str())
        .bind(table.rows)
        .bind(table.last.to_string())
        .run(tx)
        .await?;
    }
    for subject in subjects {
        sql("INSERT INTO sealed_subjects (run_id, subject_digest) VALUES ($1, $2) ON CONFLICT (run_id, subject_digest) DO NOTHING")
            .bind(run)
            .bind(subject.as_slice())
            .run(tx)
            .await?;
    }
    Ok(())
}

/// Forgets a run that sealed nothing in the end, or whose numbers are written anew.
///
/// # Errors
/// As the database says.
pub async fn sealing_forget(tx: &mut Tx, run: RunId) -> Result<()> {
    sql("DELETE FROM sealed_tables WHERE run_id = $1").bind(run).run(tx).await?;
    sql("DELETE FROM sealed_subjects WHERE run_id = $1").bind(run).run(tx).await?;
    Ok(())
}

/// Runs that were cancelled at `before` or earlier and may have sealed something that nothing follows from, in order,
/// those after `last`; at most two hundred.
///
/// # Errors
/// As the database says.
pub async fn sealings_cancelled(tx: &mut Tx, before: Instant, last: RunId) -> Result<Vec<RunId>> {
    let rows = sql("SELECT r.id FROM runs r WHERE r.id > $2 AND r.state = 'cancelled' AND r.ended_at <= $1
         AND EXISTS (SELECT 1 FROM sealed_tables t WHERE t.run_id = r.id)
         AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.run_id = r.id AND f.way = 'sealed') ORDER BY r.id LIMIT 200");
    let rows = rows.bind(before).bind(last).all::<(i64,)>(tx).await?;
    Ok(rows.into_iter().map(|(run,)| RunId(run)).collect())
}

/// Every table in which something of a product was ever sealed.
///
/// # Errors
/// As the database says.
pub async fn sealed_tables_of(tx: &mut Tx, product: &str) -> Result<Vec<String>> {
    let rows = sql("SELECT DISTINCT sealed_into FROM sealed_tables WHERE product = $1 ORDER BY 1");
    let rows = rows.bind(product).all::<(String,)>(tx).await?;
    Ok(rows.into_iter().map(|(into,)| into).collect())
}

/// True where something that a run of a product sealed in this table, or may have sealed, is not over yet.
///
/// # Errors
/// As the database says.
pub async fn sealing_awaited(tx: &mut Tx, product: &str, into: &str) -> Result<bool> {
    let count = sql("SELECT COUNT(*) FROM sealed_tables t WHERE t.product = $1 AND t.sealed_into = $2 AND NOT EXISTS
         (SELECT 1 FROM follow_ups f WHERE f.run_id = t.run_id AND f.way = 'sealed' AND f.state = 'over')");
    Ok(count.bind(product).bind(into).one::<(i64,)>(tx).await?.0 > 0)
}

/// The tables in which a run sealed something; none where it did not.
///
/// # Errors
/// As the database says, or when a stored day is none.
pub async fn sealing_of(tx: &mut Tx, run: RunId) -> Result<Vec<SealedTable>> {
    let rows =
        sql("SELECT sealed_into, sealed_rows, last_day FROM sealed_tables WHERE run_id = $1 ORDER BY sealed_into");
    let rows = rows.bind(run).all::<(String, i64, String)>(tx).await?;
    let table = |(into, rows, last): (String, i64, String)| {
        let last = super::super::row::known(last.parse().ok(), "sealed_tables", run.0, "last_day", &last)?;
        Ok::<_, Error>(SealedTable { into, rows, last })
    };
    rows.into_iter().map(table).collect()
}

/// Whose rows a run sealed, by keyed digest.
///
/// # Errors
/// As the database says.
pub async fn sealed_subjects_of(tx: &mut Tx, run: RunId) -> Result<Vec<Vec<u8>>> {
    let rows = sql("SELECT subject_digest FROM sealed_subjects WHERE run_id = $1").bind(run);
    Ok(rows.all::<(Vec<u8>,)>(tx).await?.into_iter().map(|(digest,)| digest).collect())
}
