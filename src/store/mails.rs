//! The outbox: mails to requesters with their fixed Message-ID and where each stands.

use super::{Result, Tx, row::known, sql};
use crate::domain::{
    codes::codes,
    event::Purpose,
    identity::{ContentId, MailId, Reference},
    rights::Reach,
    time::Instant,
};

codes! {
    /// Where an outgoing mail stands.
    MailState {
        Queued "queued" "waiting to be sent",
        Sending "sending" "being sent",
        Accepted "accepted" "accepted",
        Failed "failed" "failed",
    }
}

/// A mail of the outbox without its text.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Its row.
    pub id: MailId,
    /// The case it belongs to.
    pub case: Reference,
    /// The product it speaks for.
    pub product: String,
    /// Why it leaves.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: MailState,
    /// Why it failed, as a class.
    pub reason: Option<String>,
    /// Fixed when it was written; every attempt carries the same.
    pub message_id: String,
    /// Its text.
    pub content: ContentId,
    /// True where it was handed over once with no answer seen, which may have made one extra copy.
    pub in_doubt: bool,
    /// When it was written.
    pub created: Instant,
    /// When the mail server accepted it.
    pub accepted: Option<Instant>,
    /// Whom it goes to, as a keyed digest; none for mails older than that.
    pub recipient: Option<Vec<u8>>,
    /// The domain it goes to, as a keyed digest.
    pub domain: Option<Vec<u8>>,
    /// True where no person wrote it.
    pub automatic: bool,
    /// How often it was tried since somebody asked for it.
    pub tries: i64,
    /// Since when that does not succeed.
    pub trying_since: Option<Instant>,
    /// When it is tried again.
    pub next: Option<Instant>,
    /// Since when the address was known not to take mail, where it was sent all the same.
    pub despite: Option<Instant>,
    /// When it came back.
    pub bounced: Option<Instant>,
    /// True when its case is restricted.
    pub restricted: bool,
}

impl Mail {
    /// True where nothing more happens by itself: it failed, or came back.
    #[must_use]
    pub fn needs_help(&self) -> bool {
        self.state == MailState::Failed || (self.state == MailState::Accepted && self.bounced.is_some())
    }
}

/// A mail to put into the outbox.
#[derive(Debug, Clone)]
pub struct NewMail<'a> {
    /// The case it belongs to.
    pub case: Reference,
    /// The product it speaks for.
    pub product: &'a str,
    /// Why it leaves.
    pub purpose: Purpose,
    /// Without angle brackets.
    pub message_id: &'a str,
    /// Its text.
    pub content: ContentId,
    /// Keyed digest of the address it goes to.
    pub recipient: Vec<u8>,
    /// Keyed digest of that address's domain.
    pub domain: Vec<u8>,
    /// When it was written.
    pub at: Instant,
}

#[derive(sqlx::FromRow)]
struct MailRow {
    id: i64,
    case_id: i64,
    product: String,
    purpose: String,
    state: String,
    reason: Option<String>,
    message_id: String,
    content_id: i64,
    in_doubt: bool,
    created_at: i64,
    accepted_at: Option<i64>,
    recipient: Option<Vec<u8>>,
    domain: Option<Vec<u8>>,
    automatic: bool,
    tries: i64,
    trying_since: Option<i64>,
    next_at: Option<i64>,
    despite: Option<i64>,
    bounced_at: Option<i64>,
    restricted: bool,
}

impl MailRow {
    fn mail(self) -> Result<Mail> {
        Ok(Mail {
            id: MailId(self.id),
            case: Reference(self.case_id),
            purpose: known(Purpose::from_code(&self.purpose), "mails", self.id, "purpose", &self.purpose)?,
            state: known(MailState::from_code(&self.state), "mails", self.id, "state", &self.state)?,
            product: self.product,
            reason: self.reason,
            message_id: self.message_id,
            content: ContentId(self.content_id),
            in_doubt: self.in_doubt,
            created: Instant(self.created_at),
            accepted: self.accepted_at.map(Instant),
            recipient: self.recipient,
            domain: self.domain,
            automatic: self.automatic,
            tries: self.tries,
            trying_since: self.trying_since.map(Instant),
            next: self.next_at.map(Instant),
            despite: self.despite.map(Instant),
            bounced: self.bounced_at.map(Instant),
            restricted: self.restricted,
        })
    }
}

