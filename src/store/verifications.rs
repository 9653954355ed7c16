//! Links by which people show that a request is theirs: hashes of tokens, and when each was used or ended.
//! Whoever asks for one, uses one or ends one holds the case's lock.

use super::{Result, Tx, sql};
use crate::domain::identity::{ContentId, Reference, VerificationId};

/// A link that still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// Its row.
    pub id: VerificationId,
    /// The case it belongs to.
    pub case: Reference,
    /// The content that holds what the person is looked up by.
    pub identity: ContentId,
}

/// Keeps the hash of a new link, which counts for `valid` milliseconds, and ends the case's older ones.
///
/// # Errors
/// As the database says.
pub async fn verification_ask(
    tx: &mut Tx,
    case: Reference,
    token_hash: &[u8],
    identity: ContentId,
    valid: i64,
) -> Result<VerificationId> {
    verifications_end(tx, case).await?;
    let now = tx.db_now().await?;
    let (id,): (i64,) = sql(
        "INSERT INTO verifications (case_id, token_hash, content_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
         RETURNING id",
    )
    .bind(case)
    .bind(token_hash)
    .bind(identity)
    .bind(now)
    .bind(now.plus(valid))
    .one(tx)
    .await?;
    Ok(VerificationId(id))
}

/// Ends every link of the case that was not used.
///
/// # Errors
/// As the database says.
pub async fn verifications_end(tx: &mut Tx, case: Reference) -> Result<()> {
    let now = tx.db_now().await?;
    sql("UPDATE verifications SET expires_at = $2 WHERE case_id = $1 AND used_at IS NULL AND expires_at > $2")
        .bind(case)
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// The link with this hash, while it counts: not used, not ended, its case open. Unknown, used and ended ones are
/// not told apart.
///
/// # Errors
/// As the database says.
pub async fn verification_find(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Verification>> {
    let now = tx.db_now().await?;
    let row = sql("SELECT v.id, v.case_id, v.content_id FROM verifications v JOIN cases c ON c.id = v.case_id
         WHERE v.token_hash = $1 AND v.used_at IS NULL AND v.expires_at > $2 AND c.open")
    .bind(token_hash)
    .bind(now)
    .maybe::<(i64, i64, i64)>(tx)
    .await?;
    Ok(row.map(|(id, case, content)| Verification {
        id: VerificationId(id),
        case: Reference(case),
        identity: ContentId(content),
    }))
}

/// Uses a link up.
///
/// # Errors
/// As the database says.
pub async fn verification_use(tx: &mut Tx, id: VerificationId) -> Result<()> {
    let now = tx.db_now().await?;
    sql("UPDATE verifications SET used_at = $2 WHERE id = $1").bind(id).bind(now).run(tx).await?;
    Ok(())
}
