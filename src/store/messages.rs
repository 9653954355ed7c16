//! Mail as it arrived, before anybody has read it, and what became of it.

use super::{Result, Tx, raws, row::known, sql, vault::Vault};
use crate::domain::{
    codes::codes,
    identity::{MessageId, Reference},
    mail::{Came, Doubt, Verdict},
    rights::Reach,
    time::Instant,
};

codes! {
    /// What became of a stored message.
    MessageState {
        Stored "stored" "waiting to be read",
        Read "read" "read",
        Unreadable "unreadable" "could not be read",
        Duplicate "duplicate" "came before",
        Quarantined "quarantined" "waits for somebody to decide",
        Discarded "discarded" "discarded",
    }
}

/// A message without its bytes.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its row.
    pub id: MessageId,
    /// The product it was sent to.
    pub product: String,
    /// What became of it.
    pub state: MessageState,
    /// Why it could not be read.
    pub reason: Option<String>,
    /// The case it belongs to.
    pub case: Option<Reference>,
    /// True when only responders may see it.
    pub restricted: bool,
    /// When it was stored.
    pub received: Instant,
    /// Bytes of the raw mail.
    pub size: i64,
}

#[derive(sqlx::FromRow)]
struct MessageRow {
    id: i64,
    product: String,
    state: String,
    reason: Option<String>,
    case_id: Option<i64>,
    restricted: bool,
    received_at: i64,
    size: i64,
}

impl MessageRow {
    fn message(self) -> Result<Message> {
        Ok(Message {
            id: MessageId(self.id),
            state: known(MessageState::from_code(&self.state), "messages", self.id, "state", &self.state)?,
            product: self.product,
            reason: self.reason,
            case: self.case_id.map(Reference),
            restricted: self.restricted,
            received: Instant(self.received_at),
            size: self.size,
        })
    }
}

/// Stores a raw message that came at `at`, sealed where it lies; true when it is new. The very same bytes are stored once for
/// a product: then the row they have is returned.
///
/// # Errors
/// As the database says, or when sealing fails.
pub async fn message_keep(
    tx: &mut Tx,
    vault: &Vault,
    product: &str,
    raw: Vec<u8>,
    came: Came,
    at: Instant,
) -> Result<(MessageId, bool)> {
    let digest = vault.digest("raw message", &raw);
    if let Some(known) = message_known(tx, product, &digest).await? {
        return Ok((known, false));
    }
    let size = i64::try_from(raw.len()).unwrap_or(i64::MAX);
    let (key, wrapped_key) = raws::new_key(vault)?;
    let row = sql("INSERT INTO messages (product, state, received_at, size, raw_digest, wrapped_key, cipher, came)
         VALUES ($1, 'stored', $2, $3, $4, $5, $6, $7) ON CONFLICT (product, raw_digest) DO NOTHING RETURNING id")
    .bind(product)
    .bind(at)
    .bind(size)
    .bind(digest.clone())
    .bind(wrapped_key)
    .bind(Vec::<u8>::new())
    .bind(came.code())
    .maybe::<(i64,)>(tx)
    .await?;
    if let Some((id,)) = row {
        raws::pieces_keep(tx, MessageId(id), &key, &raw).await?;
        return Ok((MessageId(id), true));
    }
    // somebody else was quicker by a moment
    let known = message_known(tx, product, &digest).await?;
    known.map(|id| (id, false)).ok_or_else(|| sqlx::Error::RowNotFound.into())
}

async fn message_known(tx: &mut Tx, product: &str, digest: &[u8]) -> Result<Option<MessageId>> {
    let row = sql("SELECT id FROM messages WHERE product = $1 AND raw_digest = $2")
        .bind(product)
        .bind(digest)
        .maybe::<(i64,)>(tx)
        .await?;
    Ok(row.map(|(id,)| MessageId(id)))
}

/// A message without its bytes.
///
/// # Errors
/// As the database says.
pub async fn message_get(tx: &mut Tx, id: MessageId) -> Result<Option<Message>> {
    sql("SELECT id, product, state, reason, case_id, restricted, received_at, size FROM messages WHERE id = $1")
        .bind(id)
        .maybe::<MessageRow>(tx)
        .await?
        .map(MessageRow::message)
        .transpose()
}

/// The messages of a case and of those that were merged into it, oldest first.
///
/// # Errors
/// As the database says.
pub async fn messages_of(tx: &mut Tx, case: Reference) -> Result<Vec<MessageId>> {
    let rows = sql("WITH RECURSIVE same (id) AS (SELECT CAST($1 AS BIGINT) UNION
         SELECT c.id FROM cases c JOIN same s ON c.merged_id = s.id)
         SELECT m.id FROM messages m JOIN same s ON m.case_id = s.id ORDER BY m.id")
    .bind(case)
    .all::<(i64,)>(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| MessageId(id)).collect())
}

