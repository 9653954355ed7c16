//! Message-IDs: a mail's own, those it answers, and one for a mail that has none. Never writes angle brackets.

use super::{Problem, clean::unfolded, head::Head, headers::Headers, words};
use sha2::{Digest as _, Sha256};

/// At most so many ids are read of one header.
const MOST: usize = 1_000;

/// The ids of a header, in its order.
pub fn list(headers: &Headers<'_>, name: &str) -> Vec<String> {
    headers.all(name).flat_map(|text| in_text(&text)).take(MOST).collect()
}

/// The mail's own id, or one made from its content.
pub fn own(headers: &Headers<'_>, head: &Head<'_>, problems: &mut Vec<Problem>) -> (String, bool) {
    for name in ["Message-ID", "Message-Id", "X-Message-ID"] {
        if let Some(id) = list(headers, name).into_iter().next() {
            return (id, true);
        }
    }
    problems.push(Problem::new("no_message_id", "there is no Message-ID; one was made from the content"));
    (made(head), false)
}

fn in_text(text: &str) -> Vec<String> {
    const LONGEST: usize = 2_000;
    let decoded = if text.contains("=?") { words::decode(text, &mut Vec::new()) } else { text.to_owned() };
    let tidy = |id: &str| -> String { id.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect() };
    let mut found = Vec::new();
    let mut rest = decoded.as_str();
    while let Some(start) = rest.find('<') {
        rest = rest[start..].trim_start_matches('<');
        let end = rest.find(['>', '<', ',']).unwrap_or(rest.len());
        found.push(tidy(&rest[..end]));
        rest = &rest[end..];
    }
    if found.iter().all(String::is_empty) {
        let is_id = |word: &&str| word.len() > 2 && (word.contains('@') || !text.trim().contains(' '));
        found = decoded
            .split([' ', ',', ';'])
            .map(|w| w.trim_matches(['"', '\'', '>', '(', ')']))
            .filter(is_id)
            .map(tidy)
            .collect();
    }
    found.retain(|id| !id.is_empty() && id.len() <= LONGEST);
    found
}

/// The same for the same letter, whichever way it travelled: made from who wrote to whom, when, about what, and the
/// body; line ends and blank lines around it aside. No host can have this domain (RFC 2606).
fn made(head: &Head<'_>) -> String {
    let mut digest = Sha256::new();
    for name in ["From", "Reply-To", "To", "Cc", "Date", "Subject", "Content-Type"] {
        for value in head.all(name) {
            digest.update(name.as_bytes());
            digest.update(b":");
            digest.update(unfolded(value).trim_ascii());
            digest.update(b"\n");
        }
    }
    digest.update(b"\n");
    let body = head.body.trim_ascii();
    let mut at = 0;
    for next in memchr::memchr_iter(b'\r', body) {
        digest.update(&body[at..next]);
        at = next + 1;
    }
    digest.update(&body[at..]);
    let digest = data_encoding::HEXLOWER.encode(&digest.finalize());
    format!("{}@content.invalid", &digest[..40])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(in_text(text), expected, "{text}");
    }

    #[test]
    fn ids_read() {
        check("<a@b>", &["a@b"]);
        check("<a@b> <c@d>,<e@f>", &["a@b", "c@d", "e@f"]);
        check("<a@b><c@d>", &["a@b", "c@d"]);
        check("\"Anna\" of Monday <a@b>", &["a@b"]);
        check("a@b", &["a@b"]);
        check("a@b c@d", &["a@b", "c@d"]);
        check("<a b@c>", &["ab@c"]);
        check("<<a@b>>", &["a@b"]);
        check("<a@b", &["a@b"]);
        check("=?utf-8?q?=3Ca=40b=3E?=", &["a@b"]);
        check("your message of Monday", &[]);
        check("<>", &[]);
        check("abcdef", &["abcdef"]);
    }
}
