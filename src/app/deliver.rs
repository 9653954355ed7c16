//! Hands one mail of the outbox to the outside and records what came of it. May run twice: a mail that was
//! accepted is not sent again, and every attempt carries the same Message-ID.

use super::{App, Error, acknowledge, exports, failpoint::failpoint, verification};
use crate::{
    domain::{
        event::{By, Event, Purpose},
        identity::MailId,
    },
    mail::{
        compose,
        outbox::{Letter, SendError},
        thread,
    },
    store::{cases, contents, contents::Content, mails, mails::Mail, mails::MailState},
};

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// The mail server has it, now or since before.
    Accepted,
    /// It will not be tried again by itself; the case says so.
    Failed,
    /// It should be tried again.
    Later(String),
}

/// Sends one mail. On the `last` attempt a mail that cannot leave is recorded as failed.
///
/// # Errors
/// When the database or the vault fails.
pub async fn send_mail(app: &App, id: MailId, last: bool) -> Result<Delivered, Error> {
    let mut tx = app.db.begin().await?;
    let Some(mail) = mails::mail_get(&mut tx, id).await? else { return Ok(Delivered::Failed) };
    match mail.state {
        MailState::Accepted | MailState::Bounced => return Ok(Delivered::Accepted),
        MailState::Failed => return Ok(Delivered::Failed),
        MailState::Queued | MailState::Sending => {}
    }
    mails::mail_sending(&mut tx, &mail).await?;
    let content = contents::content_get(&mut tx, &app.vault, mail.content).await?.unwrap_or_default();
    tx.commit().await?;
    let Content { name, address, subject, references, mut text, mut html, .. } = content;
    let link = match mail.purpose {
        Purpose::Verification => Some(verification::link(app, &mail.message_id)),
        Purpose::Delivery => Some(exports::link(app, &mail.message_id)),
        _ => None,
    };
    if let Some(link) = link {
        (text, html) = compose::with_link(&text, &html, &link);
    }
    let own = app.address_of(&mail.product);
    let token = acknowledge::token(app, &mail.product, mail.case, mail.purpose);
    let letter = Letter {
        reply_to: token.and_then(|token| thread::reply_address(&own, app.subaddress(&mail.product), &token)),
        from: (app.letterhead(&mail.product).product, own),
        to: (name, address),
        subject,
        text,
        html,
        message_id: mail.message_id.clone(),
        references,
        automatic: mail.purpose.is_automatic(),
        date: mail.created,
    };
    failpoint("mail-before-effect");
    let sent = app.transport.send(&letter).await;
    failpoint("mail-after-effect");
    match sent {
        Ok(()) => accepted(app, &mail).await.map(|()| Delivered::Accepted),
        Err(SendError::Refused(why)) => failed(app, &mail, &why).await.map(|()| Delivered::Failed),
        Err(SendError::Later(why) | SendError::InDoubt(why)) if last => {
            failed(app, &mail, &why).await.map(|()| Delivered::Failed)
        }
        Err(SendError::Later(why)) => {
            let mut tx = app.db.begin().await?;
            mails::mail_requeue(&mut tx, id).await?;
            tx.commit().await?;
            Ok(Delivered::Later(why))
        }
        // the row stays "sending": the next attempt marks the mail as in doubt
        Err(SendError::InDoubt(why)) => Ok(Delivered::Later(why)),
    }
}

async fn accepted(app: &App, mail: &Mail) -> Result<(), Error> {
    let (now, purpose) = (app.now(), mail.purpose);
    let mut tx = app.db.begin().await?;
    let mut case = cases::case_lock(&mut tx, mail.case).await?.ok_or(Error::NotFound)?;
    let state = mails::mail_get(&mut tx, mail.id).await?.map(|m| m.state);
    if state == Some(MailState::Sending) {
        mails::mail_accepted(&mut tx, mail.id, now).await?;
        cases::case_record(&mut tx, &mut case, By::System, now, Event::MailAccepted { mail: mail.id, purpose }).await?;
        cases::case_save(&mut tx, &case).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn failed(app: &App, mail: &Mail, why: &str) -> Result<(), Error> {
    let (now, purpose) = (app.now(), mail.purpose);
    let mut tx = app.db.begin().await?;
    let mut case = cases::case_lock(&mut tx, mail.case).await?.ok_or(Error::NotFound)?;
    let state = mails::mail_get(&mut tx, mail.id).await?.map(|m| m.state);
    if state == Some(MailState::Sending) {
        mails::mail_failed(&mut tx, mail.id, why).await?;
        let event = Event::MailFailed { mail: mail.id, purpose, reason: why.to_owned() };
        cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
        if purpose == Purpose::Extension {
            // who was not told has the first end
            let clocks = super::desk::started(app, &case, case.kind);
            cases::case_record(&mut tx, &mut case, By::System, now, clocks).await?;
        }
        cases::case_save(&mut tx, &case).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The mails of a case that wait to be sent, oldest first.
///
/// # Errors
/// As the database says.
pub async fn waiting(app: &App, case: crate::domain::identity::Reference) -> Result<Vec<MailId>, Error> {
    let mut tx = app.db.read().await?;
    let mails = mails::mails_of(&mut tx, case).await?;
    Ok(mails.into_iter().filter(|m| m.state == MailState::Queued).map(|m| m.id).collect())
}

/// Puts off the mails of a case that wait to be sent: for the demo, whose mail server is slow with a few.
///
/// # Errors
/// As the database says.
pub async fn put_off(app: &App, case: crate::domain::identity::Reference, delay: i64) -> Result<(), Error> {
    for mail in waiting(app, case).await? {
        let key = crate::domain::work::Work::SendMail { mail }.unique_key().unwrap_or_default();
        let mut tx = app.db.begin().await?;
        crate::store::jobs::job_put_off(&mut tx, &key, delay).await?;
        tx.commit().await?;
    }
    Ok(())
}
