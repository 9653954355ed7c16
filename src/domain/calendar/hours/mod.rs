//! Business hours: how long a desk has really been open between two moments, and when it will have been open long enough.
//! A moment counts where the wall clock of the zone shows a time within a frame, so a clock that is put forward takes
//! time away and one that is put back gives it twice.

mod open;
mod week;

pub use week::{BadWeek, Frame, Week};

use crate::domain::time::{DAY, Instant, MINUTE};
use chrono::NaiveDate;
use chrono_tz::Tz;
use open::Open;
use std::collections::BTreeSet;

/// How far in either direction hours are worked out: four hundred years, after which the calendar repeats itself.
const FAR: i64 = 146_097 * DAY;

/// When a desk works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    zone: Tz,
    holidays: BTreeSet<NaiveDate>,
    week: Week,
}

/// A time that counts for nothing, from its first moment up to its last, which counts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Its first moment.
    pub from: Instant,
    /// The first moment after it.
    pub to: Instant,
}

/// A question that has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The end lies before the beginning.
    #[error("the end {to} lies before the beginning {from}", from = .0.rfc3339(), to = .1.rfc3339())]
    Reversed(Instant, Instant),
    /// A pause ends before it begins.
    #[error("a pause ends at {to}, before it begins at {from}", from = .0.rfc3339(), to = .1.rfc3339())]
    Pause(Instant, Instant),
    /// So much working time is not to be had.
    #[error("so much working time does not come together within 400 years of {from}", from = .0.rfc3339())]
    Never(Instant),
    /// The moments lie too far apart.
    #[error("{from} and {to} lie more than 400 years apart", from = .0.rfc3339(), to = .1.rfc3339())]
    Far(Instant, Instant),
}

impl Hours {
    /// Hours in a zone: the frames of each day of the week, none of them on the holidays.
    #[must_use]
    pub const fn new(zone: Tz, week: Week, holidays: BTreeSet<NaiveDate>) -> Self {
        Self { zone, holidays, week }
    }

    /// The zone in which the desk reads its clock.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// The moment at which `minutes` of working time have passed since `from`, pauses left out. A closing time is that
    /// closing time and not the next opening. For no minutes it is `from` itself where people work, else the moment they
    /// begin to.
    ///
    /// # Errors
    /// When a pause is reversed, or four hundred years are not enough.
    pub fn add(&self, from: Instant, minutes: u64, pauses: &[Pause]) -> Result<Instant, NoAnswer> {
        let pauses = merged(pauses)?;
        let never = NoAnswer::Never(from);
        let mut left = i64::try_from(minutes).ok().and_then(|n| n.checked_mul(MINUTE)).ok_or(never)?;
        for (start, end) in Open::new(self, &pauses, from, from.plus(FAR)) {
            if left <= end - start {
                return Ok(Instant(start + left));
            }
            left -= end - start;
        }
        Err(never)
    }

    /// Whole minutes of working time between two moments, pauses left out; a part of a minute is dropped.
    ///
    /// # Errors
    /// When the moments or a pause are reversed, or more than four hundred years lie between.
    pub fn between(&self, from: Instant, to: Instant, pauses: &[Pause]) -> Result<u64, NoAnswer> {
        let pauses = merged(pauses)?;
        if to < from {
            return Err(NoAnswer::Reversed(from, to));
        }
        if to.since(from) > FAR {
            return Err(NoAnswer::Far(from, to));
        }
        let millis: i64 = Open::new(self, &pauses, from, to).map(|(start, end)| end - start).sum();
        Ok(u64::try_from(millis / MINUTE).unwrap_or(0))
    }

    fn frames(&self, date: NaiveDate) -> &[Frame] {
        if self.holidays.contains(&date) { &[] } else { self.week.of(date) }
    }
}

/// Pauses in order, those that overlap or touch made one.
fn merged(pauses: &[Pause]) -> Result<Vec<(i64, i64)>, NoAnswer> {
    let mut sorted: Vec<(i64, i64)> = Vec::with_capacity(pauses.len());
    for pause in pauses {
        if pause.to < pause.from {
            return Err(NoAnswer::Pause(pause.from, pause.to));
        }
        sorted.push((pause.from.0, pause.to.0));
    }
    sorted.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::with_capacity(sorted.len());
    for (from, to) in sorted.into_iter().filter(|(from, to)| from < to) {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    Ok(merged)
}

#[cfg(test)]
mod tests;
