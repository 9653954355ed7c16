//! When a holiday falls: a rule for every year, or single dates. Whether it moves when it meets a weekend is `observed`'s.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// One holiday: when it falls, and in which years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name as people say it.
    pub name: String,
    /// When it falls.
    pub on: On,
    /// Days after that, negative for days before.
    pub plus: i32,
    /// What happens when it meets a weekend.
    pub observed: Observed,
    /// The first year it is kept.
    pub from_year: Option<i32>,
    /// The last year it is kept.
    pub until_year: Option<i32>,
    /// Years between these in which it is not kept, or on another day.
    pub except_years: Vec<i32>,
    /// True where the dates were worked out but not yet announced.
    pub expected: bool,
}

/// When a holiday falls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// The same day every year; 29 February in leap years only.
    Fixed(YearDay),
    /// Easter Sunday of the Gregorian calendar.
    Easter,
    /// The n-th of a weekday in a month.
    Nth {
        /// Which day of the week.
        weekday: Weekday,
        /// First to fifth; `Last` for the last.
        nth: Nth,
        /// January is 1.
        month: u32,
        /// A day of the year on which it falls instead, where that is a certain weekday.
        instead: Option<(YearDay, Weekday)>,
    },
    /// The weekday nearest to a day of the year on one side of it.
    Near {
        /// Which day of the week.
        weekday: Weekday,
        /// On which side.
        side: Side,
        /// Of which day.
        day: YearDay,
    },
    /// Only on these dates.
    Dates(Vec<NaiveDate>),
}

/// A day of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearDay {
    month: u32,
    day: u32,
}

/// Which of the weekdays of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nth {
    /// The first is 1; a fifth that a month does not have is no holiday.
    Nth(u8),
    /// The last.
    Last,
}

/// On which side of a day a weekday is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Before,
    /// On it or before it.
    OnOrBefore,
    /// On it or after it.
    OnOrAfter,
    /// After it.
    After,
}

/// What happens to a holiday that meets a weekend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Observed {
    /// Nothing.
    #[default]
    AsItFalls,
    /// From Sunday to Monday; a Saturday stays.
    SundayToMonday,
    /// From Saturday or Sunday to the Monday after.
    WeekendToMonday,
    /// From Saturday to Friday, from Sunday to Monday.
    Nearest,
    /// From a weekend to the next working day that is no other holiday.
    NextFree,
}

impl YearDay {
    /// The day, where any year has it.
    #[must_use]
    pub fn new(month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(2024, month, day).map(|_| Self { month, day })
    }

    /// The date in one year; none for 29 February in most.
    #[must_use]
    pub fn of(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, self.month, self.day)
    }
}

impl On {
    /// The dates on which it falls in a year.
    #[must_use]
    pub fn dates(&self, year: i32) -> Vec<NaiveDate> {
        match self {
            On::Fixed(day) => day.of(year).into_iter().collect(),
            On::Easter => easter(year).into_iter().collect(),
            On::Nth { weekday, nth, month, instead } => {
                let instead = instead.and_then(|(day, is)| day.of(year).filter(|date| date.weekday() == is));
                instead.or_else(|| nth_of(year, *month, *weekday, *nth)).into_iter().collect()
            }
            On::Near { weekday, side, day } => {
                day.of(year).and_then(|date| near(date, *weekday, *side)).into_iter().collect()
            }
            On::Dates(dates) => dates.iter().filter(|date| date.year() == year).copied().collect(),
        }
    }
}

impl Rule {
    /// The dates on which it falls in a year, before it is moved.
    #[must_use]
    pub fn dates(&self, year: i32) -> Vec<NaiveDate> {
        let kept = self.from_year.is_none_or(|from| from <= year) && self.until_year.is_none_or(|until| year <= until);
        if !kept || self.except_years.contains(&year) {
            return Vec::new();
        }
        self.on.dates(year).into_iter().filter_map(|date| moved(date, self.plus)).collect()
    }

