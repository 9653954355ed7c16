//! The words of mail programs, read from `words.txt` once. Only words; what they mean is decided where they are used.

use super::header::Kind;
use std::{collections::HashMap, sync::LazyLock};

const TEXT: &str = include_str!("words.txt");

/// "wrote".
pub static VERBS: LazyLock<Finder> = LazyLock::new(|| Finder::of("verbs"));
/// Beginnings that quote somebody without a verb of their own.
pub static QUOTING: LazyLock<Vec<String>> = LazyLock::new(|| section("quoting"));
/// What somebody says of their own writing: no attribution by itself.
pub static OWN: LazyLock<Finder> = LazyLock::new(|| Finder::of("own"));
/// Words before the verb that tell of somebody and are no name.
pub static OTHERS: LazyLock<Vec<String>> = LazyLock::new(|| section("others"));
/// The first word of an attribution.
pub static OPENERS: LazyLock<Vec<String>> = LazyLock::new(|| section("openers"));
/// Announcements of a forwarded mail that stand alone, without dashes.
pub static ANNOUNCED: LazyLock<Vec<String>> = LazyLock::new(|| section("announced"));
/// What stands between dashes above an earlier mail.
pub static ORIGINALS: LazyLock<Vec<String>> = LazyLock::new(|| section("originals"));
/// Telephones and programs that sign mails.
pub static DEVICES: LazyLock<Vec<String>> = LazyLock::new(|| section("devices"));
/// How the line of a telephone begins.
pub static SENT: LazyLock<Vec<String>> = LazyLock::new(|| section("sent"));
/// How it ends in languages whose verb comes last.
pub static SENT_LAST: LazyLock<Vec<String>> = LazyLock::new(|| section("sent_last"));
/// Words that stand in sentences about telephones and never in such a line.
pub static PROSE: LazyLock<Vec<String>> = LazyLock::new(|| section("prose"));
/// Words with which such a line asks for indulgence.
pub static EXCUSES: LazyLock<Vec<String>> = LazyLock::new(|| section("excuses"));

/// The labels of header lines and what they stand for.
pub static LABELS: LazyLock<HashMap<String, Kind>> = LazyLock::new(|| {
    let kinds = [
        ("label_from", Kind::From),
        ("label_date", Kind::Date),
        ("label_to", Kind::To),
        ("label_copy", Kind::Copy),
        ("label_subject", Kind::Subject),
        ("label_other", Kind::Other),
    ];
    let of = |(name, kind): (&str, Kind)| section(name).into_iter().map(move |word| (word, kind));
    // a word of two meanings keeps the first
    kinds.into_iter().rev().flat_map(of).collect()
});

/// Finds the first of many words in a text in one pass.
#[derive(Debug)]
pub struct Finder(HashMap<char, Vec<String>>);

impl Finder {
    fn of(name: &str) -> Self {
        let mut by_first: HashMap<char, Vec<String>> = HashMap::new();
        for word in section(name) {
            by_first.entry(word.chars().next().unwrap_or_default()).or_default().push(word);
        }
        Self(by_first)
    }

    /// Where the first of the words begins in `text`, which is in lower case. In scripts that part words by spaces it
    /// has to begin one.
    pub fn find(&self, text: &str) -> Option<usize> {
        let mut inside = false;
        for (at, c) in text.char_indices() {
            let is_spaced = (c as u32) < 0x0900;
            if !(is_spaced && inside)
                && self.0.get(&c).is_some_and(|words| words.iter().any(|word| text[at..].starts_with(word.as_str())))
            {
                return Some(at);
            }
            inside = c.is_alphabetic();
        }
        None
    }

    /// True where `text` ends with one of the words.
    pub fn ends(&self, text: &str) -> bool {
        self.0.values().flatten().any(|word| text.ends_with(word.as_str()))
    }
}

/// The words under `[name]`; an underscore stands for a space.
fn section(name: &str) -> Vec<String> {
    let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
    let inside =
        lines.skip_while(|line| *line != format!("[{name}]")).skip(1).take_while(|line| !line.starts_with('['));
    inside
        .flat_map(|line| line.split('|'))
        .map(|word| word.trim().replace('_', " "))
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_holds_words_in_lower_case() {
        for words in [&QUOTING, &OPENERS, &ANNOUNCED, &ORIGINALS, &DEVICES, &SENT, &SENT_LAST, &PROSE, &EXCUSES] {
            assert!(words.len() > 3 && words.iter().all(|word| word.to_lowercase() == *word), "{words:?}");
        }
        assert_eq!(VERBS.find("she wrote"), Some(4));
        assert_eq!(VERBS.find("rewrote 写道"), Some(8));
        assert_eq!(OWN.find("heidi wrote"), None);
        assert_eq!(LABELS.get("gesendet"), Some(&Kind::Date));
        assert_eq!(PROSE[0], " was ");
    }
}
