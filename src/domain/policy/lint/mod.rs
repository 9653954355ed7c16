//! Holds a published policy against the law and against itself. Everything comes from the packs: nothing here knows a
//! product or a law by name. A finding is something to read, never something that stops the console.

mod breaches;
mod contradictions;
mod kept;
mod law_claims;
mod open;
mod slower;

use super::{claim::Claim, law::RuleSet, product::ProductPack};
use crate::domain::{
    clock::period::Period,
    codes::codes,
    time::{HOUR, Instant, MINUTE},
};
use chrono::NaiveDate;
use serde::Serialize;

codes! {
    /// How much a finding matters.
    Severity {
        Problem "problem" "Problem",
        Notice "notice" "Notice",
    }
}

/// Something that a policy says and cannot keep, or that somebody should know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The product's id.
    pub product: String,
    /// The rows it is about; empty where it is about the whole policy.
    pub rows: Vec<String>,
    /// How much it matters.
    pub severity: Severity,
    /// What it is, in words for people.
    pub says: String,
    /// Where that can be looked up: a law with its address, or the policy's own sections.
    pub source: String,
}

/// Everything that is to be said of a product's policy at a moment; problems first.
#[must_use]
pub fn findings(pack: &ProductPack, laws: &[RuleSet], at: Instant) -> Vec<Finding> {
    let desk = Desk { pack, laws, at };
    let mut found = slower::findings(&desk);
    found.extend(law_claims::findings(&desk));
    found.extend(breaches::findings(&desk));
    found.extend(contradictions::findings(&desk));
    found.extend(kept::findings(&desk));
    found.extend(open::findings(&desk));
    found.sort_by_key(|finding| finding.severity == Severity::Notice);
    found
}

/// What every part of the linter looks at.
struct Desk<'a> {
    pack: &'a ProductPack,
    laws: &'a [RuleSet],
    at: Instant,
}

impl<'a> Desk<'a> {
    fn finding(&self, rows: &[&str], severity: Severity, says: String, source: String) -> Finding {
        let mut rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
        rows.dedup();
        Finding { product: self.pack.id.clone(), rows, severity, says, source }
    }

    /// The rule sets of the default line, or of every line where there is no default.
    fn usual_laws(&self) -> Vec<&'a RuleSet> {
        match self.pack.jurisdiction(None) {
            Some(usual) => self.named(&usual.regimes),
            None => self.every_law(),
        }
    }

    /// The rule sets of every line, each once.
    fn every_law(&self) -> Vec<&'a RuleSet> {
        self.laws.iter().filter(|law| self.pack.jurisdictions.iter().any(|j| j.regimes.contains(&law.id))).collect()
    }

    fn named(&self, ids: &[String]) -> Vec<&'a RuleSet> {
        self.laws.iter().filter(|law| ids.contains(&law.id)).collect()
    }

    /// The rule set that a policy means when it writes `instrument`.
    fn cited(&self, instrument: &str) -> Option<&'a RuleSet> {
        let same = |name: &String| name.eq_ignore_ascii_case(instrument);
        let candidates = self.every_law().into_iter().chain(self.laws);
        let mut named = candidates.filter(|law| same(&law.name) || same(&law.short) || law.cited_as.iter().any(same));
        named.next()
    }

    fn day(&self, law: &RuleSet) -> NaiveDate {
        self.at.local(law.zone).date_naive()
    }

    /// The words of a claim, in quotation marks.
    fn words(&self, claim: &Claim) -> String {
        let row = self.pack.row(&claim.id).map(|row| row.quote.as_str()).unwrap_or_default();
        let words = if claim.sentence.is_empty() { row } else { &claim.sentence };
        format!("“{words}”")
    }

    /// Where a row stands.
    fn section(&self, id: &str) -> String {
        self.pack.row(id).map_or_else(|| id.to_owned(), |row| row.section.clone())
    }
}

/// Where a rule set starts to hold, where none of its rules holds on `day` yet.
fn not_yet(law: &RuleSet, day: NaiveDate) -> Option<String> {
    if law.rules.iter().any(|rule| rule.holds_on(day)) {
        return None;
    }
    let first = law.rules.iter().filter_map(|rule| rule.from.filter(|from| *from > day).map(|from| (from, rule)));
    let (from, rule) = first.min_by_key(|(from, _)| *from)?;
    let about = if rule.date_uncertain { ", a date that is not certain" } else { "" };
    Some(format!("{}{about}", date(from)))
}

fn date(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

/// A period as people say it.
fn spoken(period: Period) -> String {
    let of = |n: i64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    match period {
        Period::Elapsed(millis) if millis % HOUR == 0 => of(millis / HOUR, "hour"),
        Period::Elapsed(millis) => of(millis / MINUTE, "minute"),
        Period::Days(days) => of(days.into(), "day"),
        Period::Months(months) if months % 12 == 0 => of((months / 12).into(), "year"),
        Period::Months(months) => of(months.into(), "month"),
        Period::Working(days) => of(days.into(), "working day"),
        Period::Yearly(month, day) => format!("day {day} of month {month} of the next year"),
    }
}

/// A list as people write it: `a, b and c`.
fn listed(mut items: Vec<String>) -> String {
    items.dedup();
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
