//! What can be wrong with a mail, in words for staff and machines. No problem keeps a mail from being read, and none
//! repeats what the mail says beyond a charset or encoding's name.

/// Something that was wrong with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem, for machines.
    pub code: &'static str,
    /// The same for people.
    pub words: String,
}

impl Problem {
    /// One problem.
    #[must_use]
    pub fn new(code: &'static str, words: impl Into<String>) -> Self {
        Self { code, words: words.into() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.words)
    }
}
