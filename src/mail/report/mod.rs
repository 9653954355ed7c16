//! What mail servers report about the delivery of other mail.

/// A report about other mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Whom it speaks of.
    pub recipients: Vec<Recipient>,
    /// The Message-IDs of the mail it speaks of, without angle brackets.
    pub message_ids: Vec<String>,
}

/// What became of one recipient's copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipient {
    /// The address.
    pub address: String,
    /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`.
    pub action: String,
    /// For example `5.1.1`.
    pub status: Option<String>,
    /// For example `550`.
    pub reply_code: Option<u16>,
    /// True where trying again is of no use.
    pub hard: bool,
    /// What the other server said.
    pub reason: String,
}

/// What `raw` reports; none where it is no report.
#[must_use]
pub fn report(_raw: &[u8]) -> Option<Report> {
    None
}
