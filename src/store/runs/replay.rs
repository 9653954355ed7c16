//! Whom a run erased, sealed under a key of its own, until backups that were made before it have run out. Nothing else may
//! find an erased person again.

use super::super::{Result, Tx, sql, vault::Sealed, vault::Vault};
use crate::domain::{
    identity::{Reference, RunId},
    time::Instant,
};

/// An erasure that can be repeated.
#[derive(Debug, Clone)]
pub struct Erased {
    /// The run.
    pub run: RunId,
    /// Its case.
    pub case: Reference,
    /// The product.
    pub product: String,
    /// When it finished.
    pub at: Instant,
    /// Whom it erased, opened.
    pub subject: Vec<u8>,
}

pub(in crate::store) const SEALED_AS: &str = "replay";

/// Keeps whom a run erased until `forget`.
///
/// # Errors
/// As the database says, or when there is no randomness.
pub async fn replay_keep(
    tx: &mut Tx,
    vault: &Vault,
    run: RunId,
    product: &str,
    subject: &[u8],
    at: Instant,
    forget: Instant,
) -> Result<()> {
    let sealed = vault.seal(SEALED_AS, subject)?;
    sql("INSERT INTO replay_keys (run_id, product, erased_at, wrapped_key, cipher, forget_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (run_id) DO NOTHING")
    .bind(run)
    .bind(product)
    .bind(at)
    .bind(sealed.wrapped_key)
    .bind(sealed.cipher)
    .bind(forget)
    .run(tx)
    .await?;
    Ok(())
}

/// Erasures that finished at `since` or later and can be repeated, the latest first.
///
/// # Errors
/// As the database says, or when something sealed does not open.
pub async fn replays_since(tx: &mut Tx, vault: &Vault, since: Instant, product: Option<&str>) -> Result<Vec<Erased>> {
    let rows = sql("SELECT k.run_id, r.case_id, k.product, k.erased_at, k.wrapped_key, k.cipher FROM replay_keys k
         JOIN runs r ON r.id = k.run_id WHERE k.erased_at >= $1 AND ($2 IS NULL OR k.product = $2)
         ORDER BY k.erased_at DESC, k.run_id DESC")
    .bind(since)
    .bind(product)
    .all::<(i64, i64, String, i64, Vec<u8>, Vec<u8>)>(tx)
    .await?;
    let opened = |(run, case, product, at, wrapped_key, cipher)| {
        let subject = vault.open(SEALED_AS, &Sealed { wrapped_key, cipher })?;
        Ok(Erased { run: RunId(run), case: Reference(case), product, at: Instant(at), subject })
    };
    rows.into_iter().map(opened).collect()
}

/// Erasures that finished at `since` or later and cannot be repeated: nobody knows any more whom they erased.
///
/// # Errors
/// As the database says.
pub async fn replays_forgotten(tx: &mut Tx, since: Instant, product: Option<&str>) -> Result<Vec<RunId>> {
    let rows = sql("SELECT r.id FROM runs r WHERE r.kind = 'erase' AND r.state = 'finished' AND r.ended_at >= $1
         AND ($2 IS NULL OR r.product = $2) AND NOT EXISTS (SELECT 1 FROM replay_keys k WHERE k.run_id = r.id) ORDER BY r.id")
    .bind(since)
    .bind(product)
    .all::<(i64,)>(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| RunId(id)).collect())
}

/// Destroys what was to be forgotten by now; how many.
///
/// # Errors
/// As the database says.
pub async fn replays_forget(tx: &mut Tx, now: Instant) -> Result<u64> {
    sql("DELETE FROM replay_keys WHERE run_id IN (SELECT run_id FROM replay_keys WHERE forget_at <= $1 LIMIT 500)")
        .bind(now)
        .run(tx)
        .await
}
