//! What applies to one case, incident or change of policy: every clock, window and floor, and why the others do not.
//! A case's clocks are made here and nowhere else, whether a mail opens the case or an operator asks on the command line.

mod law;
mod own;

use super::{
    Duty, Face, Layer,
    fact::{Fact, Facts},
    leader,
};
use crate::domain::{
    calendar::{Calendar, hours::Hours},
    policy::{law::RuleSet, matter::Matter, product::ProductPack},
    time::Instant,
    words,
};
use chrono_tz::Tz;
use law::Law;
use own::own;

/// The rules that are asked.
#[derive(Debug, Clone, Default)]
pub struct Book<'a> {
    /// Rule sets, each with the calendar of its working days.
    pub laws: Vec<(&'a RuleSet, Option<&'a Calendar>)>,
    /// What the product promised and aims at; without one, every condition on the product is taken to hold.
    pub product: Option<&'a ProductPack>,
    /// When the product's desk works.
    pub hours: Option<&'a Hours>,
}

/// One clock as the rules make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What has to be done.
    pub duty: Duty,
    /// Law, promise or target.
    pub layer: Layer,
    /// The rule's id.
    pub rule: String,
    /// The pack and its version.
    pub pack: String,
    /// ISO 8601; missing where the law gives no number.
    pub period: Option<String>,
    /// Where it begins.
    pub from: Instant,
    /// The last moment in time; missing where the law gives no number.
    pub due: Option<Instant>,
    /// From when on it is at risk.
    pub risk: Option<Instant>,
    /// The last moment once the person is told that it takes longer; missing where that is not possible.
    pub extended: Option<Instant>,
    /// True where they were told in time.
    pub is_extended: bool,
    /// The zone of the rule.
    pub zone: Tz,
    /// Where the rule stands.
    pub citation: String,
    /// Where that can be read; empty for promises and targets.
    pub url: String,
    /// `S1`, `S2` or `M` for law, `policy` for what the company says itself.
    pub evidence: &'static str,
    /// How sure we are; empty for promises and targets.
    pub confidence: &'static str,
    /// What must be so in the single case.
    pub condition: String,
    /// What else should be known.
    pub note: String,
    /// What had to be assumed.
    pub assumed: Option<String>,
    /// When it stood still.
    pub pauses: Vec<(Instant, Instant)>,
    /// Since when it stands still.
    pub paused: Option<Instant>,
    /// When the duty was done.
    pub met: Option<Instant>,
    /// True where it is the one that counts for its duty.
    pub binding: bool,
}

/// Something that is open to somebody else, or has to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The window's or the floor's code.
    pub name: &'static str,
    /// Its words.
    pub label: &'static str,
    /// The rule's id.
    pub rule: String,
    /// Where the rule stands.
    pub citation: String,
    /// Its last moment.
    pub until: Instant,
    /// The zone of the rule.
    pub zone: Tz,
}

/// A rule that speaks of such a matter and yet does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotApplicable {
    /// The rule's id, or the rule set's where it has no such rule at all.
    pub rule: String,
    /// The code of the duty, window or floor.
    pub duty: &'static str,
    /// Why.
    pub reason: String,
}

/// Everything that applies, and what does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explained {
    /// By due instant, those without a number last.
    pub clocks: Vec<Term>,
    /// What is open to others.
    pub windows: Vec<Span>,
    /// What has to be kept.
    pub floors: Vec<Span>,
    /// What does not apply.
    pub not_applicable: Vec<NotApplicable>,
}

/// Applies `book` to a matter and what happened to it.
#[must_use]
pub fn explain(book: &Book<'_>, matter: Matter, facts: &Facts) -> Explained {
    let mut explained = Explained::default();
    for (set, calendar) in &book.laws {
        let zone = calendar.filter(|_| set.zone_of_calendar).and_then(|c| c.zone).unwrap_or(set.zone);
        let law = Law { set, zone, calendar: *calendar, product: book.product, facts };
        for rule in set.rules.iter().filter(|rule| rule.kinds.contains(&matter)) {
            law.apply(rule, &mut explained);
        }
        law.name_missing(matter, &mut explained);
    }
    if let Some(pack) = book.product {
        for commitment in pack.commitments(matter) {
            match own(pack, book.hours, &commitment, facts) {
                Ok(term) => explained.clocks.push(term),
                Err(refused) => explained.not_applicable.push(refused),
            }
        }
    }
    if let Some(pack) = book.product {
        for term in &mut explained.clocks {
            term.risk = term.due.map(|due| pack.risk(term.duty, term.from, due));
        }
    }
    explained.clocks.sort_by_key(|term| (term.due.is_none(), term.due, term.duty.code(), term.layer.code()));
    bind(&mut explained.clocks);
    explained
}

fn waits(start: &[Fact]) -> String {
    let facts = start.iter().map(|fact| fact.code()).collect::<Vec<_>>().join(" or ");
    format!("nothing runs yet: it starts with {facts}")
}

/// When a duty was done, by what happened.
fn met(duty: Duty, facts: &Facts) -> Option<Instant> {
    match duty {
        Duty::Acknowledge => facts.stands(Fact::Acknowledged, Fact::AcknowledgementBounced),
        Duty::Resolve => facts.stands(Fact::Resolved, Fact::Reopened),
        Duty::ExtendBy => facts.stands(Fact::Extended, Fact::ExtensionFailed),
        Duty::NotifyAuthorityInitial | Duty::NotifyAuthority => facts.first(Fact::ReportedToAuthority),
        Duty::NotifySubjects => facts.first(Fact::SubjectsNotified),
        Duty::NotifyRecipients => facts.first(Fact::RecipientsNotified),
        Duty::SendNotice => None,
    }
}

/// Marks, of each duty, the clock that counts.
fn bind(terms: &mut [Term]) {
    for duty in Duty::ALL {
        let face = |t: &Term| t.due.map(|due| Face { layer: t.layer, due, is_paused: t.paused.is_some() });
        let open = terms.iter().enumerate().filter(|(_, t)| t.duty == *duty && t.met.is_none());
        let found = leader(open.filter_map(|(at, t)| face(t).map(|face| (at, face))));
        if let Some(term) = found.and_then(|at| terms.get_mut(at)) {
            term.binding = true;
        }
    }
}

/// From when on a clock is at risk that has no threshold of its own.
#[must_use]
pub fn usual_risk(from: Instant, due: Instant) -> Instant {
    due.plus(-words::warning(from, due))
}
