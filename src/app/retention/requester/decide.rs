//! One person asks to erase a requester from here, another one decides. What is approved is exactly the list of cases that
//! was asked for: none is added later, and what is kept by then stays.

use super::judged;
use crate::{
    app::{
        App, Error,
        desk::{Desk, written},
        proving::proven,
    },
    domain::{
        audit::AuditAction,
        event::Event,
        identity::Reference,
        retention::Fate,
        rights::{Act, Actor},
        time::DAY,
        work::Work,
    },
    store::{
        audit, cases, jobs,
        requester_erasures::{self as erasures, ErasureState, RequesterErasure},
    },
};

/// For how long somebody can approve it.
const OPEN: i64 = 7 * DAY;

/// Asks that the case's requester be erased from here; the number of the erasure.
///
/// # Errors
/// When no reason is given, nothing would go, one waits already, or others were quicker.
pub async fn ask_requester_erasure(app: &App, actor: &Actor, reference: Reference, reason: &str) -> Result<i64, Error> {
    let reason = written("reason", reason, "Say why the requester is to be erased; whoever approves reads it")?;
    let mut desk = Desk::at(app, actor, reference, None).await?;
    if desk.case.is_restricted() {
        return Err(Error::NotFound);
    }
    let found = judged(app, &mut desk.tx, actor, reference, desk.now).await?;
    let goes = found.iter().filter(|(_, fate)| matches!(fate, Fate::Due(_)));
    let scope: Vec<Reference> = goes.map(|(one, _)| one.case).collect();
    if scope.is_empty() {
        return Err(Error::field("reason", "Nothing of this requester can be erased now; the list says why"));
    }
    let about = (desk.case.product.clone(), desk.now.plus(OPEN));
    let asked = erasures::erasure_ask(&mut desk.tx, (&about.0, reference), &scope, actor.id, desk.now, about.1).await?;
    let Some(id) = asked else {
        return Err(Error::field("reason", "Somebody asked for this already; it waits for a second person"));
    };
    let reason = desk.keep_reason(reason).await?;
    desk.record(Event::RequesterErasureAsked { erasure: id, reason }).await?;
    desk.commit(AuditAction::RequesterErasureAsked).await?;
    Ok(id)
}

/// Approves exactly what was asked for; a job does it. It cannot be taken back.
///
/// # Errors
/// When the actor may not approve, asked for it themselves, its time is over, or somebody has decided.
pub async fn approve_requester_erasure(app: &App, actor: &Actor, reference: Reference, id: i64) -> Result<(), Error> {
    decide(app, actor, reference, id, ErasureState::Approved).await.map(|_| ())
}

/// Refuses it, or takes it back: nothing goes. True where the actor took back what they asked for.
///
/// # Errors
/// When the actor neither approves nor asked for it, or somebody has decided.
pub async fn refuse_requester_erasure(app: &App, actor: &Actor, reference: Reference, id: i64) -> Result<bool, Error> {
    decide(app, actor, reference, id, ErasureState::Refused).await
}

/// True where the actor decides about what they asked for.
async fn decide(app: &App, actor: &Actor, reference: Reference, id: i64, to: ErasureState) -> Result<bool, Error> {
    let mut desk = Desk::at(app, actor, reference, None).await?;
    let of_case = |one: &RequesterErasure| one.case == reference;
    let asked = erasures::erasure_lock(&mut desk.tx, id).await?.filter(of_case).ok_or(Error::NotFound)?;
    let may_approve = actor.may(Act::ApproveRuns, desk.case.place());
    let action = if to == ErasureState::Approved {
        if !may_approve {
            let says = "Your role does not approve this. A grievance officer or the data protection lead does.";
            return Err(Error::NotAllowed(says.to_owned()));
        }
        if !desk.second(asked.asked_by, Act::ApproveRuns) {
            let says = "You asked for this, or stand in for who did; a second person has to approve it";
            return Err(Error::field("approve", says));
        }
        if asked.expires_at <= desk.now {
            return Err(Error::field("approve", "Its seven days are over; refuse it and ask anew"));
        }
        proven(actor)?;
        AuditAction::RequesterErasureApproved
    } else {
        if !actor.is(asked.asked_by) {
            if !may_approve {
                let says = "Only who asked and those who approve can refuse it.";
                return Err(Error::NotAllowed(says.to_owned()));
            }
            desk.by = actor.doing(Act::ApproveRuns, desk.case.place());
        }
        AuditAction::RequesterErasureRefused
    };
    if !erasures::erasure_decide(&mut desk.tx, id, to, actor.id, desk.now).await? {
        return Err(Error::field("approve", "Somebody has decided about this already"));
    }
    if to == ErasureState::Approved {
        jobs::job_enqueue(&mut desk.tx, &Work::EraseRequester { erasure: id }, 0).await?;
        desk.record(Event::RequesterErasureApproved { erasure: id }).await?;
    } else {
        let withdrawn = actor.is(asked.asked_by);
        desk.record(Event::RequesterErasureRefused { erasure: id, withdrawn }).await?;
    }
    let Desk { mut tx, case, now, by, .. } = desk;
    cases::case_save(&mut tx, &case).await?;
    audit::audit_append(&mut tx, now, by, action, Some(reference), &id.to_string());
    tx.commit().await?;
    app.wake();
    Ok(actor.is(asked.asked_by))
}
