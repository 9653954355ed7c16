//! The packs inside the program by tables: what each rule gives, worked out by hand, and what is to be said of each policy.

mod eu;
mod india;
mod lint;
mod products;
mod uk;
mod us;

use crate::{
    app::packs::Packs,
    domain::{
        clock::{
            Duty, Layer,
            explain::{self, Book, Explained},
            fact::{Fact, Facts, Happened},
        },
        policy::Matter,
        time::Instant,
    },
};
use chrono::{DateTime, SecondsFormat};
use chrono_tz::Tz;

fn packs() -> Packs {
    Packs::load(None).expect("the packs inside the program load")
}

fn at(text: &str) -> Instant {
    Instant::of(&DateTime::parse_from_rfc3339(text).unwrap_or_else(|_| panic!("'{text}' is no instant")))
}

fn facts(received: &str, events: &[&str]) -> Facts {
    let happened = events.iter().map(|event| {
        let (name, moment) = event.split_once('@').expect("NAME@INSTANT");
        Happened { fact: Fact::from_code(name).expect("a known event"), at: at(moment) }
    });
    Facts::new(at(received), happened.collect())
}

/// A whole day as its date, any other moment in full.
fn written(moment: Instant, zone: Tz) -> String {
    let text = moment.local(zone).to_rfc3339_opts(SecondsFormat::Secs, false);
    match text.split_once("T23:59:59") {
        Some((date, _)) => date.to_owned(),
        None => text,
    }
}

/// What applies, a line each: `resolve 2026-11-29`, `target.resolve …`, `resolve undated`, `resolve+ …` once extended,
/// `window.appeal …`, `floor.preserve …`. Saying that it takes longer ends with the first period and is left out.
fn lines(explained: &Explained) -> Vec<String> {
    let mut lines = Vec::new();
    for term in explained.clocks.iter().filter(|term| term.duty != Duty::ExtendBy) {
        let layer = if term.layer == Layer::Law { String::new() } else { format!("{}.", term.layer.code()) };
        let due = term.due.map_or_else(|| "undated".to_owned(), |due| written(due, term.zone));
        lines.push(format!("{layer}{} {due}", term.duty.code()));
        lines.extend(term.extended.map(|due| format!("{layer}{}+ {}", term.duty.code(), written(due, term.zone))));
    }
    lines.extend(explained.windows.iter().map(|w| format!("window.{} {}", w.name, written(w.until, w.zone))));
    lines.extend(explained.floors.iter().map(|f| format!("floor.{} {}", f.name, written(f.until, f.zone))));
    lines.sort();
    lines
}

/// Of one rule set exactly these lines hold; `no acknowledge` says that there is none and that the answer says why.
#[track_caller]
fn check(set: &str, kind: &str, received: &str, calendar: &str, events: &[&str], expected: &[&str]) {
    let packs = packs();
    let law = packs.law(set).unwrap_or_else(|| panic!("there is no {set}"));
    let calendar = if calendar.is_empty() { law.calendar.as_deref().unwrap_or_default() } else { calendar };
    let book = Book { laws: vec![(law, packs.calendar(calendar))], product: None };
    let matter: Matter = kind.parse().expect("a known kind");
    let explained = explain::explain(&book, matter, &facts(received, events));
    let (none, mut dated): (Vec<&str>, Vec<&str>) = expected.iter().partition(|line| line.starts_with("no "));
    dated.sort_unstable();
    assert_eq!(lines(&explained), dated, "{set} {kind} {received}");
    for duty in none.iter().filter_map(|line| line.strip_prefix("no ")) {
        let says = explained.not_applicable.iter().find(|not| not.duty == duty);
        assert!(says.is_some_and(|not| !not.reason.is_empty()), "{set} {kind}: nothing says why there is no {duty}");
    }
}

/// Of a product, for somebody who lives at `place`, these lines are among what holds.
#[track_caller]
fn check_product(product: &str, place: Option<&str>, kind: &str, received: &str, events: &[&str], expected: &[&str]) {
    let packs = packs();
    let pack = packs.get(product).unwrap_or_else(|| panic!("there is no {product}"));
    let matter: Matter = kind.parse().expect("a known kind");
    let explained = explain::explain(&packs.book(pack, place, None), matter, &facts(received, events));
    let lines = lines(&explained);
    for line in expected {
        assert!(lines.iter().any(|there| there == line), "{product} {kind}: {line} is not among {lines:#?}");
    }
}
