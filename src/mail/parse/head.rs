//! The headers of a mail or of a part: where they begin, where they end and what each says, as bytes. Never decodes.

use memchr::memchr2;

/// One header as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// Its name, in the mail's own letters.
    pub name: &'a str,
    /// What follows the colon, folds included.
    pub value: &'a [u8],
}

/// The headers of an entity and what comes after them.
#[derive(Debug, Clone, Default)]
pub struct Head<'a> {
    /// The headers in order.
    pub headers: Vec<Header<'a>>,
    /// All that comes before the body, the empty line included.
    pub raw: &'a [u8],
    /// What comes after the empty line.
    pub body: &'a [u8],
    /// True where there were more bytes of headers than may be read.
    pub is_cut: bool,
    /// True where lines stood between the headers that are none.
    pub is_bent: bool,
}

impl<'a> Head<'a> {
    /// The first header of this name that says something, else the first.
    pub fn get(&self, name: &str) -> Option<&'a [u8]> {
        let mut all = self.all(name);
        let first = all.next()?;
        if !first.trim_ascii().is_empty() {
            return Some(first);
        }
        Some(all.find(|value| !value.trim_ascii().is_empty()).unwrap_or(first))
    }

    /// Every header of this name, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value)
    }
}

/// Names by which headers are told from the words of somebody who wrote none.
const KNOWN: [&str; 26] = [
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "received",
    "message-id",
    "in-reply-to",
    "references",
    "reply-to",
    "sender",
    "return-path",
    "delivered-to",
    "x-original-to",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-id",
    "content-description",
    "dkim-signature",
    "x-mailer",
    "user-agent",
    "resent-from",
    "auto-submitted",
];

/// Reads the headers of a whole mail: leading blank lines and mailbox lines are passed over, and a text that begins
/// without headers is all body.
pub fn of_mail(raw: &[u8], most: usize) -> Head<'_> {
    read(raw, most, true)
}

/// Reads the headers of a part.
pub fn of_part(raw: &[u8], most: usize) -> Head<'_> {
    read(raw, most, false)
}

/// The end of the line that begins at `at`: where its text ends and where the next line begins. A lone CR ends a line.
fn line_end(raw: &[u8], at: usize) -> (usize, usize) {
    match memchr2(b'\n', b'\r', &raw[at..]) {
        None => (raw.len(), raw.len()),
        Some(n) => {
            let end = at + n;
            let is_pair = raw[end] == b'\r' && raw.get(end + 1) == Some(&b'\n');
            (end, end + 1 + usize::from(is_pair))
        }
    }
}

/// The name of a header line; none for other lines.
fn name_of(line: &[u8]) -> Option<(&str, usize)> {
    let colon = line.iter().take(200).position(|b| *b == b':')?;
    let name = line[..colon].trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    std::str::from_utf8(name).ok().filter(|_| is_name).map(|name| (name, colon + 1))
}

fn is_known(line: &[u8]) -> bool {
    name_of(line).is_some_and(|(name, _)| KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

fn is_mailbox_line(line: &[u8]) -> bool {
    line.starts_with(b"From ") || line.starts_with(b">From ")
}

fn read(raw: &[u8], most: usize, is_mail: bool) -> Head<'_> {
    let head = headers(raw, most, is_mail);
    Head { raw: &raw[..raw.len() - head.body.len()], ..head }
}

fn headers(raw: &[u8], most: usize, is_mail: bool) -> Head<'_> {
    let mut start = 0;
    if is_mail {
        while start < raw.len() {
            let (end, next) = line_end(raw, start);
            if !raw[start..end].trim_ascii().is_empty() && !is_mailbox_line(&raw[start..end]) {
                break;
            }
            start = next;
        }
    }
    let block = block(raw, start, most);
    let mut head = Head { is_cut: block.is_cut, ..Head::default() };
    if is_mail && block.last_known.is_none() {
        head.body = &raw[start..];
        head.is_bent = true;
        return head;
    }
    let mut at = start;
    head.body = &raw[block.body..];
    while at < block.end {
        let (end, next) = line_end(raw, at);
        let line = &raw[at..end];
        let Some((name, value)) = name_of(line) else {
            if !is_mailbox_line(line) {
                if block.last_known.is_none_or(|known| at > known) {
                    // what looks like no header and is followed by none begins the text
                    head.body = &raw[at..];
                    head.is_bent |= is_mail;
                    return head;
                }
                head.is_bent = true;
            }
            at = next;
            continue;
        };
        let (mut last, mut after) = (end, next);
        while after < block.end && matches!(raw[after], b' ' | b'\t') {
            (last, after) = line_end(raw, after);
        }
        head.headers.push(Header { name, value: &raw[at + value..last] });
        at = after;
    }
    head
}

