//! The structure of a mail without decoding any of its parts: where each begins and ends and what it says it is.
//! This is what lets a mail be understood while its attachments stay closed.

use super::parse::{
    Limits, Problem, Protection,
    head::{self, Head},
    part::{self, Context, Part},
    transfer::{self, Transfer},
};
use memchr::memchr2;
use std::borrow::Cow;

/// A mail's parts, and how they belong together.
#[derive(Debug, Default)]
pub struct Outline<'a> {
    /// Every part that holds no further parts, in order.
    pub parts: Vec<Part<'a>>,
    /// How they belong together.
    pub root: Node,
    /// How the whole is signed or encrypted.
    pub protection: Option<Protection>,
    /// What was wrong with the structure.
    pub problems: Vec<Problem>,
    /// The limit it goes beyond; then not every part is here.
    pub over: Option<&'static str>,
}

/// One part or several together.
#[derive(Debug)]
pub enum Node {
    /// The part with this number.
    Part(usize),
    /// Versions of one thing, plainest first.
    Choice(Vec<Node>),
    /// Things that follow each other.
    All(Vec<Node>),
}

impl Default for Node {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

/// Every part of a mail whose headers have been read.
pub fn outline<'a>(head: &Head<'a>, limits: &Limits) -> Outline<'a> {
    let mut walk = Walk { limits: *limits, found: Outline::default() };
    walk.found.root = walk.entity(head, 0, Context::Mail);
    walk.found
}

/// Headers with their empty line, and what comes after it.
pub fn split(entity: &[u8]) -> (&[u8], &[u8]) {
    let head = head::of_mail(entity, Limits::default().header_bytes);
    (head.raw, head.body)
}

struct Walk<'a> {
    limits: Limits,
    found: Outline<'a>,
}

impl<'a> Walk<'a> {
    fn say(&mut self, code: &'static str, words: &str) {
        if !self.found.problems.iter().any(|p| p.code == code && p.words == words) {
            self.found.problems.push(Problem::new(code, words));
        }
    }

    fn entity(&mut self, head: &Head<'a>, depth: usize, context: Context) -> Node {
        if self.found.parts.len() >= self.limits.parts {
            self.found.over = Some("it has too many parts");
            return Node::default();
        }
        let (said, transfer) = part::said(head, context, &mut self.found.problems);
        if !said.value.starts_with("multipart/") {
            return self.leaf(head, said, transfer, context);
        }
        if depth >= self.limits.depth {
            self.found.over = Some("its parts are nested too deeply");
            return Node::default();
        }
        let protection = part::protection_of_multipart(&said);
        self.found.protection = self.found.protection.or(protection);
        let Some(children) = self.children(head.body, said.get("boundary"), transfer) else {
            return match self.encoded(head.body, &said, transfer, depth) {
                Some(node) => node,
                None if head.body.trim_ascii().is_empty() => {
                    self.say("no_parts", "a multipart has no parts");
                    Node::default()
                }
                None => {
                    self.say("no_parts", "a multipart without its parts was read as text");
                    self.leaf(head, part::plain(said), transfer, context)
                }
            };
        };
        let inner = part::context_of(&said.value);
        let nodes = children
            .into_iter()
            .map(|child| {
                let head = head::of_part(child, self.limits.header_bytes);
                if head.is_cut {
                    self.found.over = Some("the headers of one of its parts are too long");
                }
                self.entity(&head, depth + 1, inner)
            })
            .collect();
        if inner == Context::Alternative { Node::Choice(nodes) } else { Node::All(nodes) }
    }

    fn leaf(
        &mut self,
        head: &Head<'a>,
        said: super::parse::params::Value,
        transfer: Transfer,
        context: Context,
    ) -> Node {
        let part = Part::of(head, said, transfer, context, &mut self.found.problems);
        self.found.protection = self.found.protection.or(part.protection());
        self.found.parts.push(part);
        Node::Part(self.found.parts.len() - 1)
    }

