//! How long Recourse itself keeps the records of a product's requests, as its pack says. Whether that is enough for a law is
//! asked where packs are read together; what falls due when is `domain::retention`'s.

use super::rule::Written;
use crate::domain::{
    clock::period::Period,
    kind::Kind,
    retention::{Record, covers},
};
use serde::Deserialize;

/// How long one kind of record is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// What.
    pub of: Record,
    /// How long after the case was resolved; of `log` after it was written. Missing only of `audit`, which is never cut.
    #[serde(default)]
    pub period: Option<Written>,
    /// Of which cases; empty means every kind that no other line names.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// Why so long and no longer.
    pub because: String,
    /// Where that stands.
    pub source: String,
}

impl Keep {
    /// The period itself.
    #[must_use]
    pub fn length(&self) -> Option<Period> {
        self.period.as_ref().map(|written| written.period)
    }
}

/// The line about a record of cases of this kind: the one that names the kind, or the one that names none.
#[must_use]
pub fn line(lines: &[Keep], record: Record, kind: Kind) -> Option<&Keep> {
    let of = |keep: &&Keep| keep.of == record;
    let named = lines.iter().filter(of).find(|keep| keep.kinds.contains(&kind));
    named.or_else(|| lines.iter().filter(of).find(|keep| keep.kinds.is_empty()))
}

/// What is wrong with the lines by themselves, each with the number of its line, the key and what to do; none where there are
/// no lines at all.
#[must_use]
pub fn faults(lines: &[Keep]) -> Vec<(usize, &'static str, String)> {
    if lines.is_empty() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (nth, keep) in lines.iter().enumerate() {
        faults.extend(of_line(lines, nth, keep).into_iter().map(|(key, says)| (nth, key, says)));
    }
    for record in Record::ALL {
        if !lines.iter().any(|keep| keep.of == *record && keep.kinds.is_empty()) {
            let says = format!("no line says how long {} is kept; add one of = \"{}\"", record.label(), record.code());
            faults.push((0, "of", says));
        }
    }
    for kind in Kind::ALL {
        let length = |record| line(lines, record, *kind).and_then(Keep::length);
        for (part, whole) in [
            (Record::Mail, Record::Case),
            (Record::Attachment, Record::Mail),
            (Record::IdentityProof, Record::Case),
            (Record::Export, Record::Case),
        ] {
            if let (Some(of_part), Some(of_whole)) = (length(part), length(whole))
                && !is_within(of_part, of_whole)
            {
                let nth = lines.iter().position(|keep| std::ptr::eq(keep, line(lines, part, *kind).unwrap_or(keep)));
                let says = format!(
                    "{} would be kept longer than {} of a case about {kind}, which takes it along; shorten it",
                    part.code(),
                    whole.code()
                );
                if !faults.iter().any(|(at, key, _)| Some(*at) == nth && *key == "period") {
                    faults.push((nth.unwrap_or_default(), "period", says));
                }
            }
        }
    }
    faults
}

fn is_within(part: Period, whole: Period) -> bool {
    part == whole || covers(whole, part)
}

fn of_line(lines: &[Keep], nth: usize, keep: &Keep) -> Vec<(&'static str, String)> {
    let twice = |other: &Keep| {
        let same = other.kinds.iter().any(|kind| keep.kinds.contains(kind));
        other.of == keep.of && (same || (other.kinds.is_empty() && keep.kinds.is_empty()))
    };
    let civil = matches!(keep.length(), None | Some(Period::Days(_) | Period::Months(_) | Period::Elapsed(_)));
    let is_audit = keep.of == Record::Audit;
    let of_cases = Record::OF_CASES.contains(&keep.of);
    [
        (keep.because.trim().is_empty(), "because", "says nothing: say why so long and no longer"),
        (keep.source.trim().is_empty(), "source", "says nothing: say where that stands"),
        (is_audit && keep.period.is_some(), "period", "the audit log is a chain and never cut; take the period out"),
        (!is_audit && keep.period.is_none(), "period", "is missing: say how long, for example P24M"),
        (!civil, "period", "of what is kept is in hours, days or months"),
        (!of_cases && !keep.kinds.is_empty(), "kinds", "this is no record of a case; take the kinds out"),
        (lines[..nth].iter().any(twice), "kinds", "another line says how long this is kept; keep one of them"),
    ]
    .into_iter()
    .filter(|(wrong, ..)| *wrong)
    .map(|(_, key, says)| (key, says.to_owned()))
    .collect()
}
