//! Where in a pack's text something stands: its tables, their names and their keys, by line. Reading goes on behind a
//! table that cannot be read, so that one look finds every fault of a file.

use serde::{Serialize, de::DeserializeOwned};
use std::ops::Range;

/// Something that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The file, in the folder of packs.
    pub file: String,
    /// The line, from 1 on.
    pub line: usize,
    /// The key, with its table: `rule[gdpr-rights].period`.
    pub key: String,
    /// What is wrong and what to do.
    pub says: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file, self.line, self.key, self.says)
    }
}

/// A table of a file, from its head to the next head that is not one of its own tables.
#[derive(Debug, Clone)]
struct Block {
    /// `rule`; empty for what stands before the first head.
    name: String,
    /// Its `id`, `code` or `name`, where it has one.
    id: String,
    line: usize,
    bytes: Range<usize>,
    keys: Vec<(String, usize)>,
}

impl Block {
    fn path(&self, key: &str) -> String {
        let id = if self.id.is_empty() { String::new() } else { format!("[{}]", self.id) };
        let dot = if self.name.is_empty() || key.is_empty() { "" } else { "." };
        format!("{}{id}{dot}{key}", self.name)
    }
}

/// A file with its text.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file, in the folder of packs.
    pub file: String,
    text: String,
    blocks: Vec<Block>,
}

impl Source {
    /// A file of this text.
    #[must_use]
    pub fn new(file: String, text: String) -> Self {
        let blocks = blocks(&text);
        Self { file, text, blocks }
    }

    /// What stands in it, and every table that cannot be read. A list's faulty table is left out and the rest read on.
    pub fn read<T: DeserializeOwned>(&mut self) -> (Option<T>, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut left_out: Vec<String> = Vec::new();
        loop {
            let error = match toml::from_str::<T>(&self.text) {
                Ok(read) => return (Some(read), faults),
                Err(error) => error,
            };
            // a list of which every table was left out is not missing
            let missing = quoted(error.message(), "missing field `");
            if missing.is_some_and(|field| left_out.iter().any(|name| name == field)) {
                return (None, faults);
            }
            let at = error.span().map_or(0, |span| span.start);
            let (fault, block) = self.fault_at(at, error.message());
            faults.push(fault);
            let Some(block) = block.filter(|block| !block.name.is_empty()) else { return (None, faults) };
            // the lines stay where they are
            let blank: String = self.text[block.bytes.clone()].chars().filter(|c| *c == '\n').collect();
            let listed = self.text[block.bytes.clone()].starts_with("[[");
            left_out.push(block.name);
            self.text.replace_range(block.bytes, &blank);
            self.blocks = blocks(&self.text);
            if !listed {
                return (None, faults);
            }
        }
    }

    /// A fault of `key` in the `nth` table of this name; of the table where the key is not written, of the file where the
    /// table is not.
    #[must_use]
    pub fn fault(&self, table: &str, nth: usize, key: &str, says: String) -> Fault {
        let found = self.blocks.iter().filter(|block| block.name == table).nth(nth);
        let file = self.file.clone();
        match found {
            None => Fault { file, line: 1, key: if table.is_empty() { key } else { table }.to_owned(), says },
            Some(block) => {
                let line = block.keys.iter().find(|(name, _)| name == key).map_or(block.line, |(_, line)| *line);
                Fault { file, line, key: block.path(key), says }
            }
        }
    }

    /// Of which number the first table of this name and id is.
    #[must_use]
    pub fn nth(&self, table: &str, id: &str) -> usize {
        self.blocks.iter().filter(|block| block.name == table).position(|block| block.id == id).unwrap_or_default()
    }

