//! The pace of mail to a domain or an address, one row each: when the next mail would be due if they left evenly spaced.
//! Keyed digests only. By the database's clock, which all consoles share.

use super::{Result, Tx, sql};
use crate::domain::time::{Instant, MINUTE};

/// Takes a place for one mail. Of `per_minute` a quarter may leave at once and the rest evenly, so that in no minute more
/// leave. Returns how long to wait in milliseconds; zero where the place was taken, which counts once the caller commits.
///
/// # Errors
/// As the database says.
pub async fn outflow_take(tx: &mut Tx, digest: &[u8], per_minute: i64) -> Result<i64> {
    let now = tx.db_now().await?;
    let burst = (per_minute / 4).max(1);
    let step = MINUTE / (per_minute - burst).max(1);
    let ahead = (burst - 1) * step;
    let taken = sql("INSERT INTO outflow (digest, next_at) VALUES ($1, $2 + $3) ON CONFLICT (digest) DO UPDATE
         SET next_at = CASE WHEN outflow.next_at < $2 THEN $2 ELSE outflow.next_at END + $3
         WHERE outflow.next_at <= $2 + $4 RETURNING next_at")
    .bind(digest.to_vec())
    .bind(now)
    .bind(step)
    .bind(ahead)
    .maybe::<(i64,)>(tx)
    .await?;
    if taken.is_some() {
        return Ok(0);
    }
    let (next,): (i64,) = sql("SELECT next_at FROM outflow WHERE digest = $1").bind(digest.to_vec()).one(tx).await?;
    Ok((next - ahead - now.0).max(1))
}

/// Has others who ask about this address wait until the caller's transaction ends.
///
/// # Errors
/// As the database says.
pub async fn outflow_lock(tx: &mut Tx, digest: &[u8]) -> Result<()> {
    sql("INSERT INTO outflow (digest, next_at) VALUES ($1, 0) ON CONFLICT (digest) DO UPDATE SET next_at = outflow.next_at")
        .bind(digest.to_vec())
        .run(tx)
        .await?;
    Ok(())
}

/// Forgets paces that hold nothing back any more.
///
/// # Errors
/// As the database says.
pub async fn outflow_forget(tx: &mut Tx, before: Instant) -> Result<u64> {
    sql("DELETE FROM outflow WHERE next_at < $1").bind(before).run(tx).await
}
