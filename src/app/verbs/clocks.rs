//! What moves a case's clocks by hand: something happened, the person is asked, it became known where they live. Each is an event; the clocks are then computed anew from all of them.

use crate::{
    app::{
        App, Error, FieldError,
        desk::{Desk, written},
    },
    domain::{
        audit::AuditAction,
        case::Case,
        clock::{
            Clock, Duty, Layer,
            fact::{Fact, Trigger},
        },
        event::Event,
        identity::Reference,
        policy::rule::Mode,
        rights::{Act, Actor},
        time::{Instant, MINUTE},
    },
};

/// Facts that staff write down at any time.
pub const ANY_TIME: [Fact; 9] = [
    Fact::AcknowledgementBounced,
    Fact::SubjectsNotified,
    Fact::RecipientsNotified,
    Fact::Removed,
    Fact::OrderReceived,
    Fact::ProofReceived,
    Fact::DecisionInformed,
    Fact::DecisionReceived,
    Fact::Escalated,
];

/// Writes down that something happened at `at`: a question to the person, the answer, a removal. `note` says more.
///
/// # Errors
/// When no rule of the case knows such a pause, an answer comes without its question, the moment lies before the
/// receipt or in the future, or others were quicker.
pub async fn record_fact(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    fact: Fact,
    at: Option<Instant>,
    note: &str,
) -> Result<(), Error> {
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let at = at.unwrap_or(desk.now);
    let mut faults = Vec::new();
    if at.since(desk.now) > MINUTE {
        faults.push(FieldError::new("at", "Enter a moment that is not in the future"));
    }
    let (earliest, says) = earliest(&desk.case, fact);
    if earliest.since(at) > MINUTE {
        faults.push(FieldError::new("at", says));
    }
    if !note.trim().is_empty()
        && let Err(Error::Invalid(fields)) = written("note", note, "")
    {
        faults.extend(fields);
    }
    // a moment that cannot be is all there is to say of it
    if faults.is_empty() {
        faults.extend(refused(app, &desk.case, fact, at).map(|says| FieldError::new("fact", says)));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let note = if note.trim().is_empty() { None } else { Some(desk.keep_reason(note).await?) };
    desk.record(Event::FactRecorded { fact, at: at.max(earliest).min(desk.now), note }).await?;
    desk.take_up().await?;
    let kind = desk.case.kind;
    desk.start_clocks(kind).await?;
    desk.commit(AuditAction::FactRecorded).await
}

/// Before what a fact cannot have happened, and what to say to whoever says so: an answer follows its question, a
/// second question the answer to the first.
fn earliest(case: &Case, fact: Fact) -> (Instant, &'static str) {
    let facts = case.facts();
    let found = Trigger::ALL.iter().find_map(|trigger| {
        let last = facts.stretches(*trigger).last().copied();
        match (trigger.facts(), last) {
            ((asked, _), Some((_, Some(end)))) if asked == fact => Some((end, "Enter a moment after the last answer")),
            ((_, answered), Some((since, None))) if answered == fact => {
                Some((since, "Enter a moment after the question"))
            }
            _ => None,
        }
    });
    found.unwrap_or((case.received, "Enter a moment after the receipt of the case"))
}

/// Why a fact cannot be written down now.
pub(super) fn refused(app: &App, case: &Case, fact: Fact, at: Instant) -> Option<String> {
    if fact == Fact::AcknowledgementBounced {
        let met = case.clocks.iter().any(|c| c.duty == Duty::Acknowledge && c.met.is_some());
        return (!met).then(|| "The case counts as not acknowledged already".to_owned());
    }
    if ANY_TIME.contains(&fact) {
        return None;
    }
    if fact == Fact::ReportedToAuthority {
        return Some("Write down the report itself: which one it was, to whom, and its number".to_owned());
    }
    let pauses = app.packs.pauses(&case.product, case.kind, case.jurisdiction.as_deref(), case.received);
    let facts = case.facts();
    let open = |trigger| facts.stretches(trigger).last().is_some_and(|(_, end)| end.is_none());
    let asked = pauses.iter().find(|p| p.trigger.facts().0 == fact);
    let answered = pauses.iter().find(|p| p.trigger.facts().1 == fact);
    match (asked, answered) {
        (Some(pause), _) if pause.mode == Mode::None => {
            Some(format!("Asking does not stop this clock: {}", pause.citation))
        }
        (Some(pause), _) if open(pause.trigger) => Some("The clock stands still already".to_owned()),
        (Some(_), _) if !case.state.is_open() => Some("The case is resolved; reopen it first".to_owned()),
        (Some(_), _) if is_over(case, at) => {
            Some("The period was over by then: asking no longer stops the clock".to_owned())
        }
        (_, Some(pause)) if !open(pause.trigger) => Some("Nothing was asked that this could answer".to_owned()),
        (Some(_), _) | (_, Some(_)) => None,
        (None, None) => Some("No rule of this case knows such a pause; the clock runs on".to_owned()),
    }
}

/// True where the law's time to resolve the case had run out at `at`.
fn is_over(case: &Case, at: Instant) -> bool {
    let law = |clock: &&Clock| clock.duty == Duty::Resolve && clock.layer == Layer::Law && clock.met.is_none();
    case.clocks.iter().filter(law).map(|clock| clock.due).max().is_some_and(|last| last < at)
}

/// What came of finding that a rule does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuledOut {
    /// Its clocks have ended.
    Done,
    /// A second person has to find the same.
    Doubted,
}

