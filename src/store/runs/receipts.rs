//! Receipts as they were signed, the public keys that signed them, and who was erased by keyed digest.

use super::super::{Result, Tx, sql};
use crate::domain::{identity::RunId, time::Instant};

/// A receipt, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReceiptRow {
    /// What was signed.
    pub body: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
    /// The key's name.
    pub key_id: String,
}

/// Keeps a receipt; a run has one.
///
/// # Errors
/// As the database says, also where the run has one already.
pub async fn receipt_keep(tx: &mut Tx, run: RunId, receipt: &ReceiptRow, at: Instant) -> Result<()> {
    sql("INSERT INTO receipts (run_id, body, signature, key_id, signed_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(run)
        .bind(receipt.body.clone())
        .bind(receipt.signature.clone())
        .bind(&receipt.key_id)
        .bind(at)
        .run(tx)
        .await?;
    Ok(())
}

/// The receipt of a run.
///
/// # Errors
/// As the database says.
pub async fn receipt_get(tx: &mut Tx, run: RunId) -> Result<Option<ReceiptRow>> {
    sql("SELECT body, signature, key_id FROM receipts WHERE run_id = $1").bind(run).maybe(tx).await
}

/// Makes `key_id` the key in use; whichever was in use before ends now. Does nothing where it is in use already.
///
/// # Errors
/// As the database says.
pub async fn receipt_key_use(tx: &mut Tx, key_id: &str, public_key: &[u8], now: Instant) -> Result<()> {
    sql("UPDATE receipt_keys SET valid_until = $2 WHERE key_id <> $1 AND valid_until IS NULL")
        .bind(key_id)
        .bind(now)
        .run(tx)
        .await?;
    sql("INSERT INTO receipt_keys (key_id, public_key, valid_from) VALUES ($1, $2, $3)
         ON CONFLICT (key_id) DO UPDATE SET valid_until = NULL")
    .bind(key_id)
    .bind(public_key)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// Every key that ever signed: name, public half, since when, until when; the newest first.
///
/// # Errors
/// As the database says.
pub async fn receipt_keys(tx: &mut Tx) -> Result<Vec<(String, Vec<u8>, Instant, Option<Instant>)>> {
    let rows =
        sql("SELECT key_id, public_key, valid_from, valid_until FROM receipt_keys ORDER BY valid_from DESC, key_id")
            .all::<(String, Vec<u8>, i64, Option<i64>)>(tx)
            .await?;
    Ok(rows.into_iter().map(|(id, key, from, until)| (id, key, Instant(from), until.map(Instant))).collect())
}

/// Remembers that a subject was erased.
///
/// # Errors
/// As the database says.
pub async fn tombstone_keep(tx: &mut Tx, product: &str, digest: &[u8], run: RunId, at: Instant) -> Result<()> {
    sql("INSERT INTO tombstones (product, subject_digest, run_id, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (product, subject_digest, run_id) DO NOTHING")
    .bind(product)
    .bind(digest)
    .bind(run)
    .bind(at)
    .run(tx)
    .await?;
    Ok(())
}
