//! What came of an attempt, written down: accepted, to be tried again and when, in doubt, or failed for good.

use super::Delivered;
use crate::{
    app::{App, Error, desk, follow_ups},
    domain::{
        audit::AuditAction,
        event::{By, Event, Purpose},
        follow_up::Trouble,
        time::{HOUR, MINUTE, SECOND},
    },
    mail::outbox::SendError,
    store::{
        audit, cases,
        mails::{self, Mail, MailState, Wait},
        suppressions,
        vault::random,
    },
};

/// Longest wait after a server said "not now" (RFC 5321, 4.5.4.1 asks for more than half an hour between tries).
const BUSY: i64 = 4 * HOUR;
/// Longest wait for a server that cannot be reached.
const AWAY: i64 = 15 * MINUTE;

/// Records how handing over ended.
pub(super) async fn record(app: &App, mail: &Mail, sent: Result<(), SendError>) -> Result<Delivered, Error> {
    match sent {
        Ok(()) => accepted(app, mail).await,
        Err(SendError::Refused(why)) => failed(app, mail, &why, None).await,
        Err(SendError::Gone { status, says }) => failed(app, mail, &says, Some(&status)).await,
        Err(SendError::Busy(why)) => {
            let wait = spread(app.settings.outgoing.retry, mail.tries, BUSY)?;
            later(app, mail, why, wait, false).await
        }
        Err(SendError::Unreachable(why)) => {
            let wait = spread(2 * SECOND, mail.tries, AWAY)?;
            later(app, mail, why, wait, false).await
        }
        // each try may make one more copy, so they are far apart
        Err(SendError::InDoubt(why)) => {
            let wait = spread(app.settings.outgoing.retry, mail.tries, BUSY)?;
            later(app, mail, why, wait, true).await
        }
    }
}

/// The wait after a try, of which there were `tries` before it: doubling from `first` to `most`, and up to a quarter
/// more by chance, so that what failed together does not come back together.
fn spread(first: i64, tries: i64, most: i64) -> Result<i64, Error> {
    let doubled = first.saturating_mul(1 << tries.clamp(0, 30)).min(most);
    let chance = i64::from(u16::from_le_bytes(random::<2>()?));
    Ok(doubled + doubled / 4 * chance / i64::from(u16::MAX))
}

/// The mail was not tried, and waits.
pub(super) async fn held(app: &App, mail: &Mail, reason: String, wait: i64) -> Result<Delivered, Error> {
    let mut tx = app.db.begin().await?;
    mails::mail_hold(&mut tx, mail.id, &reason, app.now().plus(wait)).await?;
    tx.commit().await?;
    Ok(Delivered::Later(reason, wait))
}

/// The mail was tried and waits for the next try, while there is patience.
async fn later(app: &App, mail: &Mail, why: String, wait: i64, in_doubt: bool) -> Result<Delivered, Error> {
    let now = app.now();
    let patience = app.settings.outgoing.patience;
    if mail.trying_since.is_some_and(|since| now.since(since) >= patience) {
        let mut tx = app.db.begin().await?;
        let last = Wait { reason: &why, next: now, in_doubt };
        mails::mail_retry(&mut tx, mail.id, &last, now).await?;
        tx.commit().await?;
        let doubt = if in_doubt || mail.in_doubt { "; it may have arrived all the same" } else { "" };
        let says = format!("given up after {} hours: {why}{doubt}", patience / HOUR);
        return failed(app, mail, &says, None).await;
    }
    let mut tx = app.db.begin().await?;
    mails::mail_retry(&mut tx, mail.id, &Wait { reason: &why, next: now.plus(wait), in_doubt }, now).await?;
    tx.commit().await?;
    Ok(Delivered::Later(why, wait))
}

async fn accepted(app: &App, mail: &Mail) -> Result<Delivered, Error> {
    let (now, purpose) = (app.now(), mail.purpose);
    let mut tx = app.db.begin().await?;
    let mut case = cases::case_lock(&mut tx, mail.case).await?.ok_or(Error::NotFound)?;
    let state = mails::mail_get(&mut tx, mail.id).await?.map(|m| m.state);
    if state == Some(MailState::Sending) {
        mails::mail_accepted(&mut tx, mail.id, now).await?;
        cases::case_record(&mut tx, &mut case, By::System, now, Event::MailAccepted { mail: mail.id, purpose }).await?;
        if purpose == Purpose::Recipient {
            follow_ups::mail_accepted(&mut tx, &mut case, mail.id, now).await?;
        }
        cases::case_save(&mut tx, &case).await?;
        audit::audit_append(&mut tx, now, None, AuditAction::MailHandedOver, Some(mail.case), &mail.id.0.to_string());
    }
    tx.commit().await?;
    Ok(Delivered::Accepted)
}

/// The mail will not be tried again by itself. `gone` is the status with which the server said that there is no such
/// address: then nothing but what the law wants is sent there.
pub(super) async fn failed(app: &App, mail: &Mail, why: &str, gone: Option<&str>) -> Result<Delivered, Error> {
    let (now, purpose) = (app.now(), mail.purpose);
    let mut tx = app.db.begin().await?;
    let mut case = cases::case_lock(&mut tx, mail.case).await?.ok_or(Error::NotFound)?;
    let state = mails::mail_get(&mut tx, mail.id).await?.map(|m| m.state);
    if matches!(state, Some(MailState::Sending | MailState::Queued)) {
        mails::mail_failed(&mut tx, mail.id, why).await?;
        let (what, on) = (mail.id.0.to_string(), Some(mail.case));
        audit::audit_append(&mut tx, now, None, AuditAction::MailFailed, on, &what);
        if let (Some(status), Some(recipient)) = (gone, &mail.recipient) {
            suppressions::suppress(&mut tx, recipient, status, mail.id, now).await?;
            audit::audit_append(&mut tx, now, None, AuditAction::AddressBlocked, on, &what);
        }
        let event = Event::MailFailed { mail: mail.id, purpose, reason: why.to_owned() };
        cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
        if purpose == Purpose::Extension {
            // who was not told has the first end
            let clocks = desk::started(app, &case, case.kind);
            cases::case_record(&mut tx, &mut case, By::System, now, clocks).await?;
        }
        if purpose == Purpose::Recipient {
            follow_ups::mail_failed(&mut tx, &mut case, mail.id, Trouble::Undelivered, now).await?;
        }
        cases::case_save(&mut tx, &case).await?;
    }
    tx.commit().await?;
    Ok(Delivered::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f10_waits_double_from_the_first_are_capped_and_spread() {
        for (tries, whole) in [(0, 5 * MINUTE), (1, 10 * MINUTE), (3, 40 * MINUTE), (9, BUSY), (200, BUSY)] {
            let waits: Vec<_> =
                (0..200).map(|_| spread(5 * MINUTE, tries, BUSY).expect("there is randomness")).collect();
            assert!(waits.iter().all(|wait| (whole..=whole + whole / 4).contains(wait)), "{tries}");
            let spread = waits.iter().max().zip(waits.iter().min()).map_or(0, |(max, min)| max - min);
            assert!(spread > whole / 8, "{tries}: {spread}");
        }
    }
}
