//! Does what was approved: some cases at a time, those that nothing keeps by now; then looks again. Whatever ends it half way,
//! the next try goes on.

use super::{super::destroy, says_gone, with_fates};
use crate::{
    app::{App, Error, failpoint::failpoint, mailboxes},
    domain::{
        audit::AuditAction,
        event::{By, Event},
        identity::Reference,
        retention::{Cause, Fate, Record},
    },
    store::{
        audit, cases, raws,
        requester_erasures::{self as erasures, ErasureState, RequesterErasure},
        retention::{self, Gone},
    },
};

/// Cases of one transaction.
const BATCH: usize = 25;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequesterErased {
    /// Nothing is left to do.
    Done,
    /// Something outside did not answer, or something was still there; says what.
    Later(String),
}

/// Erases what was approved. May run twice.
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
    for some in erasure.scope.chunks(BATCH) {
        if let Err(trouble) = copies(app, &erasure, some).await? {
            return Ok(RequesterErased::Later(trouble));
        }
        batch(app, &erasure, some).await?;
    }
    end(app, &erasure).await
}

/// Removes the mailboxes' own copies of what may go, while it is known where they lie. Says what did not answer.
async fn copies(app: &App, erasure: &RequesterErasure, some: &[Reference]) -> Result<Result<(), String>, Error> {
    let mut tx = app.db.read().await?;
    let free = retention::still_free(&mut tx, some).await?;
    let messages = raws::messages_copied(&mut tx, &free).await?;
    drop(tx);
    for message in messages {
        match mailboxes::remove_copies(app, message).await {
            // of each that went an entry says so already
            Ok(removal) if removal.left == 0 => {}
            Ok(removal) => {
                let mut tx = app.db.begin().await?;
                let what = format!("message {}: left {}", message.0, removal.left);
                let (action, case) = (AuditAction::MailboxCopiesRemoved, Some(erasure.case));
                audit::audit_append(&mut tx, app.now(), None, action, case, &what);
                tx.commit().await?;
            }
            Err(trouble) => return Ok(Err(trouble.to_string())),
        }
    }
    Ok(Ok(()))
}

async fn batch(app: &App, erasure: &RequesterErasure, some: &[Reference]) -> Result<(), Error> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let found = retention::of_cases(&mut tx, some).await?;
    let found = with_fates(app, &mut tx, found, now).await?;
    let free: Vec<Reference> =
        found.iter().filter(|(_, fate)| matches!(fate, Fate::Due(_))).map(|(one, _)| one.case).collect();
    if free.is_empty() {
        return Ok(());
    }
    let Some(erasure) = erasures::erasure_lock(&mut tx, erasure.id).await? else { return Ok(()) };
    let aside = retention::person_forget(&mut tx, &free).await?;
    let gone = destroy(&mut tx, Record::Case, &free, Cause::Asked, now).await?;
    let gone = erasure.gone.and(gone).and(Gone { mails: aside, ..Gone::default() });
    erasures::erasure_progress(&mut tx, erasure.id, gone, None).await?;
    failpoint("requester-before-commit");
    tx.commit().await?;
    failpoint("requester-after-commit");
    Ok(())
}

/// Looks again at what was to go and nothing keeps; where nothing is left, says so on the case and in the audit log.
async fn end(app: &App, erasure: &RequesterErasure) -> Result<RequesterErased, Error> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(mut case) = cases::case_lock(&mut tx, erasure.case).await? else { return Err(Error::NotFound) };
    let Some(locked) = erasures::erasure_lock(&mut tx, erasure.id).await? else { return Err(Error::NotFound) };
    if locked.state != ErasureState::Approved {
        return Ok(RequesterErased::Done);
    }
    let kept: Vec<Reference> =
        retention::of_cases(&mut tx, &erasure.scope).await?.into_iter().map(|one| one.case).collect();
    let went: Vec<Reference> = erasure.scope.iter().filter(|one| !kept.contains(one)).copied().collect();
    let left = retention::left_of(&mut tx, &went).await?;
    if !left.is_nothing() {
        let trouble =
            format!("looked again: {} texts, {} mails, {} traces are still there", left.texts, left.mails, left.traces);
        return Ok(RequesterErased::Later(trouble));
    }
    erasures::erasure_progress(&mut tx, erasure.id, locked.gone, Some(now)).await?;
    let cases = i64::try_from(went.len()).unwrap_or(i64::MAX);
    let event = Event::RequesterErased { erasure: erasure.id, cases };
    cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
    cases::case_save(&mut tx, &case).await?;
    let entry = format!("{} {} stayed={}", erasure.id, says_gone(locked.gone), kept.len());
    audit::audit_append(&mut tx, now, None, AuditAction::RequesterErased, Some(erasure.case), &entry);
    failpoint("requester-before-end");
    tx.commit().await?;
    Ok(RequesterErased::Done)
}