    /// The dates that stand in the rule one by one.
    #[must_use]
    pub fn single_dates(&self) -> &[NaiveDate] {
        if let On::Dates(dates) = &self.on { dates } else { &[] }
    }
}

/// `date` moved by days; none beyond the dates chrono has.
pub(super) fn moved(date: NaiveDate, days: i32) -> Option<NaiveDate> {
    let by = Days::new(u64::from(days.unsigned_abs()));
    if days < 0 { date.checked_sub_days(by) } else { date.checked_add_days(by) }
}

fn nth_of(year: i32, month: u32, weekday: Weekday, nth: Nth) -> Option<NaiveDate> {
    match nth {
        Nth::Nth(nth) => NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth),
        Nth::Last => (4..=5).rev().find_map(|nth| NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth)),
    }
}

fn near(date: NaiveDate, weekday: Weekday, side: Side) -> Option<NaiveDate> {
    let ahead = i32::try_from(weekday.days_since(date.weekday())).ok()?;
    let behind = i32::try_from(date.weekday().days_since(weekday)).ok()?;
    let days = match side {
        Side::Before if behind == 0 => -7,
        Side::Before | Side::OnOrBefore => -behind,
        Side::After if ahead == 0 => 7,
        Side::OnOrAfter | Side::After => ahead,
    };
    moved(date, days)
}

/// Easter Sunday by the rule of 1582: the Sunday after the full moon of the church's tables.
fn easter(year: i32) -> Option<NaiveDate> {
    let century = year.div_euclid(100);
    let golden = year.rem_euclid(19);
    // how far the tables' moon was moved since the Julian ones, by leap days left out and by the moon's own drift
    let shift = century - century.div_euclid(4) - (8 * century + 13).div_euclid(25);
    let epact = (19 * golden + shift + 15).rem_euclid(30);
    // the tables have no 19 April, and no second 18 April within nineteen years
    let moon = epact - i32::from(epact == 29 || epact == 28 && golden > 10);
    let full = moved(NaiveDate::from_ymd_opt(year, 3, 21)?, moon)?;
    near(full, Weekday::Sun, Side::After)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a test writes good dates")
    }

    #[test]
    fn easter_falls_where_the_church_puts_it() {
        for date in [
            "1818-03-22",
            "1943-04-25",
            "1954-04-18",
            "1961-04-02",
            "1981-04-19",
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2018-04-01",
            "2019-04-21",
            "2020-04-12",
            "2021-04-04",
            "2022-04-17",
            "2023-04-09",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2028-04-16",
            "2029-04-01",
            "2030-04-21",
            "2035-03-25",
            "2038-04-25",
            "2049-04-18",
            "2076-04-19",
            "2285-03-22",
        ] {
            assert_eq!(easter(day(date).year()), Some(day(date)), "{date}");
        }
    }

    #[test]
    fn weekdays_near_a_day_and_in_a_month() {
        let check = |side, from: &str, expected: &str| {
            assert_eq!(near(day(from), Weekday::Mon, side), Some(day(expected)), "{side:?} {from}");
        };
        // 25 May 2026 is a Monday
        check(Side::Before, "2026-05-25", "2026-05-18");
        check(Side::OnOrBefore, "2026-05-25", "2026-05-25");
        check(Side::OnOrAfter, "2026-05-25", "2026-05-25");
        check(Side::After, "2026-05-25", "2026-06-01");
        check(Side::Before, "2026-05-24", "2026-05-18");
        check(Side::After, "2026-05-26", "2026-06-01");
        assert_eq!(nth_of(2026, 5, Weekday::Mon, Nth::Last), Some(day("2026-05-25")));
        assert_eq!(nth_of(2026, 8, Weekday::Mon, Nth::Last), Some(day("2026-08-31")));
        assert_eq!(nth_of(2026, 2, Weekday::Mon, Nth::Nth(5)), None);
    }
}
