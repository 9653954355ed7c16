//! Counted failures that slow the next try, shared by all consoles. Keys are digests.

use super::{Result, Tx, sql};

/// How many milliseconds the key has to wait; 0 when it may try.
///
/// # Errors
/// As the database says.
pub async fn throttle_wait(tx: &mut Tx, key: &[u8]) -> Result<i64> {
    let now = tx.db_now().await?;
    let row = sql("SELECT blocked_until FROM throttles WHERE key = $1").bind(key).maybe::<(i64,)>(tx).await?;
    Ok(row.map_or(0, |(until,)| (until - now.0).max(0)))
}

/// Counts a failure: the first `free` cost nothing, each later one blocks twice as long as the one before, at
/// most `cap` milliseconds. Forgotten an hour after the last one. True for one that blocks.
///
/// # Errors
/// As the database says.
pub async fn throttle_fail(tx: &mut Tx, key: &[u8], free: i64, cap: i64) -> Result<bool> {
    const FORGET: i64 = crate::domain::time::HOUR;
    let now = tx.db_now().await?;
    let (failures,): (i64,) =
        sql("INSERT INTO throttles (key, failures, blocked_until, forget_at) VALUES ($1, 1, 0, $2)
         ON CONFLICT (key) DO UPDATE SET
         failures = CASE WHEN throttles.forget_at < $3 THEN 1 ELSE throttles.failures + 1 END, forget_at = $2
         RETURNING failures")
        .bind(key)
        .bind(now.plus(FORGET))
        .bind(now)
        .one(tx)
        .await?;
    let over = u32::try_from((failures - free).clamp(0, 20)).unwrap_or_default();
    if over > 0 {
        let wait = (1_000_i64 << over).min(cap);
        sql("UPDATE throttles SET blocked_until = $2 WHERE key = $1").bind(key).bind(now.plus(wait)).run(tx).await?;
    }
    Ok(over > 0)
}

/// Counts a try before it is made, so that many at once are no way around the wait: 0 when it may be made, else how many
/// milliseconds the key has to wait, and nothing is counted. A try that succeeds is forgotten with [`throttle_clear`]. Holds
/// the key's row until the transaction ends. `free` and `cap` as for [`throttle_fail`].
///
/// # Errors
/// As the database says.
pub async fn throttle_try(tx: &mut Tx, key: &[u8], free: i64, cap: i64) -> Result<i64> {
    let now = tx.db_now().await?;
    let (until,): (i64,) = sql("INSERT INTO throttles (key, failures, blocked_until, forget_at) VALUES ($1, 0, 0, $2)
         ON CONFLICT (key) DO UPDATE SET blocked_until = throttles.blocked_until RETURNING blocked_until")
    .bind(key)
    .bind(now.plus(1))
    .one(tx)
    .await?;
    if until > now.0 {
        return Ok(until - now.0);
    }
    throttle_fail(tx, key, free, cap).await?;
    Ok(0)
}

/// Takes back a try that was counted and succeeded; what failed before it stays counted.
///
/// # Errors
/// As the database says.
pub async fn throttle_spare(tx: &mut Tx, key: &[u8]) -> Result<()> {
    sql("UPDATE throttles SET failures = failures - 1, blocked_until = 0 WHERE key = $1 AND failures > 0")
        .bind(key)
        .run(tx)
        .await?;
    Ok(())
}

/// Forgets the failures of a key.
///
/// # Errors
/// As the database says.
pub async fn throttle_clear(tx: &mut Tx, key: &[u8]) -> Result<()> {
    sql("DELETE FROM throttles WHERE key = $1").bind(key).run(tx).await?;
    Ok(())
}

/// Forgets keys whose last failure is long ago.
///
/// # Errors
/// As the database says.
pub async fn throttles_forget(tx: &mut Tx) -> Result<u64> {
    let now = tx.db_now().await?;
    sql("DELETE FROM throttles WHERE forget_at < $1").bind(now).run(tx).await
}
