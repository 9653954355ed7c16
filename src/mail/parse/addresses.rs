//! Addresses in headers (RFC 5322, RFC 6531), and what stands in their place in real mail. Looks at decoded text;
//! never asks whether an address exists.

use super::{clean::line, problem::Problem, words};

/// Somebody named in a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// The name; may be empty.
    pub name: String,
    /// The address as it is written; none where what stands there is none.
    pub address: Option<String>,
}

/// At most so many are read of one header.
const MOST: usize = 1_000;

/// Everybody a header names, in order. Names of groups are left out.
pub fn read(text: &str, problems: &mut Vec<Problem>) -> Vec<Mailbox> {
    let found = mailboxes(text, problems);
    if found.iter().any(|m| m.address.is_some()) || !text.contains("=?") {
        return found;
    }
    // the address itself stands within an encoded word
    let decoded = words::decode(text, problems);
    let again = mailboxes(&decoded, problems);
    if again.iter().any(|m| m.address.is_some()) { again } else { found }
}

/// What has been read of one mailbox.
#[derive(Default)]
struct Open {
    phrase: String,
    quoted: String,
    angle: Option<String>,
    comment: String,
}

fn mailboxes(text: &str, problems: &mut Vec<Problem>) -> Vec<Mailbox> {
    let mut found = Vec::new();
    let mut open = Open::default();
    let mut at = 0;
    while at < text.len() && found.len() < MOST {
        let rest = &text[at..];
        let Some(c) = rest.chars().next() else { break };
        at += match c {
            '"' => {
                let (value, length) = quoted(&rest[1..]);
                if rest[1 + length..].starts_with('@') {
                    // a quoted local part belongs to its address
                    open.phrase.push_str(&rest[..=length]);
                } else {
                    open.phrase.push_str(&value);
                    open.quoted.push_str(&value);
                }
                length + 1
            }
            '(' => {
                let (value, length) = comment(&rest[1..]);
                open.comment = value;
                length + 1
            }
            '<' => {
                let inner = rest.trim_start_matches('<');
                let skipped = rest.len() - inner.len();
                let end = inner.find(['>', ',', ';', '<']).unwrap_or(inner.len());
                let is_route = inner.starts_with('@');
                let end = if is_route { inner.find('>').unwrap_or(end) } else { end };
                if open.angle.as_ref().is_none_or(|a| !a.contains('@')) {
                    open.angle = Some(inner[..end].to_owned());
                }
                let closing = inner[end..].len() - inner[end..].trim_start_matches('>').len();
                skipped + end + closing
            }
            '=' if rest.starts_with("=?") => match words::end_at(text, at) {
                Some(end) => {
                    open.phrase.push_str(&text[at..end]);
                    end - at
                }
                None => push(&mut open, c),
            },
            ',' | ';' => {
                finish(&mut open, &mut found, problems);
                1
            }
            ':' if open.angle.is_none() && !open.phrase.contains('@') && !is_scheme(&open.phrase) => {
                // the name of a group
                open = Open::default();
                1
            }
            c => push(&mut open, c),
        };
    }
    finish(&mut open, &mut found, problems);
    found
}

fn is_scheme(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("mailto") || text.trim().eq_ignore_ascii_case("smtp")
}

fn push(open: &mut Open, c: char) -> usize {
    open.phrase.push(c);
    c.len_utf8()
}

/// What stands between quotes, and how long it was with its closing quote.
fn quoted(text: &str) -> (String, usize) {
    const LONGEST: usize = 1_000;
    let mut value = String::new();
    let mut chars = text[..text.floor_char_boundary(LONGEST)].char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, at + 1),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    // no closing quote: the quote means nothing
    (String::new(), 0)
}

fn comment(text: &str) -> (String, usize) {
    const LONGEST: usize = 300;
    let mut value = String::new();
    let mut depth = 0;
    let mut chars = text[..text.floor_char_boundary(LONGEST)].char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            ')' if depth == 0 => return (value, at + 1),
            ')' => depth -= 1,
            '(' => depth += 1,
            '\\' => {
                value.extend(chars.next().map(|(_, c)| c));
                continue;
            }
            _ => {}
        }
        value.push(c);
    }
    (String::new(), 0)
}

fn finish(open: &mut Open, found: &mut Vec<Mailbox>, problems: &mut Vec<Problem>) {
    let open = std::mem::take(open);
    let phrase = open.phrase.trim();
    let mailbox = if let Some(angle) = open.angle {
        let address = usable(&angle).or_else(|| usable(&words::decode(&angle, problems)));
        // some programs put the address outside and something else inside the brackets
        let (name, address) = match address {
            Some(address) => (phrase.to_owned(), Some(address)),
            None => in_words(phrase),
        };
        let name = if name.trim().is_empty() { open.comment } else { name };
        Mailbox { name: shown(&name, problems), address }
    } else {
        let (name, address) = match usable(phrase) {
            Some(address) => (String::new(), Some(address)),
            None => in_words(phrase),
        };
        let name = if name.trim().is_empty() { open.comment } else { name };
        Mailbox { name: shown(&name, problems), address }
    };
    if mailbox != Mailbox::default() {
        found.push(mailbox);
    }
}