    fn fault_at(&self, at: usize, message: &str) -> (Fault, Option<Block>) {
        let line = self.text[..at.min(self.text.len())].matches('\n').count() + 1;
        let block = self.blocks.iter().rev().find(|block| block.line <= line).cloned();
        let named = ["unknown field `", "missing field `", "duplicate key `"];
        let named = named.iter().find_map(|lead| quoted(message, lead));
        let key = match (named, &block) {
            (Some(named), _) => named.to_owned(),
            (None, Some(block)) => {
                block.keys.iter().rev().find(|(_, at)| *at <= line).map(|(key, _)| key.clone()).unwrap_or_default()
            }
            (None, None) => String::new(),
        };
        let says = message.trim().replace('\n', " ");
        let advice = advice(&key, &says);
        let key = block.as_ref().map_or(key.clone(), |block| block.path(&key));
        (Fault { file: self.file.clone(), line, key, says: format!("{says}{advice}") }, block)
    }
}

/// What stands behind `lead` up to the next quotation mark.
fn quoted<'a>(message: &'a str, lead: &str) -> Option<&'a str> {
    message.split_once(lead)?.1.split('`').next()
}

/// What to do, where the message alone does not say.
fn advice(key: &str, says: &str) -> &'static str {
    if key.ends_with("zone") {
        "; write a zone of the IANA database, for example Europe/Dublin"
    } else if says.starts_with("missing field") {
        "; add it"
    } else if says.starts_with("unknown field") {
        "; take it out, or write it as one of these"
    } else {
        ""
    }
}

/// The tables of a text. What stands within strings of several lines and lists is no head and no key.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = vec![Block { name: String::new(), id: String::new(), line: 1, bytes: 0..0, keys: Vec::new() }];
    let (mut at, mut sub, mut depth, mut in_string) = (0, String::new(), 0_i32, false);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let line = line.trim();
        if in_string || depth > 0 {
            in_string ^= line.matches("\"\"\"").count() % 2 == 1;
            depth += if in_string { 0 } else { brackets(line) };
            extend(&mut blocks, at);
            continue;
        }
        if let Some(head) = head(line) {
            let own = blocks.last().is_some_and(|block| {
                !block.name.is_empty() && head.strip_prefix(&block.name).is_some_and(|rest| rest.starts_with('.'))
            });
            if own {
                sub = blocks.last().map_or_else(String::new, |block| format!("{}.", &head[block.name.len() + 1..]));
            } else {
                sub.clear();
                let (name, id) = head.split_once('.').map_or((head, ""), |(name, id)| (name, id));
                let (name, id) = (name.to_owned(), id.to_owned());
                blocks.push(Block { name, id, line: number + 1, bytes: start..at, keys: Vec::new() });
            }
        } else if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('#'))
            && let Some(block) = blocks.last_mut()
        {
            let (key, value) = (key.trim(), value.trim());
            if matches!(key, "id" | "code") && sub.is_empty() && block.id.is_empty() && !block.name.is_empty() {
                value.trim_matches('"').clone_into(&mut block.id);
            }
            block.keys.push((format!("{sub}{key}"), number + 1));
            in_string = value.matches("\"\"\"").count() % 2 == 1;
            depth = if in_string { 0 } else { brackets(value) };
        }
        extend(&mut blocks, at);
    }
    blocks
}

fn extend(blocks: &mut [Block], to: usize) {
    if let Some(block) = blocks.last_mut() {
        block.bytes.end = to;
    }
}

/// The name in a head: `rule` of `[[rule]]`, `rule.must_say` of `[rule.must_say]`.
fn head(line: &str) -> Option<&str> {
    let name = line.strip_prefix('[')?;
    let name = name.strip_prefix('[').unwrap_or(name);
    let name = name.split(']').next().unwrap_or(name);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

/// How many square brackets stay open, those in strings left out.
fn brackets(text: &str) -> i32 {
    let (mut depth, mut in_string) = (0, false);
    for c in text.chars() {
        match c {
            '"' => in_string = !in_string,
            '#' if !in_string => break,
            '[' if !in_string => depth += 1,
            ']' if !in_string => depth -= 1,
            _ => {}
        }
    }
    depth
}
