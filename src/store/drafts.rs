//! What somebody had begun to write on a case, sealed, one a person and case.

use super::{Result, Tx, sql, vault::Sealed, vault::Vault};
use crate::domain::{
    identity::{Reference, StaffId},
    time::Instant,
};

pub(super) const SEALED_AS: &str = "draft";

/// Keeps the draft; an empty text forgets it.
///
/// # Errors
/// As the database says, or when sealing fails.
pub async fn draft_keep(
    tx: &mut Tx,
    vault: &Vault,
    case: Reference,
    staff: StaffId,
    text: &str,
    at: Instant,
) -> Result<()> {
    if text.trim().is_empty() {
        return draft_forget(tx, case, staff).await;
    }
    let sealed = vault.seal(SEALED_AS, text.as_bytes())?;
    sql("INSERT INTO drafts (case_id, staff_id, wrapped_key, cipher, kept_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (case_id, staff_id) DO UPDATE SET wrapped_key = excluded.wrapped_key, cipher = excluded.cipher, kept_at = excluded.kept_at")
        .bind(case)
        .bind(staff)
        .bind(sealed.wrapped_key)
        .bind(sealed.cipher)
        .bind(at)
        .run(tx)
        .await?;
    Ok(())
}

/// The draft, if there is one.
///
/// # Errors
/// As the database says, or when it does not open.
pub async fn draft_get(tx: &mut Tx, vault: &Vault, case: Reference, staff: StaffId) -> Result<Option<String>> {
    let row = sql("SELECT wrapped_key, cipher FROM drafts WHERE case_id = $1 AND staff_id = $2")
        .bind(case)
        .bind(staff)
        .maybe::<(Vec<u8>, Vec<u8>)>(tx)
        .await?;
    let Some((wrapped_key, cipher)) = row else { return Ok(None) };
    let text = vault.open(SEALED_AS, &Sealed { wrapped_key, cipher })?;
    Ok(String::from_utf8(text).ok())
}

/// Forgets the draft: it was sent, or thrown away.
///
/// # Errors
/// As the database says.
pub async fn draft_forget(tx: &mut Tx, case: Reference, staff: StaffId) -> Result<()> {
    sql("DELETE FROM drafts WHERE case_id = $1 AND staff_id = $2").bind(case).bind(staff).run(tx).await?;
    Ok(())
}