/// The message belongs to a case now. `sender` is the digest of the address it came from.
///
/// # Errors
/// As the database says.
pub async fn message_read(tx: &mut Tx, id: MessageId, case: Reference, restricted: bool, sender: &[u8]) -> Result<()> {
    sql("UPDATE messages SET state = 'read', reason = NULL, near_id = NULL, who = NULL, about = NULL, case_id = $2,
         restricted = $3, sender = $4 WHERE id = $1")
    .bind(id)
    .bind(case)
    .bind(restricted)
    .bind(sender)
    .run(tx)
    .await?;
    // what said the same goes where this one goes
    sql(
        "UPDATE messages SET near_id = NULL, case_id = $2, restricted = $3 WHERE first_id = $1 AND state = 'duplicate'",
    )
    .bind(id)
    .bind(case)
    .bind(restricted)
    .run(tx)
    .await?;
    Ok(())
}

/// Claims the digest of what the message says, whichever way it travelled; the message that has it, where another does.
///
/// # Errors
/// As the database says.
pub async fn message_claim_content(
    tx: &mut Tx,
    id: MessageId,
    product: &str,
    digest: Vec<u8>,
) -> Result<Option<MessageId>> {
    let other = sql("SELECT id FROM messages WHERE product = $1 AND content_digest = $2 AND id <> $3")
        .bind(product)
        .bind(digest.clone())
        .bind(id)
        .maybe::<(i64,)>(tx)
        .await?;
    if let Some((other,)) = other {
        return Ok(Some(MessageId(other)));
    }
    sql("UPDATE messages SET content_digest = $2 WHERE id = $1").bind(id).bind(digest).run(tx).await?;
    Ok(None)
}

/// The message says what `first` said: it stands where that one stands, and is never read again. `sender` is the digest of the
/// address it came from.
///
/// # Errors
/// As the database says.
pub async fn message_duplicate(tx: &mut Tx, id: MessageId, first: MessageId, sender: &[u8]) -> Result<()> {
    sql("UPDATE messages SET state = 'duplicate', reason = 'the same message came before', first_id = $2, sender = $3,
         case_id = (SELECT f.case_id FROM messages f WHERE f.id = $2),
         near_id = (SELECT f.near_id FROM messages f WHERE f.id = $2),
         restricted = (SELECT f.restricted FROM messages f WHERE f.id = $2) WHERE id = $1")
    .bind(id)
    .bind(first)
    .bind(sender)
    .run(tx)
    .await?;
    Ok(())
}

/// The message became no case. What nobody could read may be anything: it is sealed until somebody judged it.
///
/// # Errors
/// As the database says.
pub async fn message_set_aside(tx: &mut Tx, id: MessageId, state: MessageState, reason: &str) -> Result<()> {
    sql("UPDATE messages SET state = $2, reason = $3,
         restricted = CASE WHEN $2 = 'unreadable' THEN TRUE ELSE restricted END WHERE id = $1")
    .bind(id)
    .bind(state.code())
    .bind(reason)
    .run(tx)
    .await?;
    Ok(())
}

/// The messages of a case went behind the wall, or came back.
///
/// # Errors
/// As the database says.
pub async fn messages_restrict(tx: &mut Tx, case: Reference, restricted: bool) -> Result<()> {
    sql("UPDATE messages SET restricted = $2 WHERE case_id = $1").bind(case).bind(restricted).run(tx).await?;
    // what points at the case may quote it; it stays sealed when the case comes back
    if restricted {
        sql("UPDATE messages SET restricted = TRUE, who = NULL, about = NULL
             WHERE near_id = $1 AND state IN ('quarantined', 'discarded', 'duplicate')")
        .bind(case)
        .run(tx)
        .await?;
    }
    Ok(())
}

/// What a message that waits points at, and what lists show of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// The case it points at.
    pub near: Option<Reference>,
    /// Who wrote, and the subject line.
    pub face: Option<(String, String)>,
    /// What its sender's domain said of it when it came.
    pub dmarc: Verdict,
}

#[derive(sqlx::FromRow)]
struct WaitsRow {
    #[sqlx(flatten)]
    message: MessageRow,
    near_id: Option<i64>,
    who: Option<String>,
    about: Option<String>,
    dmarc: Option<String>,
}

impl WaitsRow {
    fn waits(self) -> Result<(Message, Waits)> {
        let dmarc = match self.dmarc {
            Some(code) => known(Verdict::from_code(&code), "messages", self.message.id, "dmarc", &code)?,
            None => Verdict::Unknown,
        };
        let waits = Waits { near: self.near_id.map(Reference), face: self.who.zip(self.about), dmarc };
        Ok((self.message.message()?, waits))
    }
}

/// Every column of a message and of why it waits, and what follows.
macro_rules! waits_where {
    ($rest:literal) => {
        concat!(
            "SELECT id, product, state, reason, case_id, restricted, received_at, size, near_id, who, about, dmarc FROM messages ",
            $rest
        )
    };
}

/// Mail to the products in `seen` that waits for staff, newest first, below `before`; or what was discarded.
///
/// # Errors
/// As the database says.
pub async fn messages_waiting(
    tx: &mut Tx,
    seen: &Reach,
    discarded: bool,
    before: i64,
    limit: i64,
) -> Result<Vec<(Message, Waits)>> {
    let query = if discarded {
        sql(waits_where!("WHERE state = 'discarded' AND id < $1 AND SEEN(product) ORDER BY id DESC LIMIT $2"))
    } else {
        sql(waits_where!(
            "WHERE state IN ('quarantined', 'unreadable') AND id < $1 AND SEEN(product)
         ORDER BY id DESC LIMIT $2"
        ))
    };
    let rows = query.bind(before).bind(limit).within("SEEN", seen).all::<WaitsRow>(tx).await?;
    rows.into_iter().map(WaitsRow::waits).collect()
}

/// The newest mails that wait and point at this case, 20 at most.
///
/// # Errors
/// As the database says.
pub async fn messages_near(tx: &mut Tx, case: Reference) -> Result<Vec<(Message, Waits)>> {
    let rows = sql(waits_where!("WHERE near_id = $1 AND state = 'quarantined' ORDER BY id DESC LIMIT 20"))
        .bind(case)
        .all::<WaitsRow>(tx)
        .await?;
    rows.into_iter().map(WaitsRow::waits).collect()
}

/// One message that waits or was discarded.
///
/// # Errors
/// As the database says.
pub async fn message_waiting(tx: &mut Tx, id: MessageId) -> Result<Option<(Message, Waits)>> {
    let row = sql(waits_where!("WHERE id = $1 AND state IN ('quarantined', 'unreadable', 'discarded')"))
        .bind(id)
        .maybe::<WaitsRow>(tx)
        .await?;
    row.map(WaitsRow::waits).transpose()
}

/// The same, locked for the rest of the transaction.
///
/// # Errors
/// As the database says.
pub async fn message_waiting_lock(tx: &mut Tx, id: MessageId) -> Result<Option<(Message, Waits)>> {
    super::per_engine("SELECT id FROM messages WHERE id = $1 FOR UPDATE", "SELECT id FROM messages WHERE id = $1")
        .bind(id)
        .maybe::<(i64,)>(tx)
        .await?;
    message_waiting(tx, id).await
}

/// The message waits for staff. `face` is who wrote and the subject, where lists may show them.
///
/// # Errors
/// As the database says.
pub async fn message_quarantine(
    tx: &mut Tx,
    id: MessageId,
    sender: &[u8],
    restricted: bool,
    why: Doubt,
    waits: Waits,
) -> Result<()> {
    let (who, about) = waits.face.unzip();
    sql("UPDATE messages SET state = 'quarantined', sender = $2, near_id = $3, restricted = $4, who = $5, about = $6,
         reason = $7, dmarc = $8 WHERE id = $1")
    .bind(id)
    .bind(sender)
    .bind(waits.near)
    .bind(restricted)
    .bind(who)
    .bind(about)
    .bind(why.code())
    .bind(waits.dmarc.code())
    .run(tx)
    .await?;
    Ok(())
}

/// How many messages of a sender came after `since` and not after `until`, each once, counted up to `most`.
///
/// # Errors
/// As the database says.
pub async fn messages_by_sender(tx: &mut Tx, sender: &[u8], since: Instant, until: Instant, most: i64) -> Result<i64> {
    let (count,) = sql(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM messages WHERE sender = $1 AND received_at > $2 AND received_at <= $3 AND state <> 'duplicate' LIMIT $4) AS counted",
    )
    .bind(sender)
    .bind(since)
    .bind(until)
    .bind(most)
    .one::<(i64,)>(tx)
    .await?;
    Ok(count)
}

/// Locks a message for the rest of the transaction; false when it was read meanwhile.
///
/// # Errors
/// As the database says.
pub async fn message_lock(tx: &mut Tx, id: MessageId) -> Result<bool> {
    let row = super::per_engine(
        "SELECT id FROM messages WHERE id = $1 AND state IN ('stored', 'unreadable') FOR UPDATE",
        "SELECT id FROM messages WHERE id = $1 AND state IN ('stored', 'unreadable')",
    )
    .bind(id)
    .maybe::<(i64,)>(tx)
    .await?;
    Ok(row.is_some())
}
