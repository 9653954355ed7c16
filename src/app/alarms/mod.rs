//! Alarms: staff learn by mail of a clock that is at risk or breached, once each, and at once of a clock so short that
//! nobody would see it in time. What an alarm says fits on a locked screen: a reference, a duty, a moment.

mod sweep;
mod urgent;

pub use sweep::sweep_clocks;
pub use urgent::call_webhook;
pub(super) use urgent::raise_urgent;

pub use crate::mail::webhook::Called;

use super::{App, Error, acknowledge};
use crate::{
    domain::{
        case::Case,
        clock::Clock,
        event::{By, Purpose},
        rights::{Act, Actor, Role},
        time::Instant,
    },
    mail::compose::{self, AlarmLine},
    store::{Tx, cases, contents::Content, staff},
};

/// Queues one alarm a person about some clocks of a case, and records it.
async fn tell(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    why: &str,
    clocks: &[&Clock],
    others: &[String],
    now: Instant,
) -> Result<(), Error> {
    let zone = app.packs.zone(&case.product);
    let said = |clock: &&Clock| AlarmLine {
        // behind the wall a duty would say what the case is about
        duty: if case.is_restricted() { "The next step" } else { clock.duty.label() },
        layer: clock.layer.label(),
        due: clock.due.in_words_with_weekday(clock.zone.unwrap_or(zone)),
    };
    let lines: Vec<_> = clocks.iter().map(said).collect();
    let address = format!("{}/cases/{}", app.settings.public_url, case.reference);
    let mut head = app.letterhead(&case.product);
    if case.is_restricted() {
        head.product = String::new();
    }
    let written = compose::alarm(&head, &case.reference.to_string(), why, &lines, &address)?;
    let recipients = recipients(tx, case, others).await?;
    if recipients.is_empty() {
        return Err(Error::NotAllowed("there is nobody to tell: nobody who works here has a role".to_owned()));
    }
    for (name, mailbox) in recipients {
        let message_id = acknowledge::message_id(app, case, Purpose::Alarm)?;
        let (subject, text, html) = (written.subject.clone(), written.text.clone(), written.html.clone());
        let content = Content { name, address: mailbox, subject, text, html, ..Content::default() };
        let queued = acknowledge::queue_as(app, tx, case, Purpose::Alarm, &message_id, &content, now).await?;
        cases::case_record(tx, case, By::System, now, queued).await?;
    }
    Ok(())
}

/// Who is told: the owner, or those who could own the case where nobody does, and every lead; then `others`.
async fn recipients(tx: &mut Tx, case: &Case, others: &[String]) -> Result<Vec<(String, String)>, Error> {
    let product = case.product.as_str();
    let may_own = |actor: &Actor| {
        if case.is_restricted() { actor.may(Act::SeeRestricted, product) } else { actor.has(Role::Officer, product) }
    };
    let everybody = staff::staff_mailboxes(tx).await?;
    // an owner who left, or who may not see it any more, works on it no longer
    let still_owns = |actor: &Actor| actor.may_in_case(Act::WorkCases, product, case.is_restricted());
    let owner = case.owner.filter(|owner| everybody.iter().any(|(actor, _)| actor.id == *owner && still_owns(actor)));
    let is_told = |actor: &Actor| {
        let stands_in = |owner| actor.grants.iter().any(|grant| grant.lent_by.contains(&owner)) && still_owns(actor);
        let owns = owner.map_or_else(|| may_own(actor), |owner| owner == actor.id || stands_in(owner));
        owns || actor.has(Role::Lead, product)
    };
    let mut told: Vec<_> = everybody.iter().filter(|(actor, _)| is_told(actor)).cloned().collect();
    if told.is_empty() {
        // better somebody than nobody: an alarm says nothing of the case
        told = everybody.into_iter().filter(|(actor, _)| actor.may(Act::SeeCases, product)).collect();
    }
    let mut told: Vec<_> = told.into_iter().map(|(actor, address)| (actor.name, address)).collect();
    for address in others {
        if !told.iter().any(|(_, known)| known.eq_ignore_ascii_case(address)) {
            told.push((String::new(), address.clone()));
        }
    }
    Ok(told)
}
