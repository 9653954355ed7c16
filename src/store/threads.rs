//! Which case a Message-ID belongs to; kept as keyed digests only.

use super::{Result, Tx, sql, vault::Vault};
use crate::domain::identity::Reference;

fn digest(vault: &Vault, message_id: &str) -> Vec<u8> {
    vault.digest("message id", message_id.trim().trim_matches(['<', '>']).as_bytes())
}

/// Remembers a Message-ID of the case; `ours` when we made it. The first case to have it keeps it.
///
/// # Errors
/// As the database says.
pub async fn thread_remember(tx: &mut Tx, vault: &Vault, case: Reference, message_id: &str, ours: bool) -> Result<()> {
    sql("INSERT INTO threads (digest, case_id, ours) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING")
        .bind(digest(vault, message_id))
        .bind(case)
        .bind(ours)
        .run(tx)
        .await?;
    Ok(())
}

/// The case a Message-ID belongs to, and whether we made the id.
///
/// # Errors
/// As the database says.
pub async fn thread_find(tx: &mut Tx, vault: &Vault, message_id: &str) -> Result<Option<(Reference, bool)>> {
    let row = sql("SELECT case_id, ours FROM threads WHERE digest = $1")
        .bind(digest(vault, message_id))
        .maybe::<(i64, bool)>(tx)
        .await?;
    Ok(row.map(|(case, ours)| (Reference(case), ours)))
}
