//! Packs in words: no code of a pack, no ISO period and no name of a key reaches a page.

use crate::domain::{
    clock::{Duty, fact::Fact},
    kind::Kind,
    policy::{
        Matter,
        product::Own,
        rule::{Floor, Mode, Pause, Rule, Window},
    },
};
use chrono::NaiveDate;

/// A key of a pack as words: "hosts user content".
pub(super) fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

/// A zone as people know it: "Kolkata, Asia".
pub(super) fn zone(zone: chrono_tz::Tz) -> String {
    zone.name().replace('_', " ").split('/').rev().collect::<Vec<_>>().join(", ")
}

/// A day: "31 Jan 2026".
pub(super) fn day(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

/// A pack's version, which is a date, as people write one.
pub(super) fn date(version: &str) -> String {
    version.parse().map_or_else(|_| version.to_owned(), day)
}

/// What a subject line means.
pub(super) fn kind(kind: Option<Kind>) -> String {
    kind.map_or_else(|| "whatever right the mail speaks of".to_owned(), |kind| kind.label().to_lowercase())
}

/// "Resolve within 30 days of the receipt".
pub(super) fn own(own: &Own) -> String {
    within(own.duty, own.period.period.in_words(), &own.start, own.backwards)
}

/// Of what a number of the company's own speaks.
pub(super) fn of(own: &Own) -> String {
    let meant = if own.kinds.is_empty() { "of every kind".to_owned() } else { format!("of {}", matters(&own.kinds)) };
    if own.except.is_empty() { meant } else { format!("{meant} but {}", matters(&own.except)) }
}

/// What a rule asks, in a sentence.
pub(super) fn rule(rule: &Rule) -> String {
    let subject = rule.duty.map(Duty::label).or(rule.window.map(Window::label)).or(rule.floor.map(Floor::label));
    let subject = subject.unwrap_or_default();
    let period = rule.period.as_ref().map(|written| written.period.in_words());
    match (rule.duty, &period, &rule.undated, &rule.none) {
        (_, _, _, Some(none)) => format!("{subject}: no such duty; {none}"),
        (_, _, Some(undated), _) => {
            let own = rule.target.as_ref().map(|target| target.period.in_words()).unwrap_or_default();
            format!("{subject} “{undated}”: the law gives no number, we aim at {own} from {}", starts(&rule.start))
        }
        (Some(duty), Some(period), ..) => within(duty, period.clone(), &rule.start, rule.backwards),
        (None, Some(period), ..) if rule.floor.is_some() => {
            format!("{subject} for at least {period} from {}", starts(&rule.start))
        }
        (None, Some(period), ..) => format!("{subject}: open to the person for {period} from {}", starts(&rule.start)),
        (_, None, None, None) => subject.to_owned(),
    }
}

fn within(duty: Duty, period: String, start: &[Fact], backwards: bool) -> String {
    let (duty, start) = (duty.label(), starts(start));
    if backwards {
        format!("{duty} at least {period} before {start}")
    } else if period.starts_with("until ") {
        format!("{duty} {period}, counted from {start}")
    } else {
        format!("{duty} within {period} of {start}")
    }
}

fn starts(facts: &[Fact]) -> String {
    let one = |fact: &Fact| match fact {
        Fact::Received => "the receipt".to_owned(),
        Fact::Resolved => "the resolution".to_owned(),
        Fact::Removed => "the removal".to_owned(),
        Fact::ProofReceived => "the arrival of the proof".to_owned(),
        Fact::OrderReceived => "the arrival of the order".to_owned(),
        Fact::Noticed => "the moment the incident was noticed".to_owned(),
        Fact::Aware => "the moment the company became aware of it".to_owned(),
        Fact::DecisionInformed => "the day the person was told of the decision".to_owned(),
        Fact::DecisionReceived => "the day the decision reached the person".to_owned(),
        Fact::ReportedToAuthority => "the report to the authority".to_owned(),
        Fact::TakesEffect => "the day it takes effect".to_owned(),
        Fact::Acknowledged => "the acknowledgement".to_owned(),
        Fact::Extended => "the notice that it takes longer".to_owned(),
        other => format!("“{}”", other.label().to_lowercase()),
    };
    facts.iter().map(one).collect::<Vec<_>>().join(", or ")
}

/// What asking the person does.
pub(super) fn pause(pause: Pause) -> String {
    let does = match pause.mode {
        Mode::None => "the clock runs on".to_owned(),
        mode => mode.label().to_owned(),
    };
    format!("Asking {}: {does}.", pause.trigger.label())
}

/// The kinds by name.
pub(super) fn matters(kinds: &[Matter]) -> String {
    let names: Vec<String> = kinds.iter().map(|kind| kind.label().to_lowercase()).collect();
    match names.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join("; ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::packs::Packs;

    #[test]
    fn no_code_of_a_pack_reaches_a_page() {
        let packs = Packs::load(None).expect("they load");
        let mut said: Vec<String> = packs.laws().iter().flat_map(|law| &law.rules).map(rule).collect();
        said.extend(packs.iter().flat_map(|pack| pack.promises.iter().chain(&pack.targets)).map(own));
        assert!(said.len() > 50);
        for says in said {
            assert!(!says.contains('_') && !says.contains("PT") && !says.contains("BD"), "{says}");
        }
    }
}
