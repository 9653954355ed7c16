//! Tells what somebody wrote from what they quoted.

/// A text in two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trimmed {
    /// What the writer wrote.
    pub visible: String,
    /// What they quoted.
    pub quoted: String,
}

/// Takes the quoted text off.
#[must_use]
pub fn trim(text: &str) -> Trimmed {
    Trimmed { visible: text.to_owned(), quoted: String::new() }
}
