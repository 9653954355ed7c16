//! The timeline: events as they were recorded. Appended, never changed.

use super::{Error, Result, Tx, sql};
use crate::domain::{
    event::{By, Recorded},
    identity::{Reference, StaffId},
    time::Instant,
};

#[derive(sqlx::FromRow)]
struct EventRow {
    seq: i64,
    at: i64,
    by_staff: Option<i64>,
    by_requester: bool,
    data: String,
}

/// Appends one event.
///
/// # Errors
/// As the database says; two writers of the same number cannot both succeed.
pub async fn event_append(tx: &mut Tx, case: Reference, recorded: &Recorded) -> Result<()> {
    let (staff, requester) = match recorded.by {
        By::Staff(id) => (Some(id), false),
        By::Requester => (None, true),
        By::System => (None, false),
    };
    let data = serde_json::to_string(&recorded.event).map_err(|e| bad(case, &e))?;
    sql(
        "INSERT INTO events (case_id, seq, at, by_staff, by_requester, name, data) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(case)
    .bind(recorded.seq)
    .bind(recorded.at)
    .bind(staff)
    .bind(requester)
    .bind(recorded.event.name())
    .bind(data)
    .run(tx)
    .await?;
    #[cfg(test)]
    tx.recorded(case);
    Ok(())
}

/// Every event of a case, oldest first.
///
/// # Errors
/// As the database says, or when a stored event is unknown to this version.
pub async fn events_of(tx: &mut Tx, case: Reference) -> Result<Vec<Recorded>> {
    let rows = sql("SELECT seq, at, by_staff, by_requester, data FROM events WHERE case_id = $1 ORDER BY seq")
        .bind(case)
        .all::<EventRow>(tx)
        .await?;
    rows.into_iter()
        .map(|row| {
            let by = match (row.by_staff, row.by_requester) {
                (Some(id), _) => By::Staff(StaffId(id)),
                (None, true) => By::Requester,
                (None, false) => By::System,
            };
            let event = serde_json::from_str(&row.data).map_err(|e| bad(case, &e))?;
            Ok(Recorded { seq: row.seq, at: Instant(row.at), by, event })
        })
        .collect()
}

fn bad(case: Reference, e: &serde_json::Error) -> Error {
    Error::BadRow { table: "events", row: case.0, column: "data", says: e.to_string() }
}
