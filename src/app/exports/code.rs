//! The code that opens a package: shown once, on the page where the person confirmed that the request is theirs, and
//! never mailed. 100 random bits in base32, in groups that can be read out and written down.

use crate::{
    app::{App, Error},
    store::vault::random,
};

/// Letters and digits of a code, five bits each.
const LENGTH: usize = 20;

/// A code, on its way to the person; not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(secret)")
    }
}

impl Code {
    /// A new one.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new() -> Result<Self, Error> {
        let mut letters = data_encoding::BASE32_NOPAD.encode(&random::<13>()?);
        letters.truncate(LENGTH);
        Ok(Self(letters))
    }

    /// As somebody typed it: in any case, with whatever between the groups, and digits taken for letters.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let letter = |c: char| match c.to_ascii_uppercase() {
            '0' => 'O',
            '1' => 'I',
            '8' => 'B',
            letter => letter,
        };
        let letters: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !"-‐‑–—_.".contains(*c))
            .map(letter)
            .take(LENGTH + 1)
            .collect();
        let known = |c: char| c.is_ascii_uppercase() || ('2'..='7').contains(&c);
        (letters.len() == LENGTH && letters.chars().all(known)).then_some(Self(letters))
    }

    /// In groups of five: `ABCDE-FGHIJ-KLMNO-PQRST`. Also the password of the archive that has one.
    #[must_use]
    pub fn shown(&self) -> String {
        let groups: Vec<_> = self.0.as_bytes().chunks(5).map(|five| String::from_utf8_lossy(five)).collect();
        groups.join("-")
    }
}

/// How a code is stored: keyed, so that our database alone cannot tell a right one.
#[must_use]
pub fn hash(app: &App, code: &Code) -> Vec<u8> {
    app.vault.digest("export code", code.0.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_a_hundred_bits_and_is_read_however_it_was_written_down() {
        let code = Code::new().expect("there is randomness");
        let shown = code.shown();
        assert_eq!((shown.len(), shown.matches('-').count()), (23, 3), "{shown}");
        assert_ne!(code, Code::new().expect("there is randomness"));
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', " "),
            format!(" {}\n", shown.replace('-', "")),
            shown.replace('O', "0").replace('I', "1").replace('B', "8"),
        ] {
            assert_eq!(Code::typed(&typed).as_ref(), Some(&code), "{typed}");
        }
        for wrong in
            ["", "ABCDE", &shown[..22], &format!("{shown}A"), &shown.replace('-', "9"), "ÄBCDE-FGHIJ-KLMNO-PQRST"]
        {
            assert_eq!(Code::typed(wrong), None, "{wrong}");
        }
        assert!(!format!("{code:?}").contains(&shown[..5]));
    }
}
