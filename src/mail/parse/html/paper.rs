//! The plain text that HTML is written on: lines, quote marks, lists. Knows no HTML.

/// The text so far.
pub struct Paper {
    text: String,
    /// Line ends that are due before the next word.
    due: usize,
    /// True where a blank is due before the next word.
    is_apart: bool,
    quotes: usize,
    keeps_lines: usize,
    /// Of each open list the number of its last item; none where it has no numbers.
    lists: Vec<Option<usize>>,
    /// True where nothing but marks stands on the line.
    is_fresh: bool,
}

const MOST_QUOTES: usize = 10;
const MOST_LISTS: usize = 10;

impl Paper {
    pub fn new() -> Self {
        Self {
            text: String::new(),
            due: 0,
            is_apart: false,
            quotes: 0,
            keeps_lines: 0,
            lists: Vec::new(),
            is_fresh: true,
        }
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Words with white space as HTML means it.
    pub fn words(&mut self, text: &str) {
        if self.keeps_lines > 0 {
            for (n, line) in text.split('\n').enumerate() {
                if n > 0 {
                    self.line_end();
                }
                if !line.is_empty() {
                    self.begin();
                    self.text.push_str(line.trim_end_matches('\r'));
                }
            }
            return;
        }
        if text.starts_with(|c: char| c.is_ascii_whitespace()) {
            self.is_apart = true;
        }
        for word in text.split_ascii_whitespace() {
            self.begin();
            self.text.push_str(word);
            self.is_apart = true;
        }
        if !text.is_empty() {
            self.is_apart &= text.ends_with(|c: char| c.is_ascii_whitespace()) || text.trim_ascii().is_empty();
        }
    }

    /// Writes what is due before a word.
    fn begin(&mut self) {
        let is_first = self.text.is_empty();
        let due = if is_first { 0 } else { self.due };
        for _ in 0..due {
            while self.text.ends_with([' ', '\t']) {
                self.text.pop();
            }
            self.text.push('\n');
            self.marks();
        }
        if is_first {
            self.marks();
        }
        if self.is_apart && due == 0 && !self.is_fresh && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
        (self.due, self.is_apart, self.is_fresh) = (0, false, false);
    }

    fn marks(&mut self) {
        for _ in 0..self.quotes.min(MOST_QUOTES) {
            self.text.push_str("> ");
        }
        self.is_fresh = true;
    }

    /// Parts what follows from what stands here by so many line ends.
    pub fn apart(&mut self, lines: usize) {
        self.due = self.due.max(lines);
    }

    /// One line end more, however many there are; at most three in a row.
    pub fn line_end(&mut self) {
        const MOST: usize = 3;
        self.due = (self.due + 1).min(MOST);
        self.is_apart = false;
    }

    /// One quotation more or less.
    pub fn quote(&mut self, by: isize) {
        self.quotes = self.quotes.saturating_add_signed(by);
    }

    /// Whether line ends and blanks count from here on.
    pub fn keep_lines(&mut self, is_begin: bool) {
        self.keeps_lines = if is_begin { self.keeps_lines + 1 } else { self.keeps_lines.saturating_sub(1) };
    }

    /// Begins a list; with numbers where `counter` holds one.
    pub fn list(&mut self, counter: Option<usize>) {
        if self.lists.len() < MOST_LISTS {
            self.lists.push(counter);
        }
    }

    /// Ends the list.
    pub fn list_end(&mut self) {
        self.lists.pop();
    }

    /// Begins an item of the list.
    pub fn item(&mut self) {
        self.begin();
        let depth = self.lists.len().saturating_sub(1);
        self.text.push_str(&"  ".repeat(depth));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                self.text.push_str(&number.to_string());
                self.text.push_str(". ");
            }
            _ => self.text.push_str("* "),
        }
        self.is_fresh = true;
    }

    /// Says where the words since `start` lead, unless they say so themselves.
    pub fn link(&mut self, href: &str, start: usize) {
        let href = href.trim();
        let scheme = href.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let said = self.text.get(start..).unwrap_or_default().trim();
        let bare = href.split_once("://").map_or(href.strip_prefix("mailto:").unwrap_or(href), |(_, rest)| rest);
        let is_said = said.contains(bare.trim_end_matches('/'));
        if matches!(scheme.as_str(), "http" | "https" | "mailto" | "ftp" | "tel") && !is_said {
            let apart = self.is_apart;
            self.is_apart = true;
            self.begin();
            self.text.push('<');
            self.text.extend(href.chars().filter(|c| !c.is_whitespace()));
            self.text.push('>');
            self.is_apart = apart;
        }
    }

    /// The text.
    pub fn done(self) -> String {
        self.text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }
}
