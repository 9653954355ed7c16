//! All-day events of an iCalendar file (RFC 5545) as holidays. Strict: what would be read as fewer days than it says is
//! refused, with line and property. Events with a time of day are no holidays and are passed over.

mod lines;

use crate::domain::calendar::{
    Outline,
    rule::{Observed, On, Rule, YearDay},
};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use lines::{Line, unfolded};
use std::ops::RangeInclusive;

/// For how many years an event without end is worked out where no calendar says so.
const AHEAD: i32 = 20;
/// The longest an all-day event may be, in days.
const LONGEST: u64 = 366;

struct Event {
    name: String,
    from: NaiveDate,
    days: u64,
    yearly: Option<Yearly>,
    except: Vec<NaiveDate>,
    also: Vec<NaiveDate>,
}

/// A yearly repetition.
struct Yearly {
    on: Option<On>,
    interval: i32,
    count: Option<usize>,
    until: Option<NaiveDate>,
}

/// The outline with the events of a file added; one of Monday to Friday for the events' own years where there is none.
pub(super) fn read(text: &str, code: &str, base: Option<&Outline>) -> Result<Outline, String> {
    let events = events(text)?;
    let mut outline = base.cloned().unwrap_or_else(|| fresh(code, &events));
    for event in &events {
        let dates = event.dates(&outline.years);
        outline.rules.push(Rule {
            name: event.name.clone(),
            on: On::Dates(dates),
            plus: 0,
            observed: Observed::AsItFalls,
            from_year: None,
            until_year: None,
            except_years: Vec::new(),
            expected: false,
        });
    }
    Ok(outline)
}

fn fresh(code: &str, events: &[Event]) -> Outline {
    let first = events.iter().map(|event| event.from.year()).min().unwrap_or(2000);
    let ends = events.iter().map(|event| match &event.yearly {
        Some(yearly) => yearly.until.map_or(first + AHEAD, |until| until.year()),
        None => event.from.year(),
    });
    let last = ends.max().unwrap_or(first).clamp(first, first + 4 * AHEAD);
    let single = events.iter().filter(|event| event.yearly.is_none()).map(|event| event.from.year()).max();
    Outline {
        code: code.to_owned(),
        name: code.to_owned(),
        zone: None,
        weekend: vec![Weekday::Sat, Weekday::Sun],
        years: first..=last,
        known_until: single.unwrap_or(last).min(last),
        rules: Vec::new(),
        working: Vec::new(),
    }
}

/// The all-day events of a file.
fn events(text: &str) -> Result<Vec<Event>, String> {
    let mut events = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut event: Vec<Line> = Vec::new();
    for line in unfolded(text)? {
        match (line.name.as_str(), open.last().map(String::as_str)) {
            ("BEGIN", inside) => {
                if inside.is_none() && line.value != "VCALENDAR" {
                    return Err(line.says("no iCalendar begins here; the file begins with BEGIN:VCALENDAR"));
                }
                open.push(line.value);
            }
            ("END", inside) => {
                if inside != Some(line.value.as_str()) {
                    return Err(line.says(&format!("'{}' ends but was not begun", line.value)));
                }
                if inside == Some("VEVENT") {
                    events.extend(Event::read(&line, &std::mem::take(&mut event))?);
                }
                open.pop();
            }
            (_, Some("VEVENT")) => event.push(line),
            (_, Some(_)) => {}
            (_, None) => return Err(line.says("this stands outside of any iCalendar")),
        }
    }
    match open.pop() {
        Some(part) => Err(format!("the file ends within {part}; it was cut off")),
        None => Ok(events),
    }
}

impl Event {
    /// The event between its first line and `end`; none where it has a time of day or was called off.
    fn read(end: &Line, lines: &[Line]) -> Result<Option<Self>, String> {
        let passed_over = |line: &Line| match line.name.as_str() {
            "DTSTART" => line.value.contains('T'),
            "STATUS" => line.value == "CANCELLED",
            _ => false,
        };
        if lines.iter().any(passed_over) {
            return Ok(None);
        }
        let Some(start) = lines.iter().find(|line| line.name == "DTSTART") else {
            return Err(end.says("the event that ends here has no DTSTART, so it is on no day"));
        };
        let from = start.date(&start.value)?;
        let (name, except, also) = ("Holiday".to_owned(), Vec::new(), Vec::new());
        let mut event = Self { name, from, days: 1, yearly: None, except, also };
        for line in lines {
            event.property(line)?;
        }
        Ok(Some(event))
    }

