//! Does what was approved: some cases at a time, those that nothing keeps by now; then looks again. Whatever ends it half way,
//! the next try goes on.

use super::{super::destroy, says_gone, with_fates};
use crate::{
    app::{App, Error, failpoint::failpoint, mailboxes},
    domain::{
        audit::AuditAction,
        event::{By, Event},
        identity::{MessageId, Reference},
        retention::{Cause, Fate, Record},
        rights::Act,
    },
    store::{
        Tx, audit, cases, raws,
        requester_erasures::{self as erasures, ErasureState, RequesterErasure},
        retention::{self, Gone},
        staff,
    },
};
use std::collections::HashSet;

/// Cases of one transaction.
const BATCH: usize = 25;
/// Mails of one transaction that belong to no case.
const ASIDE: i64 = 200;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequesterErased {
    /// Nothing is left to do.
    Done,
    /// Something outside did not answer, or something was still there; says what.
    Later(String),
}

/// Erases what was approved, by somebody who still may when it begins. May run twice.
///
/// # Errors
/// As the database says; what was erased before stays erased.
pub async fn erase_requester(app: &App, id: i64) -> Result<RequesterErased, Error> {
    let mut tx = app.db.read().await?;
    let erasure = erasures::erasure_get(&mut tx, id).await?;
    drop(tx);
    let Some(erasure) = erasure.filter(|one| one.state == ErasureState::Approved) else {
        return Ok(RequesterErased::Done);
    };
    if lapses(app, &erasure).await? {
        return Ok(RequesterErased::Done);
    }
    for some in erasure.scope.chunks(BATCH) {
        let left = match copies(app, &erasure, some).await? {
            Ok(left) => left,
            Err(trouble) => return Ok(RequesterErased::Later(trouble)),
        };
        while aside(app, &erasure, some).await? {}
        batch(app, &erasure, some, left).await?;
    }
    end(app, &erasure).await
}

/// Whether the approval is worth nothing any more, before anything went: it is worth what the one who gave it may do now.
async fn lapses(app: &App, erasure: &RequesterErasure) -> Result<bool, Error> {
    let mut tx = app.db.begin().await?;
    let Some(locked) = erasures::erasure_lock(&mut tx, erasure.id).await? else { return Err(Error::NotFound) };
    let by = match locked.decided {
        Some((by, _)) => staff::actor_get(&mut tx, by).await?,
        None => None,
    };
    let begins = locked.state == ErasureState::Approved && locked.gone == Gone::default();
    let still_may = by.is_some_and(|by| by.second(locked.asked_by, Act::ApproveRuns, &locked.product).is_some());
    if still_may || !begins {
        return Ok(false);
    }
    erasures::erasure_lapse(&mut tx, locked.id, app.now()).await?;
    let (action, what) = (AuditAction::RequesterErasureLapsed, locked.id.to_string());
    audit::audit_append(&mut tx, app.now(), None, action, Some(locked.case), &what);
    tx.commit().await?;
    Ok(true)
}

/// Those of the cases that nothing keeps: no hold, no floor of the law, nothing that is to be done.
async fn free_of(app: &App, tx: &mut Tx, some: &[Reference]) -> Result<Vec<Reference>, Error> {
    let found = retention::of_cases(tx, some).await?;
    let found = with_fates(app, tx, found, app.now()).await?;
    Ok(found.iter().filter(|(_, fate)| matches!(fate, Fate::Due(_))).map(|(one, _)| one.case).collect())
}

/// The mails of what may go, asked anew, of which a mailbox has a copy.
async fn copied(app: &App, some: &[Reference]) -> Result<Vec<MessageId>, Error> {
    let mut tx = app.db.read().await?;
    let free = free_of(app, &mut tx, some).await?;
    let mut messages = raws::messages_copied(&mut tx, &free).await?;
    messages.extend(retention::aside_copied(&mut tx, &free).await?);
    Ok(messages)
}

