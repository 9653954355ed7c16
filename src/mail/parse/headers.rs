//! The headers of a mail as text: unfolded, in characters, encoded words decoded where a header is words. What a header
//! means is others' business.

use super::{
    Problem, charset,
    clean::{one_line, unfolded},
    head::Head,
    params, words,
};

/// A mail's headers.
pub struct Headers<'a> {
    head: &'a Head<'a>,
    /// The letter's own charset, in which raw headers may be.
    charset: String,
}

impl<'a> Headers<'a> {
    /// The headers of `head`.
    pub fn new(head: &'a Head<'a>) -> Self {
        let content_type = head.get("Content-Type").map(unfolded).unwrap_or_default();
        let said = params::read(&String::from_utf8_lossy(&content_type), &mut Vec::new());
        Self { charset: said.get("charset").unwrap_or_default().to_owned(), head }
    }

    /// Every header of this name on one line, encoded words as they stand.
    pub fn all(&self, name: &str) -> impl Iterator<Item = String> {
        self.head.all(name).map(|value| self.text(value))
    }

    /// The first header of this name that says something.
    pub fn get(&self, name: &str) -> Option<String> {
        self.head.get(name).map(|value| self.text(value))
    }

    /// The same, decoded.
    pub fn words(&self, name: &str, problems: &mut Vec<Problem>) -> String {
        self.get(name).map(|text| one_line(&words::decode(&text, problems))).unwrap_or_default()
    }

    fn text(&self, value: &[u8]) -> String {
        let text = charset::raw_header(&unfolded(value), &self.charset);
        text.trim().to_owned()
    }

    /// Every header as a line to read, at most `most` lines.
    pub fn lines(&self, most: usize) -> Vec<String> {
        const LONGEST: usize = 2_000;
        let show = |name: &str, value: &[u8]| {
            let text = one_line(&words::decode(&self.text(value), &mut Vec::new()));
            format!("{name}: {}", &text[..text.floor_char_boundary(LONGEST)])
        };
        self.head.headers.iter().take(most).map(|h| show(h.name, h.value)).collect()
    }

    /// The headers again, one line each, as other readers want them.
    pub fn plain(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for header in &self.head.headers {
            out.extend_from_slice(header.name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(unfolded(header.value).trim_ascii());
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out
    }

    /// Headers that may stand once only and stand more often.
    pub fn doubled(&self) -> Vec<&'static str> {
        const ONCE: [&str; 8] =
            ["From", "Subject", "Date", "Message-ID", "Reply-To", "Sender", "In-Reply-To", "Content-Type"];
        ONCE.into_iter().filter(|name| self.head.all(name).nth(1).is_some()).collect()
    }
}
