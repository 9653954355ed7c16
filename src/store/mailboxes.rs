//! Mailboxes: how far each folder is read, who reads it, and where the server's own copies of our messages lie. A folder is
//! read by one console at a time, under a lease; every write names the lease, so whoever lost it changes nothing.
//! Holds no address, no password and no word of a mail.

use super::{Result, Tx, sql};
use crate::domain::time::Instant;

/// A watched folder's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailboxId(pub i64);

/// A watched folder and the token of the console that reads it.
#[derive(Debug, Clone)]
pub struct Held {
    /// The folder.
    pub id: MailboxId,
    /// The console's token.
    pub token: Vec<u8>,
}

/// How far a folder is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Cursor {
    /// The life of the folder that the numbers belong to (RFC 3501 §2.3.1.1); none before the first look.
    pub uid_validity: Option<i64>,
    /// Every message up to this number is kept, or noted as one that could not be.
    pub uid: i64,
}

/// A folder as the mail room shows it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Mailbox {
    /// Its product.
    pub product: String,
    /// What the configuration calls the mailbox.
    pub name: String,
    /// The folder.
    pub folder: String,
    /// How many messages wait, by the last look.
    pub waiting: i64,
    /// The last look, in milliseconds.
    pub seen_at: Option<i64>,
    /// Since when looking fails, in milliseconds.
    pub failed_at: Option<i64>,
    /// Why, and what to do.
    pub error: Option<String>,
    /// True while a console holds the lease.
    pub is_held: bool,
    /// How many messages could not be taken over.
    pub left_behind: i64,
    /// Why one of them could not.
    pub left_because: Option<String>,
}

/// The folder's row, made where there is none.
///
/// # Errors
/// As the database says.
pub async fn mailbox_of(tx: &mut Tx, product: &str, name: &str, folder: &str) -> Result<MailboxId> {
    let (id,): (i64,) = sql("INSERT INTO mailboxes (product, name, folder) VALUES ($1, $2, $3)
         ON CONFLICT (product, name, folder) DO UPDATE SET name = excluded.name RETURNING id")
    .bind(product)
    .bind(name)
    .bind(folder)
    .one(tx)
    .await?;
    Ok(MailboxId(id))
}

/// Takes or keeps the lease for `lease` milliseconds; none while another console has it.
///
/// # Errors
/// As the database says.
pub async fn mailbox_take(tx: &mut Tx, held: &Held, lease: i64) -> Result<Option<Cursor>> {
    let now = tx.db_now().await?;
    sql("UPDATE mailboxes SET lease_until = $3, lease_token = $2
         WHERE id = $1 AND (lease_until IS NULL OR lease_until < $4 OR lease_token = $2)
         RETURNING uid_validity, uid")
    .bind(held.id.0)
    .bind(held.token.clone())
    .bind(now.plus(lease))
    .bind(now)
    .maybe(tx)
    .await
}

/// Keeps every lease of a console for `lease` milliseconds more.
///
/// # Errors
/// As the database says.
pub async fn mailboxes_extend(tx: &mut Tx, token: &[u8], lease: i64) -> Result<()> {
    let now = tx.db_now().await?;
    sql("UPDATE mailboxes SET lease_until = $2 WHERE lease_token = $1 AND lease_until >= $3")
        .bind(token)
        .bind(now.plus(lease))
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// Gives every lease of a console back.
///
/// # Errors
/// As the database says.
pub async fn mailboxes_release(tx: &mut Tx, token: &[u8]) -> Result<()> {
    sql("UPDATE mailboxes SET lease_until = NULL, lease_token = NULL WHERE lease_token = $1")
        .bind(token)
        .run(tx)
        .await?;
    Ok(())
}

/// The folder began a new life: its old numbers mean nothing any more. False when the lease was lost.
///
/// # Errors
/// As the database says.
pub async fn mailbox_begin(tx: &mut Tx, held: &Held, uid_validity: i64) -> Result<bool> {
    let changed = sql("UPDATE mailboxes SET uid_validity = $3, uid = 0 WHERE id = $1 AND lease_token = $2")
        .bind(held.id.0)
        .bind(held.token.clone())
        .bind(uid_validity)
        .run(tx)
        .await?;
    sql("DELETE FROM mailbox_copies WHERE mailbox_id = $1 AND uid_validity <> $2 AND moved_to IS NULL")
        .bind(held.id.0)
        .bind(uid_validity)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// The folder was looked at and `waiting` messages lie above the cursor. False when the lease was lost.
///
/// # Errors
/// As the database says.
pub async fn mailbox_seen(tx: &mut Tx, held: &Held, waiting: i64, at: Instant) -> Result<bool> {
    let changed = sql("UPDATE mailboxes SET waiting = $3, seen_at = $4, failed_at = NULL, error = NULL
         WHERE id = $1 AND lease_token = $2")
    .bind(held.id.0)
    .bind(held.token.clone())
    .bind(waiting)
    .bind(at)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Every message up to `uid` is kept or noted, and `waiting` lie above. The cursor never goes back. False when the lease was
/// lost: then the caller's transaction must not be committed.
///
/// # Errors
/// As the database says.
pub async fn mailbox_advance(tx: &mut Tx, held: &Held, uid: i64, waiting: i64) -> Result<bool> {
    let changed = sql("UPDATE mailboxes SET uid = CASE WHEN uid < $3 THEN $3 ELSE uid END, waiting = $4
         WHERE id = $1 AND lease_token = $2")
    .bind(held.id.0)
    .bind(held.token.clone())
    .bind(uid)
    .bind(waiting)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Looking failed; nothing changes where another console has the lease.
///
/// # Errors
/// As the database says.
pub async fn mailbox_failed(tx: &mut Tx, held: &Held, error: &str, at: Instant) -> Result<()> {
    sql("UPDATE mailboxes SET failed_at = COALESCE(failed_at, $3), error = $4 WHERE id = $1 AND lease_token = $2")
        .bind(held.id.0)
        .bind(held.token.clone())
        .bind(at)
        .bind(error)
        .run(tx)
        .await?;
    Ok(())
}

/// Every folder that was ever watched, by product and name.
///
/// # Errors
/// As the database says.
pub async fn mailboxes_all(tx: &mut Tx) -> Result<Vec<Mailbox>> {
    let now = tx.db_now().await?;
    sql("SELECT product, name, folder, waiting, seen_at, failed_at, error,
         COALESCE(lease_until >= $1, FALSE) AS is_held,
         (SELECT COUNT(*) FROM mailbox_copies c WHERE c.mailbox_id = mailboxes.id AND c.message_id IS NULL) AS left_behind,
         (SELECT MAX(c.error) FROM mailbox_copies c WHERE c.mailbox_id = mailboxes.id AND c.message_id IS NULL)
         AS left_because
         FROM mailboxes ORDER BY product, name, folder")
    .bind(now)
    .all(tx)
    .await
}
