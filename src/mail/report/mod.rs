//! Delivery reports: what became of a mail that we sent, as mail servers tell it. Reads the structure of RFC 3464 and
//! RFC 6533, and the letters that servers write without it. A person who sends a report on to us is no server, and an
//! absence notice, a receipt of reading or a complaint about abuse is no delivery report.

mod codes;
mod fields;
mod notice;
mod part;
mod sender;
mod wording;

use mail_parser::{Message, MessageParser, MimeHeaders as _};
use part::Parts;

/// What a report says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Whose copy it speaks of, in the report's order. May be empty where it names nobody.
    pub recipients: Vec<Recipient>,
    /// The ids of the mail it speaks of, without angle brackets, surest first.
    pub message_ids: Vec<String>,
}

impl Report {
    /// True where somebody's copy did not arrive, or has not yet; false for a report of success.
    #[must_use]
    pub fn is_bounce(&self) -> bool {
        let arrived = |recipient: &Recipient| !matches!(recipient.action.as_str(), "failed" | "delayed");
        self.recipients.is_empty() || !self.recipients.iter().all(arrived)
    }
}

/// What became of one recipient's copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipient {
    /// The address that the mail was sent to, where the report tells it apart from the one it ended at.
    pub address: String,
    /// One of `failed`, `delayed`, `delivered`, `relayed`, `expanded` (RFC 3464 section 2.3.3).
    pub action: String,
    /// The enhanced status code, such as `5.1.1` (RFC 3463).
    pub status: Option<String>,
    /// The SMTP reply code, such as 550.
    pub reply_code: Option<u16>,
    /// True where sending the same again would fail again; see `codes::is_hard`.
    pub hard: bool,
    /// The other server's words, on one line, at most 300 characters.
    pub reason: String,
}

/// How many recipients of one report are kept.
const MOST: usize = 1_000;

/// Reads a delivery report; none for any other mail. Never fails and never panics.
#[must_use]
pub fn report(raw: &[u8]) -> Option<Report> {
    let raw = raw.trim_ascii_start();
    // mailbox files put a line of their own before the headers
    let raw = match raw.strip_prefix(b"From ") {
        Some(rest) => &rest[rest.iter().position(|b| *b == b'\n').map_or(0, |end| end + 1)..],
        None => raw,
    };
    let (head, _) = super::outline::split(raw);
    let message = MessageParser::default().parse_headers(head)?;
    let kind = report_type(&message);
    let from_server = sender::is_server(&message);
    // most mail ends here, before anything is taken apart
    if kind.is_none() && !from_server {
        return None;
    }
    // complaints, receipts of reading, statistics
    if kind.as_deref().is_some_and(|kind| !kind.is_empty() && !kind.contains("delivery")) {
        return None;
    }
    let parts = Parts::of(raw);
    if parts.speaks_of_something_else {
        return None;
    }
    let mut recipients = parts.status.as_deref().map(fields::recipients).unwrap_or_default();
    let is_structured = !recipients.is_empty();
    if !is_structured {
        let told = notice::Told { message: &message, parts: &parts, is_report: kind.is_some() };
        recipients = told.recipients()?;
    }
    recipients.truncate(MOST);
    Some(Report { recipients, message_ids: part::message_ids(&message, &parts) })
}

/// The `report-type` of a multipart/report, in lower case; empty where it names none.
fn report_type(message: &Message<'_>) -> Option<String> {
    let content = message.content_type()?;
    let is_report = content.ctype().eq_ignore_ascii_case("multipart")
        && content.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"));
    is_report.then(|| content.attribute("report-type").unwrap_or_default().to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
