//! The letters that answer a request: what was erased, where the copy is, that nothing is held, that nobody can be told
//! apart. Proposed from templates; staff may change all but the one about a copy.

use super::compose::{Letterhead, Written};
use askama::Template;

/// What the mail about a copy says.
#[derive(Debug, Clone)]
pub struct Copied {
    /// How the person is addressed; empty for "Hello".
    pub name: String,
    /// When the request reached us, in words.
    pub received: String,
    /// Until when the link works, in words.
    pub until: String,
    /// How often it can be fetched.
    pub downloads: u32,
}

#[derive(Template)]
#[template(path = "copied.txt")]
struct CopiedText<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    done: &'a Copied,
}

#[derive(Template)]
#[template(path = "copied.html")]
struct CopiedHtml<'a> {
    head: &'a Letterhead,
    reference: &'a str,
    done: &'a Copied,
}

/// The mail with the link to a copy of the person's data; the link comes in when it is handed over, with `with_link`.
///
/// # Errors
/// When a template cannot be written.
pub fn copied(head: &Letterhead, reference: &str, done: &Copied) -> Result<Written, askama::Error> {
    Ok(Written {
        subject: format!("The copy of your data is ready [{reference}]"),
        text: CopiedText { head, reference, done }.render()?,
        html: CopiedHtml { head, reference, done }.render()?,
    })
}

/// What a notice says that it takes longer.
#[derive(Debug, Clone)]
pub struct Extended {
    /// How the person is addressed; empty for "Hello".
    pub name: String,
    /// When the request reached us, in words.
    pub received: String,
    /// Until when we had at first, in words.
    pub first: String,
    /// Until when we have now, in words.
    pub extended: String,
    /// Why, as staff wrote it.
    pub reasons: String,
    /// Where it stands that this is allowed.
    pub source: String,
}

#[derive(Template)]
#[template(path = "extended.txt")]
struct ExtendedText<'a> {
    told: &'a Extended,
    complaint: &'a str,
}

/// The words of a notice that it takes longer: both ends, the reason, where one can complain (GDPR Art. 12(3),
/// 11 CCR 7021(b)).
///
/// # Errors
/// When the template cannot be written.
pub fn extended(told: &Extended, complaint: &str) -> Result<String, askama::Error> {
    ExtendedText { told, complaint }.render()
}

/// What a letter says of an erasure.
#[derive(Debug, Clone)]
pub struct Erased {
    /// How the person is addressed; empty for "Hello".
    pub name: String,
    /// When the request reached us, in words.
    pub received: String,
    /// When the re-query ended, in words.
    pub finished: String,
    /// What the system is called.
    pub system: String,
    /// Rows that went.
    pub rows: i64,
    /// Files that went.
    pub files: i64,
    /// Rows of the person that stay but no longer lead to them.
    pub changed: i64,
    /// What was kept.
    pub kept: Vec<KeptLine>,
    /// `E-12`.
    pub run: String,
}

/// Something that was kept.
#[derive(Debug, Clone)]
pub struct KeptLine {
    /// How many rows.
    pub rows: i64,
    /// Of what.
    pub what: String,
    /// Why.
    pub reason: String,
    /// "31 March 2034"; empty where no day is known.
    pub until: String,
}

#[derive(Template)]
#[template(path = "erased.txt")]
struct ErasedText<'a> {
    done: &'a Erased,
}

/// The proposed words of a letter that tells what was erased.
///
/// # Errors
/// When the template cannot be written.
pub fn erased(done: &Erased) -> Result<String, askama::Error> {
    Ok(ErasedText { done }.render()?.trim().to_owned())
}

/// The proposed beginning of a letter that refuses.
#[must_use]
pub fn refusal_opening(answer: &Answer) -> String {
    let name = &answer.name;
    let greeting = if name.is_empty() { "Hello,".to_owned() } else { format!("Dear {name},") };
    format!(
        "{greeting}\n\nYou asked {} on {}. We have looked at it and cannot grant it.",
        answer.about, answer.received
    )
}

/// What letters without a run say of the request they answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// How the person is addressed; empty for "Hello".
    pub name: String,
    /// When the request reached us, in words.
    pub received: String,
    /// The product's name.
    pub product: String,
    /// True where we made sure who the person is.
    pub verified: bool,
    /// What was asked for, after "You asked".
    pub about: &'static str,
}

#[derive(Template)]
#[template(path = "nothing_held.txt")]
struct NothingHeldText<'a> {
    answer: &'a Answer,
    says: &'a str,
}

/// The proposed letter to somebody of whom nothing is held; `says` is the sentence that says so.
///
/// # Errors
/// When the template cannot be written.
pub fn nothing_held(answer: &Answer, says: &str) -> Result<String, askama::Error> {
    Ok(NothingHeldText { answer, says }.render()?.trim().to_owned())
}

#[derive(Template)]
#[template(path = "unidentified.txt")]
struct UnidentifiedText<'a> {
    answer: &'a Answer,
    says: &'a str,
}

/// The proposed letter to somebody whose data cannot be told from that of others; `says` is the sentence that says so.
/// It tells nobody whether there is an account.
///
/// # Errors
/// When the template cannot be written.
pub fn unidentified(answer: &Answer, says: &str) -> Result<String, askama::Error> {
    Ok(UnidentifiedText { answer, says }.render()?.trim().to_owned())
}
