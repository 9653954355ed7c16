//! What a policy says about the law: provisions that are not there, duties that the law does not know or not yet, and
//! people to complain to who do not take complaints.

use super::{Desk, Finding, Severity, date, listed, not_yet, spoken};
use crate::domain::{
    clock::Duty,
    policy::{
        claim::{Claim, Says},
        law::RuleSet,
        provision,
        rule::Rule,
    },
};

pub(super) fn findings(desk: &Desk<'_>) -> Vec<Finding> {
    let of = |claim: &Claim| match claim.says {
        Says::Cites => cites(desk, claim),
        Says::LegalDuty => legal_duty(desk, claim),
        Says::NamesRoute => names_route(desk, claim),
        _ => None,
    };
    desk.pack.claims.iter().filter_map(of).collect()
}

fn cites(desk: &Desk<'_>, claim: &Claim) -> Option<Finding> {
    let Some(law) = desk.cited(&claim.instrument) else { return Some(unknown(desk, claim)) };
    if provision::has(&law.provisions, &claim.provision) {
        return None;
    }
    let mut says = format!(
        "{} cites {} of the {}, which has no such provision.",
        desk.words(claim),
        claim.provision,
        law.short
    );
    let land = |law: &RuleSet| law.id.split('-').next().unwrap_or_default().to_owned();
    let elsewhere = desk.laws.iter().filter(|other| other.id != law.id && land(other) == land(law));
    let there = elsewhere.filter(|other| provision::has(&other.provisions, &claim.provision));
    let there: Vec<String> = there.map(|other| format!("the {}", other.short)).collect();
    if !there.is_empty() {
        says = format!("{says} It is in {}.", listed(there));
    }
    let meant = law.rules.iter().find(|rule| is_about(rule, claim, Duty::Resolve) && rule.holds_on(desk.day(law)));
    if let Some(rule) = meant {
        says = format!("{says} The {} speaks of this in {}.", law.short, rule.citation);
    }
    Some(desk.finding(&[&claim.id], Severity::Problem, says, source(law, meant)))
}

fn legal_duty(desk: &Desk<'_>, claim: &Claim) -> Option<Finding> {
    let Some(law) = desk.cited(&claim.instrument) else { return Some(unknown(desk, claim)) };
    let mut faults = Vec::new();
    if let Some(from) = not_yet(law, desk.day(law)) {
        faults.push(format!("which is not in force for this before {from}"));
    }
    let mut found = None;
    if let (Some(duty), Some(claimed)) = (claim.duty, &claim.period) {
        let rules = law.rules.iter().filter(|rule| is_about(rule, claim, duty) && rule.none.is_none());
        let (same, other): (Vec<&Rule>, Vec<&Rule>) =
            rules.partition(|rule| rule.period.as_ref().is_some_and(|period| period.period == claimed.period));
        found = other.first().or(same.first()).copied();
        let mut says: Vec<String> = other.into_iter().map(given).collect();
        says.sort();
        if same.is_empty() && says.is_empty() {
            faults.push(format!("which knows no such duty ({})", duty.label().to_lowercase()));
        } else if !says.is_empty() {
            faults.push(format!("which does not ask for {}: it {}", spoken(claimed.period), listed(says)));
        }
    }
    if faults.is_empty() {
        return None;
    }
    let says = format!("{} speaks of a duty under the {}, {}.", desk.words(claim), law.short, faults.join(", and "));
    Some(desk.finding(&[&claim.id], Severity::Problem, says, source(law, found)))
}

/// What a rule gives, as a half sentence.
fn given(rule: &Rule) -> String {
    match (&rule.period, &rule.undated) {
        (Some(period), _) => format!("gives {} at most ({})", spoken(period.period), rule.citation),
        (None, words) => format!("says “{}” ({})", words.as_deref().unwrap_or_default(), rule.citation),
    }
}

fn names_route(desk: &Desk<'_>, claim: &Claim) -> Option<Finding> {
    let of = |law: &'_ RuleSet| law.routes.iter().find(|route| route.id == claim.route).cloned();
    let (law, route) = desk.laws.iter().find_map(|law| of(law).map(|route| (law, route)))?;
    if route.operates_on(desk.day(law)) {
        return None;
    }
    let from = route.operative_from.map(date).unwrap_or_default();
    let about = if route.uncertain { ", a date that is not certain" } else { "" };
    let says = format!(
        "{} names the {}, which takes no complaints before {from}{about}. {}",
        desk.words(claim),
        route.name,
        route.how
    );
    Some(desk.finding(&[&claim.id], Severity::Problem, says, format!("{}, {}", route.citation, route.source)))
}

fn unknown(desk: &Desk<'_>, claim: &Claim) -> Finding {
    let says = format!("{} cites “{}”, and no rule set goes by that name.", desk.words(claim), claim.instrument);
    desk.finding(&[&claim.id], Severity::Notice, says, desk.section(&claim.id))
}

fn is_about(rule: &Rule, claim: &Claim, duty: Duty) -> bool {
    rule.duty == Some(duty) && rule.kinds.iter().any(|kind| claim.kinds.contains(kind))
}

fn source(law: &RuleSet, rule: Option<&Rule>) -> String {
    match rule.or(law.rules.first()) {
        Some(rule) => format!("{}, {}", rule.citation, rule.source),
        None => law.name.clone(),
    }
}