    /// The entities of a multipart by its boundary, or by what looks like one.
    fn children(&mut self, body: &'a [u8], boundary: Option<&str>, transfer: Transfer) -> Option<Vec<&'a [u8]>> {
        let most = self.limits.parts + 1;
        let boundary = boundary.map(str::trim_end).filter(|b| !b.is_empty());
        if boundary.is_none() {
            self.say("boundary", "a multipart does not say how its parts are told apart");
        }
        let mut split = boundary.map(|b| between(body, b.as_bytes(), most)).unwrap_or_default();
        if split.entities.is_empty() && matches!(transfer, Transfer::Identity | Transfer::Unknown) {
            let guess = guessed_boundary(body)?;
            if boundary.is_some() {
                self.say("boundary", "a multipart's parts are told apart by another line than it says");
            }
            split = between(body, guess, most);
        }
        if split.goes_on {
            self.say("boundary", "parts follow after the end of a multipart");
        }
        if !split.is_closed && !split.entities.is_empty() {
            self.say("cut_off", "the end of a multipart is missing");
        }
        (!split.entities.is_empty()).then_some(split.entities)
    }

    /// A multipart that was encoded as a whole, which no multipart may be: its parts are kept decoded.
    fn encoded(
        &mut self,
        body: &[u8],
        said: &super::parse::params::Value,
        transfer: Transfer,
        depth: usize,
    ) -> Option<Node> {
        if !matches!(transfer, Transfer::Base64 | Transfer::Quoted) || depth > 2 {
            return None;
        }
        let (bytes, _) = transfer::decoded(body, transfer, self.limits.bytes);
        let boundary = said.get("boundary").map(str::trim_end).filter(|b| !b.is_empty())?;
        let split = between(&bytes, boundary.as_bytes(), self.limits.parts + 1);
        if split.entities.is_empty() {
            return None;
        }
        self.say("encoded_multipart", "a multipart was encoded as a whole");
        let inner = part::context_of(&said.value);
        let mut nodes = Vec::new();
        let mut walk = Walk { limits: self.limits, found: Outline::default() };
        for entity in split.entities {
            nodes.push(walk.entity(&head::of_part(entity, self.limits.header_bytes), depth + 1, inner));
        }
        let first = self.found.parts.len();
        let found = walk.found;
        self.found.parts.extend(found.parts.into_iter().map(Part::into_owned));
        self.found.problems.extend(found.problems);
        self.found.over = self.found.over.or(found.over);
        self.found.protection = self.found.protection.or(found.protection);
        let mut node = if inner == Context::Alternative { Node::Choice(nodes) } else { Node::All(nodes) };
        renumber(&mut node, first);
        Some(node)
    }
}

fn renumber(node: &mut Node, first: usize) {
    match node {
        Node::Part(n) => *n += first,
        Node::Choice(nodes) | Node::All(nodes) => nodes.iter_mut().for_each(|node| renumber(node, first)),
    }
}

/// What stands between the boundary lines of a multipart body.
#[derive(Default)]
struct Split<'a> {
    entities: Vec<&'a [u8]>,
    is_closed: bool,
    goes_on: bool,
}

/// The entities between the boundary lines, at most `most`. The line end before a boundary belongs to it (RFC 2046,
/// section 5.1.1). What follows a closing line is read only where more such lines follow.
fn between<'a>(body: &'a [u8], boundary: &[u8], most: usize) -> Split<'a> {
    let mut split = Split::default();
    let mut start = None;
    let mut at = 0;
    while at < body.len() && split.entities.len() < most {
        let line_end = memchr2(b'\n', b'\r', &body[at..]).map_or(body.len(), |n| at + n);
        let rest = body[at..line_end].strip_prefix(b"--").and_then(|rest| rest.strip_prefix(boundary));
        let mark = rest.map(<[u8]>::trim_ascii).filter(|rest| rest.is_empty() || *rest == b"--");
        let next = after_end(body, line_end);
        if let Some(mark) = mark {
            if let Some(from) = start.take() {
                split.entities.push(without_end(&body[from..at]));
            }
            split.goes_on |= split.is_closed && mark.is_empty();
            split.is_closed |= mark == b"--";
            if mark.is_empty() {
                start = Some(next);
            }
        }
        at = next;
    }
    // a mail cut off before its last boundary still has its last part
    if let Some(from) = start.filter(|from| *from < body.len() && split.entities.len() < most) {
        split.entities.push(&body[from..]);
        split.is_closed = false;
    }
    split
}

fn after_end(body: &[u8], line_end: usize) -> usize {
    match (body.get(line_end), body.get(line_end + 1)) {
        (Some(b'\r'), Some(b'\n')) => line_end + 2,
        (Some(_), _) => line_end + 1,
        _ => body.len(),
    }
}

fn without_end(entity: &[u8]) -> &[u8] {
    match entity {
        [rest @ .., b'\r', b'\n'] | [rest @ .., b'\n' | b'\r'] => rest,
        all => all,
    }
}