/// Every column of a mail, and what follows the join.
macro_rules! mails_where {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.case_id, m.product, m.purpose, m.state, m.reason, m.message_id, m.content_id, m.in_doubt,
             m.created_at, m.accepted_at, m.recipient, m.domain, m.automatic, m.tries, m.trying_since, m.next_at, m.despite,
             m.bounced_at, c.restricted FROM mails m JOIN cases c ON c.id = m.case_id ",
            $rest
        )
    };
}

/// Puts a mail into the outbox.
///
/// # Errors
/// As the database says.
pub async fn mail_queue(tx: &mut Tx, mail: &NewMail<'_>) -> Result<MailId> {
    let (id,): (i64,) = sql("INSERT INTO mails (case_id, product, purpose, state, message_id, content_id, created_at,
         recipient, domain, automatic) VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, $9) RETURNING id")
    .bind(mail.case)
    .bind(mail.product)
    .bind(mail.purpose.code())
    .bind(mail.message_id)
    .bind(mail.content)
    .bind(mail.at)
    .bind(mail.recipient.clone())
    .bind(mail.domain.clone())
    .bind(mail.purpose.is_automatic())
    .one(tx)
    .await?;
    Ok(MailId(id))
}

/// One mail.
///
/// # Errors
/// As the database says.
pub async fn mail_get(tx: &mut Tx, id: MailId) -> Result<Option<Mail>> {
    sql(mails_where!("WHERE m.id = $1")).bind(id).maybe::<MailRow>(tx).await?.map(MailRow::mail).transpose()
}

/// The mails of a case, oldest first.
///
/// # Errors
/// As the database says.
pub async fn mails_of(tx: &mut Tx, case: Reference) -> Result<Vec<Mail>> {
    let rows = sql(mails_where!("WHERE m.case_id = $1 ORDER BY m.id")).bind(case).all::<MailRow>(tx).await?;
    rows.into_iter().map(MailRow::mail).collect()
}

/// Every mail of the products in `seen`, newest first, below `before`.
///
/// # Errors
/// As the database says.
pub async fn mails_before(tx: &mut Tx, seen: &Reach, before: i64, limit: i64) -> Result<Vec<Mail>> {
    let rows = sql(mails_where!("WHERE m.id < $1 AND SEEN(m.product) ORDER BY m.id DESC LIMIT $2"))
        .bind(before)
        .bind(limit)
        .within("SEEN", seen)
        .all::<MailRow>(tx)
        .await?;
    rows.into_iter().map(MailRow::mail).collect()
}

/// The mail is about to be handed over. A mail that was already being sent may have left: it is in doubt. `despite` says
/// since when the address is known not to take mail.
///
/// # Errors
/// As the database says.
pub async fn mail_sending(tx: &mut Tx, mail: &Mail, despite: Option<Instant>, at: Instant) -> Result<()> {
    sql("UPDATE mails SET state = 'sending', in_doubt = $2, tries = tries + 1, handed_at = $3, despite = $4, next_at = NULL
         WHERE id = $1")
    .bind(mail.id)
    .bind(mail.in_doubt || mail.state == MailState::Sending)
    .bind(at)
    .bind(despite)
    .run(tx)
    .await?;
    Ok(())
}

/// Why a mail waits, and until when.
#[derive(Debug, Clone)]
pub struct Wait<'a> {
    /// In words.
    pub reason: &'a str,
    /// When it is tried again.
    pub next: Instant,
    /// True where nobody knows whether the mail left.
    pub in_doubt: bool,
}

