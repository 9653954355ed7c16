//! Where the parts of a mail that hold no further parts lie in its bytes, so that one can be read or written anew while
//! all others stay as they are. Decodes nothing by itself.

use mail_parser::{Message, MessageParser, MimeHeaders as _};
use std::ops::Range;

/// How deep multiparts may lie in each other, and how many parts are looked at.
const DEEPEST: usize = 20;
const MOST: usize = 500;

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Its headers with the empty line after them.
    pub head: Range<usize>,
    /// Its body, still encoded.
    pub body: Range<usize>,
    /// For example `text/html`; lower case.
    pub media_type: String,
    /// Its Content-ID without angle brackets.
    pub content_id: Option<String>,
    /// True where it is to be filed, not shown.
    pub is_file: bool,
}

/// The parts of `raw`, in order; those beyond what a letter can need are left out.
pub fn leaves(raw: &[u8]) -> Vec<Leaf> {
    let mut found = Vec::new();
    walk(raw, 0..raw.len(), 0, &mut found);
    found
}

/// A part as a mail of its own, decoded.
pub fn decoded<'a>(raw: &'a [u8], leaf: &Leaf) -> Option<Message<'a>> {
    MessageParser::default().parse(&raw[leaf.head.start..leaf.body.end])
}

/// The HTML of a part, in whatever charset and encoding it came.
pub fn source(raw: &[u8], leaf: &Leaf) -> Option<String> {
    let html = decoded(raw, leaf)?.body_html(0)?.into_owned();
    Some(html.chars().filter(|c| *c != '\0').collect())
}

fn walk(raw: &[u8], whole: Range<usize>, depth: usize, found: &mut Vec<Leaf>) {
    if depth > DEEPEST || found.len() >= MOST {
        return;
    }
    let body = whole.start + head_length(&raw[whole.clone()]);
    let head = whole.start..body;
    let parsed = MessageParser::new().with_mime_headers().parse_headers(&raw[head.clone()]);
    let parsed = parsed.as_ref();
    let said = parsed.and_then(|h| h.content_type());
    let media_type = said.map_or_else(
        || "text/plain".to_owned(),
        |said| format!("{}/{}", said.ctype(), said.subtype().unwrap_or("octet-stream")).to_lowercase(),
    );
    let boundary = said.filter(|_| media_type.starts_with("multipart/")).and_then(|said| said.attribute("boundary"));
    if let Some(boundary) = boundary {
        for child in between(raw, body..whole.end, boundary.as_bytes()) {
            walk(raw, child, depth + 1, found);
        }
        return;
    }
    let is_attached = parsed.and_then(|h| h.content_disposition()).is_some_and(mail_parser::ContentType::is_attachment);
    let is_named = parsed.and_then(|h| h.attachment_name()).is_some();
    let content_id = parsed.and_then(|h| h.content_id()).map(|id| id.trim_matches(['<', '>', ' ']).to_owned());
    found.push(Leaf { head, body: body..whole.end, media_type, content_id, is_file: is_attached || is_named });
}

/// Bytes up to and with the first empty line.
pub fn head_length(entity: &[u8]) -> usize {
    let mut at = 0;
    while let Some(line) = entity[at..].iter().position(|b| *b == b'\n') {
        let is_empty = matches!(&entity[at..at + line], b"" | b"\r");
        at += line + 1;
        if is_empty {
            return at;
        }
    }
    entity.len()
}

/// The entities between the boundary lines of a multipart's body, without the line end before each line.
fn between(raw: &[u8], body: Range<usize>, boundary: &[u8]) -> Vec<Range<usize>> {
    let (mut children, mut start, mut at) = (Vec::new(), None, body.start);
    while at < body.end && children.len() <= MOST {
        let end = raw[at..body.end].iter().position(|b| *b == b'\n').map_or(body.end, |n| at + n + 1);
        let mark =
            raw[at..end].strip_prefix(b"--").and_then(|rest| rest.strip_prefix(boundary)).map(<[u8]>::trim_ascii);
        if mark.is_some_and(|rest| rest.is_empty() || rest == b"--") {
            if let Some(from) = start {
                children.push(from..without_line_end(raw, from, at));
            }
            if mark == Some(b"--") {
                return children;
            }
            start = Some(end);
        }
        at = end;
    }
    // a mail cut off before its last boundary still has its last part
    children.extend(start.filter(|from| *from < body.end).map(|from| from..body.end));
    children
}

/// The line end before a boundary belongs to the boundary (RFC 2046, section 5.1.1).
fn without_line_end(raw: &[u8], from: usize, at: usize) -> usize {
    let part = &raw[from..at];
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    from + part.strip_suffix(b"\r").unwrap_or(part).len()
}
