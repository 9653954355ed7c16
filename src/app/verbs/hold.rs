//! Holds: somebody forbids erasing a person's data, and a second person may end that.

use super::verify::both;
use crate::{
    app::{
        App, Error,
        desk::{self, Desk, written},
        proving::proven,
        subject,
    },
    domain::{
        event::Event,
        hold::Basis,
        identity::{HoldId, Identity, Reference},
        rights::{Act, Actor},
    },
    store::holds,
};

/// Places a hold on every account that the identities lead to; returns on how many.
///
/// # Errors
/// When nobody is found, every account found has such a hold from this case already, no reason is given, or others
/// were quicker.
pub async fn place_hold(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    basis: Basis,
    identities: &[Identity],
    reason: &str,
) -> Result<usize, Error> {
    if basis.is_secret() && !actor.may(Act::SeeSecretHolds) {
        let says = "Only restricted responders and the data protection lead place such a hold; ask one of them";
        return Err(Error::field("basis", says));
    }
    let product = desk::look(app, actor, reference).await?.product;
    let reason = written("reason", reason, "Say why the data has to stay; colleagues will read it");
    let (identities, reason) = both(subject::typed(app, &product, identities), reason)?;
    let found = subject::find(app, &product, &identities).await?;
    if found.subjects.is_empty() {
        return Err(Error::field("value", "No account is found by this, so there is nothing to hold"));
    }
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let standing = holds::holds_of_case(&mut desk.tx, reference).await?;
    let is_held = |subject: &Vec<u8>| {
        standing.iter().any(|hold| hold.released.is_none() && hold.basis == basis && hold.subject == *subject)
    };
    let mut subjects: Vec<_> = found.subjects.iter().map(|key| subject::digest(app, &product, key)).collect();
    subjects.retain(|subject| !is_held(subject));
    if subjects.is_empty() {
        return Err(Error::field("value", "This hold stands already"));
    }
    let reason = desk.keep_reason(reason).await?;
    for subject in &subjects {
        let hold = holds::hold_place(&mut desk.tx, &product, reference, subject, basis, actor.id, desk.now).await?;
        desk.record(Event::HoldPlaced { hold, basis, reason }).await?;
    }
    desk.commit("hold_placed").await?;
    Ok(subjects.len())
}

/// Releases a hold of the case: never one's own.
///
/// # Errors
/// `NotFound` where the case has no such hold; `Invalid` when no reason is given, the actor placed it, or it was
/// released already.
pub async fn release_hold(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    hold: HoldId,
    reason: &str,
) -> Result<(), Error> {
    let reason = written("reason", reason, "Say why the data may go now; colleagues will read it")?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let holds = holds::holds_of_case(&mut desk.tx, reference).await?;
    let theirs = |one: &holds::Hold| one.id == hold && (!one.basis.is_secret() || actor.may(Act::SeeSecretHolds));
    let standing = holds.into_iter().find(theirs).ok_or(Error::NotFound)?;
    if standing.placed_by == actor.id {
        return Err(Error::field("reason", "You placed this hold yourself; a second person has to release it"));
    }
    proven(actor)?;
    if !holds::hold_release(&mut desk.tx, hold, actor.id, desk.now).await? {
        return Err(Error::field("reason", "This hold is released already"));
    }
    let reason = desk.keep_reason(reason).await?;
    desk.record(Event::HoldReleased { hold, reason }).await?;
    desk.commit("hold_released").await
}
