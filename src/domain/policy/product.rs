//! A product's pack: what one product published, promised and aims at, and which laws it answers to where.

use super::{
    claim::Claim,
    copy::CopyRules,
    matter::Matter,
    restricted::Restricted,
    retention::{self, Keep},
    rule::Written,
};
use crate::domain::{
    calendar::hours::Week,
    clock::{Duty, Layer, explain::usual_risk, fact::Fact, period::Period},
    codes::codes,
    kind::Kind,
    language::Language,
    retention::Record,
    time::{HOUR, Instant},
};
use chrono_tz::Tz;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// What one product published, and what follows from it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductPack {
    /// The product's id, for example `imagegen-artisticmonk`; also the file's name.
    pub id: String,
    /// The name the public knows.
    pub name: String,
    /// The name in tables.
    pub short: String,
    /// The date of the published policy this pack answers; stored with every clock.
    pub version: String,
    /// The time zone in which the product's days end.
    pub zone: Tz,
    /// The lawyer who signed this pack; empty until somebody did.
    #[serde(default)]
    pub reviewed_by: String,
    /// The languages beside English, by code of ISO 639-1: each is on once somebody signed its letters.
    #[serde(default, rename = "language")]
    pub languages: HashMap<Language, Letters>,
    /// What holds for training when a person says nothing.
    pub training: Training,
    /// Where somebody can complain who does not agree with an answer, as letters say it.
    pub complaint: String,
    /// Who answers, and where.
    pub officer: Officer,
    /// Mailboxes that the policy names.
    #[serde(default, rename = "mailbox")]
    pub mailboxes: Vec<Mailbox>,
    /// What becomes of material that is sent with restricted reports.
    #[serde(default)]
    pub restricted: Restricted,
    /// How a copy of a person's data is made, and what it says of the product.
    pub copy: CopyRules,
    /// What is so for this product and rules ask about, by name.
    #[serde(default, rename = "fact")]
    pub answers: BTreeMap<String, Answer>,
    /// Which laws hold where the person lives.
    #[serde(default, rename = "jurisdiction")]
    pub jurisdictions: Vec<Jurisdiction>,
    /// What is kept although somebody asks for its erasure.
    #[serde(default, rename = "kept")]
    pub kept: Vec<Kept>,
    /// How long Recourse itself keeps the records of this product's requests; empty where nobody said so, and then it destroys
    /// none of them.
    #[serde(default)]
    pub retention: Vec<Keep>,
    /// From when on a clock is at risk, by duty: how long before its end.
    #[serde(default)]
    pub at_risk: HashMap<Duty, Written>,
    /// When the desk works; targets may be counted in these hours.
    #[serde(default)]
    pub hours: Option<Week>,
    /// The calendar whose holidays the desk has off.
    #[serde(default)]
    pub hours_calendar: Option<String>,
    /// Everything the policy promises, a sentence each.
    #[serde(default, rename = "row")]
    pub rows: Vec<Row>,
    /// Subject lines that the policy names.
    #[serde(default, rename = "subject")]
    pub subjects: Vec<SubjectRule>,
    /// What was promised with a number.
    #[serde(default, rename = "promise")]
    pub promises: Vec<Own>,
    /// What the company aims at without having promised it.
    #[serde(default, rename = "target")]
    pub targets: Vec<Own>,
    /// What the policy says that can be held against the law, or against itself.
    #[serde(default, rename = "claim")]
    pub claims: Vec<Claim>,
}

/// The letters in one language.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// Who read the letters and answers for them; empty, nobody is answered in the language.
    pub reviewed_by: String,
    /// `complaint` in this language; needed once the language is on.
    #[serde(default)]
    pub complaint: String,
}

codes! {
    /// What holds for training when a person says nothing.
    Training {
        OptOut "opt_out" "used for training unless the person says no",
        OptIn "opt_in" "used for training only if the person says yes",
        Never "never" "not used for training",
        Unstated "unstated" "the policy does not say",
    }
}

/// The officer named in mail, as the law of several countries asks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// As published; may be empty where the policy names nobody.
    pub name: String,
    /// As published.
    pub title: String,
    /// Where letters go; may be empty.
    pub address: String,
    /// As published.
    #[serde(default)]
    pub phone: String,
}

/// A mailbox that the policy names.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// The row it comes from.
    pub id: String,
    /// What people are to write there for.
    pub purpose: String,
    /// The address; empty where the published text does not show it, then the configuration gives it.
    #[serde(default)]
    pub address: String,
}

