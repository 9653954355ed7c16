//! The raw bytes of messages, sealed and kept in pieces: neither we nor the database ever hold a large one more than once,
//! and no change to a message's row writes its bytes anew. Forgetting the wrapped key makes the bytes unreadable; the
//! pieces go too. Messages of before the pieces have their bytes in their row.

use super::{
    Result, Tx, per_engine, sql,
    vault::{OwnKey, Sealed, Vault},
};
use crate::domain::identity::{MessageId, Reference};

pub(super) const SEALED_AS: &str = "message";
/// Bytes of one piece.
const PIECE: usize = 1 << 20;

/// A new key for the raw bytes of a message, and the same wrapped.
pub(super) fn new_key(vault: &Vault) -> Result<(OwnKey, Vec<u8>)> {
    vault.own_key(SEALED_AS)
}

/// Keeps the pieces of `raw`, one after the other: together they would be in memory twice.
pub(super) async fn pieces_keep(tx: &mut Tx, message: MessageId, key: &OwnKey, raw: &[u8]) -> Result<()> {
    let all = raw.len().div_ceil(PIECE);
    for (n, piece) in raw.chunks(PIECE).enumerate() {
        sql("INSERT INTO message_pieces (message_id, place, cipher) VALUES ($1, $2, $3)")
            .bind(message)
            .bind(i64::try_from(n).unwrap_or(i64::MAX))
            .bind(key.seal(n, all, piece)?)
            .run(tx)
            .await?;
    }
    Ok(())
}

/// The raw bytes. The caller has checked that the reader may have them.
///
/// # Errors
/// As the database says, or when they do not open.
pub async fn message_raw(tx: &mut Tx, vault: &Vault, id: MessageId) -> Result<Option<Vec<u8>>> {
    let row = sql("SELECT wrapped_key, cipher, size FROM messages WHERE id = $1")
        .bind(id)
        .maybe::<(Vec<u8>, Vec<u8>, i64)>(tx)
        .await?;
    // what was destroyed has no key
    let Some((wrapped_key, cipher, size)) = row.filter(|(key, ..)| !key.is_empty()) else { return Ok(None) };
    if !cipher.is_empty() {
        return Ok(Some(vault.open(SEALED_AS, &Sealed { wrapped_key, cipher })?));
    }
    let (key, size) = (vault.unwrapped(SEALED_AS, &wrapped_key)?, usize::try_from(size).unwrap_or_default());
    let all = size.div_ceil(PIECE);
    let mut raw = Vec::with_capacity(size);
    for n in 0..all {
        let (piece,): (Vec<u8>,) = sql("SELECT cipher FROM message_pieces WHERE message_id = $1 AND place = $2")
            .bind(id)
            .bind(i64::try_from(n).unwrap_or(i64::MAX))
            .one(tx)
            .await?;
        raw.extend_from_slice(&key.open(n, all, &piece)?);
    }
    Ok(Some(raw))
}

/// Puts other bytes in the raw ones' place, under a new key. The digests stay those of what arrived.
///
/// # Errors
/// As the database says, or when sealing fails.
pub async fn message_replace_raw(tx: &mut Tx, vault: &Vault, id: MessageId, raw: &[u8]) -> Result<()> {
    let (key, wrapped_key) = new_key(vault)?;
    sql("UPDATE messages SET wrapped_key = $2, cipher = $3, size = $4 WHERE id = $1")
        .bind(id)
        .bind(wrapped_key)
        .bind(Vec::<u8>::new())
        .bind(i64::try_from(raw.len()).unwrap_or(i64::MAX))
        .run(tx)
        .await?;
    sql("DELETE FROM message_pieces WHERE message_id = $1").bind(id).run(tx).await?;
    pieces_keep(tx, id, &key, raw).await
}

/// Destroys the raw bytes and their key. The digests stay, so that the same mail is still known when it comes again.
///
/// # Errors
/// As the database says.
pub async fn message_forget_raw(tx: &mut Tx, id: MessageId) -> Result<()> {
    sql("UPDATE messages SET wrapped_key = $2, cipher = $2 WHERE id = $1")
        .bind(id)
        .bind(Vec::<u8>::new())
        .run(tx)
        .await?;
    sql("DELETE FROM message_pieces WHERE message_id = $1").bind(id).run(tx).await?;
    Ok(())
}

/// True where the raw bytes of a message were destroyed.
///
/// # Errors
/// As the database says.
pub async fn message_is_forgotten(tx: &mut Tx, id: MessageId) -> Result<bool> {
    let row =
        sql("SELECT id FROM messages WHERE id = $1 AND LENGTH(wrapped_key) = 0").bind(id).maybe::<(i64,)>(tx).await?;
    Ok(row.is_some())
}

