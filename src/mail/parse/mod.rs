//! Reads a raw mail into what intake needs: who, about what, in which thread, saying what, with what attached. Every
//! mail that holds anything becomes a letter, however bent, and says what was wrong with it. Attachments are named and
//! measured, never decoded.

mod addresses;
mod bare;
mod charset;
mod clean;
mod dates;
mod files;
mod flowed;
pub(super) mod head;
mod headers;
mod html;
mod ids;
mod letter;
pub(super) mod params;
pub(super) mod part;
mod people;
mod problem;
pub(super) mod text;
pub(super) mod transfer;
mod uu;
mod words;

pub use bare::{Bare, without_files};
pub use clean::line;
pub use files::{attachment, content_ids, inline_image};
pub use letter::{Attached, Letter, Limits, Protection, What};
pub use problem::Problem;

use super::{automatic, outline, report};
use crate::domain::time::Instant;
use headers::Headers;
use mail_parser::MessageParser;
use std::borrow::Cow;

/// Why a mail cannot become a case by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is nothing.
    #[error("the message is empty")]
    Empty,
    /// Reading it failed in a way that should not happen.
    #[error("reading the message failed unexpectedly")]
    Failed,
}

/// Reads a raw mail.
///
/// # Errors
/// When there is nothing but white space; everything else becomes a letter.
pub fn read(raw: &[u8], limits: &Limits) -> Result<Letter, Unreadable> {
    if raw.trim_ascii().is_empty() {
        return Err(Unreadable::Empty);
    }
    let plain = plain_bytes(raw);
    Ok(reading(&plain, matches!(plain, Cow::Owned(_)), raw.len(), limits).letter)
}

/// Reads a raw mail, hands the bytes of each of its files to `take` in pieces (with the file's [`Attached::part`]),
/// and answers with the letter and its HTML as plain text, where it has any. Only for mail that nobody keeps.
///
/// # Errors
/// As [`read`].
pub fn read_and_open(
    raw: &[u8],
    limits: &Limits,
    take: &mut dyn FnMut(usize, &[u8]),
) -> Result<(Letter, Option<String>), Unreadable> {
    if raw.trim_ascii().is_empty() {
        return Err(Unreadable::Empty);
    }
    let plain = plain_bytes(raw);
    let Reading { mut letter, outline, html } = reading(&plain, matches!(plain, Cow::Owned(_)), raw.len(), limits);
    let mut problems = std::mem::take(&mut letter.problems);
    for file in &letter.files {
        let opened = files::open(&outline, file.part, &mut |piece| {
            take(file.part, piece);
            true
        });
        if !opened.is_some_and(|(_, is_right)| is_right) {
            problems.push(Problem::new("transfer_encoding", "an attachment's transfer encoding is broken"));
        }
    }
    letter.problems = tidy(problems);
    let html = html.map(|n| text::html_source(&outline.parts[n]).0);
    let html = html.map(|source| clean::clean(&html::text(&source, limits.text_bytes)));
    Ok((letter, html))
}

struct Reading<'a> {
    letter: Letter,
    outline: outline::Outline<'a>,
    /// Which part holds the letter's HTML.
    html: Option<usize>,
}

fn reading<'a>(plain: &'a [u8], is_wide: bool, size: usize, limits: &Limits) -> Reading<'a> {
    let head = head::of_mail(plain, limits.header_bytes);
    let headers = Headers::new(&head);
    let mut problems = Vec::new();
    if is_wide {
        problems.push(Problem::new("wide", "the whole mail is in UTF-16"));
    }
    let outline = outline::outline(&head, limits);
    let over = over(size, &head, &outline, limits);
    let mut letter = from_headers(&headers, &head, &mut problems);
    problems.extend(outline.problems.iter().cloned());
    let text = text::read(&outline, limits, &mut problems);
    letter.text = text.letter;
    letter.rich = text.html.is_some();
    letter.protection = outline.protection.or(text.protection);
    if over.is_none() {
        letter.files = files::attached(&outline);
        letter.files.extend(text.files);
        // a file within a text stands where its text stood
        letter.files.sort_by_key(|file| (file.part % text::WITHIN, file.part));
    }
    let plain_headers = headers.plain();
    let parsed = MessageParser::default().parse_headers(&plain_headers);
    let address = Some(letter.address.as_str()).filter(|address| !address.is_empty());
    // a message without a part panics when it is asked for a header
    let parsed = parsed.filter(|parsed| !parsed.parts.is_empty());
    letter.automatic = parsed.map(|parsed| automatic::reasons(&parsed, address)).unwrap_or_default();
    letter.report = report::report(plain);
    notices(&letter, &mut problems);
    if let Some(over) = &over {
        problems.push(Problem::new("over", format!("it was not read as a whole: {over}")));
    }
    letter.over = over;
    letter.problems = tidy(problems);
    Reading { letter, outline, html: text.html }
}

