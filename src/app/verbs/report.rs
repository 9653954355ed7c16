//! Reports to authorities, made elsewhere and written down here: to whom, when, under which number, and which duty each meets.
//! A report meets exactly the clock it was made for. Nothing is sent from here, and nobody the case is about is told.

use crate::{
    app::{
        App, Error, FieldError,
        desk::{Desk, written},
    },
    domain::{
        audit::AuditAction,
        authority::Authority,
        case::Case,
        clock::{Clock, Duty},
        event::Event,
        identity::Reference,
        rights::Actor,
        time::{Instant, MINUTE},
    },
    store::{contents::Content, events},
};

/// The longest number that an authority gives.
const LONGEST: usize = 100;

/// A report as staff write it down.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The duty that it meets, as `report_duties` names it; empty where it meets none of them.
    pub meets: &'a str,
    /// To whom it went; none where none was chosen.
    pub authority: Option<Authority>,
    /// What the authority calls it.
    pub number: &'a str,
    /// When the authority had it; none where no moment was typed.
    pub at: Option<Instant>,
}

/// The reports that are still due: by what a form names each, and in words.
#[must_use]
pub fn report_duties(case: &Case) -> Vec<(String, String)> {
    let due = case.clocks.iter().filter(|clock| clock.duty.is_report() && clock.met.is_none());
    let mut duties: Vec<(String, String)> = Vec::new();
    for clock in due {
        let name = named(clock);
        if !duties.iter().any(|(known, _)| *known == name) {
            duties.push((name, format!("{}: {}", clock.duty.label(), clock.source)));
        }
    }
    duties
}

fn named(clock: &Clock) -> String {
    format!("{} {}", clock.duty.code(), clock.rule)
}

/// Writes down that an authority was told.
///
/// # Errors
/// When no such report is due, the authority or the moment is missing, the number says nothing or is an address, the moment
/// cannot be, or others were quicker.
pub async fn tell_authority(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    told: &Told<'_>,
) -> Result<(), Error> {
    let number = number(told.number);
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let mut faults = Vec::new();
    let meets = meant(&desk.case, told.meets);
    if meets.is_none() {
        faults.push(FieldError::new("meets", "Choose which report this was; the list has those that are due"));
    }
    if told.authority.is_none() {
        faults.push(FieldError::new("authority", "Choose to whom the report went"));
    }
    if let Err(Error::Invalid(of_number)) = &number {
        faults.extend(of_number.iter().cloned());
    }
    match told.at {
        None => faults.push(FieldError::new("at", "Enter the day and time, for example 2026-11-24T10:30")),
        Some(at) if at.since(desk.now) > MINUTE => {
            faults.push(FieldError::new("at", "Enter a moment that is not in the future"));
        }
        Some(at) if desk.case.received.since(at) > MINUTE => {
            faults.push(FieldError::new("at", "Enter a moment after the receipt of the case"));
        }
        Some(_) => {}
    }
    let (Some((duty, rule)), Some(authority), Some(at), Ok(number), true) =
        (meets, told.authority, told.at, number, faults.is_empty())
    else {
        return Err(Error::Invalid(faults));
    };
    let number = desk.keep("report", &Content { text: number.to_owned(), ..Content::default() }).await?;
    let at = at.max(desk.case.received).min(desk.now);
    desk.record(Event::AuthorityTold { duty, rule, authority, at, number }).await?;
    desk.take_up().await?;
    let kind = desk.case.kind;
    desk.start_clocks(kind).await?;
    desk.commit(AuditAction::AuthorityTold).await
}

/// The duty and rule that a form named; of none a report all the same, which meets nothing.
fn meant(case: &Case, name: &str) -> Option<(Duty, String)> {
    if name.is_empty() {
        return None;
    }
    if name == NONE {
        return Some((Duty::NotifyAuthority, String::new()));
    }
    let due = |clock: &&Clock| clock.duty.is_report() && clock.met.is_none() && named(clock) == name;
    case.clocks.iter().find(due).map(|clock| (clock.duty, clock.rule.clone()))
}

/// What a form says of a report that meets no duty.
pub const NONE: &str = "none";

/// Corrects the number of a report; what was written down before stays in the timeline.
///
/// # Errors
/// When the case has no such report, the number says nothing or is an address, or others were quicker.
pub async fn correct_report(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    report: i64,
    typed: &str,
) -> Result<(), Error> {
    let number = number(typed)?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let history = events::events_of(&mut desk.tx, reference).await?;
    if !history.iter().any(|one| one.seq == report && matches!(one.event, Event::AuthorityTold { .. })) {
        return Err(Error::field("report", "Choose the report whose number was wrong"));
    }
    let number = desk.keep("report", &Content { text: number.to_owned(), ..Content::default() }).await?;
    desk.record(Event::ReportCorrected { report, number }).await?;
    desk.commit(AuditAction::ReportCorrected).await
}

fn number(typed: &str) -> Result<&str, Error> {
    let number = written("number", typed, "Enter the number that the authority gave")?;
    if number.chars().count() > LONGEST || number.contains(char::is_control) {
        return Err(Error::field("number", "Enter the number alone, in one line of at most 100 characters"));
    }
    if number.contains("://") || number.contains('@') {
        return Err(Error::field("number", "Enter the number alone: no address belongs here"));
    }
    Ok(number)
}
