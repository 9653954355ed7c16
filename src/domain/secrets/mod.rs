//! Secrets that people write into mails without need: card and account numbers, national numbers, passwords, keys.
//! Finds them by their own check digits or by the words before them, and covers them. Text only, in linear time; keeps
//! nothing and never says what it found but by kind and place.

mod digits;
mod iban;
mod numbers;
mod said;
#[cfg(test)]
mod tests;

use super::codes::codes;

codes! {
    /// What a secret is.
    Secret {
        Card "card" "card number",
        SecurityCode "security-code" "security code",
        Iban "iban" "account number",
        Aadhaar "aadhaar" "Aadhaar number",
        SocialSecurity "ssn" "social security number",
        Password "password" "password",
        PrivateKey "private-key" "private key",
        ApiKey "api-key" "access key",
    }
}

/// A secret's place in a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// What it is.
    pub kind: Secret,
}

/// The secrets of `text` in order; none lies in another.
#[must_use]
pub fn find(text: &str) -> Vec<Span> {
    let mut all = said::find(text);
    all.extend(iban::find(text));
    all.extend(numbers::find(text));
    // what covers more goes first, so that a key that looks like a number inside is one secret
    all.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut end = 0;
    all.retain(|span| {
        let is_apart = span.start >= end;
        end = end.max(span.end);
        is_apart
    });
    all
}

/// `text` with what lies in `spans` covered; of a card number its last four digits stay. `spans` as `find` gives them.
#[must_use]
pub fn mask(text: &str, spans: &[Span]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        masked.push_str(&text[at..span.start]);
        masked.push_str(&cover(&text[span.start..span.end], span.kind));
        at = span.end;
    }
    masked.push_str(&text[at..]);
    masked
}

/// `text` with every secret in it covered.
#[must_use]
pub fn masked(text: &str) -> String {
    mask(text, &find(text))
}

/// What stands in a secret's place.
#[must_use]
pub fn cover(secret: &str, kind: Secret) -> String {
    if kind != Secret::Card {
        return format!("[{}]", kind.label());
    }
    let digits: Vec<char> = secret.chars().filter(|c| digits::value(*c).is_some()).collect();
    let last: String = digits[digits.len().saturating_sub(4)..].iter().collect();
    format!("•••• •••• •••• {last}")
}

/// True for the words that stand in a secret's place already.
fn is_cover(text: &str) -> bool {
    text.strip_prefix('[').is_some_and(|rest| Secret::ALL.iter().any(|kind| rest.starts_with(kind.label())))
}
