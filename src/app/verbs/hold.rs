//! Holds: somebody forbids erasing a person's data, or a part of it, and a second person may end that.

use super::verify::both;
use crate::{
    app::{
        App, Error,
        desk::{self, Desk, written},
        held,
        proving::proven,
        subject::{self, Known},
    },
    domain::{
        audit::AuditAction,
        case::Case,
        event::Event,
        hold::Basis,
        identity::{HoldId, Identity, Reference},
        rights::{Act, Actor},
    },
    generation::{self, Extent, Key},
    store::{
        contents,
        holds::{self, NewHold},
    },
};

/// A hold as staff ask for it.
#[derive(Debug, Clone, Copy)]
pub struct HoldWanted<'a> {
    /// Why.
    pub basis: Basis,
    /// What the person is looked up by.
    pub identities: &'a [Identity],
    /// What it is about; everything where nothing is named.
    pub part: &'a Extent,
    /// Why the data has to stay, for colleagues.
    pub reason: &'a str,
}

/// Places a hold on every account that the identities lead to; returns on how many. What is kept out of use until a day of
/// accounts that are gone is held with them, whoever else is found. A secret hold is about everything, and so is one of a
/// restricted case: from what stays nobody may learn what it is about.
///
/// # Errors
/// When nobody is found, every account found has such a hold from this case already, no reason is given, the part names
/// what the person does not have or would leave out what is kept of an account that is gone, or others were quicker.
pub async fn place_hold(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    wanted: &HoldWanted<'_>,
) -> Result<usize, Error> {
    let HoldWanted { basis, identities, part, reason } = *wanted;
    let case = desk::look(app, actor, reference).await?;
    if basis.is_secret() && !actor.may(Act::SeeSecretHolds, &case.product) {
        let says = "Only restricted responders and the data protection lead place such a hold; ask one of them";
        return Err(Error::field("basis", says));
    }
    if basis.is_secret() && !part.is_whole() {
        let says = "A hold on this basis covers everything of the person, so that nobody learns what it is about; choose no part";
        return Err(Error::field("part", says));
    }
    fits_the_wall(&case, part)?;
    let product = case.product;
    let reason = written("reason", reason, "Say why the data has to stay; colleagues will read it");
    let (identities, reason) = both(subject::typed(app, &product, identities), reason)?;
    let found = subject::find(app, &product, &identities).await?;
    if !found.subjects.is_empty() {
        is_theirs(app, &product, &found.subjects, part).await?;
    }
    let named = subject::named(app, &product, &identities).await?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    fits_the_wall(&desk.case, part)?;
    let mut subjects: Vec<_> = found.subjects.iter().map(|key| subject::digest(app, &product, key)).collect();
    let mut gone = sealed(&mut desk, named, &identities).await?;
    gone.retain(|subject| !subjects.contains(subject));
    if !part.is_whole() && !gone.is_empty() {
        let says = "What is kept out of use of an account that is gone can only be held as a whole. Choose no part, or enter \
                    the number of the account that the part is of";
        return Err(Error::field("part", says));
    }
    subjects.extend(gone);
    if subjects.is_empty() {
        return Err(Error::field("value", "No account is found by this, so there is nothing to hold"));
    }
    let mut standing = Vec::new();
    for hold in holds::holds_of_case(&mut desk.tx, reference).await? {
        if hold.released.is_none() && hold.basis == basis {
            standing.push((hold.subject.clone(), held::part_of(app, &mut desk.tx, &hold).await?));
        }
    }
    let is_held = |subject: &Vec<u8>| standing.iter().any(|(of, about)| of == subject && about == part);
    subjects.retain(|subject| !is_held(subject));
    if subjects.is_empty() {
        return Err(Error::field("value", "This hold stands already"));
    }
    let reason = desk.keep_reason(reason).await?;
    let part = held::sealable(part);
    for subject in &subjects {
        let (product, case, part, at) = (product.as_str(), reference, part.as_deref(), desk.now);
        let new = NewHold { product, case, subject, basis, part, by: actor.id, at };
        let hold = holds::hold_place(&mut desk.tx, &app.vault, &new).await?;
        desk.record(Event::HoldPlaced { hold, basis, reason }).await?;
    }
    desk.by = actor.doing(basis.needs(), desk.case.place());
    desk.commit(if basis.is_secret() { AuditAction::SecretHoldPlaced } else { AuditAction::HoldPlaced }).await?;
    Ok(subjects.len())
}

/// What stays under a hold shows in the plan and in the letter of whoever erases the person, on a case that anybody sees.
fn fits_the_wall(case: &Case, part: &Extent) -> Result<(), Error> {
    if part.is_whole() || !case.is_restricted() {
        return Ok(());
    }
    let says = "A hold of a restricted case covers everything of the person, so that nobody learns what it is about; choose no part";
    Err(Error::field("part", says))
}

/// The accounts by digest of which something is kept out of use, be they gone or not: those that were `named`, and those whom
/// runs of this case erased, where its person was verified by what was typed.
async fn sealed(desk: &mut Desk<'_>, named: Vec<Vec<u8>>, typed: &[Identity]) -> Result<Vec<Vec<u8>>, Error> {
    let mut subjects = named;
    if let Some(verified) = desk.case.verified {
        let content =
            contents::content_get(&mut desk.tx, &desk.app.vault, verified.identity).await?.unwrap_or_default();
        let known = Known::read(&content).identities;
        if typed.iter().all(|typed| known.contains(typed)) {
            subjects.extend(holds::subjects_erased(&mut desk.tx, desk.case.reference).await?);
        }
    }
    Ok(holds::subjects_sealed(&mut desk.tx, &desk.case.product, &subjects).await?)
}

/// A part that holds nothing of the person would protect nobody, and nobody would notice.
async fn is_theirs(app: &App, product: &str, subjects: &[Key], part: &Extent) -> Result<(), Error> {
    let Some(source) = app.sources.get(product).filter(|_| !part.is_whole()) else { return Ok(()) };
    let missing = source.missing(subjects, part).await.map_err(|error| match error {
        generation::Error::Limits(says) => Error::field("part", says),
        error => {
            tracing::warn!(product, %error, "the generation database could not be asked");
            Error::field("part", "Nothing was done: the generation database did not answer. Try again in a moment")
        }
    })?;
    match missing.first() {
        None => Ok(()),
        Some(table) => {
            Err(Error::field("part", format!("The person has no such row in {table}; look at its key again")))
        }
    }
}

/// Releases a hold of the case: never one's own.
///
/// # Errors
/// `NotFound` where the case has no such hold; `Invalid` when no reason is given, the actor placed it or stands in for who
/// did, or it was released already.
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
    let theirs = |one: &holds::Hold| one.id == hold && actor.may(one.basis.needs(), &desk.case.product);
    let standing = holds.into_iter().find(theirs).ok_or(Error::NotFound)?;
    if standing.released.is_some() {
        return Err(Error::field("reason", "This hold is released already"));
    }
    if !desk.second(standing.placed_by, standing.basis.needs()) {
        let says = "You placed this hold, or stand in for who did; a second person has to release it";
        return Err(Error::field("reason", says));
    }
    proven(actor)?;
    if !holds::hold_release(&mut desk.tx, hold, actor.id, desk.now).await? {
        return Err(Error::field("reason", "This hold is released already"));
    }
    let reason = desk.keep_reason(reason).await?;
    desk.record(Event::HoldReleased { hold, reason }).await?;
    let secret = standing.basis.is_secret();
    desk.commit(if secret { AuditAction::SecretHoldReleased } else { AuditAction::HoldReleased }).await
}
