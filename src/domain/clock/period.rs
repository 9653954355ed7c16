//! Periods as packs write them (ISO 8601), and the civil arithmetic behind their ends.

use crate::domain::time::{HOUR, Instant, MINUTE, SECOND};
use chrono::{Datelike as _, Days, LocalResult, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use std::str::FromStr;

/// A length of time in one of the ways law counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Milliseconds that really pass; no calendar touches them (`PT24H`).
    Elapsed(i64),
    /// Civil days (`P30D`, `P2W`).
    Days(u32),
    /// Civil months (`P1M`, `P1Y`).
    Months(u32),
    /// Working days of a calendar, the day of receipt excluded (`BD10`).
    Working(u32),
    /// Until this month and day of the year after (`--07-01`).
    Yearly(u32, u32),
}

/// Text that is not a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no period; write PT24H for hours that pass, P30D for calendar days, P1M for calendar months, BD10 for \
     working days or --07-01 for a day of the next year"
)]
pub struct BadPeriod(pub String);

impl FromStr for Period {
    type Err = BadPeriod;

    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        let bad = || BadPeriod(text.to_owned());
        if let Some(days) = text.strip_prefix("BD") {
            return digits(days).filter(|n| (1..=1_000).contains(n)).map(Self::Working).ok_or_else(bad);
        }
        if let Some(day) = text.strip_prefix("--") {
            let (month, day) = day.split_once('-').ok_or_else(bad)?;
            let (month, day) = (digits(month).ok_or_else(bad)?, digits(day).ok_or_else(bad)?);
            // a day that every year has
            let every_year = NaiveDate::from_ymd_opt(2023, month, day).is_some();
            return if every_year { Ok(Self::Yearly(month, day)) } else { Err(bad()) };
        }
        let rest = text.strip_prefix('P').ok_or_else(bad)?;
        let period = if let Some(time) = rest.strip_prefix('T') {
            Self::Elapsed(elapsed(time).ok_or_else(bad)?)
        } else {
            let unit = rest.chars().last().ok_or_else(bad)?;
            let count: u32 = digits(&rest[..rest.len() - unit.len_utf8()]).ok_or_else(bad)?;
            match unit {
                'D' => Self::Days(count),
                'W' => Self::Days(count.checked_mul(7).ok_or_else(bad)?),
                'M' => Self::Months(count),
                'Y' => Self::Months(count.checked_mul(12).ok_or_else(bad)?),
                _ => return Err(bad()),
            }
        };
        // beyond a century a period is a slip of the pen
        let sane = match period {
            Self::Elapsed(millis) => millis > 0 && millis <= 876_000 * HOUR,
            Self::Days(days) => days > 0 && days <= 36_500,
            Self::Months(months) => months > 0 && months <= 1_200,
            Self::Working(_) | Self::Yearly(..) => true,
        };
        if sane { Ok(period) } else { Err(bad()) }
    }
}

impl Period {
    /// About how many hours it is, to compare periods of different units; a month counts 730, a working day 34.
    #[must_use]
    pub fn usual_hours(self) -> i64 {
        match self {
            Self::Elapsed(millis) => millis / HOUR,
            Self::Days(days) => i64::from(days) * 24,
            Self::Months(months) => i64::from(months) * 730,
            Self::Working(days) => i64::from(days) * 34,
            Self::Yearly(..) => 365 * 24,
        }
    }

    /// The period as people say it: "24 hours", "30 days", "1 month", "10 working days".
    #[must_use]
    pub fn in_words(self) -> String {
        let many = |n: i64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
        match self {
            Self::Elapsed(ms) if ms % HOUR == 0 => many(ms / HOUR, "hour"),
            Self::Elapsed(ms) => many(ms / MINUTE, "minute"),
            Self::Days(days) => many(i64::from(days), "day"),
            Self::Months(months) if months % 12 == 0 => many(i64::from(months / 12), "year"),
            Self::Months(months) => many(i64::from(months), "month"),
            Self::Working(days) => many(i64::from(days), "working day"),
            Self::Yearly(month, day) => {
                let name = NaiveDate::from_ymd_opt(2023, month, day).map(|date| date.format("%-d %B").to_string());
                format!("until {} of the next year", name.unwrap_or_default())
            }
        }
    }
}

