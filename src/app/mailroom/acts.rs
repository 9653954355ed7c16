//! What staff do in the mail room: have something read, sent or tried again.

use crate::{
    app::{App, Error},
    domain::{
        audit::AuditAction,
        identity::MailId,
        rights::{Act, Actor},
        work::Work,
    },
    store::{Tx, audit, jobs, mails, suppressions},
};

/// Has a failed mail sent again, with the same Message-ID.
///
/// # Errors
/// `NotFound` where there is none, or as the database says.
pub async fn send_again(app: &App, actor: &Actor, id: MailId) -> Result<(), Error> {
    let mut tx = begin(app, actor).await?;
    let mail = mails::mail_get(&mut tx, id).await?.filter(mails::Mail::needs_help).ok_or(Error::NotFound)?;
    if mail.restricted && !actor.may(Act::SeeRestricted) {
        return Err(Error::NotFound);
    }
    mails::mail_requeue(&mut tx, id).await?;
    jobs::job_enqueue(&mut tx, &Work::SendMail { mail: id }, 0).await?;
    audit::audit_append(&mut tx, app.now(), Some(actor.id), AuditAction::MailSentAgain, Some(mail.case), "");
    tx.commit().await?;
    app.wake();
    Ok(())
}

/// Forgets that an address takes no mail, and has the mail sent again where it failed.
///
/// # Errors
/// `NotFound` where there is no such mail or nothing to forget, or as the database says.
pub async fn lift_block(app: &App, actor: &Actor, id: MailId) -> Result<(), Error> {
    let mut tx = begin(app, actor).await?;
    let mail = mails::mail_get(&mut tx, id).await?.filter(|m| !m.restricted || actor.may(Act::SeeRestricted));
    let mail = mail.ok_or(Error::NotFound)?;
    let recipient = mail.recipient.as_deref().ok_or(Error::NotFound)?;
    if !suppressions::suppression_lift(&mut tx, recipient).await? {
        return Err(Error::NotFound);
    }
    if mail.needs_help() {
        mails::mail_requeue(&mut tx, id).await?;
        jobs::job_enqueue(&mut tx, &Work::SendMail { mail: id }, 0).await?;
    }
    audit::audit_append(&mut tx, app.now(), Some(actor.id), AuditAction::MailBlockLifted, Some(mail.case), "");
    tx.commit().await?;
    app.wake();
    Ok(())
}

/// Has a job that gave up tried again.
///
/// # Errors
/// `NotFound` where there is none, or where the same work waits already.
pub async fn run_again(app: &App, actor: &Actor, job: i64) -> Result<(), Error> {
    let mut tx = begin(app, actor).await?;
    if !jobs::job_revive(&mut tx, job).await? {
        return Err(Error::NotFound);
    }
    audit::audit_append(&mut tx, app.now(), Some(actor.id), AuditAction::JobRunAgain, None, &job.to_string());
    tx.commit().await?;
    app.wake();
    Ok(())
}

async fn begin(app: &App, actor: &Actor) -> Result<Tx, Error> {
    if !actor.may(Act::SeeMail) || !actor.may(Act::WorkCases) {
        return Err(Error::NotFound);
    }
    Ok(app.db.begin().await?)
}
