//! What a policy promises to delete and Recourse itself keeps: what people wrote in, the answers, what came with them.

use super::{Desk, Finding, Severity, spoken};
use crate::domain::{
    clock::period::Period,
    kind::Kind,
    policy::claim::{ALL_DATA, Claim, Says},
    retention::{Record, covers},
};

pub(super) fn findings(desk: &Desk<'_>) -> Vec<Finding> {
    if desk.pack.retention.is_empty() {
        let says = format!(
            "Nobody says how long the mail and the cases of {} are kept here. Until then none of them is ever destroyed.",
            desk.pack.short
        );
        return vec![desk.finding(&[], Severity::Problem, says, "[[retention]] of the product's pack".to_owned())];
    }
    let of = |claim: &Claim| match claim.says {
        Says::Deletes if claim.what == ALL_DATA => all_data(desk, claim),
        Says::KeptAtMost => at_most(desk, claim),
        _ => None,
    };
    desk.pack.claims.iter().filter_map(of).collect()
}

/// Whoever reads that everything is deleted does not expect that the request itself is kept.
fn all_data(desk: &Desk<'_>, claim: &Claim) -> Option<Finding> {
    let keep = desk.pack.keeps(Record::Case, Kind::Erasure)?;
    let says = format!(
        "{} says that all data is deleted, and what a person wrote about it is kept for {} after the answer. Whoever asks for a \
         deletion has to be told so.",
        desk.words(claim),
        spoken(keep.length()?),
    );
    Some(desk.finding(&[&claim.id], Severity::Notice, says, keep.source.clone()))
}

fn at_most(desk: &Desk<'_>, claim: &Claim) -> Option<Finding> {
    let promised = claim.period.as_ref()?.period;
    let lines = desk.pack.retention.iter().filter(|keep| keep.of.code() == claim.what);
    let longer = |kept: Period| kept != promised && !covers(promised, kept);
    let keep = lines.into_iter().find(|keep| keep.length().is_none_or(longer))?;
    let kept = keep.length().map_or_else(|| "without an end".to_owned(), |kept| format!("for {}", spoken(kept)));
    let says = format!(
        "{} promises that it is gone after {}, and here it is kept {kept} ({}).",
        desk.words(claim),
        spoken(promised),
        keep.of.label().to_lowercase(),
    );
    Some(desk.finding(&[&claim.id], Severity::Problem, says, keep.source.clone()))
}
