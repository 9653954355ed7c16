//! The structure of a mail without decoding any of its parts: where each begins and ends and what it says it is.
//! This is what lets a mail be understood while its attachments stay closed.

use mail_parser::{MessageParser, MimeHeaders as _};

/// How deep multiparts may lie in each other.
const DEEPEST: usize = 20;
/// How many parts a mail may have.
const MOST: usize = 500;

/// One part that holds no further parts.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Headers and body as they stand in the mail.
    pub entity: &'a [u8],
    /// The body as it stands in the mail, still encoded.
    pub body: &'a [u8],
    /// For example `text/plain`; lower case.
    pub media_type: String,
    /// The file name, if the part has one.
    pub name: Option<String>,
    /// True for text that belongs to the letter itself.
    pub is_letter: bool,
    /// The multipart/alternative this part is one version in, if any.
    pub choice: Option<usize>,
}

/// The mail has more parts, or deeper ones, than a letter can need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooComplex;

/// Every part of `raw`, in order.
///
/// # Errors
/// When parts lie too deep or are too many.
pub fn parts(raw: &[u8]) -> Result<Vec<Part<'_>>, TooComplex> {
    let mut found = Vec::new();
    let mut choices = 0;
    walk(raw, 0, None, &mut choices, &mut found)?;
    Ok(found)
}

fn walk<'a>(
    entity: &'a [u8],
    depth: usize,
    choice: Option<usize>,
    choices: &mut usize,
    found: &mut Vec<Part<'a>>,
) -> Result<(), TooComplex> {
    if depth > DEEPEST || found.len() >= MOST {
        return Err(TooComplex);
    }
    let (head, body) = split(entity);
    let parser = MessageParser::new().with_mime_headers();
    let headers = parser.parse_headers(head);
    let headers = headers.as_ref();
    let content_type = headers.and_then(|h| h.content_type());
    let media_type = content_type.map_or_else(
        || "text/plain".to_owned(),
        |ct| format!("{}/{}", ct.ctype(), ct.subtype().unwrap_or("octet-stream")).to_lowercase(),
    );
    if let Some(boundary) =
        content_type.filter(|_| media_type.starts_with("multipart/")).and_then(|ct| ct.attribute("boundary"))
    {
        let choice = if media_type == "multipart/alternative" {
            *choices += 1;
            Some(*choices)
        } else {
            choice
        };
        for child in between(body, boundary.as_bytes()) {
            walk(child, depth + 1, choice, choices, found)?;
        }
        return Ok(());
    }
    let name = headers.and_then(|h| h.attachment_name()).map(str::to_owned);
    let attached = headers.and_then(|h| h.content_disposition()).is_some_and(mail_parser::ContentType::is_attachment);
    let is_letter = matches!(media_type.as_str(), "text/plain" | "text/html") && !attached && name.is_none();
    found.push(Part { entity, body, media_type, name, is_letter, choice });
    Ok(())
}

/// Headers with their empty line, and what comes after it.
pub fn split(entity: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(line) = entity[at..].iter().position(|b| *b == b'\n') {
        let text = &entity[at..at + line];
        at += line + 1;
        if text.is_empty() || text == b"\r" {
            return entity.split_at(at);
        }
    }
    (entity, &[])
}

/// The entities between the boundary lines of a multipart body.
fn between<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut children = Vec::new();
    let mut start = None;
    let mut at = 0;
    while at < body.len() && children.len() <= MOST {
        let end = body[at..].iter().position(|b| *b == b'\n').map_or(body.len(), |n| at + n + 1);
        let mark =
            body[at..end].strip_prefix(b"--").and_then(|rest| rest.strip_prefix(boundary)).map(<[u8]>::trim_ascii);
        if mark.is_some_and(|rest| rest.is_empty() || rest == b"--") {
            if let Some(from) = start {
                children.push(&body[from..at]);
            }
            if mark == Some(b"--") {
                return children;
            }
            start = Some(end);
        }
        at = end;
    }
    // a mail cut off before its last boundary still has its last part
    if let Some(from) = start.filter(|from| *from < body.len()) {
        children.push(&body[from..]);
    }
    children
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] = b"From: a@mail.example\r\nContent-Type: multipart/mixed; boundary=\"out er\"\r\n\r\npreamble\r\n--out er\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\nContent-Type: text/plain\r\n\r\nhello\r\n--inner\r\nContent-Type: text/html\r\n\r\n<p>hello</p>\r\n--inner--\r\n--out er\r\nContent-Type: image/png; name=\"a.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--out er--\r\n";

    #[test]
    fn parts_are_found_with_their_kind_and_stay_encoded() {
        let parts = parts(MAIL).expect("a plain mail");
        let seen: Vec<_> = parts.iter().map(|p| (p.media_type.as_str(), p.is_letter, p.choice)).collect();
        assert_eq!(seen, [("text/plain", true, Some(1)), ("text/html", true, Some(1)), ("image/png", false, None)]);
        assert_eq!(parts[2].name.as_deref(), Some("a.png"));
        assert_eq!(parts[2].body, b"iVBORw0KGgo=\r\n");
    }

    #[test]
    fn a_mail_cut_off_in_the_middle_keeps_what_came() {
        let cut = &MAIL[..MAIL.len() - 14];
        assert_eq!(parts(cut).map(|p| p.len()), Ok(3));
    }

    #[test]
    fn nesting_without_end_is_refused() {
        let mut mail = Vec::new();
        for n in 0..1_000 {
            mail.extend_from_slice(
                format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n").as_bytes(),
            );
        }
        assert!(matches!(parts(&mail), Err(TooComplex)));
    }
}
