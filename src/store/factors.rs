//! Second factors: the secret of an authenticator, sealed; recovery codes as keyed digests. Each code counts once, on
//! whichever console it is given. Passkeys have a file of their own.

use super::{
    Result, Tx, devices, sql,
    vault::{Sealed, Vault},
};
use crate::domain::{identity::StaffId, time::Instant};

const PURPOSE: &str = "authenticator";

pub(super) fn purpose(staff: StaffId) -> String {
    format!("{PURPOSE} {}", staff.0)
}

/// Keeps an authenticator in place of the one before. `step` is the step of the code that showed it works.
///
/// # Errors
/// As the database says.
pub async fn authenticator_set(
    tx: &mut Tx,
    vault: &Vault,
    staff: StaffId,
    secret: &[u8],
    step: i64,
    at: Instant,
) -> Result<()> {
    let Sealed { wrapped_key, cipher } = vault.seal(&purpose(staff), secret)?;
    let text =
        "INSERT INTO authenticators (staff_id, wrapped_key, cipher, last_step, made_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (staff_id) DO UPDATE SET wrapped_key = excluded.wrapped_key, cipher = excluded.cipher,
         last_step = excluded.last_step, made_at = excluded.made_at";
    sql(text).bind(staff).bind(wrapped_key).bind(cipher).bind(step).bind(at).run(tx).await?;
    Ok(())
}

/// The secret of somebody's authenticator.
///
/// # Errors
/// As the database says, or when it was sealed under another key.
pub async fn authenticator_secret(tx: &mut Tx, vault: &Vault, staff: StaffId) -> Result<Option<Vec<u8>>> {
    let row = sql("SELECT wrapped_key, cipher FROM authenticators WHERE staff_id = $1").bind(staff);
    let Some((wrapped_key, cipher)) = row.maybe::<(Vec<u8>, Vec<u8>)>(tx).await? else { return Ok(None) };
    Ok(Some(vault.open(&purpose(staff), &Sealed { wrapped_key, cipher })?))
}

/// Takes the code of a step, if none of this step or a later one was taken: false for the second of two.
///
/// # Errors
/// As the database says.
pub async fn authenticator_step(tx: &mut Tx, staff: StaffId, step: i64) -> Result<bool> {
    let text = "UPDATE authenticators SET last_step = $2 WHERE staff_id = $1 AND last_step < $2";
    Ok(sql(text).bind(staff).bind(step).run(tx).await? > 0)
}

/// Since when somebody has an authenticator.
///
/// # Errors
/// As the database says.
pub async fn authenticator_since(tx: &mut Tx, staff: StaffId) -> Result<Option<Instant>> {
    let row = sql("SELECT made_at FROM authenticators WHERE staff_id = $1").bind(staff).maybe::<(i64,)>(tx).await?;
    Ok(row.map(|(at,)| Instant(at)))
}

/// Forgets somebody's authenticator; false where they have none.
///
/// # Errors
/// As the database says.
pub async fn authenticator_remove(tx: &mut Tx, staff: StaffId) -> Result<bool> {
    Ok(sql("DELETE FROM authenticators WHERE staff_id = $1").bind(staff).run(tx).await? > 0)
}

/// Keeps new recovery codes in place of those before.
///
/// # Errors
/// As the database says.
pub async fn recovery_set(tx: &mut Tx, staff: StaffId, hashes: &[Vec<u8>]) -> Result<()> {
    recovery_forget(tx, staff).await?;
    for hash in hashes {
        let text = "INSERT INTO recovery_codes (staff_id, code_hash) VALUES ($1, $2)";
        sql(text).bind(staff).bind(hash.as_slice()).run(tx).await?;
    }
    Ok(())
}

/// Uses a recovery code up: false when it is none, or was used.
///
/// # Errors
/// As the database says.
pub async fn recovery_use(tx: &mut Tx, staff: StaffId, hash: &[u8], at: Instant) -> Result<bool> {
    let text = "UPDATE recovery_codes SET used_at = $3 WHERE staff_id = $1 AND code_hash = $2 AND used_at IS NULL";
    Ok(sql(text).bind(staff).bind(hash).bind(at).run(tx).await? > 0)
}

/// How many recovery codes are left.
///
/// # Errors
/// As the database says.
pub async fn recovery_left(tx: &mut Tx, staff: StaffId) -> Result<i64> {
    let text = "SELECT COUNT(*) FROM recovery_codes WHERE staff_id = $1 AND used_at IS NULL";
    Ok(sql(text).bind(staff).one::<(i64,)>(tx).await?.0)
}

/// Forgets the recovery codes of somebody who has nothing left that they could stand in for.
///
/// # Errors
/// As the database says.
pub async fn recovery_forget(tx: &mut Tx, staff: StaffId) -> Result<()> {
    sql("DELETE FROM recovery_codes WHERE staff_id = $1").bind(staff).run(tx).await?;
    Ok(())
}

/// Forgets every factor of somebody: authenticator, passkeys, recovery codes, and what browsers kept.
///
/// # Errors
/// As the database says.
pub async fn factors_forget(tx: &mut Tx, staff: StaffId) -> Result<()> {
    authenticator_remove(tx, staff).await?;
    sql("DELETE FROM passkeys WHERE staff_id = $1").bind(staff).run(tx).await?;
    recovery_forget(tx, staff).await?;
    devices::devices_end(tx, staff).await
}
