//! A case's code and PIN: what they look like, how they are read as somebody typed them, how they are stored.

use crate::{
    app::{App, Error},
    domain::identity::Reference,
    store::vault::random,
};

/// Digits and letters that nobody takes for one another.
const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Signs of a code, five bits each.
const LENGTH: usize = 8;
/// Longest of what is looked at; a code and its hyphen have nine.
const MOST: usize = 40;

/// A code and a PIN on their way to whoever hands them over; not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// The code as `7K3M-9PQ2`; none where it stays what it was.
    pub code: Option<String>,
    /// Six digits.
    pub pin: String,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Access(secret)")
    }
}

impl Access {
    /// A new code and PIN.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new() -> Result<Self, Error> {
        let sign = |byte: &u8| char::from(SIGNS[usize::from(byte % 32)]);
        let signs: Vec<char> = random::<LENGTH>()?.iter().map(sign).collect();
        let (left, right) = signs.split_at(LENGTH / 2);
        let code = left.iter().chain(&['-']).chain(right).collect();
        Ok(Self { code: Some(code), pin: new_pin()? })
    }

    /// A new PIN for a code that stays.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn with_new_pin() -> Result<Self, Error> {
        Ok(Self { code: None, pin: new_pin()? })
    }
}

/// Six digits, each number as likely as any other.
fn new_pin() -> Result<String, Error> {
    const FAIR: u32 = u32::MAX - u32::MAX % 1_000_000;
    loop {
        let number = u32::from_le_bytes(random::<4>()?);
        if number < FAIR {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}

/// What somebody typed, without what stands between the signs, in capitals; the same length of work whatever it is.
fn plain(typed: &str) -> String {
    let between = |c: &char| !c.is_whitespace() && !"-‐‑–—_.".contains(*c);
    typed.chars().filter(between).take(MOST).flat_map(char::to_uppercase).collect()
}

/// How a code is stored and looked up: keyed, so that our database alone cannot tell a right one.
#[must_use]
pub(super) fn code_hash(app: &App, typed: &str) -> Vec<u8> {
    app.vault.digest("case code", plain(typed).as_bytes())
}

/// How a case's PIN is stored.
#[must_use]
pub(super) fn pin_hash(app: &App, case: Reference, typed: &str) -> Vec<u8> {
    app.vault.digest("case pin", format!("{case} {}", plain(typed)).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_code_has_forty_bits_and_a_pin_six_digits_of_which_none_is_rarer() {
        let all: Vec<_> = (0..400).map(|_| Access::new().expect("there is randomness")).collect();
        for access in &all {
            let code = access.code.as_deref().expect("a code");
            assert_eq!((code.len(), code.find('-')), (9, Some(4)), "{code}");
            assert!(
                code.bytes().all(|b| b == b'-' || SIGNS.contains(&b)) && !code.contains(['0', 'O', '1', 'I']),
                "{code}"
            );
            assert!(access.pin.len() == 6 && access.pin.bytes().all(|b| b.is_ascii_digit()), "{}", access.pin);
            assert!(!format!("{access:?}").contains(&access.pin));
        }
        assert_eq!(all.iter().map(|access| &access.code).collect::<HashSet<_>>().len(), 400);
        let firsts: HashSet<_> = all.iter().map(|access| access.pin.as_bytes()[0]).collect();
        assert_eq!(firsts.len(), 10, "leading zeroes too");
    }

    #[test]
    fn it_is_read_however_it_was_written_down() {
        for typed in ["7K3M-9PQ2", " 7k3m 9pq2\n", "7K3M9PQ2", "7k3m–9pq2"] {
            assert_eq!(plain(typed), "7K3M9PQ2", "{typed}");
        }
        assert!(plain(&"x".repeat(1_000_000)).len() <= MOST);
    }
}
