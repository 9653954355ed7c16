//! Two cases that turn out to be one: the later ends as a duplicate, the earlier goes on, and mail that answers the later
//! goes there. Never lets a duty end later than it would have.

use crate::{
    app::{
        App, Error,
        desk::{Desk, no_run, written},
        intake::followed,
        verbs::verify::both,
    },
    domain::{
        audit::{AuditAction, Entry, changed},
        case::{Case, Outcome, State},
        clock::{Duty, binding_of},
        event::{By, Event},
        identity::Reference,
        rights::Actor,
    },
    store::{audit, cases},
};

/// The same for one that is not there as for one that somebody else sees.
const NO_SUCH: &str = "There is no such case of this product and of this circle";

/// Ends the case as a duplicate of `into`, the reference of another one.
///
/// # Errors
/// `Invalid` on `into` or `reason`, saying what stands in the way; `Conflict` where others were quicker.
pub async fn merge_case(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    into: &str,
    reason: &str,
) -> Result<(), Error> {
    let into = into.trim().parse::<Reference>();
    let into =
        into.map_err(|_| Error::field("into", "Enter the reference of the case that goes on, for example R-10021"));
    let (into, reason) = both(into, written("reason", reason, "Say how you know that both are the same"))?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    no_run(&desk.case, "into")?;
    let goes_on = followed(&mut desk.tx, into).await?.ok_or_else(|| Error::field("into", NO_SUCH))?;
    let mut goes_on = fits(&desk.case, goes_on).map_err(|says| Error::field("into", says))?;
    let reason = desk.keep_reason(reason).await?;
    desk.record(Event::Merged { into: goes_on.reference, reason }).await?;
    let from = desk.case.state;
    if from.is_open() {
        let ended =
            Event::StateChanged { from, to: State::Resolved, outcome: Some(Outcome::Duplicate), reason: Some(reason) };
        desk.record(ended).await?;
    }
    let (now, by, before) = (desk.now, By::Staff(actor.id), goes_on.clone());
    cases::case_record(&mut desk.tx, &mut goes_on, by, now, Event::Absorbed { case: reference }).await?;
    cases::case_save(&mut desk.tx, &goes_on).await?;
    let entry = Entry::new(now, desk.by, AuditAction::CaseAbsorbed).on(Some(goes_on.reference));
    audit::entry_add(&mut desk.tx, entry.object(&reference.to_string()).fields(&changed(&before, &goes_on)));
    desk.commit(AuditAction::CaseMerged).await
}

/// Whether `case` may end in favour of `into`.
fn fits(case: &Case, into: Case) -> Result<Case, String> {
    if into.reference == case.reference {
        return Err("This is the case itself, or one that was merged into it".to_owned());
    }
    // whoever may not see it is told the same as of one that does not exist
    if into.product != case.product || into.is_restricted() != case.is_restricted() || into.erased.is_some() {
        return Err(NO_SUCH.to_owned());
    }
    if into.confirmed != case.confirmed {
        return Err("The kind of one of both is confirmed and that of the other is not; confirm both first".to_owned());
    }
    if case.merged.is_some() {
        return Err("This case was merged already".to_owned());
    }
    if into.received > case.received {
        return Err(format!("{} came later; merge that one into this one", into.reference));
    }
    let due = |case: &Case, duty| binding_of(&case.clocks, duty).map(|clock| clock.due);
    let sooner = |duty| match (due(case, duty), due(&into, duty)) {
        (Some(here), Some(there)) => here < there,
        (Some(_), None) => match duty {
            Duty::Acknowledge | Duty::ExtendBy => false,
            Duty::Resolve => !into.state.is_open(),
            _ => into.clocks.iter().all(|clock| clock.duty != duty),
        },
        (None, _) => false,
    };
    if case.state.is_open() && Duty::ALL.iter().any(|duty| sooner(*duty)) {
        return Err(format!("A duty of this case ends sooner than in {}; classify that one first", into.reference));
    }
    Ok(into)
}
