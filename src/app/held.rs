//! Which holds stand on a person, and what they are about. For decisions: a case that somebody sees may be held by one that
//! they do not see, so that nothing of this reaches a page.

use super::{App, Error, subject};
use crate::{
    domain::{
        case::Case,
        identity::{Reference, RunId},
        rights::{Act, Actor},
    },
    generation::{Extent, Held, Key, Target},
    store::{
        Tx, cases,
        holds::{self, Hold},
        runs,
    },
};

/// The part that a hold is about, as it is sealed; none for everything.
#[must_use]
pub(super) fn sealable(part: &Extent) -> Option<Vec<u8>> {
    (!part.is_whole()).then(|| serde_json::to_vec(part).unwrap_or_default())
}

/// What a hold is about: everything where nothing is named, what is named cannot be read any more, or nobody may learn it,
/// be it for its basis or because its case is restricted by now.
///
/// # Errors
/// As the database says, or when it does not open.
pub(super) async fn part_of(app: &App, tx: &mut Tx, hold: &Hold) -> Result<Extent, Error> {
    if !hold.is_of_a_part || hold.is_secret() {
        return Ok(Extent::default());
    }
    let part = holds::hold_part(tx, &app.vault, hold.id).await?;
    Ok(part.and_then(|part| serde_json::from_slice(&part).ok()).unwrap_or_default())
}

/// The holds on everything of these accounts that stand now, and those on parts.
///
/// # Errors
/// As the database says.
pub(super) async fn on(app: &App, product: &str, subjects: &[Key]) -> Result<(Vec<i64>, Held), Error> {
    let mut tx = app.db.read().await?;
    let (mut everything, mut parts) = (Vec::new(), Held::default());
    for hold in standing(app, &mut tx, product, subjects).await? {
        let part = part_of(app, &mut tx, &hold).await?;
        if part.is_whole() {
            everything.push(hold.id.0);
        } else {
            parts.holds.push(hold.id.0);
            parts.extent = parts.extent.with(&part);
        }
    }
    Ok((everything, parts))
}

/// True where a hold stands that the plan of `target` does not know of, or knew as one on a part that is secret by now.
///
/// # Errors
/// As the database says.
pub(super) async fn is_held_beyond(app: &App, product: &str, target: &Target) -> Result<bool, Error> {
    let mut tx = app.db.read().await?;
    let standing = standing(app, &mut tx, product, &target.subjects).await?;
    Ok(standing.iter().any(|hold| hold.is_secret() || !target.held.holds.contains(&hold.id.0)))
}

async fn standing(app: &App, tx: &mut Tx, product: &str, subjects: &[Key]) -> Result<Vec<Hold>, Error> {
    let digests: Vec<_> = subjects.iter().map(|key| subject::digest(app, product, key)).collect();
    Ok(holds::holds_on(tx, product, &digests).await?)
}

/// Erasures that left something because of a hold which stands no more: those of this case, and those of the people whom
/// holds of this case were about. Each with its case, where somebody who sees this one may see it.
///
/// # Errors
/// As the database says.
pub(super) async fn freed(tx: &mut Tx, actor: &Actor, case: &Case) -> Result<Vec<(Reference, RunId)>, Error> {
    let mut subjects = holds::subjects_erased(tx, case.reference).await?;
    let released = holds::holds_of_case(tx, case.reference).await?.into_iter();
    subjects.extend(released.filter(|hold| hold.released.is_some() && !hold.is_secret()).map(|hold| hold.subject));
    subjects.sort();
    subjects.dedup();
    let standing = holds::holds_on(tx, &case.product, &subjects).await?;
    // whether a hold on everything stands is said by a plan alone, in words that fit any reason
    subjects.retain(|subject| !standing.iter().any(|hold| hold.is_of_a_part && hold.subject == *subject));
    let mut freed = Vec::new();
    for id in holds::held_back_from(tx, &case.product, &subjects).await? {
        let Some(run) = runs::run_get(tx, id).await? else { continue };
        let restricted = cases::case_get(tx, run.case).await?.is_none_or(|case| case.is_restricted());
        if actor.may_in_case(Act::SeeCases, &run.product, restricted) {
            freed.push((run.case, id));
        }
    }
    Ok(freed)
}