/// An answer to something rules ask about a product.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// True where it is so.
    pub holds: bool,
    /// Why.
    pub because: String,
}

/// The laws that hold for people who live somewhere.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jurisdiction {
    /// `IN`, `US-CA`, `GB`, `IE`; `EU` stands for every state of the European Economic Area without a line of its own.
    pub code: String,
    /// Its rule sets.
    pub regimes: Vec<String>,
    /// The calendar of its working days; missing where each rule set brings its own.
    #[serde(default)]
    pub calendar: Option<String>,
    /// True for the one that is taken where nobody knows where the person lives.
    #[serde(default)]
    pub default: bool,
}

/// Something kept although somebody asks for its erasure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// What.
    pub what: String,
    /// On what ground.
    pub basis: String,
    /// Until when, in words; the policy may not say.
    #[serde(default)]
    pub until: String,
}

/// One promise of the published policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// For example `000-37`.
    pub id: String,
    /// Where it stands, for example `Privacy policy §14`.
    pub section: String,
    /// The sentence itself.
    pub quote: String,
    /// How the console keeps it, beyond a clock or a subject line; missing where nothing does yet.
    #[serde(default)]
    pub answer: Option<String>,
}

/// A subject line that the policy tells people to use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectRule {
    /// The row it answers, for example `000-15`.
    pub id: String,
    /// The line, compared without case, punctuation and reply marks.
    pub line: String,
    /// The kind it means; missing where the words of the mail decide between the rights.
    pub kind: Option<Kind>,
}

/// A number the company gave itself: promised, or aimed at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// The row it comes from; of a target without one, a name of its own.
    pub id: String,
    /// What is to be done.
    pub duty: Duty,
    /// By when, ISO 8601.
    pub period: Written,
    /// What it speaks of; empty means every kind of case.
    #[serde(default)]
    pub kinds: Vec<Matter>,
    /// Kinds that have a number of their own.
    #[serde(default)]
    pub except: Vec<Matter>,
    /// Where it begins; the receipt where nothing is said.
    #[serde(default = "super::rule::receipt")]
    pub start: Vec<Fact>,
    /// True where it counts back from its start.
    #[serde(default)]
    pub backwards: bool,
    /// True where only the desk's own hours count, and none while the person is asked something; targets only.
    #[serde(default)]
    pub working_hours: bool,
    /// Why this number; for targets without a row.
    #[serde(default)]
    pub because: String,
}

/// A number of the company's own that speaks of a matter.
#[derive(Debug, Clone)]
pub struct Commitment<'a> {
    /// The promise or the target.
    pub own: &'a Own,
    /// Promise or target.
    pub layer: Layer,
    /// Where it stands, with the sentence.
    pub citation: String,
}

impl Own {
    fn speaks_of(&self, matter: Matter) -> bool {
        let named = self.kinds.contains(&matter) || (self.kinds.is_empty() && matches!(matter, Matter::Case(_)));
        named && !self.except.contains(&matter)
    }
}

