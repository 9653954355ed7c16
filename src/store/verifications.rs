//! Links by which people show that a request is theirs: hashes of tokens, and when each was used or ended.
//! Whoever asks for one, uses one or ends one holds the case's lock.

use super::{Result, Tx, sql};
use crate::domain::{
    identity::{ContentId, PackageId, Reference, VerificationId},
    time::Instant,
};

/// A link that still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// Its row.
    pub id: VerificationId,
    /// The case it belongs to.
    pub case: Reference,
    /// The content that holds what the person is looked up by.
    pub identity: ContentId,
    /// The package for which it shows a new code; none where it verifies the person.
    pub package: Option<PackageId>,
}

/// Keeps the hash of a new link, which counts for `valid` milliseconds, and ends the case's older ones of its kind: those
/// that verify, or those that show a new code for `package`.
///
/// # Errors
/// As the database says.
pub async fn verification_ask(
    tx: &mut Tx,
    case: Reference,
    token_hash: &[u8],
    identity: ContentId,
    package: Option<PackageId>,
    valid: i64,
) -> Result<VerificationId> {
    let now = tx.db_now().await?;
    match package {
        None => verifications_end(tx, case).await?,
        Some(package) => {
            sql("UPDATE verifications SET expires_at = $2 WHERE package_id = $1 AND used_at IS NULL AND expires_at > $2")
                .bind(package)
                .bind(now)
                .run(tx)
                .await?;
        }
    }
    let (id,): (i64,) =
        sql("INSERT INTO verifications (case_id, token_hash, content_id, created_at, expires_at, package_id)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id")
        .bind(case)
        .bind(token_hash)
        .bind(identity)
        .bind(now)
        .bind(now.plus(valid))
        .bind(package)
        .one(tx)
        .await?;
    Ok(VerificationId(id))
}

/// Ends every link of the case that would verify and was not used.
///
/// # Errors
/// As the database says.
pub async fn verifications_end(tx: &mut Tx, case: Reference) -> Result<()> {
    let now = tx.db_now().await?;
    sql("UPDATE verifications SET expires_at = $2 WHERE case_id = $1 AND package_id IS NULL AND used_at IS NULL AND expires_at > $2")
        .bind(case)
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// The link with this hash, while it counts: not used, not ended, and its case open, or the package still to be had that
/// it shows a code for. Unknown, used and ended ones are not told apart.
///
/// # Errors
/// As the database says.
pub async fn verification_find(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Verification>> {
    let now = tx.db_now().await?;
    let row =
        sql("SELECT v.id, v.case_id, v.content_id, v.package_id FROM verifications v JOIN cases c ON c.id = v.case_id
         LEFT JOIN packages p ON p.id = v.package_id
         WHERE v.token_hash = $1 AND v.used_at IS NULL AND v.expires_at > $2
         AND ((v.package_id IS NULL AND c.open) OR (p.ended_at IS NULL AND p.expires_at > $2))")
        .bind(token_hash)
        .bind(now)
        .maybe::<(i64, i64, i64, Option<i64>)>(tx)
        .await?;
    Ok(row.map(|(id, case, content, package)| Verification {
        id: VerificationId(id),
        case: Reference(case),
        identity: ContentId(content),
        package: package.map(PackageId),
    }))
}

/// Uses a link up; `code_hash` is of the code that is shown now and never again, where there is one.
///
/// # Errors
/// As the database says.
pub async fn verification_use(tx: &mut Tx, id: VerificationId, code_hash: Option<&[u8]>) -> Result<()> {
    let now = tx.db_now().await?;
    sql("UPDATE verifications SET used_at = $2, code_hash = $3 WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(code_hash.map(<[u8]>::to_vec))
        .run(tx)
        .await?;
    Ok(())
}

/// What the person of the case was looked up by when they were shown the code with this hash: when they were verified, or
/// when they asked for a new code for this package. None where no such code was shown, or a later one took its place.
///
/// # Errors
/// As the database says.
pub async fn verification_code(
    tx: &mut Tx,
    case: Reference,
    package: PackageId,
    code_hash: &[u8],
) -> Result<Option<ContentId>> {
    let row = sql("SELECT content_id FROM verifications WHERE case_id = $1 AND code_hash = $2
         AND (package_id IS NULL OR package_id = $3) AND used_at = (SELECT MAX(used_at) FROM verifications
         WHERE case_id = $1 AND code_hash IS NOT NULL AND (package_id IS NULL OR package_id = $3))")
    .bind(case)
    .bind(code_hash)
    .bind(package)
    .maybe::<(i64,)>(tx)
    .await?;
    Ok(row.map(|(content,)| ContentId(content)))
}

/// When a new code for the package was last asked for.
///
/// # Errors
/// As the database says.
pub async fn verification_last(tx: &mut Tx, package: PackageId) -> Result<Option<Instant>> {
    let (at,): (Option<i64>,) =
        sql("SELECT MAX(created_at) FROM verifications WHERE package_id = $1").bind(package).one(tx).await?;
    Ok(at.map(Instant))
}
