//! What a rule may speak of: the kinds of a case, and the few things that are no case but have clocks.

use crate::domain::kind::Kind;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What clocks run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Matter {
    /// A case of this kind.
    Case(Kind),
    /// A personal-data breach.
    Incident,
    /// A change of the published policy.
    PolicyChange,
    /// An erasure because the person has been away for long.
    InactivityErasure,
    /// A year's figures that have to be published.
    YearlyMetrics,
}

/// A code that names nothing clocks run for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no kind of case, and none of incident, policy_change, inactivity_erasure, yearly_metrics")]
pub struct UnknownMatter(pub String);

impl Matter {
    /// What is no case.
    pub const OTHERS: [Self; 4] = [Self::Incident, Self::PolicyChange, Self::InactivityErasure, Self::YearlyMetrics];

    /// Everything, cases first.
    pub fn all() -> impl Iterator<Item = Self> {
        Kind::ALL.iter().map(|kind| Self::Case(*kind)).chain(Self::OTHERS)
    }

    /// The kind, where it is a case.
    #[must_use]
    pub const fn kind(self) -> Option<Kind> {
        match self {
            Self::Case(kind) => Some(kind),
            Self::Incident | Self::PolicyChange | Self::InactivityErasure | Self::YearlyMetrics => None,
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Case(kind) => kind.code(),
            Self::Incident => "incident",
            Self::PolicyChange => "policy_change",
            Self::InactivityErasure => "inactivity_erasure",
            Self::YearlyMetrics => "yearly_metrics",
        }
    }

    /// The words on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Case(kind) => kind.label(),
            Self::Incident => "Incident",
            Self::PolicyChange => "Policy change",
            Self::InactivityErasure => "Erasure after long absence",
            Self::YearlyMetrics => "Yearly figures",
        }
    }
}

impl FromStr for Matter {
    type Err = UnknownMatter;

    fn from_str(code: &str) -> Result<Self, UnknownMatter> {
        if let Some(other) = Self::OTHERS.into_iter().find(|other| other.code() == code) {
            return Ok(other);
        }
        code.parse().map(Self::Case).map_err(|_| UnknownMatter(code.to_owned()))
    }
}

impl fmt::Display for Matter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Matter {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Matter {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(d)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}
