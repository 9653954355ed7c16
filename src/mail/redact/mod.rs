//! Writes a mail anew without the secrets in it: the subject and other lines of its head, and the parts that are the
//! letter itself. Every other byte stays as it came; attachments are not looked into. Never stores anything.

mod head;

use super::{
    clean,
    leaves::{Leaf, decoded, head_length, leaves, source},
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

/// `raw` with every secret of its head and its letter covered.
#[must_use]
pub fn redact(raw: &[u8]) -> Redacted {
    let (mut out, mut at, mut found) = (Vec::with_capacity(raw.len()), 0, 0);
    // the mail's own head may be that of its only part: it is written anew once, with what the part needs
    let top = head_length(raw);
    let leaves = leaves(raw);
    let is_single = leaves.first().is_some_and(|leaf| leaf.head.start == 0);
    if !is_single {
        let (head, covered) = head::covered(&raw[..top]);
        out.extend(head);
        (at, found) = (top, covered);
    }
    for leaf in leaves {
        let (head, covered) = head::covered(&raw[leaf.head.clone()]);
        let letter = if leaf.is_file { None } else { letter(raw, &leaf) };
        if letter.is_none() && covered == 0 {
            continue;
        }
        found += covered;
        out.extend_from_slice(&raw[at..leaf.head.start]);
        if let Some((media_type, text, covered)) = letter {
            found += covered;
            out.extend(head::with_body(&head, media_type, &text));
        } else {
            out.extend(head);
            out.extend_from_slice(&raw[leaf.body.clone()]);
        }
        at = leaf.body.end;
    }
    out.extend_from_slice(&raw[at..]);
    Redacted { raw: out, found }
}

/// A part of the letter that holds a secret: what it becomes, and how many it held.
fn letter(raw: &[u8], leaf: &Leaf) -> Option<(&'static str, String, usize)> {
    let words = |text: &str| {
        let spans = secrets::find(text);
        (!spans.is_empty()).then(|| ("text/plain", secrets::mask(text, &spans), spans.len()))
    };
    match leaf.media_type.as_str() {
        "text/html" => {
            let html = source(raw, leaf)?;
            let cleaned = clean::clean(&html, &HashMap::new()).map(|cleaned| clean::mask(&cleaned.html));
            match cleaned {
                // a secret may also stand where nobody sees it, in a comment or an address
                Ok((shown, found)) if found > 0 || !secrets::find(&html).is_empty() => {
                    Some(("text/html", shown, found.max(1)))
                }
                Ok(_) => None,
                Err(_) => words(&html),
            }
        }
        kind if kind.starts_with("text/") => words(&text(raw, leaf)),
        _ => None,
    }
}

fn text(raw: &[u8], leaf: &Leaf) -> String {
    let parsed = decoded(raw, leaf);
    let text = parsed.as_ref().and_then(|m| m.body_text(0)).map(std::borrow::Cow::into_owned);
    // a part without headers begins with its empty line, which the parser takes for no message
    text.unwrap_or_else(|| String::from_utf8_lossy(&raw[leaf.body.clone()]).into_owned())
}

#[cfg(test)]
mod tests;