fn shown(name: &str, problems: &mut Vec<Problem>) -> String {
    line(&words::decode(name, problems))
}

/// An address that stands among words without brackets, and the words.
fn in_words(phrase: &str) -> (String, Option<String>) {
    let mut address = None;
    let mut name = Vec::new();
    for word in phrase.split_whitespace() {
        let bare = word.trim_matches(['<', '>', '[', ']', '\'', '"', ',', ':']);
        match usable(bare).filter(|_| address.is_none() && !word.contains("=?")) {
            Some(found) => address = Some(found),
            None => name.push(word),
        }
    }
    (name.join(" "), address)
}

/// The address in `text` where one could write to it: something, an @, a domain, and no blanks or controls but within
/// quotes. Routes, `mailto:` and blanks around the @ are taken away.
pub fn usable(text: &str) -> Option<String> {
    let mut text = text.trim().trim_matches(['<', '>']).trim();
    for scheme in ["mailto:", "smtp:"] {
        if text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) {
            text = text[scheme.len()..].trim();
        }
    }
    if text.starts_with('@') {
        text = text.split_once(':')?.1.trim();
    }
    let text = text.trim_matches('\'');
    if text.len() > 1_000 {
        return None;
    }
    let (local, domain) = text.rsplit_once('@')?;
    let (local, domain) = (local.trim(), domain.trim().trim_end_matches('.'));
    let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let is_bad = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '(' | ')' | ',' | ';' | '\\' | '\u{fffd}')
    };
    let is_local = !local.is_empty()
        && local.len() <= 320
        && if is_quoted { !local.contains(char::is_control) } else { !local.contains(is_bad) && !local.contains('@') };
    let is_literal = domain.starts_with('[') && domain.ends_with(']');
    let is_domain = !domain.is_empty()
        && domain.len() <= 255
        && !domain.contains(is_bad)
        && !domain.starts_with(['.', '-'])
        && !domain.contains("..")
        && (is_literal || !domain.contains(['[', ']', '=', '?', '/', ':', '!', '%', '&']));
    (is_local && is_domain && !turned(text)).then(|| format!("{local}@{domain}"))
}

/// Marks that turn the direction of writing make an address look like another one.
fn turned(text: &str) -> bool {
    text.contains(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, Option<&str>)]) {
        let read = read(text, &mut Vec::new());
        let seen: Vec<_> = read.iter().map(|m| (m.name.as_str(), m.address.as_deref())).collect();
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn addresses_read() {
        check("Anna T <a@b.example>", &[("Anna T", Some("a@b.example"))]);
        check("\"T, Anna\" <a@b.example>, c@d.example", &[("T, Anna", Some("a@b.example")), ("", Some("c@d.example"))]);
        check("a@b.example (Anna (T))", &[("Anna (T)", Some("a@b.example"))]);
        check("friends: a@b.example, C <c@d.example>;", &[("", Some("a@b.example")), ("C", Some("c@d.example"))]);
        check("undisclosed-recipients:;", &[]);
        check("=?utf-8?Q?T=2C_Ren=C3=A9e?= <a@b.example>", &[("T, Renée", Some("a@b.example"))]);
        check("\"a b\"@c.example", &[("", Some("\"a b\"@c.example"))]);
        check("Ärger <ä@bücher.example>", &[("Ärger", Some("ä@bücher.example"))]);
        check("<@relay.example,@other.example:a@b.example>", &[("", Some("a@b.example"))]);
        check("\"a@b.example\" <c@d.example>", &[("a@b.example", Some("c@d.example"))]);
    }

    #[test]
    fn bent_ones_read_too() {
        check("Anna a@b.example", &[("Anna", Some("a@b.example"))]);
        check("Anna <a@b.example", &[("Anna", Some("a@b.example"))]);
        check("<<a@b.example>>", &[("", Some("a@b.example"))]);
        check("a (x) @ b.example", &[("x", Some("a@b.example"))]);
        check("mailto:a@b.example", &[("", Some("a@b.example"))]);
        check("\"Anna <a@b.example>", &[("Anna", Some("a@b.example"))]);
        check("=?utf-8?Q?T, Ren=C3=A9e?= <a@b.example>", &[("T, Renée", Some("a@b.example"))]);
        check("=?utf-8?Q?Anna_=3Ca=40b=2Eexample=3E?=", &[("Anna", Some("a@b.example"))]);
        check("\"a@b.example\"", &[("", Some("a@b.example"))]);
        check("a@b.example <>", &[("", Some("a@b.example"))]);
        check("Anna", &[("Anna", None)]);
        check("<>", &[]);
        check("Anna <a at b>", &[("Anna", None)]);
        check("a@b.example; c@d.example", &[("", Some("a@b.example")), ("", Some("c@d.example"))]);
        check("'a@b.example' <a@b.example>", &[("'a@b.example'", Some("a@b.example"))]);
        check("Anna@Home <a@b.example>", &[("Anna@Home", Some("a@b.example"))]);
    }
}