/// Finds that a rule which holds only under a condition does not apply to this case: what was reported shows no
/// individual, the order asks for nothing to be removed. Takes two people, because an end may come later by it.
///
/// # Errors
/// When no such rule runs here, no reason is given, or others were quicker.
pub async fn rule_out(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    rule: &str,
    reason: &str,
) -> Result<RuledOut, Error> {
    let reason = written("reason", reason, "Say why the rule does not apply to this case")?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    if !desk.case.clocks.iter().any(|clock| clock.rule == rule && !clock.condition.is_empty()) {
        return Err(Error::field("rule", "Choose a rule that holds only under a condition and runs in this case"));
    }
    let doubted = desk.case.doubted.as_ref().filter(|(doubted, _)| doubted == rule).map(|(_, by)| *by);
    let second = doubted.is_some_and(|by| desk.second(by, Act::WorkCases));
    if doubted.is_some() && !second {
        let says = "You found this already, or stand in for who did; a second person has to find the same";
        return Err(Error::field("rule", says));
    }
    let (rule, reason) = (rule.to_owned(), desk.keep_reason(reason).await?);
    desk.take_up().await?;
    if !second {
        desk.record(Event::RuleDoubted { rule, reason }).await?;
        desk.commit(AuditAction::RuleDoubted).await?;
        return Ok(RuledOut::Doubted);
    }
    desk.record(Event::RuleRuledOut { rule, reason }).await?;
    let kind = desk.case.kind;
    desk.start_clocks(kind).await?;
    desk.commit(AuditAction::RuleRuledOut).await?;
    Ok(RuledOut::Done)
}

/// What came of saying where the person lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It is written down; the clocks follow it.
    Done,
    /// A duty would end later or not at all: a second person has to say so too.
    Proposed,
}

/// Writes down where the person lives, which decides whose law holds. Where a duty would end later by it, or not at all,
/// it takes two people.
///
/// # Errors
/// When the pack knows no such place, or others were quicker.
pub async fn set_jurisdiction(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    code: &str,
) -> Result<Placed, Error> {
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let case = &desk.case;
    let known = app.packs.get(&case.product).is_some_and(|p| p.jurisdictions.iter().any(|j| j.code == code));
    if !known {
        return Err(Error::field("place", "Choose where the person lives"));
    }
    if case.jurisdiction.as_deref() == Some(code) {
        return Err(Error::field("place", "This is what the case says already"));
    }
    let (kind, place, facts) = (case.kind, case.jurisdiction.as_deref(), case.facts());
    let is_softer = app.packs.is_softer(&case.product, (kind, place), (kind, Some(code)), &facts);
    let proposed = case.place_proposed.as_ref().filter(|(proposed, _)| proposed == code).map(|(_, by)| *by);
    let second = proposed.is_some_and(|by| desk.second(by, Act::WorkCases));
    if proposed.is_some() && !second {
        let says = "You said so already, or stand in for who did; a second person has to say the same";
        return Err(Error::field("place", says));
    }
    desk.take_up().await?;
    if is_softer && !second {
        desk.record(Event::JurisdictionProposed { code: code.to_owned() }).await?;
        desk.commit(AuditAction::JurisdictionProposed).await?;
        return Ok(Placed::Proposed);
    }
    desk.record(Event::JurisdictionSet { code: code.to_owned() }).await?;
    desk.start_clocks(kind).await?;
    desk.commit(AuditAction::JurisdictionSet).await?;
    Ok(Placed::Done)
}
