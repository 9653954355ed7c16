//! Promises that are slower than the law: shown, never obeyed. Both are reckoned as for a case received now.

use super::{Desk, Finding, Severity, listed, spoken};
use crate::domain::{
    clock::{
        Duty, Layer,
        explain::{self, Book, Term},
        fact::Facts,
        period::Period,
    },
    policy::Matter,
};

/// A promise, the rule that is faster, and the matters where that is so.
struct Pair {
    promise: Term,
    law: Term,
    matters: Vec<Matter>,
}

pub(super) fn findings(desk: &Desk<'_>) -> Vec<Finding> {
    let mut slower: Vec<Pair> = Vec::new();
    let mut beside: Vec<Pair> = Vec::new();
    let laws = desk.usual_laws().into_iter().map(|law| (law, None)).collect();
    let book = Book { laws, product: Some(desk.pack) };
    let facts = Facts::new(desk.at, Vec::new());
    for matter in Matter::all() {
        let terms = explain::explain(&book, matter, &facts).clocks;
        let of = |layer| terms.iter().filter(move |term: &&Term| term.layer == layer);
        for promise in of(Layer::Promise) {
            for law in of(Layer::Law).filter(|law| law.duty == promise.duty && is_faster(law, promise)) {
                keep(&mut slower, promise, law, matter);
            }
            // a report cannot wait for the resolution
            for law in of(Layer::Law).filter(|l| l.duty == Duty::NotifyAuthority && promise.duty == Duty::Resolve) {
                if law.due.is_none() {
                    keep(&mut beside, promise, law, matter);
                }
            }
        }
    }
    let slower = slower.iter().map(|pair| is_slower(desk, pair));
    slower.chain(beside.iter().map(|pair| is_beside(desk, pair))).collect()
}

fn is_faster(law: &Term, promise: &Term) -> bool {
    law.due.zip(promise.due).is_some_and(|(law, promise)| law < promise)
}

fn keep(pairs: &mut Vec<Pair>, promise: &Term, law: &Term, matter: Matter) {
    match pairs.iter_mut().find(|p| p.promise.rule == promise.rule && p.law.rule == law.rule) {
        Some(pair) => pair.matters.push(matter),
        None => pairs.push(Pair { promise: promise.clone(), law: law.clone(), matters: vec![matter] }),
    }
}

fn is_slower(desk: &Desk<'_>, pair: &Pair) -> Finding {
    let Pair { promise, law, .. } = pair;
    let only_if = if law.condition.is_empty() { String::new() } else { format!(" Only if: {}", law.condition) };
    let days = law.due.zip(promise.due).map(|(law_due, due)| {
        let (law_due, due) = (law_due.in_words(law.zone), due.in_words(promise.zone));
        format!(" Of something received now: {law_due}, not {due}.")
    });
    let says = format!(
        "{} promises {} to {} ({}), and {} gives {}: the law is faster and binds.{}{only_if}",
        quoted(desk, promise),
        period(promise),
        promise.duty.label().to_lowercase(),
        kinds(pair),
        law.citation,
        period(law),
        days.unwrap_or_default(),
    );
    desk.finding(&[&promise.rule], Severity::Problem, says, source(law))
}

fn is_beside(desk: &Desk<'_>, pair: &Pair) -> Finding {
    let words = pair.law.note.split('.').next().unwrap_or_default();
    let says = format!(
        "{} promises {} ({}), and none of that is there for the report to the authority: {} says “{words}”.",
        quoted(desk, &pair.promise),
        period(&pair.promise),
        kinds(pair),
        pair.law.citation,
    );
    desk.finding(&[&pair.promise.rule], Severity::Problem, says, source(&pair.law))
}

fn quoted(desk: &Desk<'_>, promise: &Term) -> String {
    desk.pack.row(&promise.rule).map_or_else(|| promise.rule.clone(), |row| format!("“{}”", row.quote))
}

fn kinds(pair: &Pair) -> String {
    listed(pair.matters.iter().map(|matter| matter.label().to_lowercase()).collect())
}

fn period(term: &Term) -> String {
    let text = term.period.as_deref().unwrap_or_default();
    text.parse::<Period>().map_or_else(|_| text.to_owned(), spoken)
}

fn source(law: &Term) -> String {
    format!("{}, {}", law.citation, law.url)
}