/// A written period as people say it; as it is written where it cannot be read.
#[must_use]
pub fn words(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), Period::in_words)
}

fn digits<N: FromStr>(text: &str) -> Option<N> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Milliseconds of the part after `PT`: hours, minutes, seconds, each at most once and in this order.
fn elapsed(mut text: &str) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    let mut total = 0_i64;
    for (unit, millis) in [('H', HOUR), ('M', MINUTE), ('S', SECOND)] {
        if let Some((count, rest)) = text.split_once(unit) {
            total = total.checked_add(digits::<i64>(count)?.checked_mul(millis)?)?;
            text = rest;
        }
    }
    text.is_empty().then_some(total)
}

/// `date` moved by `days`; the last day chrono knows when that is beyond it.
pub(super) fn add_days(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX)
}

/// `date` moved by `months`, clamped back to the last day of a short month.
pub(super) fn add_months(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// `date` moved by `months`; where that month is too short, the first day of the next one: what has to be kept is kept
/// long enough.
pub(super) fn add_months_forward(date: NaiveDate, months: u32) -> NaiveDate {
    let end = add_months(date, months);
    if end.day() == date.day() { end } else { add_days(end, 1) }
}

/// `date` moved back by `months`, clamped back to the last day of a short month.
pub(super) fn take_months(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN)
}

/// The last millisecond of `date` in `zone`, also where midnight does not exist.
#[must_use]
pub fn end_of_day(date: NaiveDate, zone: Tz) -> Instant {
    start_of_day(date.succ_opt().unwrap_or(date), zone).plus(-1)
}

/// The first moment of `date` in `zone`; where the day or its midnight does not exist, the first one after it.
#[must_use]
pub fn start_of_day(date: NaiveDate, zone: Tz) -> Instant {
    let mut start = date.and_time(NaiveTime::MIN);
    // a gap is at most a day long (Apia, 30 December 2011)
    for _ in 0..=96 {
        match zone.from_local_datetime(&start) {
            LocalResult::Single(found) | LocalResult::Ambiguous(found, _) => return Instant::of(&found),
            LocalResult::None => start += TimeDelta::minutes(15),
        }
    }
    Instant::of(&start.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_read_as_written_and_nonsense_is_refused() {
        let good = |text: &str, expected: Period| assert_eq!(text.parse::<Period>(), Ok(expected), "{text}");
        good("PT24H", Period::Elapsed(24 * HOUR));
        good("PT1H30M", Period::Elapsed(90 * MINUTE));
        good("P30D", Period::Days(30));
        good("P2W", Period::Days(14));
        good("P1M", Period::Months(1));
        good("P1Y", Period::Months(12));
        good("BD10", Period::Working(10));
        good("--07-01", Period::Yearly(7, 1));
        let said = |text: &str, expected: &str| assert_eq!(words(text), expected);
        said("PT24H", "24 hours");
        said("P1M", "1 month");
        said("P2Y", "2 years");
        said("BD10", "10 working days");
        said("--07-01", "until 1 July of the next year");
        said("soon", "soon");
        for wrong in [
            "",
            "P",
            "PT",
            "P30",
            "30D",
            "P-1D",
            "P0D",
            "PT0H",
            "P1D2",
            "P1MT1H",
            "P99999999999D",
            "PT24X",
            "Pé",
            "BD0",
            "BD",
            "BD-1",
            "--02-29",
            "--13-01",
            "--7",
        ] {
            assert!(wrong.parse::<Period>().is_err(), "{wrong}");
        }
    }
}