/// Where headers may stand.
struct Block {
    /// Where no more headers are read.
    end: usize,
    /// Where the body begins.
    body: usize,
    /// Where the last line begins that is a header without doubt.
    last_known: Option<usize>,
    is_cut: bool,
}

fn block(raw: &[u8], start: usize, most: usize) -> Block {
    let mut block = Block { end: raw.len(), body: raw.len(), last_known: None, is_cut: false };
    let mut at = start;
    while at < raw.len() {
        let (end, next) = line_end(raw, at);
        if raw[at..end].trim_ascii().is_empty() && !folds_on(raw, at, end, next) {
            block.body = next;
            block.end = block.end.min(at);
            break;
        }
        if next - start > most {
            block.end = block.end.min(at.max(start));
            block.is_cut = true;
        } else if is_known(&raw[at..end]) {
            block.last_known = Some(at);
        }
        at = next;
    }
    block.end = block.end.min(at);
    block
}

/// A line of white space alone that only folds the header before it: a header or its continuation follows.
fn folds_on(raw: &[u8], at: usize, end: usize, next: usize) -> bool {
    let following = &raw[next..line_end(raw, next).0];
    at < end && !following.trim_ascii().is_empty() && (is_known(following) || matches!(following[0], b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expected: &[(&str, &str)], body: &str) {
        let head = of_mail(raw.as_bytes(), 1_000);
        let show = |h: &Header<'_>| (h.name.to_owned(), String::from_utf8_lossy(h.value.trim_ascii()).into_owned());
        let seen: Vec<_> = head.headers.iter().map(show).collect();
        let expected: Vec<_> = expected.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        assert_eq!((seen, String::from_utf8_lossy(head.body)), (expected, body.into()), "{raw:?}");
    }

    #[test]
    fn headers_end_where_the_text_begins() {
        check("From: a\r\nTo:b\r\n\r\nhi\r\n", &[("From", "a"), ("To", "b")], "hi\r\n");
        check("\r\n\nFrom a@b Mon\n>From c\nFrom: a\n\nhi", &[("From", "a")], "hi");
        check("Subject : a\n b\nFrom: c", &[("Subject", "a\n b"), ("From", "c")], "");
        check("Subject: a\rFrom: b\r\rhi\rthere", &[("Subject", "a"), ("From", "b")], "hi\rthere");
        check("From: a\nnonsense\nSubject: b\n\nhi", &[("From", "a"), ("Subject", "b")], "hi");
        check("From: a\nHello there\nmore\n\nhi", &[("From", "a")], "Hello there\nmore\n\nhi");
        check("Please: delete\n\nme", &[], "Please: delete\n\nme");
        check("Subject: a\n \nFrom: b\n\nc", &[("Subject", "a"), ("From", "b")], "c");
        check("Subject: a\n  \nhello", &[("Subject", "a")], "hello");
        check("", &[], "");
    }

    #[test]
    fn headers_beyond_the_limit_are_left_and_the_body_is_found() {
        let raw = format!("From: a\n{}\nhi", "X-Long: x\n".repeat(500));
        let head = of_mail(raw.as_bytes(), 1_000);
        assert!(head.is_cut && head.headers.len() < 200);
        assert_eq!(head.body, b"hi");
    }
}