/// The mail was tried and will be tried again. What was clearly not taken counts for no limit.
///
/// # Errors
/// As the database says.
pub async fn mail_retry(tx: &mut Tx, id: MailId, wait: &Wait<'_>, at: Instant) -> Result<()> {
    sql("UPDATE mails SET state = 'queued', reason = $2, next_at = $3, in_doubt = (in_doubt OR $4),
         handed_at = CASE WHEN $4 THEN handed_at END, trying_since = COALESCE(trying_since, $5)
         WHERE id = $1 AND state = 'sending'")
    .bind(id)
    .bind(wait.reason)
    .bind(wait.next)
    .bind(wait.in_doubt)
    .bind(at)
    .run(tx)
    .await?;
    Ok(())
}

/// The mail is held back and was not tried.
///
/// # Errors
/// As the database says.
pub async fn mail_hold(tx: &mut Tx, id: MailId, reason: &str, next: Instant) -> Result<()> {
    sql("UPDATE mails SET reason = $2, next_at = $3 WHERE id = $1 AND state = 'queued'")
        .bind(id)
        .bind(reason)
        .bind(next)
        .run(tx)
        .await?;
    Ok(())
}

/// Somebody asks for the mail to be sent anew, with all its patience.
///
/// # Errors
/// As the database says.
pub async fn mail_requeue(tx: &mut Tx, id: MailId) -> Result<()> {
    sql("UPDATE mails SET state = 'queued', reason = NULL, tries = 0, trying_since = NULL, next_at = NULL, bounced_at = NULL
         WHERE id = $1")
    .bind(id)
    .run(tx)
    .await?;
    Ok(())
}

/// The mail came back: for good it stands among what failed, otherwise it only says so.
///
/// # Errors
/// As the database says.
pub async fn mail_bounced(tx: &mut Tx, id: MailId, hard: bool, reason: &str, at: Instant) -> Result<()> {
    sql("UPDATE mails SET bounced_at = $2, reason = $3, next_at = NULL, state = CASE WHEN $4 THEN 'failed' ELSE state END
         WHERE id = $1")
    .bind(id)
    .bind(at)
    .bind(reason)
    .bind(hard)
    .run(tx)
    .await?;
    Ok(())
}

/// The mail server took the mail.
///
/// # Errors
/// As the database says.
pub async fn mail_accepted(tx: &mut Tx, id: MailId, at: Instant) -> Result<()> {
    sql("UPDATE mails SET state = 'accepted', reason = NULL, next_at = NULL, accepted_at = $2 WHERE id = $1")
        .bind(id)
        .bind(at)
        .run(tx)
        .await?;
    Ok(())
}

/// The mail will not be tried again by itself.
///
/// # Errors
/// As the database says.
pub async fn mail_failed(tx: &mut Tx, id: MailId, reason: &str) -> Result<()> {
    sql("UPDATE mails SET state = 'failed', reason = $2, next_at = NULL,
         handed_at = CASE WHEN in_doubt THEN handed_at END WHERE id = $1")
    .bind(id)
    .bind(reason)
    .run(tx)
    .await?;
    Ok(())
}

/// When the last `limit` automatic mails that went to this address after `since`, alarms to staff aside, were handed
/// over, newest first.
///
/// # Errors
/// As the database says.
pub async fn automatic_handed(tx: &mut Tx, mail: &Mail, since: Instant, limit: i64) -> Result<Vec<Instant>> {
    let rows =
        sql("SELECT handed_at FROM mails WHERE recipient = $1 AND handed_at > $2 AND automatic AND purpose <> $3
         AND id <> $4 ORDER BY handed_at DESC LIMIT $5")
        .bind(mail.recipient.clone())
        .bind(since)
        .bind(Purpose::Alarm.code())
        .bind(mail.id)
        .bind(limit)
        .all::<(i64,)>(tx)
        .await?;
    Ok(rows.into_iter().map(|(at,)| Instant(at)).collect())
}

/// The Message-IDs we gave to the mails of a case, oldest first, without those about verification: they may have
/// gone to somebody else, and the person who wrote in must not learn that there was one.
///
/// # Errors
/// As the database says.
pub async fn message_ids_of(tx: &mut Tx, case: Reference) -> Result<Vec<String>> {
    let rows = sql(
        "SELECT message_id FROM mails WHERE case_id = $1 AND purpose NOT IN ($2, $3, $4) ORDER BY id DESC LIMIT 20",
    )
    .bind(case)
    .bind(Purpose::Verification.code())
    .bind(Purpose::Alarm.code())
    .bind(Purpose::Recipient.code())
    .all::<(String,)>(tx)
    .await?;
    Ok(rows.into_iter().rev().map(|(id,)| id).collect())
}

/// The latest mails of the products in `seen` that failed.
///
/// # Errors
/// As the database says.
pub async fn mails_failed(tx: &mut Tx, seen: &Reach, limit: i64) -> Result<Vec<Mail>> {
    let rows = sql(mails_where!("WHERE m.state = 'failed' AND SEEN(m.product) ORDER BY m.id DESC LIMIT $1"))
        .bind(limit)
        .within("SEEN", seen)
        .all::<MailRow>(tx)
        .await?;
    rows.into_iter().map(MailRow::mail).collect()
}
