//! How a clock stands, in words: every colour and every thin stretch of a bar is also said.

use super::{Moment, layer_word};
use crate::domain::{
    clock::{Clock, Duty, Layer},
    time::{Instant, MINUTE},
    words::{self, Tone},
};

/// The class that sets colour and shape of a clock that is not met.
pub(super) fn class(c: &Clock, now: Instant) -> &'static str {
    if c.paused.is_some() { "is-paused" } else { words::tone(c.risk(), c.due, now).class() }
}

/// What is left once the answer comes.
pub(super) fn left(c: &Clock, since: Instant, restarts: bool) -> String {
    if restarts {
        "starts anew when the answer comes".to_owned()
    } else if since > c.due {
        "nothing was left".to_owned()
    } else {
        format!("{} left when the answer comes", words::span(c.due.since(since)))
    }
}

/// That a target is the company's own and no law; empty for law and promise.
pub(super) fn own(c: &Clock) -> &'static str {
    match c.layer {
        Layer::Target => "own ",
        Layer::Law | Layer::Promise => "",
    }
}

/// How one of several clocks of the leading duty stands, a sentence each.
pub(super) fn stands(c: &Clock, binding: &Clock, all: &[Clock], moment: &Moment) -> Vec<String> {
    // what happened is told in the product's zone, and only the rule's own ends in the rule's
    let zone = moment.zone;
    let mut lines = Vec::new();
    match (c.paused, words::tone(c.risk(), c.due, moment.now)) {
        (Some(since), _) => {
            let left = left(c, since, moment.restarts);
            lines.push(format!("Stands still since {}; {left}.", since.short(zone)));
        }
        (None, Tone::Over) => lines.push(format!("Breached: overdue by {}.", words::span(moment.now.since(c.due)))),
        (None, Tone::Soon) => lines.push(format!("At risk since {}.", c.risk().short(zone))),
        (None, Tone::Ok) => {}
    }
    lines.extend((c != binding).then(|| why_not(c, binding)));
    lines.extend(stood_still(c, moment));
    lines.extend(longer(c, all, moment));
    lines
}

/// Why a clock does not bind.
fn why_not(c: &Clock, binding: &Clock) -> String {
    let who = layer_word(binding.layer);
    if c.layer == Layer::Target && binding.layer != Layer::Target {
        return format!("The company’s own aim, not law; it does not bind, for the {who} gives a number.");
    }
    if c.paused.is_some() && binding.paused.is_none() {
        return format!("Does not bind meanwhile: the {who} runs on.");
    }
    match c.due.since(binding.due) {
        0 => format!("Ends with the {who}."),
        later => format!("Does not bind: it ends {} after the {who}.", words::span(later)),
    }
}

/// When it stood still before.
fn stood_still(c: &Clock, moment: &Moment) -> Option<String> {
    let zone = moment.zone;
    let each = |(from, to): &(Instant, Instant)| {
        format!("{} from {} to {}", words::span(to.since(*from)), from.short(zone), to.short(zone))
    };
    let all: Vec<_> = c.pauses.iter().filter(|(from, to)| to.since(*from) >= MINUTE).map(each).collect();
    (!all.is_empty()).then(|| format!("Stood still {}.", all.join(", then ")))
}

/// That it was made longer, or can be.
fn longer(c: &Clock, all: &[Clock], moment: &Moment) -> Option<String> {
    let extended = c.extended?;
    let zone = moment.zone_of(c);
    let by = all.iter().find(|by| by.duty == Duty::ExtendBy && by.rule == c.rule);
    if c.is_extended {
        let first = by.map(|by| format!(" from {}", by.due.in_words(zone))).unwrap_or_default();
        return Some(format!("Extended{first} to {}; the person was told.", extended.in_words(zone)));
    }
    let last = by.map_or(c.due, |by| by.due);
    if moment.now > last && c.paused.is_none() {
        return Some("Can no longer be extended: its first period has run out.".to_owned());
    }
    let (extended, last) = (extended.in_words(zone), last.in_words(zone));
    Some(format!("Can be extended until {extended}, if the person is told by {last}."))
}

/// The class and the words of a duty that does not lead.
pub(super) fn standing(c: &Clock, moment: &Moment) -> (&'static str, String) {
    let zone = moment.zone_of(c);
    match (c.met, c.paused) {
        (Some(met), _) if met > c.due => ("is-over", format!("met {} late", words::span(met.since(c.due)))),
        (Some(met), _) if c.duty == Duty::Acknowledge => {
            ("is-ok is-met", format!("met in {}", words::span(met.since(c.from))))
        }
        (Some(met), _) => ("is-ok is-met", format!("met {}", met.short(moment.zone))),
        (None, Some(since)) => ("is-paused", format!("stands still since {}", since.short(moment.zone))),
        (None, None) => {
            let when = match words::tone(c.risk(), c.due, moment.now) {
                Tone::Over => format!("overdue by {}", words::span(moment.now.since(c.due))),
                Tone::Soon => format!("at risk, by {}", c.due.short(zone)),
                Tone::Ok => format!("by {}", c.due.short(zone)),
            };
            (class(c, moment.now), when)
        }
    }
}
