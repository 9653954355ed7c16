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

/// True where we made this Message-ID.
///
/// # Errors
/// As the database says.
pub async fn thread_is_ours(tx: &mut Tx, vault: &Vault, message_id: &str) -> Result<bool> {
    let known = sql("SELECT case_id FROM threads WHERE digest = $1 AND ours").bind(digest(vault, message_id));
    Ok(known.maybe::<(i64,)>(tx).await?.is_some())
}

/// The case that the first of these Message-IDs that we know belongs to. Eight at a time: most mails answer fewer.
///
/// # Errors
/// As the database says.
pub async fn thread_find(tx: &mut Tx, vault: &Vault, message_ids: &[String]) -> Result<Option<Reference>> {
    for ids in message_ids.chunks(8) {
        let digests: Vec<_> = ids.iter().map(|id| digest(vault, id)).collect();
        let mut query = sql("SELECT digest, case_id FROM threads WHERE digest IN ($1, $2, $3, $4, $5, $6, $7, $8)");
        for n in 0..8 {
            query = query.bind(digests.get(n).cloned());
        }
        let found = query.all::<(Vec<u8>, i64)>(tx).await?;
        let first = digests.iter().find_map(|one| found.iter().find(|(digest, _)| digest == one));
        if let Some((_, case)) = first {
            return Ok(Some(Reference(*case)));
        }
    }
    Ok(None)
}
