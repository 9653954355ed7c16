//! Writes a mail anew without the secrets in it: the subject and other lines of its head, and the parts that are the
//! letter itself. Every other byte stays as it came; attachments are not looked into. Never stores anything.

mod head;

use super::{
    clean,
    outline::outline,
    parse::{
        self, Limits,
        head::of_mail,
        part::Part,
        text::{html_source, source},
    },
};
use crate::domain::secrets;
use std::collections::HashMap;

/// A mail without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The whole mail.
    pub raw: Vec<u8>,
    /// How many secrets were covered in it; the same one counts once for each version of the letter.
    pub found: usize,
}

/// Written anew, the mail still tells a secret: it is built so that it reads in more than one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the mail is built in a way that keeps a secret readable however it is covered")]
pub struct StillTold;

/// `raw` with every secret of its head and its letter covered.
///
/// # Errors
/// Where the mail still tells one when it is read again.
pub fn redact(raw: &[u8]) -> Result<Redacted, StillTold> {
    let plain = parse::plain_bytes(raw);
    let redacted = written(&plain);
    if redacted.found == 0 && !tells(raw) {
        return Ok(Redacted { raw: raw.to_vec(), found: 0 });
    }
    if tells(&redacted.raw) { Err(StillTold) } else { Ok(redacted) }
}

fn written(raw: &[u8]) -> Redacted {
    let limits = Limits::default();
    let top = of_mail(raw, limits.header_bytes);
    let parts = outline(&top, &limits).parts;
    let (mut out, mut at, mut found) = (Vec::with_capacity(raw.len()), 0, 0);
    // the mail's own head may be that of its only part: it is written anew once, with what the part needs
    if parts.first().is_none_or(|part| place(raw, &part.head) != Some(0)) {
        let (head, covered) = head::covered(top.raw);
        out.extend(head);
        (at, found) = (top.raw.len(), covered);
    }
    for part in &parts {
        // a part that was decoded to be found has no place of its own
        let (Some(start), Some(body)) = (place(raw, &part.head), place(raw, &part.body)) else { continue };
        let (head, covered) = head::covered(&part.head);
        let letter = if part.is_text() { letter(part) } else { None };
        if letter.is_none() && covered == 0 {
            continue;
        }
        found += covered;
        out.extend_from_slice(&raw[at..start]);
        if let Some((media_type, text, covered)) = letter {
            found += covered;
            out.extend(head::with_body(&head, media_type, &text));
        } else {
            out.extend(head);
            out.extend_from_slice(&part.body);
        }
        at = body + part.body.len();
    }
    out.extend_from_slice(&raw[at..]);
    Redacted { raw: out, found }
}

/// Where a piece of `whole` begins in it; none for bytes from elsewhere.
fn place(whole: &[u8], piece: &[u8]) -> Option<usize> {
    let start = piece.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    (start + piece.len() <= whole.len()).then_some(start)
}

/// True where the mail, read as intake reads it and as it is shown, tells a secret.
fn tells(raw: &[u8]) -> bool {
    let Ok(letter) = parse::read(raw, &Limits::default()) else { return false };
    let html = parse::html(raw).unwrap_or_default();
    [letter.subject, letter.text, html].iter().any(|words| !secrets::find(words).is_empty())
}

/// A part of the letter that holds a secret: what it becomes, and how many it held.
fn letter(part: &Part<'_>) -> Option<(&'static str, String, usize)> {
    let words = |text: &str| {
        let spans = secrets::find(text);
        (!spans.is_empty()).then(|| ("text/plain", secrets::mask(text, &spans), spans.len()))
    };
    if !part.is_html() {
        return words(&source(part, usize::MAX).0);
    }
    let html = html_source(part).0;
    match clean::clean(&html, &HashMap::new()).map(|cleaned| clean::mask(&cleaned.html)) {
        // a secret may also stand where nobody sees it, in a comment or an address
        Ok((shown, found)) if found > 0 || !secrets::find(&html).is_empty() => Some(("text/html", shown, found.max(1))),
        Ok(_) => None,
        Err(_) => words(&html),
    }
}

#[cfg(test)]
mod tests;
