//! A rule set: what one law or set of rules asks, with its dates, its calendar and whom one can complain to.

use super::rule::Rule;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;

/// Everything one law asks that has a number, or ought to have one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// For example `eu-gdpr`; also the file's name.
    pub id: String,
    /// The law's full name.
    pub name: String,
    /// The name in tables.
    pub short: String,
    /// The date on which this file was last checked; stored with every clock.
    pub version: String,
    /// The zone in which its days end.
    pub zone: Tz,
    /// True where the zone is that of the calendar, when there is one: the law of a union of states.
    #[serde(default)]
    pub zone_of_calendar: bool,
    /// The calendar of its working days; missing where the place decides, or where none is needed.
    #[serde(default)]
    pub calendar: Option<String>,
    /// True where an end on a day that is no working day moves to the next one.
    #[serde(default)]
    pub roll: bool,
    /// The numbers of its provisions, so that a policy that cites one which is not there is found out.
    pub provisions: Vec<String>,
    /// The other names under which policies cite it.
    #[serde(default)]
    pub cited_as: Vec<String>,
    /// The lawyer who signed the file; empty until somebody did.
    #[serde(default)]
    pub reviewed_by: String,
    /// Whom a person can turn to who does not agree.
    #[serde(default, rename = "route")]
    pub routes: Vec<Route>,
    /// The rules.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
}

/// Somebody a person can turn to who does not agree.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// For example `in-dpb`.
    pub id: String,
    /// Who, for example `Data Protection Board of India`.
    pub name: String,
    /// The kinds of which one can complain there; empty means every kind.
    #[serde(default)]
    pub kinds: Vec<super::matter::Matter>,
    /// From which day it takes complaints; missing where it always did.
    #[serde(default)]
    pub operative_from: Option<NaiveDate>,
    /// True where even that date is not sure, or the office has nobody yet.
    #[serde(default)]
    pub uncertain: bool,
    /// What must be so for the product.
    #[serde(default)]
    pub applies_if: Vec<String>,
    /// How, in a sentence.
    pub how: String,
    /// Where it says so.
    pub citation: String,
    /// Where that can be read, or where one turns to.
    pub source: String,
}

impl Route {
    /// True when somebody can turn there on `day`.
    #[must_use]
    pub fn operates_on(&self, day: NaiveDate) -> bool {
        self.operative_from.is_none_or(|from| from <= day)
    }
}

impl RuleSet {
    /// The rule set and its version, as stored with every clock.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.id, self.version)
    }
}
