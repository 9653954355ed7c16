//! What is known of single messages in a mailbox: which of ours they are, whether the mailbox was told, and which could
//! not be taken over. A row of the present life of the folder only; callers hold its lease.

use super::{Result, Tx, mailboxes::MailboxId, sql};
use crate::domain::{identity::MessageId, time::Instant};

/// A message by its number in one life of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The folder.
    pub mailbox: MailboxId,
    /// Its life.
    pub uid_validity: i64,
    /// The number.
    pub uid: i64,
}

/// Where a moved message lies, as far as the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The folder it went to.
    pub folder: String,
    /// That folder's life and the number there (COPYUID, RFC 4315 §3).
    pub number: Option<(i64, i64)>,
}

/// The server's own copy of one of our messages.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Copied {
    /// The folder's row.
    pub mailbox_id: i64,
    /// The product.
    pub product: String,
    /// What the configuration calls the mailbox.
    pub name: String,
    /// The folder that was read.
    pub folder: String,
    /// Its life when it was read.
    pub uid_validity: i64,
    /// The number in it.
    pub uid: i64,
    /// Where it was moved to.
    pub moved_to: Option<String>,
    /// That folder's life.
    pub moved_validity: Option<i64>,
    /// The number there.
    pub moved_uid: Option<i64>,
}

impl Copied {
    /// The number under which it was read.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place { mailbox: MailboxId(self.mailbox_id), uid_validity: self.uid_validity, uid: self.uid }
    }
}

/// The message at `place` is kept. `settled` where the mailbox need not be told.
///
/// # Errors
/// As the database says.
pub async fn copy_keep(tx: &mut Tx, place: Place, message: MessageId, settled: bool) -> Result<()> {
    sql("INSERT INTO mailbox_copies (mailbox_id, uid_validity, uid, message_id, settled) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (mailbox_id, uid_validity, uid) DO UPDATE SET message_id = excluded.message_id,
         settled = excluded.settled, error = NULL, again_at = NULL")
    .bind(place.mailbox.0)
    .bind(place.uid_validity)
    .bind(place.uid)
    .bind(message)
    .bind(settled)
    .run(tx)
    .await?;
    Ok(())
}

/// The message at `place` could not be taken over; it is tried again at `again`, or never. Returns how often it was tried.
///
/// # Errors
/// As the database says.
pub async fn copy_leave(tx: &mut Tx, place: Place, error: &str, again: Option<Instant>) -> Result<i64> {
    let (tries,): (i64,) = sql("INSERT INTO mailbox_copies (mailbox_id, uid_validity, uid, error, tries, again_at)
         VALUES ($1, $2, $3, $4, 1, $5)
         ON CONFLICT (mailbox_id, uid_validity, uid) DO UPDATE SET error = excluded.error,
         tries = mailbox_copies.tries + 1, again_at = excluded.again_at
         RETURNING tries")
    .bind(place.mailbox.0)
    .bind(place.uid_validity)
    .bind(place.uid)
    .bind(error)
    .bind(again)
    .one(tx)
    .await?;
    Ok(tries)
}

/// How often the message at `place` was tried in vain.
///
/// # Errors
/// As the database says.
pub async fn copy_tries(tx: &mut Tx, place: Place) -> Result<i64> {
    let row = sql("SELECT tries FROM mailbox_copies WHERE mailbox_id = $1 AND uid_validity = $2 AND uid = $3")
        .bind(place.mailbox.0)
        .bind(place.uid_validity)
        .bind(place.uid)
        .maybe::<(i64,)>(tx)
        .await?;
    Ok(row.map_or(0, |(tries,)| tries))
}

/// The message at `place` is in the mailbox no more, and never was ours.
///
/// # Errors
/// As the database says.
pub async fn copy_forget(tx: &mut Tx, place: Place) -> Result<()> {
    sql("DELETE FROM mailbox_copies
         WHERE mailbox_id = $1 AND uid_validity = $2 AND uid = $3 AND message_id IS NULL")
    .bind(place.mailbox.0)
    .bind(place.uid_validity)
    .bind(place.uid)
    .run(tx)
    .await?;
    Ok(())
}

/// The numbers of messages that could not be taken over and are due again, oldest first.
///
/// # Errors
/// As the database says.
pub async fn copies_due(tx: &mut Tx, mailbox: MailboxId, life: i64, now: Instant, limit: i64) -> Result<Vec<i64>> {
    let rows = sql("SELECT uid FROM mailbox_copies
         WHERE mailbox_id = $1 AND uid_validity = $2 AND message_id IS NULL AND again_at <= $3 ORDER BY uid LIMIT $4")
    .bind(mailbox.0)
    .bind(life)
    .bind(now)
    .bind(limit)
    .all::<(i64,)>(tx)
    .await?;
    Ok(rows.into_iter().map(|(uid,)| uid).collect())
}

/// The numbers of kept messages of which the mailbox was not told, oldest first.
///
/// # Errors
/// As the database says.
pub async fn copies_unsettled(tx: &mut Tx, mailbox: MailboxId, life: i64, limit: i64) -> Result<Vec<i64>> {
    let rows = sql("SELECT uid FROM mailbox_copies
         WHERE mailbox_id = $1 AND uid_validity = $2 AND message_id IS NOT NULL AND NOT settled ORDER BY uid LIMIT $3")
    .bind(mailbox.0)
    .bind(life)
    .bind(limit)
    .all::<(i64,)>(tx)
    .await?;
    Ok(rows.into_iter().map(|(uid,)| uid).collect())
}

/// The mailbox was told that the message at `place` is kept.
///
/// # Errors
/// As the database says.
pub async fn copy_settle(tx: &mut Tx, place: Place, moved: Option<&Moved>) -> Result<()> {
    let number = moved.and_then(|moved| moved.number);
    sql("UPDATE mailbox_copies SET settled = TRUE, moved_to = $4, moved_validity = $5, moved_uid = $6
         WHERE mailbox_id = $1 AND uid_validity = $2 AND uid = $3")
    .bind(place.mailbox.0)
    .bind(place.uid_validity)
    .bind(place.uid)
    .bind(moved.map(|moved| moved.folder.as_str()))
    .bind(number.map(|(life, _)| life))
    .bind(number.map(|(_, uid)| uid))
    .run(tx)
    .await?;
    Ok(())
}

/// Where the servers' own copies of a message lie.
///
/// # Errors
/// As the database says.
pub async fn copies_of(tx: &mut Tx, message: MessageId) -> Result<Vec<Copied>> {
    sql("SELECT c.mailbox_id, m.product, m.name, m.folder, c.uid_validity, c.uid, c.moved_to, c.moved_validity, c.moved_uid
         FROM mailbox_copies c JOIN mailboxes m ON m.id = c.mailbox_id WHERE c.message_id = $1")
    .bind(message)
    .all(tx)
    .await
}

/// The server has no copy at `place` any more.
///
/// # Errors
/// As the database says.
pub async fn copy_remove(tx: &mut Tx, place: Place) -> Result<()> {
    sql("DELETE FROM mailbox_copies WHERE mailbox_id = $1 AND uid_validity = $2 AND uid = $3")
        .bind(place.mailbox.0)
        .bind(place.uid_validity)
        .bind(place.uid)
        .run(tx)
        .await?;
    Ok(())
}
