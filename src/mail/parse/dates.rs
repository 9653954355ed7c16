//! When a mail says it was written: RFC 5322 dates, ISO 8601 and what else stands there. Never asks what time it is.

use crate::domain::time::Instant;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// A date as it was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The moment.
    pub at: Instant,
    /// True where its zone is missing or unknown and UTC was taken.
    pub zone_is_guess: bool,
}

#[derive(Default)]
struct Found {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i32>,
    time: Option<NaiveTime>,
    zone: Option<i32>,
    is_afternoon: Option<bool>,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Zones by name, in minutes east of Greenwich (RFC 5322, section 4.3, and the commonest others).
const ZONES: [(&str, i32); 31] = [
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("wet", 0),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("bst", 60),
    ("met", 60),
    ("cet", 60),
    ("mez", 60),
    ("west", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("jst", 540),
    ("kst", 540),
    ("hkt", 480),
    ("aest", 600),
];

/// Reads a date from a header's text; none where no moment can be found in it.
pub fn read(text: &str) -> Option<Read> {
    const LONGEST: usize = 200;
    let text = without_comments(&text.to_lowercase());
    if text.len() > LONGEST {
        return None;
    }
    let mut found = Found::default();
    let text = text.replace(',', " ");
    for word in text.split_whitespace() {
        take(word, &mut found);
    }
    let date = NaiveDate::from_ymd_opt(found.year?, found.month?, found.day?)?;
    let mut time = found.time.unwrap_or_default();
    if let Some(is_afternoon) = found.is_afternoon {
        use chrono::Timelike as _;
        let hour = time.hour() % 12 + if is_afternoon { 12 } else { 0 };
        time = time.with_hour(hour)?;
    }
    let minutes = found.zone.unwrap_or(0);
    let moment = NaiveDateTime::new(date, time).checked_sub_signed(chrono::TimeDelta::minutes(minutes.into()))?;
    Some(Read { at: Instant(moment.and_utc().timestamp_millis()), zone_is_guess: found.zone.is_none() })
}

fn without_comments(text: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    // a comment that never ends hides nothing that stands before it
    out
}

fn take(word: &str, found: &mut Found) {
    if let Some((date, time)) = iso(word) {
        (found.year, found.month, found.day) = (Some(date.0), Some(date.1), Some(date.2));
        if let Some(time) = time {
            take_time(time, found);
        }
        return;
    }
    if word.contains(':') && word.as_bytes()[0].is_ascii_digit() {
        take_time(word, found);
        return;
    }
    if let Some(zone) = zone(word).filter(|_| found.time.is_some() || found.year.is_some()) {
        // "GMT+0200": what follows the name counts
        if found.zone.is_none() || word.starts_with(['+', '-']) {
            found.zone = Some(zone);
        }
        return;
    }
    match word {
        "am" => found.is_afternoon = Some(false),
        "pm" => found.is_afternoon = Some(true),
        _ => {}
    }
    for piece in word.split(['-', '/', '.']).filter(|p| !p.is_empty()) {
        if let Some(month) = month(piece) {
            found.month = found.month.or(Some(month));
        } else if piece.bytes().all(|b| b.is_ascii_digit()) {
            take_number(piece, found);
        } else if let Some(number) = ["st", "nd", "rd", "th"].iter().find_map(|end| piece.strip_suffix(end)) {
            take_number(number, found);
        }
    }
}

/// A month by its name; words like "monday" are none.
fn month(word: &str) -> Option<u32> {
    let start = word.get(..3)?;
    let long = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let n = MONTHS.iter().position(|name| *name == start)?;
    (word.len() == 3 || long[n].starts_with(word) || word == "sept").then(|| u32::try_from(n + 1).unwrap_or_default())
}

fn take_number(digits: &str, found: &mut Found) {
    let Ok(number) = digits.parse::<u32>() else { return };
    if found.day.is_none() && digits.len() <= 2 {
        found.day = Some(number);
    } else if found.year.is_none() && found.day.is_some() && (found.month.is_some() || digits.len() == 4) {
        // RFC 5322, section 4.3: two digits mean 1950 to 2049, three are counted from 1900
        let year = i32::try_from(number).unwrap_or(i32::MAX);
        found.year = Some(match digits.len() {
            1 | 2 if year < 50 => year + 2000,
            1..=3 => year + 1900,
            _ => year,
        });
    }
}

/// Year, month, day.
type Day = (i32, u32, u32);

/// `2026-11-23`, alone or before a `t` and a time.
fn iso(word: &str) -> Option<(Day, Option<&str>)> {
    let (date, time) = word.split_once('t').map_or((word, None), |(date, time)| (date, Some(time)));
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some() {
        return None;
    }
    Some(((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?), time))
}

/// A time, with its zone where one is written against it.
fn take_time(word: &str, found: &mut Found) {
    let end = word.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(word.len());
    let (time, rest) = word.split_at(end);
    let mut numbers = time.split(':').map(|n| n.split('.').next().unwrap_or_default().parse::<u32>().ok());
    let hour = numbers.next().flatten();
    let minute = numbers.next().flatten();
    let second = numbers.next().flatten().unwrap_or(0).min(59);
    if let (Some(hour), Some(minute)) = (hour, minute) {
        found.time = NaiveTime::from_hms_opt(hour, minute, second);
        if found.time.is_none() {
            // no such time: no such moment
            found.year = Some(i32::MAX);
        }
    }
    match rest {
        "am" => found.is_afternoon = Some(false),
        "pm" => found.is_afternoon = Some(true),
        "" => {}
        rest => found.zone = zone(rest).or(found.zone),
    }
}

/// Minutes east of Greenwich.
fn zone(word: &str) -> Option<i32> {
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == word) {
        return Some(*minutes);
    }
    let number = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let name = &word[..word.len() - number.len()];
    if !name.is_empty() && !matches!(name, "gmt" | "utc" | "ut" | "z") {
        return None;
    }
    let sign = match number.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = number[1..].chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: i32 = digits.parse().ok()?;
    let minutes = match digits.len() {
        1 | 2 => value * 60,
        3 | 4 => value / 100 * 60 + value % 100,
        _ => return None,
    };
    (minutes <= 15 * 60).then_some(sign * minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(read(text).map(|read| read.at.rfc3339()).as_deref(), expected, "{text}");
    }

    #[test]
    fn dates_of_all_forms_read() {
        let at = Some("2026-11-23T10:05:00Z");
        for text in [
            "Mon, 23 Nov 2026 10:05:00 +0000",
            "Mon, 23 Nov 2026 15:35:00 +0530",
            "23 Nov 26 10:05 GMT",
            "Mon, 23 Nov 2026 05:05:00 EST",
            "Mon,23 Nov 2026 10:05:00 -0000 (some (nested) zone)",
            "Mon Nov 23 10:05:00 2026",
            "Mon Nov 23 10:05:00 UTC 2026",
            "2026-11-23T10:05:00Z",
            "2026-11-23 12:05:00 +0200",
            "2026-11-23T12:05:00.123+02:00",
            "Monday, 23-Nov-26 10:05:00 UTC",
            "Mon, 23 Nov 2026 12:05:00 GMT+0200",
            "Mon, 23 November 2026 10:05 AM",
            "Mon, 23 Nov 2026 10:05:00",
            "Mon, 23 Nov 126 10:05:00 +00:00",
            "November 23, 2026 10:05:00 +0000",
        ] {
            check(text, at);
        }
        check("Mon, 23 Nov 2026 10:05 PM", Some("2026-11-23T22:05:00Z"));
        check("31 Dec 1999 23:59:60 +0000", Some("1999-12-31T23:59:59Z"));
        check("1 Jan 70 00:00:00 +0000", Some("1970-01-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "32 Nov 2026 10:00:00 +0000",
            "23 Nov 2026 25:00:00 +0000",
            "30 Feb 2026 10:00 GMT",
            "0",
            "11/23",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_missing_zone_is_said() {
        assert!(read("23 Nov 2026 10:05:00").expect("a date").zone_is_guess);
        assert!(read("23 Nov 2026 10:05:00 XYZ").expect("a date").zone_is_guess);
        assert!(!read("23 Nov 2026 10:05:00 +0000").expect("a date").zone_is_guess);
    }
}
