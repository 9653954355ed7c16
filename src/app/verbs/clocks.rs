//! What moves a case's clocks by hand: something happened, the person is asked, it takes longer, it became known where
//! they live. Each is an event; the clocks are then computed anew from all of them.

use crate::{
    app::{
        App, Error, FieldError,
        acknowledge::{self, Addressee},
        clockwork,
        desk::{Desk, written},
    },
    domain::{
        case::Case,
        clock::{
            Clock, Duty, Layer,
            fact::{Fact, Trigger},
        },
        event::{Event, Purpose},
        identity::Reference,
        policy::rule::Mode,
        rights::Actor,
        time::{Instant, MINUTE},
    },
    mail::compose,
    store::contents,
};

/// Facts that staff write down at any time.
pub const ANY_TIME: [Fact; 10] = [
    Fact::AcknowledgementBounced,
    Fact::ReportedToAuthority,
    Fact::SubjectsNotified,
    Fact::RecipientsNotified,
    Fact::Removed,
    Fact::OrderReceived,
    Fact::ProofReceived,
    Fact::DecisionInformed,
    Fact::DecisionReceived,
    Fact::Escalated,
];

/// Writes down that something happened at `at`: a report to an authority, a question to the person, the answer. `note`
/// says more, for example the number of the report.
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
    desk.commit("fact_recorded").await
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
fn refused(app: &App, case: &Case, fact: Fact, at: Instant) -> Option<String> {
    if fact == Fact::AcknowledgementBounced {
        let met = case.clocks.iter().any(|c| c.duty == Duty::Acknowledge && c.met.is_some());
        return (!met).then(|| "The case counts as not acknowledged already".to_owned());
    }
    if ANY_TIME.contains(&fact) {
        return None;
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
    if doubted == Some(actor.id) {
        return Err(Error::field("rule", "You found this already; a second person has to find the same"));
    }
    let second = doubted.is_some();
    let (rule, reason) = (rule.to_owned(), desk.keep_reason(reason).await?);
    desk.take_up().await?;
    if !second {
        desk.record(Event::RuleDoubted { rule, reason }).await?;
        desk.commit("rule_doubted").await?;
        return Ok(RuledOut::Doubted);
    }
    desk.record(Event::RuleRuledOut { rule, reason }).await?;
    let kind = desk.case.kind;
    desk.start_clocks(kind).await?;
    desk.commit("rule_ruled_out").await?;
    Ok(RuledOut::Done)
}

/// The clock that can be made longer: unmet, not extended yet, its first period not over.
///
/// # Errors
/// Says why there is none.
pub fn extendable(case: &Case, now: Instant) -> Result<(&Clock, Instant), &'static str> {
    let unmet = |c: &&Clock| c.duty == Duty::Resolve && c.met.is_none();
    let possible: Vec<&Clock> = case.clocks.iter().filter(unmet).filter(|c| c.extended.is_some()).collect();
    let Some(clock) = possible.iter().find(|c| !c.is_extended) else {
        return Err(if possible.is_empty() {
            "No law that holds for this case lets it take longer"
        } else {
            "The person was told already that it takes longer; that is possible once"
        });
    };
    let over = || "The first period has run out: it can no longer be extended. Answer now, and say why it is late";
    let extended = clock.extended.filter(|_| now <= clock.due).ok_or_else(over)?;
    Ok((clock, extended))
}

/// Where this person can complain today, as a letter says it: by the law of where they live.
fn complaint(app: &App, case: &Case, now: Instant) -> String {
    let turns = clockwork::routes(app, &case.product, case.jurisdiction.as_deref(), Some(case.kind), now);
    let works: Vec<_> = turns.into_iter().filter(|turn| turn.works).map(|turn| turn.route.how).collect();
    if works.is_empty() {
        return app.packs.get(&case.product).map(|pack| pack.complaint.trim().to_owned()).unwrap_or_default();
    }
    format!("If you do not agree: {}", works.join(" "))
}

/// Tells the person that it takes longer, and why, and moves the clock; possible only inside the first period.
///
/// # Errors
/// When there is nothing to extend or it is too late, no reason is given, the person left no address, or others were
/// quicker.
pub async fn extend_case(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    reasons: &str,
) -> Result<(), Error> {
    let reasons = written("reasons", reasons, "Give the reasons; the person reads them, and the law asks for them")?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let (clock, extended) = extendable(&desk.case, desk.now).map_err(|says| Error::field("reasons", says))?;
    let zone = clock.zone.unwrap_or_else(|| app.packs.zone(&desk.case.product));
    let (first, source) = (clock.due.in_words(zone), clock.source.clone());
    let kept = contents::contents_of(&mut desk.tx, &app.vault, reference).await?;
    let answers = kept.iter().map(|(_, c)| c.message_id.clone()).filter(|id| !id.is_empty()).collect();
    let Some((_, to)) = kept.into_iter().next().filter(|(_, to)| !to.address.is_empty()) else {
        let says = "The person left no mail address, so that nobody can be told here that it takes longer";
        return Err(Error::field("reasons", says));
    };
    let restricted = desk.case.is_restricted();
    let told = compose::Extended {
        name: if restricted { String::new() } else { to.name.clone() },
        received: desk.case.received.in_words(zone),
        first,
        extended: extended.in_words(zone),
        reasons: reasons.to_owned(),
        source,
    };
    let text = compose::extended(&told, &complaint(app, &desk.case, desk.now))?;
    let head = app.letterhead(&desk.case.product);
    let letter = compose::reply(&head, &reference.to_string(), &to.subject, restricted, &text)?;
    let to = Addressee { name: to.name, address: to.address, answers };
    let queued = acknowledge::queue(app, &mut desk.tx, &desk.case, Purpose::Extension, to, letter, desk.now).await?;
    desk.record(queued).await?;
    let note = Some(desk.keep_reason(reasons).await?);
    desk.record(Event::FactRecorded { fact: Fact::Extended, at: desk.now, note }).await?;
    desk.take_up().await?;
    let kind = desk.case.kind;
    desk.start_clocks(kind).await?;
    desk.commit("case_extended").await
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
    if proposed == Some(actor.id) {
        return Err(Error::field("place", "You said so already; a second person has to say the same"));
    }
    let second = proposed.is_some();
    desk.take_up().await?;
    if is_softer && !second {
        desk.record(Event::JurisdictionProposed { code: code.to_owned() }).await?;
        desk.commit("jurisdiction_proposed").await?;
        return Ok(Placed::Proposed);
    }
    desk.record(Event::JurisdictionSet { code: code.to_owned() }).await?;
    desk.start_clocks(kind).await?;
    desk.commit("jurisdiction_set").await?;
    Ok(Placed::Done)
}
