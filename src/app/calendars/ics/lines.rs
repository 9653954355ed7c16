//! The lines of an iCalendar file: unfolded, with their numbers, split into name, parameters and value.

use crate::domain::calendar::rule::Nth;
use chrono::{NaiveDate, Weekday};

/// One content line; parameters are dropped, since a date shows by its form that it is one.
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) value: String,
}

/// The content lines of a file, folded ones joined.
pub(super) fn unfolded(text: &str) -> Result<Vec<Line>, String> {
    let mut joined: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        match (line.strip_prefix([' ', '\t']), joined.last_mut()) {
            (Some(rest), Some((_, line))) => line.push_str(rest),
            _ if line.trim().is_empty() => {}
            _ => joined.push((number + 1, line.to_owned())),
        }
    }
    joined.into_iter().map(|(number, line)| Line::read(number, &line)).collect()
}

impl Line {
    fn read(number: usize, line: &str) -> Result<Self, String> {
        let mut quoted = false;
        let colon = line.char_indices().find(|(_, c)| {
            quoted ^= *c == '"';
            *c == ':' && !quoted
        });
        let Some((colon, _)) = colon else { return Err(format!("line {number} has no ':' after its name")) };
        let name = line[..colon].split(';').next().unwrap_or_default().to_ascii_uppercase();
        let value = line[colon + 1..].trim_end();
        let value = if matches!(name.as_str(), "SUMMARY") { value.to_owned() } else { value.to_ascii_uppercase() };
        Ok(Self { number, name, value })
    }

    /// What is wrong with this line.
    pub(super) fn says(&self, says: &str) -> String {
        format!("line {}, {}: {says}", self.number, self.name)
    }

    /// The text of the value, on one line.
    pub(super) fn text(&self) -> String {
        let mut plain = String::new();
        let mut chars = self.value.chars();
        while let Some(c) = chars.next() {
            plain.push(match (c, c == '\\') {
                (_, true) => chars.next().map_or(' ', |next| if next.eq_ignore_ascii_case(&'n') { ' ' } else { next }),
                (c, _) => c,
            });
        }
        plain
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|w| !w.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// A date of eight digits.
    pub(super) fn date(&self, text: &str) -> Result<NaiveDate, String> {
        let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
        let date = digits.then(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok()).flatten();
        date.ok_or_else(|| self.says(&format!("'{text}' is no date; write it such as 20261225")))
    }

    /// Several dates.
    pub(super) fn dates(&self) -> Result<Vec<NaiveDate>, String> {
        self.value.split(',').map(|text| self.date(text)).collect()
    }

    /// A length in whole days or weeks.
    pub(super) fn days(&self) -> Result<u64, String> {
        let count = |text: &str| text.parse::<u64>().ok();
        let length = self.value.strip_prefix('P').and_then(|rest| {
            let weeks = rest.strip_suffix('W').and_then(count).map(|weeks| weeks.saturating_mul(7));
            weeks.or_else(|| rest.strip_suffix('D').and_then(count))
        });
        length.filter(|days| (1..=366).contains(days)).ok_or_else(|| self.says("it is no length in days, such as P1D"))
    }
}

/// `1MO` to `5SU`, or `-1MO` for the last.
pub(super) fn nth_weekday(text: &str) -> Option<(Nth, Weekday)> {
    let (nth, day) = text.is_ascii().then(|| text.split_at_checked(text.len().checked_sub(2)?))??;
    let nth = match nth.trim_start_matches('+') {
        "-1" => Nth::Last,
        nth => Nth::Nth(nth.parse().ok().filter(|n| (1..=5).contains(n))?),
    };
    let weekday = match day {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    };
    Some((nth, weekday))
}
