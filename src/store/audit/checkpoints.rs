//! Signed checkpoints as the database keeps them, and the public keys that signed them. What the database says of them is
//! worth what the database is worth: the files outside are the proof.

use super::Hash;
use crate::{
    domain::time::Instant,
    store::{Result, Tx, sql},
};

/// A checkpoint: this was the hash of this entry then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The entry's number.
    pub number: i64,
    /// Its hash.
    pub hash: Hash,
    /// When it was signed.
    pub at: Instant,
    /// The key's name.
    pub key_id: String,
    /// Ed25519, over the line of text that the other fields make.
    pub signature: Vec<u8>,
}

/// Keeps a checkpoint; another console may have kept one of the same entry.
///
/// # Errors
/// As the database says.
pub async fn checkpoint_keep(tx: &mut Tx, checkpoint: &Checkpoint) -> Result<()> {
    sql("INSERT INTO audit_checkpoints (id, hash, at, key_id, signature) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO NOTHING")
    .bind(checkpoint.number)
    .bind(checkpoint.hash.as_slice())
    .bind(checkpoint.at)
    .bind(&checkpoint.key_id)
    .bind(checkpoint.signature.clone())
    .run(tx)
    .await?;
    Ok(())
}

/// Number and moment of the last checkpoint.
///
/// # Errors
/// As the database says.
pub async fn checkpoint_last(tx: &mut Tx) -> Result<Option<(i64, Instant)>> {
    let row = sql("SELECT id, at FROM audit_checkpoints ORDER BY id DESC LIMIT 1").maybe::<(i64, i64)>(tx).await?;
    Ok(row.map(|(number, at)| (number, Instant(at))))
}

/// The checkpoints from entry `first` on, at most `limit`, by number; one whose hash has another length has none.
///
/// # Errors
/// As the database says; `Error::is_unreadable` where a column of one of them holds what it cannot hold.
pub async fn checkpoints_from(tx: &mut Tx, first: i64, limit: i64) -> Result<Vec<Checkpoint>> {
    let rows = sql("SELECT id, hash, at, key_id, signature FROM audit_checkpoints WHERE id >= $1 ORDER BY id LIMIT $2")
        .bind(first)
        .bind(limit)
        .all::<(i64, Vec<u8>, i64, String, Vec<u8>)>(tx)
        .await?;
    let one = |(number, hash, at, key_id, signature): (i64, Vec<u8>, i64, String, Vec<u8>)| Checkpoint {
        number,
        hash: hash.try_into().unwrap_or_default(),
        at: Instant(at),
        key_id,
        signature,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Remembers a key that signs from now on.
///
/// # Errors
/// As the database says.
pub async fn audit_key_use(tx: &mut Tx, key_id: &str, public_key: &[u8], now: Instant) -> Result<()> {
    sql("INSERT INTO audit_keys (key_id, public_key, valid_from) VALUES ($1, $2, $3) ON CONFLICT (key_id) DO NOTHING")
        .bind(key_id)
        .bind(public_key)
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// Every key that ever signed: name, public half, since when; the newest first.
///
/// # Errors
/// As the database says.
pub async fn audit_keys(tx: &mut Tx) -> Result<Vec<(String, Vec<u8>, Instant)>> {
    let rows = sql("SELECT key_id, public_key, valid_from FROM audit_keys ORDER BY valid_from DESC, key_id")
        .all::<(String, Vec<u8>, i64)>(tx)
        .await?;
    Ok(rows.into_iter().map(|(id, key, from)| (id, key, Instant(from))).collect())
}
