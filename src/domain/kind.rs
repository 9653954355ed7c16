//! What a person asks for: the kinds of a case, and which of them stand behind the restricted wall.

use super::run::{RESTRICTION, RunKind};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! kinds {
    ($($variant:ident $code:literal $label:literal),+ $(,)?) => {
        /// The kind of a case; decides its clocks and, for three of them, its secrecy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $(#[doc = $label] $variant),+ }

        impl Kind {
            /// Every kind, in the order in which forms offer them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code: in packs, in the database, in addresses.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The words on screens and in mail.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }

        impl FromStr for Kind {
            type Err = UnknownKind;
            fn from_str(code: &str) -> Result<Self, UnknownKind> {
                match code { $($code => Ok(Self::$variant),)+ other => Err(UnknownKind(other.to_owned())) }
            }
        }
    };
}

kinds! {
    Access "access" "Access",
    Portability "portability" "Portability",
    Correction "correction" "Correction",
    Erasure "erasure" "Erasure",
    Restriction "restriction" "Restriction",
    Objection "objection" "Objection",
    ConsentWithdrawal "consent_withdrawal" "Consent withdrawal",
    ConsentReview "consent_review" "Consent review",
    TrainingOptOut "training_opt_out" "Training opt-out",
    TrainingOptIn "training_opt_in" "Training opt-in",
    MarketingOptOut "marketing_opt_out" "Marketing opt-out",
    SaleOptOut "sale_opt_out" "Sale opt-out",
    NomineeRegistration "nominee_registration" "Nominee registration",
    NomineeRequest "nominee_request" "Nominee request",
    Grievance "grievance" "Grievance",
    MinorData "minor_data" "Data of a minor",
    ContentCsam "content_report:csam" "Content report, child safety",
    ContentNcii "content_report:ncii" "Content report, intimate image",
    ContentOther "content_report:other" "Content report",
    BreachReport "breach_report" "Breach report",
    LegalOrder "legal_order" "Legal order",
    Inquiry "inquiry" "Inquiry",
}

/// A code that names no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no kind of case")]
pub struct UnknownKind(pub String);

impl Kind {
    /// True for kinds seen as "Restricted case" by everybody but responders.
    #[must_use]
    pub const fn is_restricted(self) -> bool {
        matches!(self, Self::MinorData | Self::ContentCsam | Self::ContentNcii)
    }

    /// True where somebody uses a right over the data of one account, so that it matters whose account it is.
    #[must_use]
    pub const fn is_right(self) -> bool {
        self.needs_identity()
            || matches!(
                self,
                Self::Objection
                    | Self::ConsentWithdrawal
                    | Self::ConsentReview
                    | Self::TrainingOptOut
                    | Self::TrainingOptIn
                    | Self::MarketingOptOut
                    | Self::SaleOptOut
                    | Self::NomineeRegistration
                    | Self::NomineeRequest
            )
    }

    /// What kind of run answers it; none where staff act by themselves.
    #[must_use]
    pub const fn run(self) -> Option<RunKind> {
        match self {
            Self::Erasure => Some(RunKind::Erase),
            Self::Access | Self::Portability => Some(RunKind::Export),
            _ => None,
        }
    }

    /// The use of the person's data that it asks to stop, or (false) to allow again: a run can do so where the product's
    /// data map says where that stands; elsewhere staff do it by hand.
    #[must_use]
    pub const fn choice(self) -> Option<(&'static str, bool)> {
        match self {
            Self::Restriction => Some((RESTRICTION, true)),
            Self::TrainingOptOut => Some(("training", true)),
            Self::TrainingOptIn => Some(("training", false)),
            Self::MarketingOptOut => Some(("marketing", true)),
            Self::SaleOptOut => Some(("sale", true)),
            _ => None,
        }
    }

    /// What kind of run can answer it where the product's data map knows how; elsewhere staff do it by hand.
    #[must_use]
    pub fn answer(self) -> Option<RunKind> {
        match (self, self.choice()) {
            (Self::Correction, _) => Some(RunKind::Correct),
            (_, Some((what, stops))) => Some(RunKind::of_choice(what, stops)),
            _ => self.run(),
        }
    }

    /// True where a run of this kind belongs to such a case; a restriction ends on the case that asked for it.
    #[must_use]
    pub fn is_answered_by(self, run: RunKind) -> bool {
        self.answer() == Some(run) || (self == Self::Restriction && run == RunKind::Release)
    }

    /// True where granting it to the wrong person gives away or destroys somebody's data.
    #[must_use]
    pub const fn needs_identity(self) -> bool {
        matches!(self, Self::Access | Self::Portability | Self::Correction | Self::Erasure | Self::Restriction)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(d)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.code().parse::<Kind>().as_ref(), Ok(kind));
        }
        assert!("content_report".parse::<Kind>().is_err());
    }
}
