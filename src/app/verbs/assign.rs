//! Gives a case to somebody, or to nobody.

use crate::{
    app::{App, Error, desk::Desk},
    domain::{
        audit::AuditAction,
        event::Event,
        identity::{Reference, StaffId},
        rights::{Act, Actor, Place},
    },
    store::staff,
};

/// Gives the case to `to`.
///
/// # Errors
/// When `to` does not work here or may not see the case, or others were quicker.
pub async fn assign_case(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    to: Option<StaffId>,
) -> Result<(), Error> {
    assign(app, actor, reference, Some(seen), to).await
}

async fn assign(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: Option<i64>,
    to: Option<StaffId>,
) -> Result<(), Error> {
    let mut desk = Desk::at(app, actor, reference, seen).await?;
    if let Some(to) = to {
        let owner = staff::actor_get(&mut desk.tx, to).await?;
        let owner = owner.ok_or_else(|| Error::field("to", "Choose somebody who works here"))?;
        let product = &desk.case.product;
        if !owner.may(Act::WorkCases, product) {
            return Err(Error::field("to", format!("{} does not work on cases of this product", owner.name)));
        }
        if desk.case.is_restricted() && !owner.may(Act::SeeRestricted, product) {
            return Err(Error::field("to", format!("{} is no restricted responder; choose one who is", owner.name)));
        }
    }
    if desk.case.owner == to {
        return Ok(());
    }
    let from = desk.case.owner;
    desk.record(Event::Assigned { from, to }).await?;
    if to.is_some() {
        desk.take_up().await?;
    }
    desk.commit(AuditAction::CaseAssigned).await
}

/// What became of several cases at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkOutcome {
    /// How many were given.
    pub done: usize,
    /// Which were not, and why.
    pub skipped: Vec<(Reference, String)>,
}

/// Gives up to a hundred cases to `to`, each in a transaction of its own: what can be done is done.
///
/// # Errors
/// When the database is away; what was given until then stays given.
pub async fn assign_many(
    app: &App,
    actor: &Actor,
    cases: &[Reference],
    to: Option<StaffId>,
) -> Result<BulkOutcome, Error> {
    if !actor.may(Act::WorkCases, Place::Somewhere) {
        return Err(Error::NotAllowed("Your role does not work on cases. Ask an administrator.".to_owned()));
    }
    if cases.is_empty() {
        return Err(Error::field("case", "Choose at least one case"));
    }
    if cases.len() > 100 {
        return Err(Error::field("case", "Choose at most 100 cases at a time"));
    }
    let mut outcome = BulkOutcome::default();
    for reference in cases {
        match assign(app, actor, *reference, None, to).await {
            Ok(()) => outcome.done += 1,
            Err(Error::NotFound) => outcome.skipped.push((*reference, "not yours to give".to_owned())),
            Err(Error::Invalid(fields)) => {
                let says = fields.into_iter().map(|f| f.says).collect::<Vec<_>>().join("; ");
                outcome.skipped.push((*reference, says));
            }
            Err(Error::NotAllowed(says)) => outcome.skipped.push((*reference, says)),
            Err(other) => return Err(other),
        }
    }
    Ok(outcome)
}
