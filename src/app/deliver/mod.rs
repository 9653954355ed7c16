//! Hands one mail of the outbox to the outside and records what came of it. May run twice: a mail that was accepted is
//! not sent again, and every attempt carries the same Message-ID. Never drops a mail: what may not leave now waits, and
//! what cannot leave says why.

mod letter;
mod outcome;
mod permit;

pub use permit::is_statutory;

use super::{App, Error, failpoint::failpoint, follow_ups};
use crate::{
    domain::identity::{MailId, Reference},
    store::{
        contents,
        mails::{self, MailState},
    },
};
use permit::Permit;

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// The mail server has it, now or since before.
    Accepted,
    /// It will not be tried again by itself; the case says so.
    Failed,
    /// It should be tried again after so many milliseconds.
    Later(String, i64),
}

/// Sends one mail, if it may leave now.
///
/// # Errors
/// When the database or the vault fails.
pub async fn send_mail(app: &App, id: MailId) -> Result<Delivered, Error> {
    let mut tx = app.db.begin().await?;
    let Some(mail) = mails::mail_get(&mut tx, id).await? else { return Ok(Delivered::Failed) };
    match mail.state {
        MailState::Accepted => return Ok(Delivered::Accepted),
        MailState::Failed => return Ok(Delivered::Failed),
        MailState::Queued | MailState::Sending => {}
    }
    let despite = match permit::permit(app, &mut tx, &mail).await? {
        Permit::Now { despite } => despite,
        Permit::Later { reason, wait } => {
            // what was taken of a pace is given back
            drop(tx);
            return outcome::held(app, &mail, reason, wait).await;
        }
        Permit::Never(reason) => {
            drop(tx);
            return outcome::failed(app, &mail, &reason, None).await;
        }
    };
    let content = contents::content_get(&mut tx, &app.vault, mail.content).await?.unwrap_or_default();
    let Some(content) = follow_ups::filled(app, &mut tx, &mail, content).await? else {
        drop(tx);
        return outcome::failed(app, &mail, "the recipient need not be told any more", None).await;
    };
    mails::mail_sending(&mut tx, &mail, despite, app.now()).await?;
    tx.commit().await?;
    let letter = letter::letter(app, &mail, content);
    failpoint("mail-before-effect");
    let sent = app.transport.send(&letter).await;
    failpoint("mail-after-effect");
    outcome::record(app, &mail, sent).await
}

/// The mails of a case that wait to be sent, oldest first.
///
/// # Errors
/// As the database says.
pub async fn waiting(app: &App, case: Reference) -> Result<Vec<MailId>, Error> {
    let mut tx = app.db.read().await?;
    let mails = mails::mails_of(&mut tx, case).await?;
    Ok(mails.into_iter().filter(|m| m.state == MailState::Queued).map(|m| m.id).collect())
}

/// Puts off the mails of a case that wait to be sent: for the demo, whose mail server is slow with a few.
///
/// # Errors
/// As the database says.
pub async fn put_off(app: &App, case: Reference, delay: i64) -> Result<(), Error> {
    for mail in waiting(app, case).await? {
        let key = crate::domain::work::Work::SendMail { mail }.unique_key().unwrap_or_default();
        let mut tx = app.db.begin().await?;
        crate::store::jobs::job_put_off(&mut tx, &key, delay).await?;
        tx.commit().await?;
    }
    Ok(())
}
