//! Who did what to what. Appended in the transaction that does it, last; holds ids and names of fields, never content.

use super::{Result, Tx, sql};
use crate::domain::{
    identity::{Reference, StaffId},
    time::Instant,
};

/// Appends one entry.
///
/// # Errors
/// As the database says.
pub async fn audit_append(
    tx: &mut Tx,
    at: Instant,
    staff: Option<StaffId>,
    action: &'static str,
    case: Option<Reference>,
    object: &str,
) -> Result<()> {
    sql("INSERT INTO audit (at, staff_id, action, case_id, object) VALUES ($1, $2, $3, $4, $5)")
        .bind(at)
        .bind(staff)
        .bind(action)
        .bind(case)
        .bind(object)
        .run(tx)
        .await?;
    Ok(())
}
