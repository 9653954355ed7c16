//! One holiday as a calendar file writes it down, and the small values in it. README.md beside the files explains them.

use crate::domain::calendar::rule::{Nth, Observed, On, Rule, Side, YearDay};
use chrono::{NaiveDate, Weekday};
use chrono_tz::Tz;
use serde::Deserialize;

/// A single date, `2026-05-15`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Date(pub(super) NaiveDate);

impl TryFrom<String> for Date {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let date = (text.len() == 10).then(|| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()).flatten();
        date.map(Self).ok_or_else(|| format!("'{text}' is no date; write year-month-day, such as 2026-05-15"))
    }
}

/// A day of every year, `12-25`, or a single date.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
enum AnyDay {
    Yearly(YearDay),
    Once(NaiveDate),
}

impl TryFrom<String> for AnyDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.len() != 5 {
            return Date::try_from(text).map(|date| Self::Once(date.0));
        }
        yearly(&text)
            .map(Self::Yearly)
            .ok_or_else(|| format!("'{text}' is no day of the year; write month-day, such as 12-25"))
    }
}

fn yearly(text: &str) -> Option<YearDay> {
    let date = NaiveDate::parse_from_str(&format!("2024-{text}"), "%Y-%m-%d").ok();
    let (month, day) = text.split_once('-').filter(|_| date.is_some())?;
    YearDay::new(month.parse().ok()?, day.parse().ok()?)
}

/// A day of every year, `02-01`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Yearly(YearDay);

impl TryFrom<String> for Yearly {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bad = || format!("'{text}' is no day of the year; write month-day, such as 12-25");
        yearly(&text).filter(|_| text.len() == 5).map(Self).ok_or_else(bad)
    }
}

/// The name of a time zone.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Zone(pub(super) Tz);

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("'{text}' is no time zone; write one such as Europe/Dublin"))
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Instead {
    date: Yearly,
    when: Weekday,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Moves {
    #[default]
    None,
    SundayToMonday,
    WeekendToMonday,
    Nearest,
    NextFree,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    date: Option<AnyDay>,
    dates: Option<Vec<Date>>,
    easter: Option<i32>,
    weekday: Option<Weekday>,
    nth: Option<i8>,
    month: Option<u32>,
    instead: Option<Instead>,
    before: Option<Yearly>,
    on_or_before: Option<Yearly>,
    on_or_after: Option<Yearly>,
    after: Option<Yearly>,
    #[serde(default)]
    plus: i32,
    #[serde(default)]
    observed: Moves,
    from_year: Option<i32>,
    until_year: Option<i32>,
    #[serde(default)]
    except_years: Vec<i32>,
    #[serde(default)]
    expected: bool,
}

/// A holiday of a calendar file.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub(super) struct Entry(pub(super) Rule);

impl TryFrom<Written> for Entry {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let name = written.name.trim().to_owned();
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err("name is empty or has more than one line; give the holiday one line".to_owned());
        }
        let plus = written.plus.saturating_add(written.easter.unwrap_or(0));
        if !(-366..=366).contains(&plus) {
            return Err(format!("'{name}': {plus} days are too many; stay within a year"));
        }
        if written.from_year.zip(written.until_year).is_some_and(|(from, until)| until < from) {
            return Err(format!("'{name}': until_year lies before from_year"));
        }
        let observed = match written.observed {
            Moves::None => Observed::AsItFalls,
            Moves::SundayToMonday => Observed::SundayToMonday,
            Moves::WeekendToMonday => Observed::WeekendToMonday,
            Moves::Nearest => Observed::Nearest,
            Moves::NextFree => Observed::NextFree,
        };
        let on = written.on().map_err(|says| format!("'{name}': {says}"))?;
        let Written { from_year, until_year, except_years, expected, .. } = written;
        Ok(Self(Rule { name, on, plus, observed, from_year, until_year, except_years, expected }))
    }
}

impl Written {
    /// When it falls: exactly one of the ways to say so.
    fn on(&self) -> Result<On, String> {
        let sides = [
            (Side::Before, self.before),
            (Side::OnOrBefore, self.on_or_before),
            (Side::OnOrAfter, self.on_or_after),
            (Side::After, self.after),
        ];
        let mut sides = sides.into_iter().filter_map(|(side, day)| Some((side, day?.0)));
        let side = sides.next();
        let nth = self.nth.is_some() || self.month.is_some() || self.instead.is_some();
        let ways = [self.date.is_some(), self.dates.is_some(), self.easter.is_some(), nth, side.is_some()];
        if ways.iter().filter(|way| **way).count() != 1 || sides.next().is_some() {
            return Err("say in exactly one way when it falls: date, dates, easter, weekday with nth and month, or \
                        weekday with before, on_or_before, on_or_after or after"
                .to_owned());
        }
        if self.weekday.is_some() != (nth || side.is_some()) {
            return Err(
                "weekday goes with nth and month, or with before, on_or_before, on_or_after or after".to_owned()
            );
        }
        match (self.date, &self.dates, self.weekday, side) {
            (Some(AnyDay::Yearly(day)), ..) => Ok(On::Fixed(day)),
            (Some(AnyDay::Once(date)), ..) => Ok(On::Dates(vec![date])),
            (_, Some(dates), ..) => Ok(On::Dates(dates.iter().map(|date| date.0).collect())),
            (.., Some(weekday), Some((side, day))) => Ok(On::Near { weekday, side, day }),
            (.., Some(weekday), None) => {
                let nth = match self.nth {
                    Some(-1) => Nth::Last,
                    Some(nth @ 1..=5) => Nth::Nth(nth.unsigned_abs()),
                    _ => return Err("nth is 1 to 5, or -1 for the last of the month".to_owned()),
                };
                let month = self.month.filter(|m| (1..=12).contains(m)).ok_or("month is 1 to 12")?;
                Ok(On::Nth { weekday, nth, month, instead: self.instead.map(|i| (i.date.0, i.when)) })
            }
            _ => Ok(On::Easter),
        }
    }
}
