//! Calendars: which days of a country are working days, and which are holidays by what name. Pure: a calendar is made
//! once from its rules and answers from tables; business hours of one desk are in `hours`. Nothing here reads a file.

pub mod hours;
mod observed;
pub mod rule;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use chrono_tz::Tz;
use rule::Rule;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

/// The longest stretch of years a calendar may span.
const LONGEST: i32 = 200;
/// The years a calendar may speak of at all.
const YEARS: RangeInclusive<i32> = 1900..=2400;

/// Everything a calendar is made of.
#[derive(Debug, Clone)]
pub struct Outline {
    /// Its code, for example `GB-SCT`.
    pub code: String,
    /// Its name as people say it.
    pub name: String,
    /// The zone in which its days begin and end, where there is one.
    pub zone: Option<Tz>,
    /// The days of the week nobody works on.
    pub weekend: Vec<Weekday>,
    /// The years for which its rules are worked out.
    pub years: RangeInclusive<i32>,
    /// The last of these years whose holidays are all known.
    pub known_until: i32,
    /// Its holidays.
    pub rules: Vec<Rule>,
    /// Dates on which people work although a rule or the weekend says otherwise.
    pub working: Vec<NaiveDate>,
}

/// An outline that makes no calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nobody would ever work.
    #[error("weekend names all seven days; leave one to work on")]
    NoWork,
    /// The years are reversed, too many or too far away.
    #[error("the years {0} to {1} make no calendar; name at most 200 between 1900 and 2400, the earlier first")]
    Years(i32, i32),
    /// What is known ends outside the years.
    #[error("known_until = {0} lies outside the years {1} to {2}")]
    Known(i32, i32, i32),
    /// A single date that the calendar has no year for.
    #[error("{0} lies outside the years {1} to {2} of the calendar {3}")]
    Outside(NaiveDate, i32, i32, String),
    /// A day that is taken away but was never off.
    #[error("{0} is a working day of the calendar {1} already")]
    Working(NaiveDate, String),
}

/// The working days of one place; beyond its years only the weekend is known.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Its code, for example `IE`.
    pub code: String,
    /// Its name as people say it.
    pub name: String,
    /// The zone in which its days begin and end; the product's where there is none.
    pub zone: Option<Tz>,
    outline: Outline,
    holidays: BTreeMap<NaiveDate, Holiday>,
    /// Every working day of its years, in order.
    days: Vec<NaiveDate>,
    /// The first and the last day of its years.
    span: (NaiveDate, NaiveDate),
    /// Monday first; true where nobody works.
    weekend: [bool; 7],
}

/// A holiday of one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Its name; several that fall on one day are joined by a stroke.
    pub name: String,
    /// True where the date was worked out but not yet announced.
    pub expected: bool,
}

impl Calendar {
    /// The calendar that an outline describes.
    ///
    /// # Errors
    /// When its years, its weekend or one of its single dates cannot be.
    pub fn new(outline: Outline) -> Result<Self, Fault> {
        let (first, last) = (*outline.years.start(), *outline.years.end());
        if first > last || last - first >= LONGEST || !YEARS.contains(&first) || !YEARS.contains(&last) {
            return Err(Fault::Years(first, last));
        }
        if !(first - 1..=last).contains(&outline.known_until) {
            return Err(Fault::Known(outline.known_until, first, last));
        }
        let mut calendar = Self {
            code: outline.code.clone(),
            name: outline.name.clone(),
            zone: outline.zone,
            span: (opening(first), opening(last + 1).pred_opt().unwrap_or_default()),
            weekend: week(&outline.weekend),
            holidays: observed::holidays(&outline),
            days: Vec::new(),
            outline,
        };
        if calendar.a_week() == 0 {
            return Err(Fault::NoWork);
        }
        calendar.single_dates()?;
        calendar.days = calendar.worked_out();
        Ok(calendar)
    }

    /// A calendar without holidays: Monday to Friday, and no year of it is called known.
    #[must_use]
    pub fn weekdays(code: &str, zone: Option<Tz>) -> Self {
        let outline = Outline {
            code: code.to_owned(),
            name: "Monday to Friday".to_owned(),
            zone,
            weekend: vec![Weekday::Sat, Weekday::Sun],
            years: 2000..=2000,
            known_until: 1999,
            rules: Vec::new(),
            working: Vec::new(),
        };
        Self {
            code: outline.code.clone(),
            name: outline.name.clone(),
            zone,
            // no date lies in it, so the days of the week decide alone
            span: (NaiveDate::MAX, NaiveDate::MIN),
            weekend: week(&outline.weekend),
            holidays: BTreeMap::new(),
            days: Vec::new(),
            outline,
        }
    }

