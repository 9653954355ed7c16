//! Policy packs: what a product promised and how its mail is understood. Data only; reading files is `app`'s.

use super::{
    clock::{self, ClockStart, Duty, Layer, period::Period},
    kind::Kind,
    time::Instant,
};
use chrono_tz::Tz;
use serde::Deserialize;

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
    /// Where somebody can complain who does not agree with an answer, as letters say it.
    pub complaint: String,
    /// Who answers, and where.
    pub officer: Officer,
    /// How a copy of a person's data is made, and what it says of the product.
    pub copy: CopyRules,
    /// Subject lines that the policy names.
    #[serde(default, rename = "subject")]
    pub subjects: Vec<SubjectRule>,
    /// What was promised, with the sentence it comes from.
    #[serde(default, rename = "promise")]
    pub promises: Vec<Promise>,
}

/// The officer named in mail, as the law of several countries asks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// As published.
    pub name: String,
    /// As published.
    pub title: String,
    /// Where letters go.
    pub address: String,
}

/// How a copy of a person's data reaches them, and what has to be said with it (GDPR Art. 15(1), DPDP Act s. 11(1)).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyRules {
    /// True where a second person looks at what was packed before it goes.
    pub review: bool,
    /// For how many days the link works.
    pub days: u32,
    /// How often it can be fetched.
    pub downloads: u32,
    /// Where the data comes from.
    pub origin: String,
    /// How long what is kept, a sentence each.
    pub retention: Vec<String>,
    /// What the person may ask for, a sentence each.
    pub rights: Vec<String>,
    /// Who else gets data.
    #[serde(rename = "recipient")]
    pub recipients: Vec<Recipient>,
}

/// Somebody else who gets data.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Who.
    pub name: String,
    /// What for.
    pub purpose: String,
}

impl CopyRules {
    fn faults(&self) -> impl Iterator<Item = String> {
        let empty = [
            (self.days == 0 || self.days > 90, "copy.days must be between 1 and 90"),
            (self.downloads == 0 || self.downloads > 100, "copy.downloads must be between 1 and 100"),
            (self.origin.trim().is_empty(), "copy.origin says nothing: a copy has to name where the data comes from"),
            (self.retention.is_empty(), "copy.retention says nothing: a copy has to say how long data is kept"),
            (self.rights.is_empty(), "copy.rights says nothing: a copy has to name the person's rights"),
            (self.recipients.is_empty(), "copy.recipient is missing: a copy has to name who else gets data"),
        ];
        empty.into_iter().filter(|(wrong, _)| *wrong).map(|(_, says)| says.to_owned())
    }
}

/// A subject line that the policy tells people to use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectRule {
    /// The promise row it answers, for example `000-15`.
    pub id: String,
    /// The line, compared without case, punctuation and reply marks.
    pub line: String,
    /// The kind it means; missing where the words of the mail decide between the rights.
    pub kind: Option<Kind>,
}

/// One promise with a number.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// The promise row, for example `000-37`.
    pub id: String,
    /// What was promised.
    pub duty: Duty,
    /// By when, ISO 8601.
    #[serde(deserialize_with = "period")]
    pub period: (String, Period),
    /// The kinds it speaks of; empty means every kind.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// Kinds that have a promise of their own.
    #[serde(default)]
    pub except: Vec<Kind>,
    /// Where it stands, for example `Privacy policy §14`.
    pub section: String,
    /// The sentence itself.
    pub quote: String,
}

fn period<'de, D: serde::Deserializer<'de>>(d: D) -> Result<(String, Period), D::Error> {
    let text = String::deserialize(d)?;
    let period = text.parse().map_err(serde::de::Error::custom)?;
    Ok((text, period))
}

impl Promise {
    fn speaks_of(&self, kind: Kind) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&kind)) && !self.except.contains(&kind)
    }
}

impl ProductPack {
    /// The pack and its version, as stored with every clock.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.id, self.version)
    }

    /// The clocks of a case of `kind` received at `received`.
    #[must_use]
    pub fn clocks(&self, kind: Kind, received: Instant) -> Vec<ClockStart> {
        self.promises
            .iter()
            .filter(|promise| promise.speaks_of(kind))
            .map(|promise| ClockStart {
                duty: promise.duty,
                layer: Layer::Promise,
                rule: promise.id.clone(),
                period: promise.period.0.clone(),
                from: received,
                due: clock::due(promise.period.1, received, self.zone),
                source: format!("{}: “{}”", promise.section, promise.quote),
            })
            .collect()
    }

    /// The resolve clock's due instant for `kind`, used to tell a faster kind from a slower one.
    #[must_use]
    pub fn resolve_due(&self, kind: Kind, received: Instant) -> Option<Instant> {
        self.clocks(kind, received).into_iter().filter(|c| c.duty == Duty::Resolve).map(|c| c.due).min()
    }

    /// What is wrong with the pack beyond its form; empty when nothing is.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for kind in Kind::ALL {
            for duty in Duty::ALL {
                if !self.promises.iter().any(|p| p.duty == *duty && p.speaks_of(*kind)) {
                    faults.push(format!("no promise gives a period to {} for kind {kind}", duty.code()));
                }
            }
        }
        if self.complaint.trim().is_empty() {
            faults.push("complaint says nothing: a refusal has to name where to complain".to_owned());
        }
        faults.extend(self.copy.faults());
        for promise in self.promises.iter().filter(|p| p.quote.trim().is_empty() || p.section.trim().is_empty()) {
            faults.push(format!("promise {} cites no sentence", promise.id));
        }
        faults
    }
}
