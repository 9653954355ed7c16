//! The outbox: mails to requesters with their fixed Message-ID and where each stands.

use super::{Result, Tx, row::known, sql};
use crate::domain::{
    codes::codes,
    event::Purpose,
    identity::{ContentId, MailId, Reference},
    time::Instant,
};

codes! {
    /// Where an outgoing mail stands.
    MailState {
        Queued "queued" "waiting to be sent",
        Sending "sending" "being sent",
        Accepted "accepted" "accepted",
        Failed "failed" "failed",
        Bounced "bounced" "came back",
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
    /// How often it was handed over with no answer seen; each may have made one extra copy.
    pub in_doubt: bool,
    /// When it was written.
    pub created: Instant,
    /// When the mail server accepted it.
    pub accepted: Option<Instant>,
    /// True when its case is restricted.
    pub restricted: bool,
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
            restricted: self.restricted,
        })
    }
}

/// Every column of a mail, and what follows the join.
macro_rules! mails_where {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.case_id, m.product, m.purpose, m.state, m.reason, m.message_id, m.content_id, m.in_doubt,
             m.created_at, m.accepted_at, c.restricted FROM mails m JOIN cases c ON c.id = m.case_id ",
            $rest
        )
    };
}

/// Puts a mail into the outbox.
///
/// # Errors
/// As the database says.
pub async fn mail_queue(
    tx: &mut Tx,
    case: Reference,
    product: &str,
    purpose: Purpose,
    message_id: &str,
    content: ContentId,
    at: Instant,
) -> Result<MailId> {
    let (id,): (i64,) = sql("INSERT INTO mails (case_id, product, purpose, state, message_id, content_id, created_at)
         VALUES ($1, $2, $3, 'queued', $4, $5, $6) RETURNING id")
    .bind(case)
    .bind(product)
    .bind(purpose.code())
    .bind(message_id)
    .bind(content)
    .bind(at)
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

/// Every mail, newest first, below `before`.
///
/// # Errors
/// As the database says.
pub async fn mails_before(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<Mail>> {
    let rows = sql(mails_where!("WHERE m.id < $1 ORDER BY m.id DESC LIMIT $2"))
        .bind(before)
        .bind(limit)
        .all::<MailRow>(tx)
        .await?;
    rows.into_iter().map(MailRow::mail).collect()
}

/// The mail is about to be handed over. A mail that was already being sent may have left: it is in doubt.
///
/// # Errors
/// As the database says.
pub async fn mail_sending(tx: &mut Tx, mail: &Mail) -> Result<()> {
    sql("UPDATE mails SET state = 'sending', in_doubt = $2 WHERE id = $1")
        .bind(mail.id)
        .bind(mail.in_doubt || mail.state == MailState::Sending)
        .run(tx)
        .await?;
    Ok(())
}

/// The mail was not handed over this time and will be tried again.
///
/// # Errors
/// As the database says.
pub async fn mail_requeue(tx: &mut Tx, id: MailId) -> Result<()> {
    sql("UPDATE mails SET state = 'queued', reason = NULL WHERE id = $1").bind(id).run(tx).await?;
    Ok(())
}

/// The mail server took the mail.
///
/// # Errors
/// As the database says.
pub async fn mail_accepted(tx: &mut Tx, id: MailId, at: Instant) -> Result<()> {
    sql("UPDATE mails SET state = 'accepted', reason = NULL, accepted_at = $2 WHERE id = $1")
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
    sql("UPDATE mails SET state = 'failed', reason = $2 WHERE id = $1").bind(id).bind(reason).run(tx).await?;
    Ok(())
}

/// The Message-IDs we gave to the mails of a case, oldest first, without those about verification: they may have
/// gone to somebody else, and the person who wrote in must not learn that there was one.
///
/// # Errors
/// As the database says.
pub async fn message_ids_of(tx: &mut Tx, case: Reference) -> Result<Vec<String>> {
    let rows =
        sql("SELECT message_id FROM mails WHERE case_id = $1 AND purpose NOT IN ($2, $3) ORDER BY id DESC LIMIT 20")
            .bind(case)
            .bind(Purpose::Verification.code())
            .bind(Purpose::Alarm.code())
            .all::<(String,)>(tx)
            .await?;
    Ok(rows.into_iter().rev().map(|(id,)| id).collect())
}

/// The latest mails that failed.
///
/// # Errors
/// As the database says.
pub async fn mails_failed(tx: &mut Tx, limit: i64) -> Result<Vec<Mail>> {
    let rows = sql(mails_where!("WHERE m.state = 'failed' ORDER BY m.id DESC LIMIT $1"))
        .bind(limit)
        .all::<MailRow>(tx)
        .await?;
    rows.into_iter().map(MailRow::mail).collect()
}