    /// What it was made of, to make another one from it.
    #[must_use]
    pub const fn outline(&self) -> &Outline {
        &self.outline
    }

    /// True where people work on this date.
    #[must_use]
    pub fn is_working(&self, date: NaiveDate) -> bool {
        if self.spans(date) { self.days.binary_search(&date).is_ok() } else { self.is_weekday(date) }
    }

    /// True where every holiday of the date's year is known; elsewhere only what can be worked out is taken off.
    #[must_use]
    pub fn covers(&self, date: NaiveDate) -> bool {
        (*self.outline.years.start()..=self.outline.known_until).contains(&date.year())
    }

    /// The years whose holidays are all known; empty where there are none.
    #[must_use]
    pub const fn known(&self) -> RangeInclusive<i32> {
        *self.outline.years.start()..=self.outline.known_until
    }

    /// The date itself where people work on it, else the next day they do; the last date chrono has beyond that.
    #[must_use]
    pub fn next_working(&self, date: NaiveDate) -> NaiveDate {
        if self.is_working(date) { date } else { self.add_working(date, 1) }
    }

    /// The `count`-th working day strictly after `date`; `date` itself for none. Saturates at the last date chrono has.
    #[must_use]
    pub fn add_working(&self, date: NaiveDate, count: u32) -> NaiveDate {
        let (mut date, mut left) = (date, i64::from(count));
        while left > 0 {
            if self.spans(date) && date < self.last() {
                let passed = self.days.partition_point(|day| *day <= date);
                let Some(found) = usize::try_from(left).ok().and_then(|left| self.days.get(passed + left - 1)) else {
                    left -= i64::try_from(self.days.len() - passed).unwrap_or(0);
                    date = self.last();
                    continue;
                };
                return *found;
            }
            let reach = if date < self.first() { ((self.first() - date).num_days() - 1) / 7 } else { i64::MAX };
            let weeks = reach.min((left - 1) / self.a_week());
            left -= weeks * self.a_week();
            let Some(next) = date.checked_add_signed(TimeDelta::days(weeks * 7 + 1)) else { return NaiveDate::MAX };
            date = next;
            left -= i64::from(self.is_working(date));
        }
        date
    }

    /// The name of the holiday on this date, also where it falls on a weekend.
    #[must_use]
    pub fn holiday(&self, date: NaiveDate) -> Option<&str> {
        self.holidays.get(&date).map(|holiday| holiday.name.as_str())
    }

    /// The holidays of a year, in order.
    pub fn holidays(&self, year: i32) -> impl Iterator<Item = (NaiveDate, &Holiday)> {
        self.holidays.iter().map(|(date, holiday)| (*date, holiday)).filter(move |(date, _)| date.year() == year)
    }

    fn spans(&self, date: NaiveDate) -> bool {
        (self.first()..=self.last()).contains(&date)
    }

    const fn first(&self) -> NaiveDate {
        self.span.0
    }

    const fn last(&self) -> NaiveDate {
        self.span.1
    }

    /// How many days of an ordinary week people work on.
    fn a_week(&self) -> i64 {
        self.weekend.iter().map(|off| i64::from(!off)).sum()
    }

    fn is_weekday(&self, date: NaiveDate) -> bool {
        !self.weekend[date.weekday().num_days_from_monday() as usize]
    }

    /// Takes away what people work on after all, and refuses single dates that change nothing.
    fn single_dates(&mut self) -> Result<(), Fault> {
        let named = self.outline.rules.iter().flat_map(Rule::single_dates);
        for date in named.chain(&self.outline.working) {
            if !self.spans(*date) {
                let years = &self.outline.years;
                return Err(Fault::Outside(*date, *years.start(), *years.end(), self.code.clone()));
            }
        }
        for date in &self.outline.working {
            if self.holidays.remove(date).is_none() && self.is_weekday(*date) {
                return Err(Fault::Working(*date, self.code.clone()));
            }
        }
        Ok(())
    }

    fn worked_out(&self) -> Vec<NaiveDate> {
        let extra: BTreeSet<_> = self.outline.working.iter().collect();
        let works = |date: &NaiveDate| self.is_weekday(*date) && !self.holidays.contains_key(date);
        let days = self.first().iter_days().take_while(|date| *date <= self.last());
        days.filter(|date| extra.contains(date) || works(date)).collect()
    }
}

fn opening(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default()
}

fn week(weekend: &[Weekday]) -> [bool; 7] {
    let mut off = [false; 7];
    for day in weekend {
        off[day.num_days_from_monday() as usize] = true;
    }
    off
}

#[cfg(test)]
mod tests;
