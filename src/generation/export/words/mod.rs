//! What a package says in each language: one table a language, each with every sentence, so that none can be forgotten.
//! Gaps stand in braces and are filled here; nothing in here is HTML.

mod de;
mod en;
mod es;
mod fr;
mod hi;

use crate::domain::{copy::CopyForm, language::Language};

/// Every sentence of a package's page.
pub struct Words {
    /// The language's code.
    pub code: &'static str,
    /// What stands between thousands.
    thousands: &'static str,
    /// Title, heading and first words: of a full copy, a summary, portable data.
    forms: [Opening; 3],
    pub made: &'static str,
    pub person: &'static str,
    pub reference: &'static str,
    pub run: &'static str,
    pub offline: &'static str,
    pub part_of: &'static str,
    pub parts_lead: &'static str,
    pub parts: &'static str,
    pub part: &'static str,
    pub holds: &'static str,
    pub limited: &'static str,
    pub limited_lead: &'static str,
    pub limited_categories: &'static str,
    pub limited_tables: &'static str,
    pub limited_items: &'static str,
    pub about: &'static str,
    pub purposes: &'static str,
    pub categories: &'static str,
    pub recipients: &'static str,
    pub nobody: &'static str,
    pub retention: &'static str,
    pub source: &'static str,
    pub rights: &'static str,
    pub complaint: &'static str,
    pub officer: &'static str,
    pub contents: &'static str,
    pub contents_caption: &'static str,
    pub what: &'static str,
    pub records: &'static str,
    pub sheets: &'static str,
    pub programs: &'static str,
    pub files: &'static str,
    pub missing: &'static str,
    pub nothing: &'static str,
    pub left_out_below: &'static str,
    pub apostrophe: &'static str,
    pub schema: &'static str,
    pub your_records: &'static str,
    pub count: &'static str,
    pub count_shown: &'static str,
    pub count_part: &'static str,
    pub more: &'static str,
    pub pictures: &'static str,
    pub picture: &'static str,
    pub more_pictures: &'static str,
    pub left_out: &'static str,
    pub left_out_nothing: &'static str,
    pub left_out_rows: &'static str,
    pub withheld: &'static str,
    pub withheld_always: &'static str,
    pub withheld_shared: &'static str,
    pub below_shared: &'static str,
    pub some_records: &'static str,
    pub derived: &'static str,
    pub by_category: &'static str,
    pub other: &'static str,
    pub fields: &'static str,
    pub since: &'static str,
    pub until: &'static str,
    pub used_for: &'static str,
    pub shared_with: &'static str,
    pub unknown: &'static str,
    pub files_held: &'static str,
    pub kept_for: &'static str,
    /// One and several days, weeks, months, years.
    units: [(&'static str, &'static str); 4],
}

/// How a page begins.
pub struct Opening {
    pub title: &'static str,
    pub heading: &'static str,
    pub lead: &'static str,
}

/// The table of a language.
pub const fn of(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::Hi => &hi::WORDS,
        Language::Es => &es::WORDS,
        Language::De => &de::WORDS,
        Language::Fr => &fr::WORDS,
    }
}

/// The text with its gaps filled.
pub fn fill(text: &str, gaps: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::with_capacity(text.len() + 40), text);
    // from left to right, so that nothing that is filled in is taken for a gap
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        filled.push_str(gaps.iter().find(|(gap, _)| *gap == name).map_or("", |(_, value)| value));
        rest = after;
    }
    filled + rest
}

impl Words {
    /// How a page of this form begins.
    pub const fn opening(&self, form: CopyForm) -> &Opening {
        match form {
            CopyForm::Full => &self.forms[0],
            CopyForm::Summary => &self.forms[1],
            CopyForm::Portable => &self.forms[2],
        }
    }

    /// 12,345 as the language writes it; Hindi counts in lakhs.
    pub fn grouped(&self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut grouped = String::new();
        for (n, digit) in digits.chars().enumerate() {
            let left = digits.len() - n;
            let between =
                if self.code == "hi" { left == 3 || (left > 3 && left % 2 == 1) } else { left.is_multiple_of(3) };
            if n > 0 && between {
                grouped.push_str(self.thousands);
            }
            grouped.push(digit);
        }
        if number < 0 { format!("-{grouped}") } else { grouped }
    }

    /// "8 years" for `P8Y`; as it is written where it is no plain number of one unit.
    pub fn period(&self, period: &str) -> String {
        let unit = match period.chars().last() {
            Some('D') => 0,
            Some('W') => 1,
            Some('M') => 2,
            Some('Y') => 3,
            _ => return period.to_owned(),
        };
        let count = period.trim_start_matches('P').trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return period.to_owned();
        }
        let (one, several) = self.units[unit];
        format!("{count} {}", if count == "1" { one } else { several })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_periods_in_words() {
        for (language, number, expected) in [
            (Language::En, 0, "0"),
            (Language::En, 999, "999"),
            (Language::En, 1_234_567, "1,234,567"),
            (Language::De, 12_345, "12.345"),
            (Language::Fr, 12_345, "12\u{202f}345"),
            (Language::Hi, 1_234_567, "12,34,567"),
            (Language::Hi, 12_345, "12,345"),
        ] {
            assert_eq!(of(language).grouped(number), expected);
        }
        for (language, period, expected) in [
            (Language::En, "P8Y", "8 years"),
            (Language::En, "P1M", "1 month"),
            (Language::De, "P30D", "30 Tage"),
            (Language::Es, "P1Y", "1 año"),
            (Language::En, "P1Y6M", "P1Y6M"),
        ] {
            assert_eq!(of(language).period(period), expected);
        }
    }

    #[test]
    fn a_gap_is_filled_once_and_what_fills_it_is_no_gap() {
        assert_eq!(fill("{a} and {b}.", &[("a", "{b}"), ("b", "x")]), "{b} and x.");
        assert_eq!(fill("no gap", &[("a", "x")]), "no gap");
    }

    /// Every language leaves the same gaps, so that no number gets lost in one of them.
    #[test]
    fn every_language_has_every_gap() {
        let gaps = |words: &Words| {
            let lines = [
                words.made,
                words.reference,
                words.run,
                words.part_of,
                words.limited_items,
                words.nobody,
                words.files,
                words.missing,
                words.nothing,
                words.schema,
                words.count,
                words.count_shown,
                words.count_part,
                words.more,
                words.picture,
                words.more_pictures,
                words.left_out_rows,
                words.below_shared,
                words.files_held,
                words.kept_for,
                words.forms[0].lead,
                words.forms[1].lead,
                words.forms[2].lead,
            ];
            let names = lines.map(|line| {
                let mut names: Vec<_> =
                    line.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
                names.sort_unstable();
                names
            });
            names.map(|names| names.join(" "))
        };
        for language in Language::ALL {
            assert_eq!(gaps(of(*language)), gaps(of(Language::En)), "{}", language.code());
            assert_eq!(of(*language).code, language.code());
        }
    }
}