/// Removes the mailboxes' own copies of what may go, while it is known where they lie; somebody may place a hold between any
/// two. How many could not be found there again, or what did not answer.
async fn copies(app: &App, erasure: &RequesterErasure, some: &[Reference]) -> Result<Result<u64, String>, Error> {
    let (mut looked_at, mut left) = (HashSet::new(), 0);
    while let Some(message) = copied(app, some).await?.into_iter().find(|one| looked_at.insert(*one)) {
        match mailboxes::remove_copies(app, message).await {
            // of each that went an entry says so already
            Ok(removal) if removal.left == 0 => {}
            Ok(removal) => {
                let mut tx = app.db.begin().await?;
                let what = format!("message {}: left {}", message.0, removal.left);
                let (action, case) = (AuditAction::MailboxCopiesRemoved, Some(erasure.case));
                audit::audit_append(&mut tx, app.now(), None, action, case, &what);
                tx.commit().await?;
                left += u64::try_from(removal.left).unwrap_or(u64::MAX);
            }
            Err(trouble) => return Ok(Err(trouble.to_string())),
        }
    }
    Ok(Ok(left))
}

/// Destroys mail of theirs that was set aside and belongs to no case, while it is known whose it is; true where there is more.
async fn aside(app: &App, erasure: &RequesterErasure, some: &[Reference]) -> Result<bool, Error> {
    let mut tx = app.db.begin().await?;
    retention::cases_lock(&mut tx, some).await?;
    let free = free_of(app, &mut tx, some).await?;
    let mails = retention::aside_forget(&mut tx, &free, ASIDE).await?;
    let Some(erasure) = erasures::erasure_lock(&mut tx, erasure.id).await?.filter(|_| mails > 0) else {
        return Ok(false);
    };
    let gone = erasure.gone.and(Gone { mails, ..Gone::default() });
    erasures::erasure_progress(&mut tx, erasure.id, gone, None).await?;
    tx.commit().await?;
    Ok(true)
}

async fn batch(app: &App, erasure: &RequesterErasure, some: &[Reference], left: u64) -> Result<(), Error> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    retention::cases_lock(&mut tx, some).await?;
    let free = free_of(app, &mut tx, some).await?;
    if free.is_empty() {
        return Ok(());
    }
    let Some(erasure) = erasures::erasure_lock(&mut tx, erasure.id).await? else { return Ok(()) };
    retention::person_forget(&mut tx, &free).await?;
    let gone = destroy(&mut tx, Record::Case, &free, Cause::Asked, now).await?;
    let gone = erasure.gone.and(gone).and(Gone { left, ..Gone::default() });
    erasures::erasure_progress(&mut tx, erasure.id, gone, None).await?;
    failpoint("requester-before-commit");
    tx.commit().await?;
    failpoint("requester-after-commit");
    Ok(())
}

/// Looks again at what was to go and nothing keeps, and destroys what came meanwhile; where nothing is left, says so on the case and in the audit log.
async fn end(app: &App, erasure: &RequesterErasure) -> Result<RequesterErased, Error> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(mut case) = cases::case_lock(&mut tx, erasure.case).await? else { return Err(Error::NotFound) };
    let Some(locked) = erasures::erasure_lock(&mut tx, erasure.id).await? else { return Err(Error::NotFound) };
    if locked.state != ErasureState::Approved {
        return Ok(RequesterErased::Done);
    }
    retention::cases_lock(&mut tx, &erasure.scope).await?;
    let kept: Vec<Reference> =
        retention::of_cases(&mut tx, &erasure.scope).await?.into_iter().map(|one| one.case).collect();
    let went: Vec<Reference> = erasure.scope.iter().filter(|one| !kept.contains(one)).copied().collect();
    // a draft, or an alarm about what is still to be reported, may have come after
    let gone = locked.gone.and(retention::case_destroy(&mut tx, &went).await?);
    let left = retention::left_of(&mut tx, &went).await?;
    if !left.is_nothing() {
        let trouble =
            format!("looked again: {} texts, {} mails, {} traces are still there", left.texts, left.mails, left.traces);
        return Ok(RequesterErased::Later(trouble));
    }
    erasures::erasure_progress(&mut tx, erasure.id, gone, Some(now)).await?;
    let cases = i64::try_from(went.len()).unwrap_or(i64::MAX);
    let event = Event::RequesterErased { erasure: erasure.id, cases };
    cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
    cases::case_save(&mut tx, &case).await?;
    let entry = format!("{} {} stayed={}", erasure.id, says_gone(gone), kept.len());
    audit::audit_append(&mut tx, now, None, AuditAction::RequesterErased, Some(erasure.case), &entry);
    failpoint("requester-before-end");
    tx.commit().await?;
    Ok(RequesterErased::Done)
}
