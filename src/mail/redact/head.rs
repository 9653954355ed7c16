//! The lines of a head: secrets in their decoded words covered, all others as they stand.

use crate::domain::secrets;
use mail_parser::{HeaderValue, MessageParser};

/// A head with secrets covered, and how many there were.
pub fn covered(head: &[u8]) -> (Vec<u8>, usize) {
    let (mut out, mut found) = (Vec::with_capacity(head.len()), 0);
    for field in fields(head) {
        let name = name(field);
        // addresses, ids, hops and dates are no words, and a signature’s digits may look like anything
        let spoken = ["Subject", "Comments", "Keywords", "Thread-Topic"];
        let words = if spoken.iter().any(|spoken| spoken.eq_ignore_ascii_case(name)) { decoded(field) } else { None };
        let spans = words.as_deref().map(secrets::find).unwrap_or_default();
        match words.filter(|_| !spans.is_empty()) {
            Some(words) => {
                found += spans.len();
                out.extend_from_slice(format!("{name}: ").as_bytes());
                out.extend_from_slice(&encoded(&secrets::mask(&words, &spans)));
            }
            None => out.extend_from_slice(field),
        }
    }
    (out, found)
}

/// A head for `text` as its body, and that body.
pub fn with_body(head: &[u8], media_type: &str, text: &str) -> Vec<u8> {
    let is_about_body = |name: &str| {
        ["Content-Type", "Content-Transfer-Encoding", "Content-MD5", "Content-Length"]
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name))
    };
    let mut out: Vec<u8> = Vec::with_capacity(head.len() + text.len() * 3 / 2);
    for field in fields(head).filter(|field| !is_about_body(name(field)) && !field.trim_ascii().is_empty()) {
        out.extend_from_slice(field);
        if !field.ends_with(b"\n") {
            out.extend_from_slice(b"\r\n");
        }
    }
    // base64: no line of the text can look like a boundary
    let said = format!("Content-Type: {media_type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    out.extend_from_slice(said.as_bytes());
    let body = data_encoding::BASE64.encode(text.replace("\r\n", "\n").replace('\n', "\r\n").as_bytes());
    for (n, line) in body.as_bytes().chunks(76).enumerate() {
        out.extend_from_slice(if n == 0 { b"" } else { b"\r\n" });
        out.extend_from_slice(line);
    }
    out
}

/// The fields of a head with the lines that go on with them; the empty line is one too.
fn fields(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = head;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        loop {
            end += rest[end..].iter().position(|b| *b == b'\n').map_or(rest.len() - end, |n| n + 1);
            if !matches!(rest.get(end), Some(b' ' | b'\t')) {
                break;
            }
        }
        let (field, after) = rest.split_at(end);
        rest = after;
        Some(field)
    })
}

fn name(field: &[u8]) -> &str {
    let end = field.iter().position(|b| *b == b':').unwrap_or(0);
    std::str::from_utf8(&field[..end]).unwrap_or_default().trim()
}

/// The words of a field; addresses as they stand, for they are no words.
fn decoded(field: &[u8]) -> Option<String> {
    let (name, colon) = (name(field), field.iter().position(|b| *b == b':')?);
    // read as a subject, whatever it is, so that encoded words become words
    let subject = [b"Subject:", &field[colon + 1..], b"\r\n"].concat();
    let message = MessageParser::default().parse_headers(&subject)?;
    match message.header("Subject") {
        Some(HeaderValue::Text(text)) if !name.is_empty() => {
            Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        _ => None,
    }
}

/// Words for a field, in encoded words of at most 75 signs (RFC 2047), with the line's end.
fn encoded(words: &str) -> Vec<u8> {
    let mut out = String::new();
    let mut piece = String::new();
    for c in words.chars() {
        if piece.len() + c.len_utf8() > 45 {
            out.push_str(&word(&std::mem::take(&mut piece)));
            out.push_str("\r\n ");
        }
        piece.push(c);
    }
    out.push_str(&word(&piece));
    out.push_str("\r\n");
    out.into_bytes()
}

fn word(piece: &str) -> String {
    format!("=?utf-8?B?{}?=", data_encoding::BASE64.encode(piece.as_bytes()))
}
