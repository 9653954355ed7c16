//! What staff do in the mail room: have something read, sent or tried again.

use crate::{
    app::{App, Error},
    domain::{
        audit::AuditAction,
        identity::MailId,
        rights::{Act, Actor, Place},
        work::Work,
    },
    store::{
        audit, jobs,
        mails::{self, Mail},
        suppressions,
    },
};

/// Has a failed mail sent again, with the same Message-ID.
///
/// # Errors
/// `NotFound` where there is none; `Invalid` where it left or is on its way; or as the database says.
pub async fn send_again(app: &App, actor: &Actor, id: MailId) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    let mail = theirs(actor, mails::mail_get(&mut tx, id).await?)?;
    if !mail.needs_help() {
        return Err(Error::field("again", "This mail left, or is on its way already"));
    }
    mails::mail_requeue(&mut tx, id).await?;
    jobs::job_enqueue(&mut tx, &Work::SendMail { mail: id }, 0).await?;
    audit::audit_append(
        &mut tx,
        app.now(),
        actor.doing(Act::WorkCases, Place::of(&mail.product, mail.restricted)),
        AuditAction::MailSentAgain,
        Some(mail.case),
        "",
    );
    tx.commit().await?;
    app.wake();
    Ok(())
}

/// Forgets that an address takes no mail, and has the mail sent again where it failed.
///
/// # Errors
/// `NotFound` where there is no such mail; `Invalid` where there is nothing to forget any more; or as the database says.
pub async fn lift_block(app: &App, actor: &Actor, id: MailId) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    let mail = theirs(actor, mails::mail_get(&mut tx, id).await?)?;
    let recipient = mail.recipient.as_deref().ok_or(Error::NotFound)?;
    if !suppressions::suppression_lift(&mut tx, recipient).await? {
        return Err(Error::field("again", "The address is not blocked any more"));
    }
    if mail.needs_help() {
        mails::mail_requeue(&mut tx, id).await?;
        jobs::job_enqueue(&mut tx, &Work::SendMail { mail: id }, 0).await?;
    }
    audit::audit_append(
        &mut tx,
        app.now(),
        actor.doing(Act::WorkCases, Place::of(&mail.product, mail.restricted)),
        AuditAction::MailBlockLifted,
        Some(mail.case),
        "",
    );
    tx.commit().await?;
    app.wake();
    Ok(())
}

/// Has a job that gave up tried again.
///
/// # Errors
/// `NotFound` for who does not see it; `Invalid` where there is none that gave up any more, or the same work waits already.
pub async fn run_again(app: &App, actor: &Actor, job: i64) -> Result<(), Error> {
    if !actor.may(Act::SeeMail, Place::Everywhere) {
        return Err(Error::NotFound);
    }
    if !actor.may(Act::WorkCases, Place::Everywhere) {
        return Err(reads_only());
    }
    let mut tx = app.db.begin().await?;
    if !jobs::job_revive(&mut tx, job).await? {
        return Err(Error::field("again", "This work is done, or is tried again already"));
    }
    audit::audit_append(
        &mut tx,
        app.now(),
        actor.doing(Act::WorkCases, Place::Everywhere),
        AuditAction::JobRunAgain,
        None,
        &job.to_string(),
    );
    tx.commit().await?;
    app.wake();
    Ok(())
}

/// The mail, where this person may do something about it.
fn theirs(actor: &Actor, mail: Option<Mail>) -> Result<Mail, Error> {
    let may = |mail: &Mail, act| actor.may_in_case(act, &mail.product, mail.restricted);
    let mail = mail.filter(|mail| may(mail, Act::SeeMail)).ok_or(Error::NotFound)?;
    if may(&mail, Act::WorkCases) { Ok(mail) } else { Err(reads_only()) }
}

/// What somebody is told who may read the mail room and change nothing in it.
pub(in crate::app) fn reads_only() -> Error {
    Error::NotAllowed("Your role reads mail and changes nothing. Ask an administrator.".to_owned())
}
