//! A text as lines, each as it stands and as it is looked at: without marks nobody sees, with plain spaces.

use std::borrow::Cow;

/// One line of a text.
#[derive(Debug)]
pub struct Line<'a> {
    /// As it stands, with its line end.
    pub raw: &'a str,
    /// Without outer white space and invisible marks; every odd space is a plain one.
    pub bare: Cow<'a, str>,
    /// It holds a figure or an `@`.
    pub tells: bool,
}

impl Line<'_> {
    /// Nothing to be seen.
    pub fn is_blank(&self) -> bool {
        self.bare.is_empty()
    }

    /// The line without its line end.
    pub fn content(&self) -> &str {
        self.raw.trim_end_matches(['\n', '\r'])
    }
}

/// The lines of `text`, ended by LF, CRLF or CR.
pub fn lines(text: &str) -> Vec<Line<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut start = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        if ends {
            found.push(line(&text[start..=at]));
            start = at + 1;
        }
    }
    if start < text.len() {
        found.push(line(&text[start..]));
    }
    found
}

fn line(raw: &str) -> Line<'_> {
    Line { raw, bare: bare(raw), tells: raw.contains(|c: char| c == '@' || c.is_numeric()) }
}

fn bare(raw: &str) -> Cow<'_, str> {
    if raw.is_ascii() {
        return Cow::Borrowed(raw.trim());
    }
    if !raw.chars().any(|c| is_invisible(c) || (c.is_whitespace() && !c.is_ascii())) {
        return Cow::Borrowed(raw.trim());
    }
    let plain = |c: char| if c.is_whitespace() { ' ' } else { c };
    let text: String = raw.chars().filter(|c| !is_invisible(*c)).map(plain).collect();
    Cow::Owned(text.trim().to_owned())
}

/// Marks of direction and joining, soft hyphens, byte order marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
