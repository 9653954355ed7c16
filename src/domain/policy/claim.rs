//! What a policy says that can be held against the law, or against itself.

use super::{matter::Matter, rule::Written};
use crate::domain::{clock::Duty, codes::codes, retention::Record};
use serde::Deserialize;

/// What stands for everything that can be deleted.
pub const ALL_DATA: &str = "all data";

codes! {
    /// What a sentence of a policy says, as far as it can be held against something.
    Says {
        Cites "cites" "cites a provision",
        LegalDuty "legal_duty" "says that a law asks for something",
        NamesRoute "names_route" "names somebody to complain to",
        BreachOnRiskOnly "breach_on_risk_only" "tells of breaches only where there is a risk",
        ConsentByUse "consent_by_use" "takes going on using the service for consent",
        Deletes "deletes" "deletes",
        Keeps "keeps" "keeps",
        Collects "collects" "collects",
        CollectsNo "collects_no" "does not collect",
        KeptAtMost "kept_at_most" "keeps no longer than",
        Needs "needs" "offers what cannot be had without",
        UsesOnly "uses_only" "uses only to run the service",
        Uses "uses" "uses for other things too",
        TextLost "text_lost" "lost a part of its text",
    }
}

/// One such sentence.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The row it comes from.
    pub id: String,
    /// What it says.
    pub says: Says,
    /// The words themselves, where they are not those of the row.
    #[serde(default)]
    pub sentence: String,
    /// Of what: `prompts`, `contact data`; `all data` stands for everything that can be deleted.
    #[serde(default)]
    pub what: String,
    /// The law as the policy names it; one of the names in a rule set.
    #[serde(default)]
    pub instrument: String,
    /// The provision as the policy cites it, without the word in front: `5(9)`, `s.9(1)`.
    #[serde(default)]
    pub provision: String,
    /// The route's id in a rule set.
    #[serde(default)]
    pub route: String,
    /// What the law is said to ask for.
    #[serde(default)]
    pub duty: Option<Duty>,
    /// By when the law is said to ask for it; how long something is kept at most.
    #[serde(default)]
    pub period: Option<Written>,
    /// What it speaks of.
    #[serde(default)]
    pub kinds: Vec<Matter>,
}

impl Claim {
    /// What is wrong with it beyond its form, each with the key it is about.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let of_record = [("what", Record::from_code(&self.what).is_none()), ("period", self.period.is_none())];
        let needed: &[(&'static str, bool)] = match self.says {
            Says::Cites => &[("instrument", self.instrument.is_empty()), ("provision", self.provision.is_empty())],
            Says::LegalDuty => &[("instrument", self.instrument.is_empty())],
            Says::NamesRoute => &[("route", self.route.is_empty())],
            Says::BreachOnRiskOnly => &[],
            Says::KeptAtMost => &of_record,
            _ => &[("what", self.what.is_empty())],
        };
        let missing = needed.iter().filter(|(_, is_missing)| *is_missing);
        let mut faults: Vec<(&'static str, String)> = missing
            .map(|(key, _)| (*key, format!("is missing: a claim that {} has to say it", self.says.label())))
            .collect();
        if self.says == Says::KeptAtMost {
            return faults;
        }
        if self.period.is_some() != self.duty.is_some() {
            faults.push(("period", "stands with duty, and neither without the other".to_owned()));
        }
        if self.period.is_some() && self.kinds.is_empty() {
            faults.push(("kinds", "names no kind, so that there is nothing to compare the period with".to_owned()));
        }
        faults
    }
}
