//! Where holidays are kept when they meet a weekend or one another, for all years of a calendar.

use super::{
    Holiday, Outline,
    rule::{Observed, Rule, moved},
};
use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::BTreeMap;

/// How far a substitute day is looked for, so that a calendar full of holidays ends too.
const FAR: i32 = 366;

/// Every holiday that is kept within the years of the outline. Those that stay where they fall come first; those that
/// move find their places among them afterwards, in order.
pub(super) fn holidays(outline: &Outline) -> BTreeMap<NaiveDate, Holiday> {
    let (first, last) = (*outline.years.start(), *outline.years.end());
    let mut kept = BTreeMap::new();
    let mut moving: Vec<(NaiveDate, &Rule)> = Vec::new();
    // a holiday of the next January may be kept in December
    for year in first - 1..=last + 1 {
        for rule in &outline.rules {
            for date in rule.dates(year) {
                let meets = outline.weekend.contains(&date.weekday());
                if meets && rule.observed != Observed::AsItFalls {
                    moving.push((date, rule));
                } else {
                    keep(&mut kept, date, rule);
                }
            }
        }
    }
    moving.sort_by_key(|(date, _)| *date);
    for (date, rule) in moving {
        let place = match (rule.observed, date.weekday()) {
            (Observed::Nearest, Weekday::Sat) => moved(date, -1),
            (Observed::WeekendToMonday, Weekday::Sat) => moved(date, 2),
            (Observed::SundayToMonday | Observed::WeekendToMonday | Observed::Nearest, Weekday::Sun) => moved(date, 1),
            (Observed::NextFree, _) => (1..=FAR)
                .filter_map(|days| moved(date, days))
                .find(|day| !outline.weekend.contains(&day.weekday()) && !kept.contains_key(day)),
            _ => Some(date),
        };
        keep(&mut kept, place.unwrap_or(date), rule);
    }
    kept.retain(|date, _| (first..=last).contains(&date.year()));
    kept
}

fn keep(kept: &mut BTreeMap<NaiveDate, Holiday>, date: NaiveDate, rule: &Rule) {
    kept.entry(date)
        .and_modify(|there| {
            there.expected &= rule.expected;
            if !there.name.split(" / ").any(|name| name == rule.name) {
                there.name = format!("{} / {}", there.name, rule.name);
            }
        })
        .or_insert_with(|| Holiday { name: rule.name.clone(), expected: rule.expected });
}
