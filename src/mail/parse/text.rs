//! The letter's own text: which parts make it up, decoded, with uuencoded files taken out. Decodes no attachment.

use super::{
    Attached, Limits, Problem, Protection, What, charset,
    clean::{clean, file_name},
    flowed, html,
    part::Part,
    transfer::{self, Transfer},
    uu,
};
use crate::mail::outline::{Node, Outline};
use std::borrow::Cow;

/// The parts of uuencoded files within a text are numbered from the text's own by this step.
pub const WITHIN: usize = 100_000;
/// At most so many uuencoded files are taken out of one text.
pub const MOST_WITHIN: usize = 500;
/// HTML beyond this is not read; its text is far shorter.
const MOST_HTML: usize = 8 << 20;

/// The letter's text and what was found in it.
#[derive(Debug, Default)]
pub struct Text {
    /// The text; may be empty.
    pub letter: String,
    /// Uuencoded files, in order.
    pub files: Vec<Attached>,
    /// The first HTML part.
    pub html: Option<usize>,
    /// PGP within the text.
    pub protection: Option<Protection>,
}

/// Reads the text of a letter.
pub fn read(outline: &Outline<'_>, limits: &Limits, problems: &mut Vec<Problem>) -> Text {
    let mut reader = Reader { outline, limits, problems, files: Vec::new() };
    let mut texts = reader.texts(&outline.root);
    if texts.is_empty() {
        // a letter that is a file by its name alone
        let named = outline.parts.iter().position(|part| part.is_text() && !part.is_letter());
        texts.extend(named.map(|n| reader.part(n)).filter(|text| !is_blank(text)));
    }
    let files = reader.files;
    let mut text = texts.iter().map(|t| trimmed(t)).collect::<Vec<_>>().join("\n\n");
    if text.len() > limits.text_bytes {
        text.truncate(text.floor_char_boundary(limits.text_bytes));
        problems
            .push(Problem::new("text_cut", "the text is longer than may be read; its end is only in the mail itself"));
    }
    let html = outline.parts.iter().position(|part| part.is_html() && part.is_letter());
    let html = html.or_else(|| outline.parts.iter().position(|part| part.is_html() && part.is_text()));
    Text { protection: pgp(&text), letter: text, files, html }
}

