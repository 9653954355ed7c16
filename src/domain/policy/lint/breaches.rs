//! Policies that tell of a breach only where there is a risk, and laws that want to know of every one; and consent that
//! nobody gave.

use super::{Desk, Finding, Severity, listed, not_yet, spoken};
use crate::domain::{
    clock::Duty,
    kind::Kind,
    policy::{
        Matter,
        claim::{Claim, Says},
        law::RuleSet,
        rule::Rule,
    },
};

pub(super) fn findings(desk: &Desk<'_>) -> Vec<Finding> {
    let of = |says: Says| desk.pack.claims.iter().filter(move |claim| claim.says == says);
    let on_risk: Vec<&Claim> = of(Says::BreachOnRiskOnly).collect();
    let mut found = Vec::new();
    if !on_risk.is_empty() {
        found.extend(desk.usual_laws().into_iter().filter_map(|law| on_risk_only(desk, &on_risk, law)));
    }
    found.extend(of(Says::ConsentByUse).flat_map(|claim| by_use(desk, claim)));
    found
}

fn on_risk_only(desk: &Desk<'_>, claims: &[&Claim], law: &RuleSet) -> Option<Finding> {
    let every = |rule: &&Rule| {
        let tells =
            matches!(rule.duty, Some(Duty::NotifyAuthority | Duty::NotifyAuthorityInitial | Duty::NotifySubjects));
        // a rule without a condition knows no threshold
        tells && rule.kinds.contains(&Matter::Incident) && rule.none.is_none() && rule.condition.is_empty()
    };
    let rules: Vec<&Rule> = law.rules.iter().filter(every).filter(|rule| asks_it(desk, rule)).collect();
    let first = rules.first()?;
    let from = not_yet(law, desk.day(law)).map(|from| format!("From {from}, the")).unwrap_or("The".to_owned());
    let says = format!(
        "{} tells of a breach only where there is a risk of harm. {from} {} knows no such threshold: {}.",
        listed(claims.iter().map(|claim| desk.words(claim)).collect()),
        law.short,
        listed(rules.iter().map(|rule| told(rule)).collect()),
    );
    let rows: Vec<&str> = claims.iter().map(|claim| claim.id.as_str()).collect();
    Some(desk.finding(&rows, Severity::Problem, says, format!("{}, {}", first.citation, first.source)))
}

fn asks_it(desk: &Desk<'_>, rule: &Rule) -> bool {
    let day = desk.at.utc().date_naive();
    rule.until.is_none_or(|until| day <= until)
        && rule.applies_if.iter().all(|condition| desk.pack.denies(condition).is_none())
}

fn told(rule: &Rule) -> String {
    let who = if rule.notify.is_empty() { "somebody is".to_owned() } else { listed(rule.notify.clone()) };
    let when = match (&rule.period, &rule.undated) {
        (Some(period), _) => format!("within {}", spoken(period.period)),
        (None, words) => words.clone().unwrap_or_default(),
    };
    format!("{who} to be told {when} ({})", rule.citation)
}

/// Laws in which consent can be withdrawn are those in which it has to be given first.
fn by_use(desk: &Desk<'_>, claim: &Claim) -> Vec<Finding> {
    let of = |law: &&RuleSet| {
        let withdrawal = Matter::Case(Kind::ConsentWithdrawal);
        let day = desk.day(law);
        let rule = law.rules.iter().find(|rule| rule.kinds.contains(&withdrawal) && rule.holds_on(day))?;
        let says = format!(
            "{} takes going on using the service for consent to {}. Under the {} consent is a clear act of the person's \
             own, and as easy to withdraw as to give.",
            desk.words(claim),
            claim.what,
            law.short
        );
        Some(desk.finding(&[&claim.id], Severity::Problem, says, format!("{}, {}", rule.citation, rule.source)))
    };
    desk.every_law().iter().filter_map(of).collect()
}
