//! Which cases have a page for their person, and the keyed digests of what opens it. Neither a code nor a PIN is in here.

use super::{Result, Tx, sql};
use crate::domain::{identity::Reference, time::Instant};

/// What opens a case's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pickup {
    /// The case.
    pub case: Reference,
    /// The digest of its PIN.
    pub pin_hash: Vec<u8>,
}

/// Gives a case a page, or a new code and PIN to the one it has; the old ones end.
///
/// # Errors
/// As the database says.
pub async fn pickup_keep(tx: &mut Tx, case: Reference, code_hash: &[u8], pin_hash: &[u8], at: Instant) -> Result<()> {
    sql("INSERT INTO pickups (case_id, code_hash, pin_hash, issued_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (case_id) DO UPDATE SET code_hash = $2, pin_hash = $3, issued_at = $4")
    .bind(case)
    .bind(code_hash)
    .bind(pin_hash)
    .bind(at)
    .run(tx)
    .await?;
    Ok(())
}

/// Gives the page of a case a new PIN; the old one ends, the code stays. False where the case has no page.
///
/// # Errors
/// As the database says.
pub async fn pickup_renew(tx: &mut Tx, case: Reference, pin_hash: &[u8], at: Instant) -> Result<bool> {
    let changed = sql("UPDATE pickups SET pin_hash = $2, issued_at = $3 WHERE case_id = $1")
        .bind(case)
        .bind(pin_hash)
        .bind(at)
        .run(tx)
        .await?;
    Ok(changed > 0)
}

/// What is behind a code.
///
/// # Errors
/// As the database says.
pub async fn pickup_find(tx: &mut Tx, code_hash: &[u8]) -> Result<Option<Pickup>> {
    let row = sql("SELECT case_id, pin_hash FROM pickups WHERE code_hash = $1").bind(code_hash);
    let row = row.maybe::<(i64, Vec<u8>)>(tx).await?;
    Ok(row.map(|(case, pin_hash)| Pickup { case: Reference(case), pin_hash }))
}

/// True where the case has a page.
///
/// # Errors
/// As the database says.
pub async fn pickup_is_there(tx: &mut Tx, case: Reference) -> Result<bool> {
    let row = sql("SELECT case_id FROM pickups WHERE case_id = $1").bind(case).maybe::<(i64,)>(tx).await?;
    Ok(row.is_some())
}