/// The boundary of a multipart that does not name the one it uses: the first line that looks like one and is
/// followed by a header or an empty line.
fn guessed_boundary(body: &[u8]) -> Option<&[u8]> {
    const NEAR: usize = 16 << 10;
    let near = &body[..body.len().min(NEAR)];
    let mut at = 0;
    while at < near.len() {
        let end = memchr2(b'\n', b'\r', &near[at..]).map_or(near.len(), |n| at + n);
        let next = after_end(near, end);
        let token = near[at..end].trim_ascii_end().strip_prefix(b"--").unwrap_or_default();
        let following = &near[next..memchr2(b'\n', b'\r', &near[next..]).map_or(near.len(), |n| next + n)];
        let begins = following.is_empty() || following.to_ascii_lowercase().starts_with(b"content-");
        if !token.is_empty()
            && token.len() <= 200
            && !token.contains(&b' ')
            && !token.iter().all(|b| *b == b'-')
            && begins
        {
            return Some(token);
        }
        at = next;
    }
    None
}

impl Part<'_> {
    /// The same, holding its own bytes.
    fn into_owned<'b>(self) -> Part<'b> {
        Part {
            head: Cow::Owned(self.head.into_owned()),
            body: Cow::Owned(self.body.into_owned()),
            said: self.said,
            name: self.name,
            transfer: self.transfer,
            content_id: self.content_id,
            disposition: self.disposition,
            context: self.context,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(raw: &str) -> (Vec<(String, String)>, Vec<&'static str>, Option<&'static str>) {
        let raw = raw.replace('\n', "\r\n");
        let found = outline(&head::of_mail(raw.as_bytes(), 1 << 18), &Limits::default());
        let show = |p: &Part<'_>| (p.said.value.clone(), String::from_utf8_lossy(&p.body).into_owned());
        (found.parts.iter().map(show).collect(), found.problems.iter().map(|p| p.code).collect(), found.over)
    }

    fn check(head: &str, body: &str, parts: &[(&str, &str)], problems: &[&str]) {
        let (found, codes, _) = seen(&format!("From: a@b.example\n{head}\n\n{body}"));
        let parts: Vec<_> = parts.iter().map(|(t, b)| ((*t).to_owned(), (*b).to_owned())).collect();
        assert_eq!((found, codes), (parts, problems.to_vec()), "{head}\n{body}");
    }

    #[test]
    fn parts_are_found_and_stay_encoded() {
        check(
            "Content-Type: multipart/mixed; boundary=\"out er\"",
            "before\n--out er\nContent-Type: multipart/alternative; boundary=out\n\n--out\n\nhello\n--out\nContent-Type: text/html\n\n<p>\n--out--\n--out er\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBO\n--out er--\nafter",
            &[("text/plain", "hello"), ("text/html", "<p>"), ("image/png", "iVBO")],
            &[],
        );
    }

    #[test]
    fn bent_multiparts_are_read() {
        let mixed = "Content-Type: multipart/mixed; boundary=x";
        check(mixed, "--x\n\na\n--x\n\nb\n", &[("text/plain", "a"), ("text/plain", "b\r\n")], &["cut_off"]);
        check(mixed, "--x\nno header\n--xy\n--x--", &[("text/plain", "no header\r\n--xy")], &[]);
        check(mixed, "--x\n\na\n--x--\n\n--x\n\nb\n--x--", &[("text/plain", "a"), ("text/plain", "b")], &["boundary"]);
        check("Content-Type: multipart/mixed", "--y\n\na\n--y--", &[("text/plain", "a")], &["boundary"]);
        check(mixed, "--y\n\na\n--y--", &[("text/plain", "a")], &["boundary"]);
        check(mixed, "just text", &[("text/plain", "just text")], &["no_parts"]);
        check(
            mixed,
            "--x\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x--\n--x\n\nb\n--x--",
            &[("text/plain", "a"), ("text/plain", "b")],
            &["boundary", "no_parts"],
        );
        check(
            "Content-Type: multipart/mixed; boundary=x\nContent-Transfer-Encoding: base64",
            "LS14CgphCi0teAoKYgotLXgtLQo=",
            &[("text/plain", "a"), ("text/plain", "b")],
            &["encoded_multipart"],
        );
    }

    #[test]
    fn nesting_without_end_and_parts_without_number_are_refused() {
        let deep = (0..1_000)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
            .collect::<Vec<_>>()
            .concat();
        assert_eq!(seen(&deep).2, Some("its parts are nested too deeply"));
        let many = format!("From: a\nContent-Type: multipart/mixed; boundary=x\n\n{}", "--x\n\na\n".repeat(10_000));
        assert_eq!(seen(&many).2, Some("it has too many parts"));
    }
}
