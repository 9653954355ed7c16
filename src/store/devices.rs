//! Browsers in which somebody has signed in before, by the hash of the secret that each was given: who comes with it does
//! not wait for what strangers tried. Opens nothing.

use super::{Result, Tx, sessions::token_hash, sql};
use crate::domain::{identity::StaffId, time::DAY};

/// How long a browser is remembered after somebody last signed in with it, in milliseconds.
pub const REMEMBERED: i64 = 90 * DAY;

/// Remembers a browser for somebody by another secret than before; for whoever else it was remembered, it still is.
///
/// # Errors
/// As the database says.
pub async fn device_remember(tx: &mut Tx, staff: StaffId, before: Option<&str>, secret: &str) -> Result<()> {
    let now = tx.db_now().await?;
    let hash = token_hash(secret);
    if let Some(before) = before {
        let text = "UPDATE devices SET token_hash = $2 WHERE token_hash = $1";
        sql(text).bind(token_hash(before)).bind(hash.clone()).run(tx).await?;
    }
    let text = "INSERT INTO devices (token_hash, staff_id, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (token_hash, staff_id) DO UPDATE SET seen_at = excluded.seen_at";
    sql(text).bind(hash).bind(staff).bind(now).run(tx).await?;
    Ok(())
}

/// True where somebody has signed in with this browser. As much work where there is no such account.
///
/// # Errors
/// As the database says.
pub async fn device_is_known(tx: &mut Tx, staff: StaffId, secret: &str) -> Result<bool> {
    let since = tx.db_now().await?.plus(-REMEMBERED);
    let text = "SELECT seen_at FROM devices WHERE token_hash = $1 AND staff_id = $2 AND seen_at > $3";
    let row = sql(text).bind(token_hash(secret)).bind(staff).bind(since);
    Ok(row.maybe::<(i64,)>(tx).await?.is_some())
}

/// Forgets every browser of somebody.
///
/// # Errors
/// As the database says.
pub async fn devices_end(tx: &mut Tx, staff: StaffId) -> Result<()> {
    sql("DELETE FROM devices WHERE staff_id = $1").bind(staff).run(tx).await?;
    Ok(())
}

/// Forgets browsers in which nobody has signed in for long.
///
/// # Errors
/// As the database says.
pub async fn devices_forget(tx: &mut Tx) -> Result<u64> {
    let now = tx.db_now().await?;
    sql("DELETE FROM devices WHERE seen_at < $1").bind(now.plus(-REMEMBERED)).run(tx).await
}
