//! From where somebody has signed in before, as keyed digests: who comes from there does not wait for what strangers tried.

use super::{Result, Tx, sql};
use crate::domain::{identity::StaffId, time::DAY};

/// How long a place is remembered after it was last used.
const REMEMBERED: i64 = 90 * DAY;

/// Remembers a place.
///
/// # Errors
/// As the database says.
pub async fn place_remember(tx: &mut Tx, staff: StaffId, place: &[u8]) -> Result<()> {
    let now = tx.db_now().await?;
    let text = "INSERT INTO known_places (place, staff_id, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (place) DO UPDATE SET seen_at = excluded.seen_at";
    sql(text).bind(place).bind(staff).bind(now).run(tx).await?;
    Ok(())
}

/// True for a place that is remembered.
///
/// # Errors
/// As the database says.
pub async fn place_is_known(tx: &mut Tx, place: &[u8]) -> Result<bool> {
    Ok(sql("SELECT seen_at FROM known_places WHERE place = $1").bind(place).maybe::<(i64,)>(tx).await?.is_some())
}

/// Forgets places that were not used for long.
///
/// # Errors
/// As the database says.
pub async fn places_forget(tx: &mut Tx) -> Result<u64> {
    let now = tx.db_now().await?;
    sql("DELETE FROM known_places WHERE seen_at < $1").bind(now.plus(-REMEMBERED)).run(tx).await
}