impl ProductPack {
    /// The pack and its version, as stored with every clock.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.id, self.version)
    }

    /// The languages in which people are answered: English, and those whose letters somebody signed.
    #[must_use]
    pub fn languages_on(&self) -> Vec<Language> {
        let signed = |language: &Language| {
            self.languages.get(language).is_some_and(|letters| !letters.reviewed_by.trim().is_empty())
        };
        Language::ALL.iter().filter(|language| **language == Language::En || signed(language)).copied().collect()
    }

    /// Where somebody can complain, in this language; in the pack's own words where the language has none.
    #[must_use]
    pub fn complaint_in(&self, language: Language) -> &str {
        let own = self.languages.get(&language).map(|letters| letters.complaint.trim());
        own.filter(|says| !says.is_empty()).unwrap_or(&self.complaint)
    }

    /// The row of this id.
    #[must_use]
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// How long a record of a case of this kind is kept, and why; none where the pack says nothing.
    #[must_use]
    pub fn keeps(&self, record: Record, kind: Kind) -> Option<&Keep> {
        retention::line(&self.retention, record, kind)
    }

    /// What the company promised for `matter` or aims at.
    pub fn commitments(&self, matter: Matter) -> impl Iterator<Item = Commitment<'_>> {
        let layered = |layer| move |own| (layer, own);
        let promises = self.promises.iter().map(layered(Layer::Promise));
        let targets = self.targets.iter().map(layered(Layer::Target));
        promises.chain(targets).filter(move |(_, own)| own.speaks_of(matter)).map(|(layer, own)| {
            let citation = match self.row(&own.id) {
                Some(row) => format!("{}: “{}”", row.section, row.quote),
                None => own.because.clone(),
            };
            Commitment { own, layer, citation }
        })
    }

    /// Why a condition of a rule does not hold for this product; none where it holds.
    #[must_use]
    pub fn denies(&self, condition: &str) -> Option<String> {
        let (name, wanted) = condition.strip_prefix('!').map_or((condition, true), |name| (name, false));
        match self.answers.get(name) {
            Some(answer) if answer.holds == wanted => None,
            Some(answer) => Some(format!("{name} is {} for {}: {}", yes(answer.holds), self.short, answer.because)),
            None if wanted => Some(format!("{name} is not answered for {}", self.short)),
            None => None,
        }
    }

    /// From when on a clock of `duty` is at risk.
    #[must_use]
    pub fn risk(&self, duty: Duty, from: Instant, due: Instant) -> Instant {
        let before = self.at_risk.get(&duty).map(|written| written.period.usual_hours().saturating_mul(HOUR));
        // a threshold that is most of the period would alarm at its start, and never near its end
        let before = before.filter(|millis| *millis < due.since(from) / 2);
        before.map_or_else(|| usual_risk(from, due), |millis| due.plus(-millis))
    }

    /// The laws for somebody who lives at `code`; those for everybody else where nothing fits or nothing is known.
    /// `US-CA` is looked up whole first, then as `US`; a state of the European Economic Area also as `EU`.
    #[must_use]
    pub fn jurisdiction(&self, code: Option<&str>) -> Option<&Jurisdiction> {
        let find = |code: &str| self.jurisdictions.iter().find(|j| j.code == code);
        let named = code.and_then(|code| {
            let country = code.split('-').next().unwrap_or(code);
            let union = if super::place::in_economic_area(country) { find("EU") } else { None };
            find(code).or_else(|| find(country)).or(union)
        });
        named.or_else(|| self.jurisdictions.iter().find(|j| j.default))
    }

    /// What is wrong with the pack beyond its form, each with the key it is about; empty when nothing is.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut faults: Vec<(String, String)> = Vec::new();
        let mut fault = |key: &str, says: String| faults.push((key.to_owned(), says));
        for kind in Kind::ALL {
            for duty in [Duty::Acknowledge, Duty::Resolve] {
                if !self.commitments(Matter::Case(*kind)).any(|c| c.own.duty == duty) {
                    fault(
                        "target",
                        format!("no promise and no target gives a period to {} for kind {kind}", duty.code()),
                    );
                }
            }
        }
        for promise in self.promises.iter().filter(|p| self.row(&p.id).is_none()) {
            fault("promise", format!("{} cites no sentence: there is no row of this id", promise.id));
        }
        for target in self.targets.iter().filter(|t| self.row(&t.id).is_none() && t.because.trim().is_empty()) {
            fault("target", format!("{} says neither which sentence it comes from nor why", target.id));
        }
        for own in self.promises.iter().filter(|own| own.working_hours) {
            fault("promise", format!("{} counts in the desk's hours; only a target may", own.id));
        }
        for own in self.targets.iter().filter(|own| own.working_hours) {
            if self.hours.is_none() {
                fault("hours", format!("say when the desk works: target {} counts in its hours", own.id));
            }
            if !matches!(own.period.period, Period::Elapsed(_)) || own.backwards {
                fault("target", format!("{} counts in the desk's hours; write its period as PT8H", own.id));
            }
        }
        for row in self.rows.iter().filter(|r| r.quote.trim().is_empty() || r.section.trim().is_empty()) {
            fault("row", format!("{} cites no sentence", row.id));
        }
        if self.jurisdictions.iter().filter(|j| j.default).count() > 1 {
            fault("jurisdiction", "more than one is the default".to_owned());
        }
        if self.complaint.trim().is_empty() {
            fault("complaint", "says nothing: a refusal has to name where to complain".to_owned());
        }
        for (language, letters) in &self.languages {
            if *language == Language::En {
                fault("language", "English is always on; leave [language.en] out".to_owned());
            } else if !letters.reviewed_by.trim().is_empty() && letters.complaint.trim().is_empty() {
                let says = format!("{} is switched on and says not where to complain; add complaint", language.code());
                fault("language", says);
            }
        }
        for says in self.copy.faults() {
            fault("copy", says);
        }
        faults
    }
}

const fn yes(holds: bool) -> &'static str {
    if holds { "so" } else { "not so" }
}
