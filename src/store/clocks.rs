//! Clocks across cases: which of them need somebody now. Their rows are written with their case.

use super::{Result, Tx, sql};
use crate::domain::{identity::Reference, time::Instant};

/// The cases with a clock whose next alarm is due at `now`, earliest first; looks at no other clock.
///
/// # Errors
/// As the database says.
pub async fn clocks_due(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<Reference>> {
    let rows =
        sql("SELECT case_id FROM clocks WHERE alarm_at IS NOT NULL AND alarm_at <= $1 ORDER BY alarm_at LIMIT $2")
            .bind(now)
            .bind(limit)
            .all::<(i64,)>(tx)
            .await?;
    let mut cases: Vec<Reference> = Vec::with_capacity(rows.len());
    for (id,) in rows {
        if !cases.contains(&Reference(id)) {
            cases.push(Reference(id));
        }
    }
    Ok(cases)
}
