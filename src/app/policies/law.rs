//! A law as its pack writes it down, rule by rule, for one product.

use super::words;
use crate::{
    app::{App, clockwork::Turn},
    domain::{
        policy::{ProductPack, law::RuleSet, rule::Rule},
        time::Instant,
    },
};
use chrono::NaiveDate;

/// One law.
#[derive(Debug, Clone)]
pub struct LawPage {
    /// Its id in the packs.
    pub id: String,
    /// Its full name.
    pub name: String,
    /// Its name in tables.
    pub short: String,
    /// When the pack was last checked.
    pub version: String,
    /// The lawyer who signed it; empty until somebody did.
    pub reviewed_by: String,
    /// What is so of all its rules, a sentence each.
    pub notes: Vec<String>,
    /// Its rules.
    pub rules: Vec<RulePage>,
    /// Whom people can turn to by it.
    pub routes: Vec<Turn>,
}

/// One rule in words.
#[derive(Debug, Clone)]
pub struct RulePage {
    /// What has to be done by when.
    pub says: String,
    /// Of what.
    pub of: String,
    /// Pauses, extension, conditions, dates: a sentence each.
    pub more: Vec<String>,
    /// Why it does not hold for the product today; none where it holds.
    pub idle: Option<String>,
    /// Where it stands.
    pub citation: String,
    /// Where that can be read.
    pub source: String,
    /// What was read and how sure the pack is.
    pub rests_on: String,
    /// True where a lawyer signed it.
    pub is_reviewed: bool,
}

/// Every law that holds for somebody, each once, in the order of the places.
pub(super) fn of(app: &App, pack: &ProductPack, now: Instant) -> Vec<LawPage> {
    let mut laws: Vec<&RuleSet> = Vec::new();
    for law in pack.jurisdictions.iter().flat_map(|j| &j.regimes).filter_map(|id| app.packs.law(id)) {
        if !laws.iter().any(|known| known.id == law.id) {
            laws.push(law);
        }
    }
    laws.into_iter().map(|law| page(app, pack, law, now)).collect()
}

fn page(app: &App, pack: &ProductPack, law: &RuleSet, now: Instant) -> LawPage {
    let today = now.local(law.zone).date_naive();
    let calendar = law.calendar.as_ref().and_then(|code| app.packs.calendar(code));
    let zone = format!("Days end by the time of {}.", words::zone(law.zone));
    let notes = [
        Some(zone),
        calendar.map(|calendar| format!("Working days are those of {}.", calendar.name)),
        law.roll.then(|| "An end on a day that is no working day moves to the next one.".to_owned()),
    ];
    let meant = |conditions: &[String]| conditions.iter().all(|condition| pack.denies(condition).is_none());
    let routes = law.routes.iter().filter(|route| meant(&route.applies_if));
    LawPage {
        id: law.id.clone(),
        name: law.name.clone(),
        short: law.short.clone(),
        version: words::date(&law.version),
        reviewed_by: law.reviewed_by.trim().to_owned(),
        notes: notes.into_iter().flatten().collect(),
        rules: law.rules.iter().map(|rule| rule_page(pack, law, rule, today)).collect(),
        routes: routes.map(|route| Turn { works: route.operates_on(today), route: route.clone() }).collect(),
    }
}

fn rule_page(pack: &ProductPack, law: &RuleSet, rule: &Rule, today: NaiveDate) -> RulePage {
    let mut more: Vec<String> = rule.pauses.iter().copied().map(words::pause).collect();
    more.extend(rule.extension.as_ref().map(|extension| {
        let reasons = if extension.reasons { ", with reasons," } else { "" };
        let (add, total) = (extension.add.period.in_words(), extension.total.period.in_words());
        format!("Can be extended by {add}{reasons} to {total} in all.")
    }));
    more.extend(rule.roll.filter(|roll| *roll && !law.roll).map(|_| "An end on a day off moves on.".to_owned()));
    more.extend(Some(&rule.condition).filter(|says| !says.is_empty()).map(|says| format!("Only where: {says}")));
    more.extend((!rule.notify.is_empty()).then(|| format!("To be told: {}.", rule.notify.join("; "))));
    more.extend(dates(rule));
    more.extend(Some(&rule.note).filter(|says| !says.is_empty()).map(|says| says.trim().to_owned()));
    RulePage {
        says: words::rule(rule),
        of: words::matters(&rule.kinds),
        more,
        idle: idle(pack, rule, today),
        citation: rule.citation.clone(),
        source: rule.source.clone(),
        rests_on: format!("Read was {}; {}.", rule.evidence.label(), rule.confidence.label()),
        is_reviewed: !law.reviewed_by.trim().is_empty() || !rule.reviewed_by.trim().is_empty(),
    }
}

fn dates(rule: &Rule) -> Option<String> {
    let day = words::day;
    let unsure = if rule.date_uncertain { "; the date is not certain" } else { "" };
    match (rule.from, rule.until) {
        (Some(from), Some(until)) => Some(format!("In force from {} to {}{unsure}.", day(from), day(until))),
        (Some(from), None) => Some(format!("In force from {}{unsure}.", day(from))),
        (None, Some(until)) => Some(format!("In force until {}{unsure}.", day(until))),
        (None, None) => None,
    }
}

/// Why a rule does not hold for the product today.
fn idle(pack: &ProductPack, rule: &Rule, today: NaiveDate) -> Option<String> {
    if rule.from.is_some_and(|from| today < from) {
        return Some("not in force yet".to_owned());
    }
    if rule.until.is_some_and(|until| until < today) {
        return Some("no longer in force".to_owned());
    }
    rule.applies_if.iter().find_map(|condition| {
        pack.denies(condition)?;
        let name = condition.strip_prefix('!').unwrap_or(condition);
        let answer = pack.answers.get(name);
        let because = answer.map_or("nobody answered that", |answer| answer.because.as_str());
        Some(format!("does not hold for {}: {}, {because}", pack.short, asked(condition, name)))
    })
}

fn asked(condition: &str, name: &str) -> String {
    let not = if condition.starts_with('!') { "only where not " } else { "only where " };
    format!("{not}“{}”", words::spaced(name))
}
