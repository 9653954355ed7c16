//! What only shows when packs are read together: names that lead nowhere, dates that overlap, calendars that end.

use super::source::{Fault, Source};
use crate::{
    app::calendars::Calendars,
    domain::{
        clock::period::Period,
        policy::{ProductPack, law::RuleSet, provision, retention, rule::Rule},
        retention::{Record, covers},
        time::Instant,
    },
};
use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// How far ahead a calendar has to know its holidays, in days: longer than any extended period of a case.
const AHEAD: u64 = 200;

/// Everything that was read.
pub(super) struct All<'a> {
    pub(super) laws: &'a [(Source, RuleSet)],
    pub(super) products: &'a [(Source, ProductPack)],
    pub(super) calendars: &'a Calendars,
    /// Now, where calendars have to know the days to come.
    pub(super) at: Option<Instant>,
}

pub(super) fn faults(all: &All<'_>) -> Vec<Fault> {
    let laws = all.laws.iter().flat_map(|(source, law)| of_law(all, source, law));
    laws.chain(all.products.iter().flat_map(|(source, pack)| of_product(all, source, pack))).collect()
}

fn of_law(all: &All<'_>, source: &Source, law: &RuleSet) -> Vec<Fault> {
    let mut faults = Vec::new();
    if source.file != format!("law/{}.toml", law.id) {
        faults.push(source.fault("", 0, "id", format!("'{}' and the file's name differ; make them the same", law.id)));
    }
    if law.rules.is_empty() {
        faults.push(source.fault("rule", 0, "", "there is none; add a [[rule]]".to_owned()));
    }
    for entry in law.provisions.iter().filter(|entry| !provision::is_well_written(entry)) {
        let says = format!("'{entry}' is no provision; write 5, 16..44, 5(1..9) or 7(*)");
        faults.push(source.fault("", 0, "provisions", says));
    }
    if let Some(code) = law.calendar.as_deref() {
        faults.extend(calendar(all, code, &[law]).map(|says| source.fault("", 0, "calendar", says)));
    }
    for (nth, rule) in law.rules.iter().enumerate() {
        faults.extend(rule.faults().into_iter().map(|(key, says)| source.fault("rule", nth, key, says)));
        let elsewhere = all.laws.iter().map(|(_, other)| other).filter(|other| other.id != law.id);
        if let Some(other) = elsewhere.into_iter().find(|other| other.rules.iter().any(|r| r.id == rule.id)) {
            let says = format!("'{}' is the id of a rule of {} too; give each rule its own", rule.id, other.id);
            faults.push(source.fault("rule", nth, "id", says));
        }
        if law.rules[..nth].iter().any(|earlier| earlier.id == rule.id && overlap(earlier, rule)) {
            let says = "another version of the rule holds on the same day; end it the day before this one begins";
            faults.push(source.fault("rule", nth, "from", says.to_owned()));
        }
        for name in rule.applies_if.iter().map(|condition| condition.strip_prefix('!').unwrap_or(condition)) {
            if !all.products.is_empty() && !all.products.iter().any(|(_, pack)| pack.answers.contains_key(name)) {
                let says =
                    format!("no product answers '{name}'; add [fact.{name}] to the products, or correct the name");
                faults.push(source.fault("rule", nth, "applies_if", says));
            }
        }
    }
    let ids = law.routes.iter().map(|route| route.id.as_str());
    faults.extend(twice(source, "route", ids));
    faults
}

fn of_product(all: &All<'_>, source: &Source, pack: &ProductPack) -> Vec<Fault> {
    let mut faults = Vec::new();
    if source.file != format!("products/{}.toml", pack.id) {
        faults.push(source.fault("", 0, "id", format!("'{}' and the file's name differ; make them the same", pack.id)));
    }
    // what is missing may stand in a table that was left out
    let own = if source.is_partial { Vec::new() } else { pack.faults() };
    for (key, says) in own {
        let id = says.split_whitespace().next().unwrap_or_default();
        faults.push(source.fault(&key, source.nth(&key, id), "", says));
    }
    for (nth, claim) in pack.claims.iter().enumerate() {
        faults.extend(claim.faults().into_iter().map(|(key, says)| source.fault("claim", nth, key, says)));
    }
    for (table, ids) in [
        ("claim", pack.claims.iter().map(|claim| claim.id.as_str()).collect::<Vec<_>>()),
        ("subject", pack.subjects.iter().map(|subject| subject.id.as_str()).collect()),
        ("mailbox", pack.mailboxes.iter().map(|mailbox| mailbox.id.as_str()).collect()),
    ] {
        for (nth, id) in ids.into_iter().enumerate().filter(|(_, id)| pack.row(id).is_none()) {
            let says = format!("there is no row '{id}'; add the sentence it comes from as a [[row]]");
            faults.push(source.fault(table, nth, "id", says));
        }
    }
    for (nth, key, says) in retention::faults(&pack.retention) {
        faults.push(source.fault("retention", nth, key, says));
    }
    faults.extend(floors(all, source, pack));
    if let Some(code) = pack.hours_calendar.as_deref() {
        faults.extend(calendar(all, code, &[]).map(|says| source.fault("", 0, "hours_calendar", says)));
    }
    faults.extend(twice(source, "row", pack.rows.iter().map(|row| row.id.as_str())));
    faults.extend(twice(source, "jurisdiction", pack.jurisdictions.iter().map(|line| line.code.as_str())));
    let own = pack.promises.iter().map(|own| ("promise", own)).chain(pack.targets.iter().map(|own| ("target", own)));
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for (table, own) in own {
        let nth = counted.entry(table).or_default();
        let civil = matches!(own.period.period, Period::Elapsed(_) | Period::Days(_) | Period::Months(_));
        if !civil {
            let says = "a number of one's own is in hours, days or months: working days need the calendar of a law";
            faults.push(source.fault(table, *nth, "period", says.to_owned()));
        }
        *nth += 1;
    }
    for (nth, line) in pack.jurisdictions.iter().enumerate() {
        let known = |id: &String| all.laws.iter().any(|(_, law)| law.id == *id);
        for id in line.regimes.iter().filter(|id| !known(id)) {
            let there = all.laws.iter().map(|(_, law)| law.id.as_str()).collect::<Vec<_>>().join(", ");
            let says = format!("there is no rule set '{id}'; there are {there}");
            faults.push(source.fault("jurisdiction", nth, "regimes", says));
        }
        let laws: Vec<&RuleSet> =
            all.laws.iter().map(|(_, law)| law).filter(|law| line.regimes.contains(&law.id)).collect();
        if let Some(code) = line.calendar.as_deref() {
            faults.extend(calendar(all, code, &laws).map(|says| source.fault("jurisdiction", nth, "calendar", says)));
        }
        for name in unanswered(pack, &laws) {
            let says = format!("its rule sets ask whether {name} holds; answer with [fact.{name}]: holds, because");
            faults.push(source.fault("jurisdiction", nth, "regimes", says));
        }
    }
    faults
}

