//! Passkeys: made on `/account` or at the door, used as the second factor and to prove again, renamed. What a browser
//! answers is judged by `webauthn-rs` against what lies, sealed, in our database; each challenge is answered once.

mod begin;
mod doubt;
mod make;
mod rename;
mod sign;
mod site;

pub use crate::store::passkeys::Line;
pub use begin::{Begun, begin_making, begin_signing};
pub use make::add_passkey;
pub use rename::rename_passkey;
pub use site::why_not;

pub(super) use sign::use_passkey;

use super::{App, Error, sign_in::Refused};
use crate::domain::identity::CeremonyId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What the browser answered, and to which challenge.
#[derive(Deserialize)]
struct Answer<C> {
    ceremony: CeremonyId,
    credential: C,
}

impl<C: DeserializeOwned> Answer<C> {
    /// Reads what a form brought.
    fn read(typed: &str) -> Result<Self, Refused> {
        serde_json::from_str(typed).map_err(|error| {
            tracing::info!(%error, "the answer of a passkey could not be read");
            Refused::Wrong
        })
    }
}

/// The longest name of a passkey, in characters.
const LONGEST_NAME: usize = 60;

/// A passkey's name as somebody typed it, on one line.
fn named(typed: &str) -> String {
    let plain: String = typed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_NAME).collect()
}

/// How a credential is found: by a keyed digest of its id.
fn digest(app: &App, credential: &[u8]) -> Vec<u8> {
    app.vault.digest("passkey", credential)
}

/// As it is sealed.
fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|error| broken(&error))
}

/// What was sealed.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| broken(&error))
}

/// For what cannot happen but by a fault of ours.
fn broken(error: &dyn std::error::Error) -> Error {
    tracing::error!(%error, "a passkey could not be dealt with");
    Error::NotAllowed("This passkey cannot be dealt with here. Tell your administrator.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_line() {
        for (typed, name) in [("  laptop ", "laptop"), ("a\r\n b", "a b"), ("", ""), (" \t", "")] {
            assert_eq!(named(typed), name);
        }
        assert_eq!(named(&"漢".repeat(80)).chars().count(), LONGEST_NAME);
    }
}