/// The HTML of the letter as it was written, not cleaned; none where it has none.
#[must_use]
pub fn html(raw: &[u8]) -> Option<String> {
    let plain = plain_bytes(raw);
    let limits = Limits::default();
    let outline = outline::outline(&head::of_mail(&plain, limits.header_bytes), &limits);
    let number = text::read(&outline, &limits, &mut Vec::new()).html?;
    Some(text::html_source(&outline.parts[number]).0)
}

/// The headers as lines of text, for showing a mail that nobody could read; at most 200.
#[must_use]
pub fn head(raw: &[u8]) -> Vec<String> {
    let plain = plain_bytes(raw);
    Headers::new(&head::of_mail(&plain, Limits::default().header_bytes)).lines(200)
}

fn over(size: usize, head: &head::Head<'_>, outline: &outline::Outline<'_>, limits: &Limits) -> Option<String> {
    if size > limits.bytes {
        return Some(format!("it has more than {} bytes", limits.bytes));
    }
    if head.is_cut {
        return Some(format!("its headers have more than {} bytes", limits.header_bytes));
    }
    outline.over.map(str::to_owned)
}

/// What the headers say.
fn from_headers(headers: &Headers<'_>, head: &head::Head<'_>, problems: &mut Vec<Problem>) -> Letter {
    if head.headers.is_empty() {
        problems.push(Problem::new("no_headers", "there are no mail headers; everything was taken for the text"));
    } else if head.is_bent {
        problems.push(Problem::new("headers", "lines stand among the headers that are none"));
    }
    for name in headers.doubled() {
        problems.push(Problem::new(
            "doubled",
            format!("{name} stands more than once; the first that says something counts"),
        ));
    }
    let writer = people::writer(headers, problems);
    let (message_id, own_id) = ids::own(headers, head, problems);
    Letter {
        name: writer.name,
        address: writer.address,
        reply_to: people::reply_to(headers),
        recipients: people::recipients(headers),
        subject: headers.words("Subject", problems),
        message_id,
        own_id,
        in_reply_to: ids::list(headers, "In-Reply-To"),
        references: ids::list(headers, "References"),
        date: date(headers, problems),
        ..Letter::default()
    }
}

/// When it says it was written; none for dates before there was mail and far ahead of any clock.
fn date(headers: &Headers<'_>, problems: &mut Vec<Problem>) -> Option<Instant> {
    /// 1970-01-01 and 2200-01-01.
    const SENSIBLE: std::ops::Range<i64> = 0..7_258_118_400_000;
    let text = headers.get("Date")?;
    let Some(read) = dates::read(&text).filter(|read| SENSIBLE.contains(&read.at.0)) else {
        problems.push(Problem::new("date", "its date cannot be understood"));
        return None;
    };
    if read.zone_is_guess {
        problems.push(Problem::new("date", "its date has no known zone; UTC was taken"));
    }
    Some(read.at)
}

/// What staff have to know about what came.
fn notices(letter: &Letter, problems: &mut Vec<Problem>) {
    if let Some(protection) = letter.protection.filter(|p| p.is_encrypted()) {
        problems.push(Problem::new("encrypted", format!("it is {}", protection.in_words())));
    } else if letter.protection == Some(Protection::SmimeSigned) && letter.text.is_empty() {
        problems.push(Problem::new("sealed", "it is signed with S/MIME in a form that only its own program opens"));
    }
    if letter.files.iter().any(|file| file.what == What::Winmail) {
        problems
            .push(Problem::new("winmail", "attachments are packed by Outlook in winmail.dat; it was kept as it came"));
    }
    if letter.files.iter().any(|file| file.media_type == "message/partial") {
        problems.push(Problem::new("partial", "it is one piece of a mail that was sent in pieces"));
    }
}

/// Each problem once, at most twenty.
fn tidy(problems: Vec<Problem>) -> Vec<Problem> {
    const MOST: usize = 20;
    let mut kept: Vec<Problem> = Vec::new();
    for problem in problems {
        if kept.len() < MOST && !kept.contains(&problem) {
            kept.push(problem);
        }
    }
    kept
}

/// The mail as bytes a reader of headers understands: without a mark at its beginning, and not two bytes a character.
pub(super) fn plain_bytes(raw: &[u8]) -> Cow<'_, [u8]> {
    let wide = |encoding: &'static encoding_rs::Encoding, bytes: &[u8]| {
        Cow::Owned(encoding.decode_without_bom_handling(bytes).0.into_owned().into_bytes())
    };
    match raw {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        [0xff, 0xfe, rest @ ..] if rest.get(1) == Some(&0) => wide(encoding_rs::UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] if rest.first() == Some(&0) => wide(encoding_rs::UTF_16BE, rest),
        [a, 0, b, 0, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => wide(encoding_rs::UTF_16LE, raw),
        [0, a, 0, b, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => wide(encoding_rs::UTF_16BE, raw),
        raw => Cow::Borrowed(raw),
    }
}