/// Records of cases that are kept for less time than a law of any place asks for. What stands behind the wall is not asked:
/// no period ends it.
fn floors(all: &All<'_>, source: &Source, pack: &ProductPack) -> Vec<Fault> {
    let places: BTreeSet<&String> = pack.jurisdictions.iter().flat_map(|line| &line.regimes).collect();
    let laws = all.laws.iter().map(|(_, law)| law).filter(|law| places.contains(&law.id));
    // what ended before today binds nobody any more who writes in now
    let rules = laws.flat_map(|law| &law.rules).filter(|rule| rule.until.is_none());
    let rules = rules.filter(|rule| rule.applies_if.iter().all(|condition| pack.denies(condition).is_none()));
    let mut faults: Vec<Fault> = Vec::new();
    for rule in rules {
        let (Some(floor), Some(asked)) = (rule.floor, rule.period.as_ref()) else { continue };
        for record in Record::OF_CASES.into_iter().filter(|record| floor.is_about(*record)) {
            for kind in rule.kinds.iter().filter_map(|matter| matter.kind()).filter(|kind| !kind.is_restricted()) {
                let Some(keep) = pack.keeps(record, kind) else { continue };
                if keep.length().is_none_or(|length| covers(length, asked.period)) {
                    continue;
                }
                let nth = pack.retention.iter().position(|one| std::ptr::eq(one, keep)).unwrap_or_default();
                let says = format!(
                    "{} of a case about {kind} is kept shorter than {} asks ({}): {}; make it longer",
                    record.code(),
                    rule.citation,
                    asked.text,
                    rule.source
                );
                let fault = source.fault("retention", nth, "period", says);
                if !faults.iter().any(|known| (known.line, &known.key) == (fault.line, &fault.key)) {
                    faults.push(fault);
                }
            }
        }
    }
    faults
}

/// Names that rules ask about and the product does not answer.
fn unanswered(pack: &ProductPack, laws: &[&RuleSet]) -> BTreeSet<String> {
    let asked = laws.iter().flat_map(|law| law.rules.iter().flat_map(|rule| &rule.applies_if));
    let names = asked.map(|condition| condition.strip_prefix('!').unwrap_or(condition).to_owned());
    names.filter(|name| !pack.answers.contains_key(name)).collect()
}

/// What is wrong with a calendar for these laws.
fn calendar(all: &All<'_>, code: &str, laws: &[&RuleSet]) -> Option<String> {
    let Some(calendar) = all.calendars.get(code) else {
        let there = all.calendars.codes().collect::<Vec<_>>().join(", ");
        return Some(format!("there is no calendar '{code}'; there are {there}"));
    };
    let counts = |law: &&RuleSet| {
        let working = |rule: &Rule| matches!(rule.period.as_ref().map(|p| p.period), Some(Period::Working(_)));
        law.roll || law.rules.iter().any(|rule| rule.roll == Some(true) || working(rule))
    };
    let today = all.at?.utc().date_naive();
    let needed = today.checked_add_days(Days::new(AHEAD)).unwrap_or(NaiveDate::MAX);
    let ends = laws.iter().any(counts) && !calendar.covers(needed);
    ends.then(|| {
        format!("the calendar {code} does not know the holidays of {needed}, and periods that start now may end there; add them")
    })
}

fn twice<'a>(source: &Source, table: &str, ids: impl Iterator<Item = &'a str>) -> Vec<Fault> {
    let key = if table == "jurisdiction" { "code" } else { "id" };
    let mut seen = BTreeSet::new();
    let again = ids.enumerate().filter(|(_, id)| !seen.insert(*id));
    again
        .map(|(nth, id)| source.fault(table, nth, key, format!("'{id}' stands here twice; give each its own")))
        .collect()
}

fn overlap(one: &Rule, other: &Rule) -> bool {
    let before = |a: &Rule, b: &Rule| a.until.zip(b.from).is_some_and(|(until, from)| until < from);
    !before(one, other) && !before(other, one)
}
