//! The mail that calls staff to a case, in English: duties and moments, no word of what the case is about.

use super::{Letterhead, Written};
use askama::Template;

/// One clock of an alarm.
#[derive(Debug, Clone)]
pub struct AlarmLine {
    /// What has to be done.
    pub duty: &'static str,
    /// "Law", "Promise", "Target".
    pub layer: &'static str,
    /// "Fri 27 Nov 2026, 23:59 IST".
    pub due: String,
}

#[derive(Template)]
#[template(path = "alarm.txt")]
struct AlarmText<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    why: &'a str,
    lines: &'a [AlarmLine],
    link: &'a str,
}

#[derive(Template)]
#[template(path = "alarm.html")]
struct AlarmHtml<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    why: &'a str,
    lines: &'a [AlarmLine],
    link: &'a str,
}

/// The mail itself.
///
/// # Errors
/// When a template cannot be written.
pub fn alarm(
    head: &Letterhead,
    reference: &str,
    why: &str,
    lines: &[AlarmLine],
    link: &str,
) -> Result<Written, askama::Error> {
    Ok(Written {
        subject: format!("{why} [{reference}]"),
        text: AlarmText { head, reference, why, lines, link }.render()?,
        html: AlarmHtml { head, reference, why, lines, link }.render()?,
    })
}
