//! Passkeys: each sealed, found by a keyed digest of its credential's id. Its count of signatures goes up only, on whichever
//! console it is used; one whose count went back is doubted, and stays so.

use super::{
    Result, Tx, sql,
    vault::{Sealed, Vault},
};
use crate::domain::{
    identity::{PasskeyId, StaffId},
    time::Instant,
};

/// A passkey as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    id: i64,
    /// What its person calls it.
    pub name: String,
    made_at: i64,
    used_at: Option<i64>,
    doubted_at: Option<i64>,
}

impl Line {
    /// Which one it is.
    #[must_use]
    pub const fn id(&self) -> PasskeyId {
        PasskeyId(self.id)
    }

    /// Since when it is there.
    #[must_use]
    pub const fn made(&self) -> Instant {
        Instant(self.made_at)
    }

    /// When it was last used.
    #[must_use]
    pub fn used(&self) -> Option<Instant> {
        self.used_at.map(Instant)
    }

    /// Since when it proves nothing, because its count went back.
    #[must_use]
    pub fn doubted(&self) -> Option<Instant> {
        self.doubted_at.map(Instant)
    }
}

/// What it is sealed as: for this person alone. Which credential it is stands in what is sealed.
pub(super) fn purpose(staff: StaffId) -> String {
    format!("passkey {}", staff.0)
}

/// Keeps a passkey; false when there is one with this credential already, whoever has it.
///
/// # Errors
/// As the database says.
pub async fn passkey_add(
    tx: &mut Tx,
    vault: &Vault,
    staff: StaffId,
    credential: &[u8],
    (plain, name): (&[u8], &str),
    at: Instant,
) -> Result<bool> {
    let Sealed { wrapped_key, cipher } = vault.seal(&purpose(staff), plain)?;
    let text = "INSERT INTO passkeys (staff_id, credential, wrapped_key, cipher, name, counter, made_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (credential) DO NOTHING";
    let row = sql(text).bind(staff).bind(credential).bind(wrapped_key).bind(cipher).bind(name).bind(at);
    Ok(row.run(tx).await? > 0)
}

/// The passkeys of somebody as a list shows them, the oldest first.
///
/// # Errors
/// As the database says.
pub async fn passkeys_of(tx: &mut Tx, staff: StaffId) -> Result<Vec<Line>> {
    let text = "SELECT id, name, made_at, used_at, doubted_at FROM passkeys WHERE staff_id = $1 ORDER BY made_at, id";
    sql(text).bind(staff).all(tx).await
}

/// The opened passkeys of somebody that prove something: all but the doubted ones.
///
/// # Errors
/// As the database says, or when one was sealed under another key.
pub async fn passkeys_open(tx: &mut Tx, vault: &Vault, staff: StaffId) -> Result<Vec<Vec<u8>>> {
    let text = "SELECT wrapped_key, cipher FROM passkeys WHERE staff_id = $1 AND doubted_at IS NULL ORDER BY id";
    let rows = sql(text).bind(staff).all::<(Vec<u8>, Vec<u8>)>(tx).await?;
    let open = |(wrapped_key, cipher)| Ok(vault.open(&purpose(staff), &Sealed { wrapped_key, cipher })?);
    rows.into_iter().map(open).collect()
}

/// One passkey of somebody, opened, unless it is doubted.
///
/// # Errors
/// As the database says, or when it was sealed under another key.
pub async fn passkey_open(tx: &mut Tx, vault: &Vault, staff: StaffId, credential: &[u8]) -> Result<Option<Vec<u8>>> {
    let text = "SELECT wrapped_key, cipher FROM passkeys
         WHERE staff_id = $1 AND credential = $2 AND doubted_at IS NULL";
    let row = sql(text).bind(staff).bind(credential).maybe::<(Vec<u8>, Vec<u8>)>(tx).await?;
    let open = |(wrapped_key, cipher)| vault.open(&purpose(staff), &Sealed { wrapped_key, cipher });
    Ok(row.map(open).transpose()?)
}

/// Keeps what a passkey has become by being used.
///
/// # Errors
/// As the database says.
pub async fn passkey_reseal(tx: &mut Tx, vault: &Vault, staff: StaffId, credential: &[u8], plain: &[u8]) -> Result<()> {
    let Sealed { wrapped_key, cipher } = vault.seal(&purpose(staff), plain)?;
    let text = "UPDATE passkeys SET wrapped_key = $3, cipher = $4 WHERE staff_id = $1 AND credential = $2";
    sql(text).bind(staff).bind(credential).bind(wrapped_key).bind(cipher).run(tx).await?;
    Ok(())
}

/// Takes a signature with this count, if none with it or a later one was taken: false for the second of two. A passkey that
/// does not count says 0 every time.
///
/// # Errors
/// As the database says.
pub async fn passkey_count(tx: &mut Tx, staff: StaffId, credential: &[u8], counter: u32, at: Instant) -> Result<bool> {
    let text = "UPDATE passkeys SET counter = $3, used_at = $4 WHERE staff_id = $1 AND credential = $2
         AND doubted_at IS NULL AND (counter < $3 OR (counter = 0 AND $3 = 0))";
    Ok(sql(text).bind(staff).bind(credential).bind(i64::from(counter)).bind(at).run(tx).await? > 0)
}

/// Lets a passkey prove nothing any more; false where it is none of theirs, or was doubted before.
///
/// # Errors
/// As the database says.
pub async fn passkey_doubt(tx: &mut Tx, staff: StaffId, credential: &[u8], at: Instant) -> Result<bool> {
    let text = "UPDATE passkeys SET doubted_at = $3 WHERE staff_id = $1 AND credential = $2 AND doubted_at IS NULL";
    Ok(sql(text).bind(staff).bind(credential).bind(at).run(tx).await? > 0)
}

/// Calls a passkey something else; false where they have no such one.
///
/// # Errors
/// As the database says.
pub async fn passkey_rename(tx: &mut Tx, staff: StaffId, id: PasskeyId, name: &str) -> Result<bool> {
    let text = "UPDATE passkeys SET name = $3 WHERE staff_id = $1 AND id = $2";
    Ok(sql(text).bind(staff).bind(id).bind(name).run(tx).await? > 0)
}

/// Forgets one passkey of somebody; false where they have no such one.
///
/// # Errors
/// As the database says.
pub async fn passkey_remove(tx: &mut Tx, staff: StaffId, id: PasskeyId) -> Result<bool> {
    Ok(sql("DELETE FROM passkeys WHERE staff_id = $1 AND id = $2").bind(staff).bind(id).run(tx).await? > 0)
}
