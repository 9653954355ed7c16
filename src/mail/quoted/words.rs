//! The words of mail programs, read from `words.txt` once. Only words; what they mean is decided where they are used.

use super::header::Kind;
use std::{collections::HashMap, sync::LazyLock};

const TEXT: &str = include_str!("words.txt");

/// "wrote".
pub static VERBS: LazyLock<Vec<String>> = LazyLock::new(|| section("verbs"));
/// Beginnings that quote somebody without a verb of their own.
pub static QUOTING: LazyLock<Vec<String>> = LazyLock::new(|| section("quoting"));
/// What somebody says of their own writing: no attribution by itself.
pub static OWN: LazyLock<Vec<String>> = LazyLock::new(|| section("own"));
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
        for words in
            [&VERBS, &QUOTING, &OWN, &OPENERS, &ANNOUNCED, &ORIGINALS, &DEVICES, &SENT, &SENT_LAST, &PROSE, &EXCUSES]
        {
            assert!(words.len() > 3 && words.iter().all(|word| word.to_lowercase() == *word), "{words:?}");
        }
        assert_eq!(LABELS.get("gesendet"), Some(&Kind::Date));
        assert_eq!(PROSE[0], " was ");
    }
}
