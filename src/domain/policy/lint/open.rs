//! What nobody has answered or looked at yet: facts that rules ask for, policies without a deadline, packs without a lawyer.

use super::{Desk, Finding, Severity, listed};
use crate::domain::policy::Matter;
use std::collections::BTreeSet;

pub(super) fn findings(desk: &Desk<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, law) in asked(desk) {
        let says = format!(
            "Nobody says whether {name} holds for {}, and {law} asks. Until then its rules that need it do not run.",
            desk.pack.short
        );
        let source = format!("[fact.{name}] of the product's pack");
        found.push(desk.finding(&[], Severity::Problem, says, source));
    }
    let is_of_cases = |kinds: &[Matter]| kinds.is_empty() || kinds.iter().any(|kind| matches!(kind, Matter::Case(_)));
    if !desk.pack.promises.iter().any(|promise| is_of_cases(&promise.kinds)) {
        let says = "The policy names no deadline for any request: only the law and our own targets give dates.".to_owned();
        found.push(desk.finding(&[], Severity::Notice, says, format!("the policy of {}", desk.pack.version)));
    }
    let pack = (desk.pack.reviewed_by.trim().is_empty()).then(|| format!("the pack of {}", desk.pack.short));
    let laws = desk.every_law().into_iter().filter(|law| law.reviewed_by.trim().is_empty()).map(|law| law.short.clone());
    let unread: Vec<String> = pack.into_iter().chain(laws).collect();
    if !unread.is_empty() {
        let says = format!("No lawyer has signed {}.", listed(unread));
        found.push(desk.finding(&[], Severity::Notice, says, "reviewed_by of the packs".to_owned()));
    }
    found
}

/// The names that rules and routes ask about and the product does not answer, with the first law that asks.
fn asked(desk: &Desk<'_>) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let mut asked = Vec::new();
    for law in desk.every_law() {
        let rules = law.rules.iter().flat_map(|rule| &rule.applies_if);
        for condition in rules.chain(law.routes.iter().flat_map(|route| &route.applies_if)) {
            let name = condition.strip_prefix('!').unwrap_or(condition);
            if !desk.pack.answers.contains_key(name) && seen.insert(name.to_owned()) {
                asked.push((name.to_owned(), law.short.clone()));
            }
        }
    }
    asked
}
