//! Says what a case is about. A faster kind shortens its clocks from the original receipt; a slower one, or one
//! that takes a case out from behind the wall, needs a second person.

use crate::{
    app::{
        App, Error,
        desk::{Desk, no_run, written},
    },
    domain::{
        audit::AuditAction,
        event::Event,
        identity::Reference,
        kind::Kind,
        rights::{Act, Actor},
    },
    store::{cases, contents, messages},
};

/// What became of a classification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classified {
    /// The kind has changed.
    Done,
    /// A second person has to classify likewise.
    Proposed,
}

/// Changes the kind of a case, or proposes it.
///
/// # Errors
/// When no reason is given, the kind is the same, or others were quicker.
pub async fn classify_case(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    to: Kind,
    reason: &str,
) -> Result<Classified, Error> {
    let reason = written("reason", reason, "Say why this is the right kind")?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    no_run(&desk.case, "to")?;
    let from = desk.case.kind;
    if from == to {
        return Err(Error::field("to", format!("The case is of this kind already: {}", to.label())));
    }
    let (product, place, facts) = (&desk.case.product, desk.case.jurisdiction.as_deref(), desk.case.facts());
    let due = |kind| app.packs.resolve_due(product, kind, place, &facts);
    let is_slower = due(to) > due(from) || app.packs.is_softer(product, (from, place), (to, place), &facts);
    let leaves_wall = from.is_restricted() && !to.is_restricted();
    let proposed = desk.case.proposed.filter(|(kind, _)| *kind == to);
    let second = proposed.is_some_and(|(_, by)| desk.second(by, Act::WorkCases));
    let kept = desk.keep_reason(reason).await?;
    if (is_slower || leaves_wall) && !second {
        desk.record(Event::ClassificationProposed { to, reason: kept }).await?;
        desk.commit(AuditAction::ClassificationProposed).await?;
        return Ok(Classified::Proposed);
    }
    desk.record(Event::Classified { from, to, reason: kept }).await?;
    desk.take_up().await?;
    // the wall first: alarms go to those who may see the case then
    if from.is_restricted() != to.is_restricted() {
        move_wall(&mut desk, to.is_restricted()).await?;
    }
    desk.start_clocks(to).await?;
    desk.commit(AuditAction::CaseClassified).await?;
    Ok(Classified::Done)
}

/// Everything kept of the case is sealed, or opened; lists forget its name, or learn it; an owner outside the
/// circle loses it.
async fn move_wall(desk: &mut Desk<'_>, restricted: bool) -> Result<(), Error> {
    let reference = desk.case.reference;
    contents::contents_reseal(&mut desk.tx, &desk.app.vault, reference, restricted).await?;
    messages::messages_restrict(&mut desk.tx, reference, restricted).await?;
    if restricted {
        cases::face_save(&mut desk.tx, reference, None).await?;
        let owner = match desk.case.owner {
            Some(id) => crate::store::staff::actor_get(&mut desk.tx, id).await?,
            None => None,
        };
        if let Some(owner) = owner.filter(|owner| !owner.may(Act::SeeRestricted, &desk.case.product)) {
            desk.record(Event::Assigned { from: Some(owner.id), to: None }).await?;
        }
    } else {
        let kept = contents::contents_of(&mut desk.tx, &desk.app.vault, reference).await?;
        if let Some((_, first)) = kept.first() {
            let face = crate::app::intake::face(desk.app.packs.get(&desk.case.product), first);
            cases::face_save(&mut desk.tx, reference, Some(&face)).await?;
        }
    }
    Ok(())
}
