//! Tags of HTML, one at a time. Keeps of their attributes only where a link leads and what stands in for a picture.

use super::entities;
use memchr::{memchr, memmem};

/// A tag.
#[derive(Debug, PartialEq, Eq)]
pub enum Tag {
    /// The beginning or the end of an element.
    Element {
        /// Its name in lower case.
        name: String,
        /// True for an end.
        is_end: bool,
        /// Where it leads.
        href: Option<String>,
        /// What stands in for it.
        src_text: Option<String>,
    },
    /// A comment, a declaration: nothing to read.
    Nothing,
}

const LONGEST_VALUE: usize = 2_000;

/// The tag at the beginning of `html` and what follows it; none where `<` begins no tag.
pub fn read(html: &str) -> Option<(Tag, &str)> {
    let bytes = html.as_bytes();
    let next = *bytes.get(1)?;
    if html.starts_with("<!--") {
        let end = memmem::find(&bytes[4..], b"-->").map_or(bytes.len(), |n| n + 7);
        return Some((Tag::Nothing, &html[end..]));
    }
    if matches!(next, b'!' | b'?') {
        let end = memchr(b'>', bytes).map_or(bytes.len(), |n| n + 1);
        return Some((Tag::Nothing, &html[end..]));
    }
    let is_end = next == b'/';
    let start = 1 + usize::from(is_end);
    if !bytes.get(start)?.is_ascii_alphabetic() {
        return None;
    }
    let length = bytes[start..].iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-')).count();
    let name = html[start..start + length.min(40)].to_ascii_lowercase();
    let attributes = start + length;
    let (mut href, mut src_text) = (None, None);
    let end = walk(html, attributes, &mut |attribute, value| {
        let slot = match attribute {
            b if b.eq_ignore_ascii_case("href") => &mut href,
            b if b.eq_ignore_ascii_case("alt") => &mut src_text,
            _ => return,
        };
        if slot.is_none() && value.len() <= LONGEST_VALUE {
            *slot = Some(entities::decoded(value).into_owned());
        }
    });
    Some((Tag::Element { name, is_end, href, src_text }, &html[end..]))
}

/// Goes through attributes from `at` and answers where the tag ends.
fn walk(html: &str, mut at: usize, found: &mut dyn FnMut(&str, &str)) -> usize {
    let bytes = html.as_bytes();
    loop {
        while bytes.get(at).is_some_and(|b| b.is_ascii_whitespace() || *b == b'/') {
            at += 1;
        }
        match bytes.get(at) {
            None => return bytes.len(),
            Some(b'>') => return at + 1,
            _ => {}
        }
        let name = at;
        while bytes.get(at).is_some_and(|b| !b.is_ascii_whitespace() && !matches!(b, b'=' | b'>' | b'/')) {
            at += 1;
        }
        let name = &html[name..at];
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        if bytes.get(at) != Some(&b'=') {
            continue;
        }
        at += 1;
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        if let Some(quote @ (b'"' | b'\'')) = bytes.get(at) {
            let Some(length) = memchr(*quote, &bytes[at + 1..]) else {
                // a value whose quote is missing ends with its tag
                return memchr(b'>', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
            };
            found(name, &html[at + 1..at + 1 + length]);
            at += length + 2;
        } else {
            let value = at;
            while bytes.get(at).is_some_and(|b| !b.is_ascii_whitespace() && *b != b'>') {
                at += 1;
            }
            found(name, &html[value..at]);
        }
    }
}

/// What follows the end of an element whose content is no text.
pub fn after_end_of<'h>(name: &str, html: &'h str) -> &'h str {
    for at in memmem::find_iter(html.as_bytes(), b"</") {
        let start = at + 2;
        if html.as_bytes().get(start..start + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes())) {
            let end = memchr(b'>', &html.as_bytes()[start..]).map_or(html.len(), |n| start + n + 1);
            return &html[end..];
        }
    }
    ""
}