    fn property(&mut self, line: &Line) -> Result<(), String> {
        match line.name.as_str() {
            "SUMMARY" if !line.text().is_empty() => self.name = line.text(),
            "DTEND" => {
                let days = (line.date(&line.value)? - self.from).num_days();
                // some programs end a day on itself
                self.days = match u64::try_from(days) {
                    Ok(days) if days <= LONGEST => days.max(1),
                    _ => return Err(line.says("it is before DTSTART, or more than a year after it")),
                };
            }
            "DURATION" => self.days = line.days()?,
            "RRULE" => self.yearly = Some(Yearly::read(line)?),
            "EXDATE" => self.except.extend(line.dates()?),
            "RDATE" => self.also.extend(line.dates()?),
            "RECURRENCE-ID" | "EXRULE" => {
                return Err(line.says("single days of a repetition cannot be changed; give them events of their own"));
            }
            _ => {}
        }
        Ok(())
    }

    /// The days of the event within some years.
    fn dates(&self, years: &RangeInclusive<i32>) -> Vec<NaiveDate> {
        let mut starts = match &self.yearly {
            None => vec![self.from],
            Some(yearly) => yearly.starts(self.from, *years.end()),
        };
        starts.extend(&self.also);
        starts.retain(|start| !self.except.contains(start));
        let days = starts
            .into_iter()
            .flat_map(|start| (0..self.days).filter_map(move |day| start.checked_add_days(Days::new(day))));
        days.filter(|day| years.contains(&day.year())).collect()
    }
}

impl Yearly {
    fn read(line: &Line) -> Result<Self, String> {
        let mut yearly = Self { on: None, interval: 1, count: None, until: None };
        let (mut freq, mut month, mut day, mut weekday) = (None, None, None, None);
        for part in line.value.split(';') {
            let (key, value) = part.split_once('=').ok_or_else(|| line.says("a part has no '='"))?;
            let bad =
                || line.says(&format!("{part} is not understood; repeat the event FREQ=YEARLY, or list its days"));
            match key {
                "FREQ" => freq = Some(value),
                "INTERVAL" => yearly.interval = value.parse().ok().filter(|n| *n > 0).ok_or_else(bad)?,
                "COUNT" => yearly.count = Some(value.parse().ok().filter(|n| *n > 0).ok_or_else(bad)?),
                "UNTIL" => yearly.until = Some(line.date(value.split('T').next().unwrap_or_default())?),
                "BYMONTH" => month = Some(value.parse::<u32>().map_err(|_| bad())?),
                "BYMONTHDAY" => day = Some(value.parse::<u32>().map_err(|_| bad())?),
                "BYDAY" => weekday = Some(lines::nth_weekday(value).ok_or_else(bad)?),
                "WKST" => {}
                _ => return Err(bad()),
            }
        }
        let bad = |says: &str| Err(line.says(says));
        if freq != Some("YEARLY") {
            return bad("only FREQ=YEARLY is understood; list the days of other repetitions one by one");
        }
        yearly.on = match (month, day, weekday) {
            (None, None, None) => None,
            (Some(month), Some(day), None) => match YearDay::new(month, day) {
                Some(day) => Some(On::Fixed(day)),
                None => return bad("there is no such day of the year"),
            },
            (Some(month @ 1..=12), None, Some((nth, weekday))) => Some(On::Nth { weekday, nth, month, instead: None }),
            _ => return bad("BYMONTH goes with BYMONTHDAY or with one BYDAY such as 1MO or -1MO"),
        };
        Ok(yearly)
    }

    /// The days on which it begins, from the first up to the end of a year.
    fn starts(&self, from: NaiveDate, last: i32) -> Vec<NaiveDate> {
        let on = self.on.clone().or_else(|| YearDay::new(from.month(), from.day()).map(On::Fixed));
        let Some(on) = on else { return Vec::new() };
        let step = usize::try_from(self.interval).unwrap_or(1);
        let found = (from.year()..=last).step_by(step).flat_map(|year| on.dates(year));
        let in_time = |date: &NaiveDate| *date >= from && self.until.is_none_or(|until| *date <= until);
        found.filter(in_time).take(self.count.unwrap_or(usize::MAX)).collect()
    }
}