/// Destroys the raw bytes of messages of the case that say what another one said.
///
/// # Errors
/// As the database says.
pub async fn duplicates_forget_raw(tx: &mut Tx, case: Reference) -> Result<()> {
    sql("UPDATE messages SET wrapped_key = $2, cipher = $2 WHERE case_id = $1 AND state = 'duplicate'")
        .bind(case)
        .bind(Vec::<u8>::new())
        .run(tx)
        .await?;
    sql("DELETE FROM message_pieces WHERE message_id IN
         (SELECT id FROM messages WHERE case_id = $1 AND state = 'duplicate')")
    .bind(case)
    .run(tx)
    .await?;
    Ok(())
}

/// The ids of `$1`, a JSON array.
macro_rules! each {
    ($head:literal, $tail:literal) => {
        per_engine(
            concat!($head, "(SELECT CAST(v AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)) AS v)", $tail),
            concat!($head, "(SELECT value FROM json_each($1))", $tail),
        )
    };
}

/// Destroys the raw bytes of every message of these cases, and what lists showed of them; how many had any.
///
/// # Errors
/// As the database says.
pub async fn cases_forget_raw(tx: &mut Tx, cases: &[Reference]) -> Result<u64> {
    let ids = serde_json::json!(cases.iter().map(|case| case.0).collect::<Vec<_>>()).to_string();
    each!("DELETE FROM message_pieces WHERE message_id IN (SELECT m.id FROM messages m WHERE m.case_id IN ", ")")
        .bind(ids.as_str())
        .run(tx)
        .await?;
    each!(
        "UPDATE messages SET wrapped_key = $2, cipher = $2, who = NULL, about = NULL
         WHERE LENGTH(wrapped_key) > 0 AND case_id IN ",
        ""
    )
    .bind(ids)
    .bind(Vec::<u8>::new())
    .run(tx)
    .await
}

/// The messages of these cases that have their raw bytes, each with its case.
///
/// # Errors
/// As the database says.
pub async fn messages_with_raw(tx: &mut Tx, cases: &[Reference]) -> Result<Vec<(Reference, MessageId)>> {
    let ids = serde_json::json!(cases.iter().map(|case| case.0).collect::<Vec<_>>()).to_string();
    let rows = each!("SELECT case_id, id FROM messages WHERE LENGTH(wrapped_key) > 0 AND case_id IN ", " ORDER BY id")
        .bind(ids)
        .all::<(i64, i64)>(tx)
        .await?;
    Ok(rows.into_iter().map(|(case, id)| (Reference(case), MessageId(id))).collect())
}

/// The messages of these cases of which a mailbox has a copy that we know of.
///
/// # Errors
/// As the database says.
pub async fn messages_copied(tx: &mut Tx, cases: &[Reference]) -> Result<Vec<MessageId>> {
    let ids = serde_json::json!(cases.iter().map(|case| case.0).collect::<Vec<_>>()).to_string();
    let rows = each!(
        "SELECT m.id FROM messages m WHERE EXISTS (SELECT 1 FROM mailbox_copies y WHERE y.message_id = m.id) AND m.case_id IN ",
        " ORDER BY m.id"
    )
    .bind(ids)
    .all::<(i64,)>(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| MessageId(id)).collect())
}

/// Destroys the raw bytes of these messages, what lists showed of them, why somebody set them aside, and notes of where they
/// lie in mailboxes that were told.
///
/// # Errors
/// As the database says.
pub async fn messages_forget_raw(tx: &mut Tx, messages: &[MessageId]) -> Result<()> {
    let ids = serde_json::json!(messages.iter().map(|message| message.0).collect::<Vec<_>>()).to_string();
    each!("DELETE FROM message_pieces WHERE message_id IN ", "").bind(ids.as_str()).run(tx).await?;
    each!(
        "UPDATE messages SET wrapped_key = $2, cipher = $2, who = NULL, about = NULL, sender = NULL, reason = NULL WHERE id IN ",
        ""
    )
    .bind(ids.as_str())
    .bind(Vec::<u8>::new())
    .run(tx)
    .await?;
    each!("DELETE FROM mailbox_copies WHERE settled AND message_id IN ", "").bind(ids).run(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{mail::Came, time::Instant},
        store::messages::message_keep,
        testing::on_both,
    };

    on_both! {
        async fn large_messages_are_kept_in_pieces_that_neither_change_places_nor_outlive_their_message(house: House) {
            let vault = house.app.vault.clone();
            let mut tx = house.app.db.begin().await.expect("a writer");
            let large: Vec<u8> = (0..PIECE * 2 + 7).map(|n| u8::try_from(n % 251).unwrap_or_default()).collect();
            for (size, pieces) in [(1, 1), (PIECE, 1), (PIECE + 1, 2), (PIECE * 2, 2), (PIECE * 2 + 7, 3)] {
                let raw = large[..size].to_vec();
                let kept = message_keep(&mut tx, &vault, "imagegen-artisticmonk", raw.clone(), Came::Pipe, Instant(0));
                let (id, _) = kept.await.expect("kept");
                assert_eq!(message_raw(&mut tx, &vault, id).await.expect("it opens"), Some(raw), "{size}");
                assert_eq!(pieces_of(&mut tx, id).await, pieces, "{size}");
            }
            let (id, _) = message_keep(&mut tx, &vault, "imagegen-artisticmonk", large.clone(), Came::Pipe, Instant(0)).await.expect("known");
            for (from, to) in [(0, 9), (1, 0), (9, 1)] {
                sql("UPDATE message_pieces SET place = $3 WHERE message_id = $1 AND place = $2").bind(id).bind(from).bind(to).run(&mut tx).await.expect("moved");
            }
            assert!(message_raw(&mut tx, &vault, id).await.is_err(), "two pieces changed places");
            message_replace_raw(&mut tx, &vault, id, b"short").await.expect("replaced");
            assert_eq!(message_raw(&mut tx, &vault, id).await.expect("it opens").as_deref(), Some(&b"short"[..]));
            assert_eq!(pieces_of(&mut tx, id).await, 1);
            message_replace_raw(&mut tx, &vault, id, &large).await.expect("replaced");
            assert_eq!(message_raw(&mut tx, &vault, id).await.expect("it opens"), Some(large));
            message_forget_raw(&mut tx, id).await.expect("forgotten");
            assert_eq!((message_raw(&mut tx, &vault, id).await.expect("it says"), pieces_of(&mut tx, id).await), (None, 0));
        }
    }

    async fn pieces_of(tx: &mut Tx, id: MessageId) -> i64 {
        let counted = sql("SELECT COUNT(*) FROM message_pieces WHERE message_id = $1").bind(id).one::<(i64,)>(tx).await;
        counted.expect("it counts").0
    }
}
