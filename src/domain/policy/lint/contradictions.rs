//! What a policy says against itself, and what it lost.

use super::{Desk, Finding, Severity, listed};
use crate::domain::policy::claim::{ALL_DATA, Claim, Says};

/// What contradicts what, and how that is put.
const PAIRS: [(Says, Says, &str); 4] = [
    (
        Says::Deletes,
        Says::Keeps,
        "One of them is not so: whoever asks for a deletion has to be told what is kept, and why.",
    ),
    (
        Says::Deletes,
        Says::Collects,
        "One of them is not so: an answer about what is held has to be tried against both.",
    ),
    (
        Says::CollectsNo,
        Says::Needs,
        "Without it nobody can be answered or told apart: a reference that the person keeps has to take its place, and who \
         cannot be identified has to be told so.",
    ),
    (Says::UsesOnly, Says::Uses, "One of them is not so."),
];

pub(super) fn findings(desk: &Desk<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (one, other, so) in PAIRS {
        for claim in of(desk, one) {
            let against: Vec<&Claim> =
                of(desk, other).filter(|against| against.what == claim.what || is_all(claim, other)).collect();
            if !against.is_empty() {
                found.push(contradiction(desk, claim, (other, &against), so));
            }
        }
    }
    found.extend(of(desk, Says::TextLost).map(|claim| {
        let says = format!(
            "After {} the published text is lost: {}. Nothing was put in its place.",
            desk.words(claim),
            claim.what
        );
        desk.finding(&[&claim.id], Severity::Problem, says, desk.section(&claim.id))
    }));
    found
}

fn of<'a>(desk: &Desk<'a>, says: Says) -> impl Iterator<Item = &'a Claim> {
    desk.pack.claims.iter().filter(move |claim| claim.says == says)
}

/// Deleting everything contradicts keeping anything, but says nothing about what is collected.
fn is_all(claim: &Claim, other: Says) -> bool {
    claim.what == ALL_DATA && other == Says::Keeps
}

/// What a claim says of something, as a half sentence.
fn phrase(says: Says, what: &str) -> String {
    match says {
        Says::UsesOnly => format!("uses {what} only to run the service"),
        Says::Uses => format!("uses {what} for other things too"),
        says => format!("{} {what}", says.label()),
    }
}

fn contradiction(desk: &Desk<'_>, claim: &Claim, (other, against): (Says, &[&Claim]), so: &str) -> Finding {
    let others = listed(against.iter().map(|other| desk.words(other)).collect());
    let says = format!(
        "{} and {others} contradict each other: the policy {}, and {}. {so}",
        desk.words(claim),
        phrase(claim.says, &claim.what),
        phrase(other, &listed(against.iter().map(|other| other.what.clone()).collect())),
    );
    let mut rows = vec![claim.id.as_str()];
    rows.extend(against.iter().map(|other| other.id.as_str()));
    let mut sections: Vec<String> = rows.iter().map(|row| desk.section(row)).collect();
    sections.dedup();
    desk.finding(&rows, Severity::Problem, says, sections.join("; "))
}