/// `OpenPGP` within the text (RFC 9580, section 6.2).
fn pgp(text: &str) -> Option<Protection> {
    let begins = |mark: &str| text.starts_with(mark) || text.contains(&format!("\n{mark}"));
    if begins("-----BEGIN PGP MESSAGE-----") {
        Some(Protection::PgpEncrypted)
    } else {
        begins("-----BEGIN PGP SIGNED MESSAGE-----").then_some(Protection::PgpSigned)
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{a0}'))
}

/// Without blank lines before and after it.
fn trimmed(text: &str) -> &str {
    let mut text = text.trim_end();
    while let Some((first, rest)) = text.split_once('\n').filter(|(first, _)| first.trim().is_empty()) {
        debug_assert!(first.trim().is_empty());
        text = rest;
    }
    text
}

struct Reader<'o, 'a> {
    outline: &'o Outline<'a>,
    limits: &'o Limits,
    problems: &'o mut Vec<Problem>,
    files: Vec<Attached>,
}

impl Reader<'_, '_> {
    /// The texts below a node that say something, in order.
    fn texts(&mut self, node: &Node) -> Vec<String> {
        match node {
            Node::Part(n) => {
                if !self.outline.parts[*n].is_letter() {
                    return Vec::new();
                }
                let text = self.part(*n);
                if is_blank(&text) { Vec::new() } else { vec![text] }
            }
            Node::All(nodes) => nodes.iter().flat_map(|node| self.texts(node)).collect(),
            Node::Choice(nodes) => {
                // plain text wherever it says anything, else the richest version
                let plain = nodes.iter().filter(|node| self.is_plain(node));
                let rich = nodes.iter().rev().filter(|node| !self.is_plain(node));
                let order: Vec<&Node> = plain.chain(rich).collect();
                order.into_iter().map(|node| self.texts(node)).find(|texts| !texts.is_empty()).unwrap_or_default()
            }
        }
    }

    fn is_plain(&self, node: &Node) -> bool {
        match node {
            Node::Part(n) => self.outline.parts[*n].said.value == "text/plain",
            Node::All(nodes) | Node::Choice(nodes) => {
                let letters = |node: &&Node| !matches!(node, Node::Part(n) if !self.outline.parts[*n].is_letter());
                nodes.iter().any(|node| letters(&node)) && nodes.iter().filter(letters).all(|node| self.is_plain(node))
            }
        }
    }

    /// The text of one part.
    fn part(&mut self, number: usize) -> String {
        let part = &self.outline.parts[number];
        if part.is_html() {
            let (source, troubles) = html_source(part);
            self.problems.extend(troubles);
            return clean(&html::text(&source, self.limits.text_bytes + 1));
        }
        let (source, troubles) = source(part, self.limits.text_bytes);
        self.problems.extend(troubles);
        let found = uu::find(source.as_bytes(), MOST_WITHIN);
        if found.is_empty() {
            return self.plain(part, &source);
        }
        let mut rest = String::new();
        let mut at = 0;
        for (n, file) in found.iter().enumerate() {
            rest.push_str(&source[at..file.start]);
            at = file.end;
            let place = number + WITHIN * (n + 1);
            if !file.is_whole {
                self.problems.push(Problem::new("cut_off", "the end of a uuencoded file is missing"));
            }
            self.files.push(Attached {
                name: file_name(&file.name, || format!("part-{place}")),
                media_type: "application/octet-stream".to_owned(),
                encoded_size: file.end - file.start,
                part: place,
                content_id: None,
                inline: false,
                what: What::Uuencoded,
            });
        }
        rest.push_str(&source[at..]);
        drop(source);
        self.plain(part, &rest)
    }

    fn plain(&self, part: &Part<'_>, source: &str) -> String {
        // what is over the limit is cut by the caller, who says so
        let source = &source[..source.floor_char_boundary(self.limits.text_bytes.saturating_mul(2))];
        let says = |name: &str, value: &str| part.said.get(name).is_some_and(|v| v.trim().eq_ignore_ascii_case(value));
        if says("format", "flowed") {
            return clean(&flowed::unflowed(source, says("delsp", "yes")));
        }
        clean(source)
    }
}

/// The characters of a part that holds plain text, uuencoded files included. Text without such files is decoded as far
/// as it may be read.
pub fn source<'p>(part: &'p Part<'_>, most: usize) -> (Cow<'p, str>, Vec<Problem>) {
    let label = part.said.get("charset").unwrap_or_default();
    let is_plain = part.transfer == Transfer::Identity && part.body.is_ascii() && !part.body.contains(&0x1b);
    if let (true, Ok(text)) = (is_plain && charset::is_plain(label), std::str::from_utf8(&part.body)) {
        return (Cow::Borrowed(text), Vec::new());
    }
    // four bytes a character, and what encodings add
    let has_files = memchr::memmem::find(&part.body, b"begin ").is_some();
    let enough = if has_files { usize::MAX } else { most.saturating_mul(4) };
    let (text, problems) = characters(part, enough, label);
    (Cow::Owned(text), problems)
}

/// The HTML of a part as it was written.
pub fn html_source(part: &Part<'_>) -> (String, Vec<Problem>) {
    let label = part.said.get("charset").map(str::to_owned).filter(|label| !label.trim().is_empty());
    let label = label.unwrap_or_else(|| {
        let (first, _) = transfer::decoded(&part.body, part.transfer, 2_048);
        meta_charset(&first)
    });
    characters(part, MOST_HTML, &label)
}

fn characters(part: &Part<'_>, most: usize, label: &str) -> (String, Vec<Problem>) {
    let (bytes, is_right) = transfer::decoded(&part.body, part.transfer, most);
    let mut troubles = Vec::new();
    if !is_right && part.transfer != Transfer::Unknown {
        troubles.push(Problem::new("transfer_encoding", "the text's transfer encoding is broken"));
    }
    let decoded = charset::decode(bytes, label);
    troubles.extend(decoded.trouble.map(|words| Problem::new("charset", words)));
    (decoded.text, troubles)
}

/// The charset that HTML names in its own head.
fn meta_charset(first: &[u8]) -> String {
    let text = String::from_utf8_lossy(first).to_ascii_lowercase();
    let Some((_, rest)) = text.split_once("charset") else { return String::new() };
    let rest = rest.trim_start().strip_prefix('=').unwrap_or_default().trim_start().trim_start_matches(['"', '\'']);
    let label: String =
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')).collect();
    // what was read as ASCII is not UTF-16
    if label.starts_with("utf-16") { "utf-8".to_owned() } else { label }
}
