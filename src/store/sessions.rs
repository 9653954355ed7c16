//! Who is signed in: hashed tokens with an idle and an absolute end, judged by the database's clock.

use super::{Result, Tx, sql};
use crate::domain::{identity::StaffId, time::Instant};
use sha2::{Digest as _, Sha256};

/// How a token is stored. Tokens are 256 random bits, so a plain hash is enough.
#[must_use]
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Starts a session.
///
/// # Errors
/// As the database says.
pub async fn session_start(tx: &mut Tx, token: &str, staff: StaffId, idle: i64, whole: i64) -> Result<()> {
    let now = tx.db_now().await?;
    sql("INSERT INTO sessions (token_hash, staff_id, created_at, idle_until, ends_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(token_hash(token))
        .bind(staff)
        .bind(now)
        .bind(now.plus(idle))
        .bind(now.plus(whole))
        .run(tx)
        .await?;
    Ok(())
}

/// Whose session it is, and when it would go idle; none when it ended.
///
/// # Errors
/// As the database says.
pub async fn session_find(tx: &mut Tx, token: &str) -> Result<Option<(StaffId, Instant)>> {
    let now = tx.db_now().await?;
    let row =
        sql("SELECT staff_id, idle_until FROM sessions WHERE token_hash = $1 AND idle_until > $2 AND ends_at > $2")
            .bind(token_hash(token))
            .bind(now)
            .maybe::<(i64, i64)>(tx)
            .await?;
    Ok(row.map(|(staff, idle)| (StaffId(staff), Instant(idle))))
}

/// Somebody was active: the session goes idle later.
///
/// # Errors
/// As the database says.
pub async fn session_touch(tx: &mut Tx, token: &str, idle: i64) -> Result<()> {
    let now = tx.db_now().await?;
    sql("UPDATE sessions SET idle_until = $2 WHERE token_hash = $1")
        .bind(token_hash(token))
        .bind(now.plus(idle))
        .run(tx)
        .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// As the database says.
pub async fn session_end(tx: &mut Tx, token: &str) -> Result<()> {
    sql("DELETE FROM sessions WHERE token_hash = $1").bind(token_hash(token)).run(tx).await?;
    Ok(())
}

/// Forgets sessions that ended.
///
/// # Errors
/// As the database says.
pub async fn sessions_forget(tx: &mut Tx) -> Result<u64> {
    let now = tx.db_now().await?;
    sql("DELETE FROM sessions WHERE ends_at < $1 OR idle_until < $1").bind(now).run(tx).await
}
