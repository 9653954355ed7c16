//! Names and numbers by which the house knows things: references, staff, content rows, identities.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
    )+ };
}

id! {
    /// A member of staff.
    StaffId,
    /// A row of text, names and addresses that can be erased without touching the timeline.
    ContentId,
    /// A mail received, as stored.
    MessageId,
    /// A mail sent or to be sent.
    MailId,
    /// A link by which a person shows that they are who they say.
    VerificationId,
    /// A run against a generation database.
    RunId,
    /// A reason that forbids erasure.
    HoldId,
    /// A package of a person's data, made to be fetched by them.
    PackageId,
    /// One fetching of a package.
    DownloadId,
    /// Something that is left to do after a person's data was changed.
    FollowUpId,
    /// A passkey of a member of staff.
    PasskeyId,
    /// A challenge that waits for a passkey's answer.
    CeremonyId,
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E-{}", self.0)
    }
}

impl FromStr for RunId {
    type Err = NotAReference;
    fn from_str(text: &str) -> Result<Self, NotAReference> {
        let digits = text.trim().strip_prefix("E-").ok_or(NotAReference)?;
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAReference);
        }
        digits.parse().map(Self).map_err(|_| NotAReference)
    }
}

/// A value that finds a person in a generation database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `email`, `account`, …: one of the kinds that the product's data map knows.
    pub kind: String,
    /// The value as somebody wrote it.
    pub value: String,
}

/// A case's number as people write it: `R-10021`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(pub i64);

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R-{}", self.0)
    }
}

/// Text that is not a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case's reference looks like R-10021, a run's like E-12")]
pub struct NotAReference;

impl FromStr for Reference {
    type Err = NotAReference;
    fn from_str(text: &str) -> Result<Self, NotAReference> {
        let digits =
            text.trim().strip_prefix(['R', 'r']).and_then(|rest| rest.strip_prefix('-')).ok_or(NotAReference)?;
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAReference);
        }
        digits.parse().map(Self).map_err(|_| NotAReference)
    }
}

/// An address as it is compared: trimmed, lower case. Never shown; screens show what was written.
#[must_use]
pub fn normal_address(address: &str) -> String {
    address.trim().to_lowercase()
}

/// True for marks that do not show and turn the direction of what is written behind them (UAX #9).
#[must_use]
pub const fn turns_writing(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The mailbox behind an address, as far as everybody writes it alike: without what stands after a `+` (RFC 5233).
#[must_use]
pub fn mailbox_of(address: &str) -> String {
    let address = normal_address(address);
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split_once('+').map_or(local, |(mailbox, _)| mailbox)),
        None => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s18_an_address_with_a_tag_is_the_same_mailbox() {
        assert_eq!(mailbox_of(" Nisha+Two@ImageGen.example "), "nisha@imagegen.example");
        assert_eq!(mailbox_of("nisha@imagegen.example"), "nisha@imagegen.example");
        assert_ne!(mailbox_of("nisha@imagegen.example"), mailbox_of("nisha@other.example"));
    }

    #[test]
    fn references_read_back_and_strangers_do_not() {
        assert_eq!("R-10021".parse(), Ok(Reference(10_021)));
        assert_eq!(" r-7 ".parse(), Ok(Reference(7)));
        for wrong in ["10021", "R-", "R-1x", "R--1", "R-99999999999999999999"] {
            assert_eq!(wrong.parse::<Reference>(), Err(NotAReference), "{wrong}");
            assert_eq!(wrong.replace('R', "E").parse::<RunId>(), Err(NotAReference), "{wrong}");
        }
        assert_eq!("E-12".parse(), Ok(RunId(12)));
        assert_eq!(RunId(12).to_string(), "E-12");
    }
}
