//! Moves a case on: waiting, resolved with an outcome, closed, reopened; always with a reason.

use crate::{
    app::{
        App, Error, FieldError,
        desk::{Desk, no_run, written},
        follow_ups,
    },
    domain::{
        audit::AuditAction,
        case::{Outcome, State},
        event::Event,
        identity::Reference,
        rights::Actor,
    },
};

/// Changes the state of a case.
///
/// # Errors
/// When the step is not possible from here, an outcome or reason is missing, or others were quicker.
pub async fn change_state(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    to: State,
    outcome: Option<Outcome>,
    reason: &str,
) -> Result<(), Error> {
    let mut faults = Vec::new();
    if to == State::Resolved && outcome.is_none() {
        faults.push(FieldError::new("outcome", "Choose how the case ended"));
    }
    if let Err(Error::Invalid(fields)) = written("reason", reason, "Say why; colleagues will read it") {
        faults.extend(fields);
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    no_run(&desk.case, "to")?;
    if let Some(into) = desk.case.merged {
        return Err(Error::field("to", format!("This case was merged into {into}, which goes on in its place")));
    }
    let from = desk.case.state;
    if !from.next().contains(&to) {
        let possible = from.next().iter().map(|s| s.label().to_lowercase()).collect::<Vec<_>>().join(", ");
        return Err(Error::field(
            "to",
            format!("From “{}” a case can become: {possible}", from.label().to_lowercase()),
        ));
    }
    let reason = Some(desk.keep_reason(reason).await?);
    let outcome = if to == State::Resolved { outcome } else { None };
    desk.record(Event::StateChanged { from, to, outcome, reason }).await?;
    if from.is_open() != to.is_open() {
        let kind = desk.case.kind;
        desk.start_clocks(kind).await?;
    }
    follow_ups::after_resolving(&mut desk, outcome).await?;
    desk.commit(AuditAction::StateChanged).await
}
