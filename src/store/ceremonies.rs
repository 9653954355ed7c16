//! Ceremonies: challenges that wait for a passkey's answer. What an answer is judged by lies here, sealed, and never with
//! the browser. Each belongs to one session, ends by the database's clock, and is taken once.

use super::{
    Result, Tx, sql,
    vault::{Sealed, Vault},
};
use crate::domain::{identity::CeremonyId, sign_in::Ceremony, time::MINUTE};

/// For how long a challenge waits, in milliseconds.
const WAITS: i64 = 5 * MINUTE;

/// What it is sealed as: for this session alone.
pub(super) fn purpose(session: i64) -> String {
    format!("ceremony of session {session}")
}

/// Keeps what an answer will be judged by. Of one session the five newest wait.
///
/// # Errors
/// As the database says.
pub async fn ceremony_begin(
    tx: &mut Tx,
    vault: &Vault,
    session: i64,
    kind: Ceremony,
    state: &[u8],
) -> Result<CeremonyId> {
    let now = tx.db_now().await?;
    let Sealed { wrapped_key, cipher } = vault.seal(&purpose(session), state)?;
    let text = "DELETE FROM ceremonies WHERE session_id = $1 AND id IN
         (SELECT id FROM ceremonies WHERE session_id = $1 ORDER BY id DESC LIMIT 1000 OFFSET 4)";
    sql(text).bind(session).run(tx).await?;
    let text = "INSERT INTO ceremonies (session_id, kind, wrapped_key, cipher, ends_at)
         VALUES ($1, $2, $3, $4, $5) RETURNING id";
    let row = sql(text).bind(session).bind(kind.code()).bind(wrapped_key).bind(cipher).bind(now.plus(WAITS));
    let (id,): (i64,) = row.one(tx).await?;
    Ok(CeremonyId(id))
}

/// Takes a session's ceremony, which is then gone: none for the second of two, for another session's, one of another kind,
/// and one whose time is over.
///
/// # Errors
/// As the database says, or when it was sealed under another key.
pub async fn ceremony_take(
    tx: &mut Tx,
    vault: &Vault,
    session: i64,
    kind: Ceremony,
    id: CeremonyId,
) -> Result<Option<Vec<u8>>> {
    let now = tx.db_now().await?;
    let text = "DELETE FROM ceremonies WHERE id = $1 AND session_id = $2 AND kind = $3
         RETURNING wrapped_key, cipher, ends_at";
    let row = sql(text).bind(id).bind(session).bind(kind.code()).maybe::<(Vec<u8>, Vec<u8>, i64)>(tx).await?;
    let Some((wrapped_key, cipher, _)) = row.filter(|(_, _, ends_at)| *ends_at > now.0) else { return Ok(None) };
    Ok(Some(vault.open(&purpose(session), &Sealed { wrapped_key, cipher })?))
}

/// Forgets ceremonies whose time is over.
///
/// # Errors
/// As the database says.
pub async fn ceremonies_forget(tx: &mut Tx) -> Result<u64> {
    let now = tx.db_now().await?;
    sql("DELETE FROM ceremonies WHERE ends_at < $1").bind(now).run(tx).await
}
