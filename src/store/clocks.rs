//! Clocks across cases: which of them need somebody now. Their rows are written with their case.

#[cfg(test)]
use super::per_engine;
use super::{Result, Tx, sql};
use crate::domain::{identity::Reference, time::Instant};

/// The cases with a clock whose next alarm is due at `now`, those of the earliest alarms first, each with that moment;
/// begins after the moment and case that are given and looks at no other clock.
///
/// # Errors
/// As the database says.
pub async fn clocks_due(
    tx: &mut Tx,
    now: Instant,
    after: (Instant, Reference),
    limit: i64,
) -> Result<Vec<(Instant, Reference)>> {
    let rows = sql(
        "SELECT alarm_at, case_id FROM clocks WHERE alarm_at IS NOT NULL AND alarm_at <= $1 AND (alarm_at, case_id) > ($2, $3)
         ORDER BY alarm_at, case_id LIMIT $4",
    )
    .bind(now)
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .all::<(i64, i64)>(tx)
    .await?;
    Ok(rows.into_iter().map(|(at, id)| (Instant(at), Reference(id))).collect())
}

/// How the engine finds them, in its own words: for the test that it reads no other clock.
///
/// # Errors
/// As the database says.
#[cfg(test)]
pub async fn sweep_plan(tx: &mut Tx, now: Instant) -> Result<String> {
    if tx.is_postgres() {
        // a table of three rows is read whole whatever index there is
        sql("SET LOCAL enable_seqscan = off").run(tx).await?;
        let rows = per_engine(
            "EXPLAIN SELECT case_id FROM clocks WHERE alarm_at IS NOT NULL AND alarm_at <= $1 AND (alarm_at, case_id) > (0, 0) ORDER BY alarm_at, case_id LIMIT $2",
            "SELECT 1",
        )
        .bind(now)
        .bind(200_i64)
        .all::<(String,)>(tx)
        .await?;
        return Ok(rows.into_iter().map(|(line,)| line).collect::<Vec<_>>().join("\n"));
    }
    let rows = per_engine(
        "SELECT 1",
        "EXPLAIN QUERY PLAN SELECT case_id FROM clocks WHERE alarm_at IS NOT NULL AND alarm_at <= $1 AND (alarm_at, case_id) > (0, 0) ORDER BY alarm_at, case_id LIMIT $2",
    )
    .bind(now)
    .bind(200_i64)
    .all::<(i64, i64, i64, String)>(tx)
    .await?;
    Ok(rows.into_iter().map(|(_, _, _, line)| line).collect::<Vec<_>>().join("\n"))
}
