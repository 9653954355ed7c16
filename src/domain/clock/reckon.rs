//! The arithmetic of one rule: from where a period begins to the last moment that is in time, through pauses, working
//! days and daylight saving. Hours are elapsed time and nothing touches them but pauses; days and months are civil,
//! exclude the day they start on and end with the last millisecond of a local day.

use super::{
    fact::{Fact, Facts, Trigger},
    period::{Period, add_days, add_months, add_months_forward, end_of_day, start_of_day, take_months},
};
use crate::domain::{
    calendar::{
        Calendar,
        hours::{self, Hours, NoAnswer},
    },
    policy::rule::{Mode, Pause},
    time::{Instant, MINUTE},
};
use chrono::{Datelike as _, Days, NaiveDate};
use chrono_tz::Tz;
use std::sync::LazyLock;

/// Where a period is counted.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The zone in which days end.
    pub zone: Tz,
    /// Its working days; without one Saturdays and Sundays are off, and the answer says that this was assumed.
    pub calendar: Option<&'a Calendar>,
    /// True where an end on a day that is no working day moves to the next one.
    pub roll: bool,
}

impl<'a> Ground<'a> {
    /// Its working days; Monday to Friday where it has no calendar.
    fn working_days(&self) -> &'a Calendar {
        static WEEKDAYS: LazyLock<Calendar> = LazyLock::new(|| Calendar::weekdays("weekdays", None));
        self.calendar.unwrap_or(&WEEKDAYS)
    }
}

/// A stretch in which the person was asked for something and had not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// When they were asked.
    pub from: Instant,
    /// When they answered.
    pub to: Instant,
    /// What that does to the clock; `suspend` or `exclude_days`.
    pub mode: Mode,
}

/// Where a clock starts, and when it stood still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Where the period begins.
    pub from: Instant,
    /// When it stood still, oldest first.
    pub stretches: Vec<Stretch>,
    /// Since when it stands still, if it does.
    pub paused: Option<Instant>,
}

/// What a person was asked does to a clock of `period` that would start at `from`. A question that comes only after the
/// end moves nothing: what is late stays late.
#[must_use]
pub fn course(period: Period, from: Instant, pauses: &[Pause], facts: &Facts, ground: &Ground<'_>) -> Course {
    let mut course = Course { from, stretches: Vec::new(), paused: None };
    for pause in pauses.iter().filter(|pause| pause.mode == Mode::Restart) {
        let asked = facts.stretches(pause.trigger);
        // what arrived without having been asked for starts it anew too
        let unasked = facts.last(pause.trigger.facts().1).filter(|_| asked.is_empty()).map(|at| (at, Some(at)));
        for (since, answered) in asked.into_iter().chain(unasked) {
            if since <= due(period, &course, ground) {
                course.from = course.from.max(answered.unwrap_or(course.from));
                course.wait_since(since, answered);
            }
        }
    }
    let suspending = |pause: &&Pause| matches!(pause.mode, Mode::Suspend | Mode::ExcludeDays);
    for pause in pauses.iter().filter(suspending) {
        let ended = facts.stretches(pause.trigger).into_iter();
        let stretch = |(from, to): (Instant, Option<Instant>)| to.map(|to| Stretch { from, to, mode: pause.mode });
        course.stretches.extend(ended.filter_map(stretch));
    }
    course.stretches.sort_by_key(|stretch| (stretch.from, stretch.to));
    course.stretches.retain(|stretch| stretch.to > course.from);
    let end = due(period, &course, ground);
    for pause in pauses.iter().filter(suspending) {
        if let Some((since, None)) = facts.stretches(pause.trigger).last().filter(|(since, _)| *since <= end) {
            course.wait_since(*since, None);
        }
    }
    course
}

impl Course {
    fn wait_since(&mut self, since: Instant, answered: Option<Instant>) {
        if answered.is_none() {
            self.paused = Some(self.paused.map_or(since, |earlier| earlier.min(since)));
        }
    }
}

/// The course of a number of the company's own that stands still while the person is asked anything.
#[must_use]
pub fn waiting(from: Instant, facts: &Facts) -> Course {
    let pauses: Vec<Pause> =
        Trigger::ALL.iter().map(|trigger| Pause { trigger: *trigger, mode: Mode::Suspend }).collect();
    // a desk's hours come together long after the hours themselves
    course(Period::Months(1_200), from, &pauses, facts, &Ground { zone: Tz::UTC, calendar: None, roll: false })
}

/// The last moment in time of `period` on `course`, counted in the hours in which a desk works.
///
/// # Errors
/// When so much working time is not to be had.
pub fn due_in_hours(period: Period, course: &Course, hours: &Hours) -> Result<Instant, NoAnswer> {
    let Period::Elapsed(millis) = period else { return Err(NoAnswer::Never(course.from)) };
    let pauses: Vec<_> =
        course.stretches.iter().map(|stretch| hours::Pause { from: stretch.from, to: stretch.to }).collect();
    hours.add(course.from, u64::try_from(millis / MINUTE).unwrap_or_default(), &pauses)
}

/// The last moment in time of `period` on `course`.
#[must_use]
pub fn due(period: Period, course: &Course, ground: &Ground<'_>) -> Instant {
    let day = course.from.local(ground.zone).date_naive();
    let end = match period {
        Period::Elapsed(millis) => return elapsed(millis, course),
        Period::Days(days) => add_days(day, days),
        Period::Months(months) => add_months(day, months),
        Period::Working(days) => ground.working_days().add_working(day, days),
        Period::Yearly(month, of_month) => {
            NaiveDate::from_ymd_opt(day.year().saturating_add(1), month, of_month).unwrap_or(NaiveDate::MAX)
        }
    };
    let end = if course.stretches.is_empty() { end } else { lengthen(end, day, course, period, ground) };
    // the day is moved off a holiday only after the pauses were added
    let end = if ground.roll { ground.working_days().next_working(end) } else { end };
    end_of_day(end, ground.zone)
}

/// The last moment at which something can be done that has to be done `period` before `effect`.
#[must_use]
pub fn latest_before(period: Period, effect: Instant, zone: Tz) -> Instant {
    let day = effect.local(zone).date_naive();
    match period {
        Period::Elapsed(millis) => effect.plus(-millis),
        Period::Days(days) | Period::Working(days) => {
            start_of_day(day.checked_sub_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MIN), zone)
        }
        Period::Months(months) => start_of_day(take_months(day, months), zone),
        Period::Yearly(..) => effect,
    }
}

/// The last moment of what has to be kept for `period` from `from`: months clamp forward.
#[must_use]
pub fn kept_until(period: Period, from: Instant, zone: Tz) -> Instant {
    let day = from.local(zone).date_naive();
    match period {
        Period::Elapsed(millis) => from.plus(millis),
        Period::Days(days) | Period::Working(days) => end_of_day(add_days(day, days), zone),
        Period::Months(months) => end_of_day(add_months_forward(day, months), zone),
        Period::Yearly(..) => from,
    }
}

/// The last moment from which what is kept for `period` need not be kept at `now` any more: the other way round.
#[must_use]
pub fn kept_since(period: Period, now: Instant, zone: Tz) -> Instant {
    let yesterday = now.local(zone).date_naive().pred_opt().unwrap_or(NaiveDate::MIN);
    match period {
        Period::Elapsed(millis) => now.plus(-millis),
        Period::Days(days) | Period::Working(days) => {
            end_of_day(yesterday.checked_sub_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MIN), zone)
        }
        Period::Months(months) => end_of_day(take_months(yesterday, months), zone),
        Period::Yearly(..) => now,
    }
}

/// What had to be assumed for `due`, where working days matter and are not all known.
#[must_use]
pub fn assumed(period: Period, from: Instant, due: Instant, ground: &Ground<'_>) -> Option<String> {
    let counts = matches!(period, Period::Working(_)) || (ground.roll && !matches!(period, Period::Elapsed(_)));
    if !counts {
        return None;
    }
    let Some(calendar) = ground.calendar else {
        return Some("no calendar of public holidays was given: only Saturdays and Sundays are off".to_owned());
    };
    let (from, due) = (from.local(ground.zone).date_naive(), due.local(ground.zone).date_naive());
    let unknown = if calendar.covers(due) { from } else { due };
    (!calendar.covers(unknown)).then(|| {
        format!(
            "calendar {} does not know the public holidays of {}: only its weekends are off",
            calendar.code,
            unknown.year()
        )
    })
}

fn elapsed(millis: i64, course: &Course) -> Instant {
    let mut due = course.from.plus(millis);
    let mut counted = course.from;
    for stretch in &course.stretches {
        let from = stretch.from.max(counted);
        if from <= due && stretch.to > from {
            due = due.plus(stretch.to.since(from));
            counted = stretch.to;
        }
    }
    due
}

/// Adds the days that do not count, each once; a stretch that begins after the end comes too late to move it. Days that are
/// excluded from a period of working days are working days, for no other was counted.
fn lengthen(mut end: NaiveDate, start: NaiveDate, course: &Course, period: Period, ground: &Ground<'_>) -> NaiveDate {
    let (zone, working) = (ground.zone, ground.working_days());
    let mut counted = start;
    for stretch in &course.stretches {
        let asked = stretch.from.local(zone).date_naive();
        let first = if stretch.mode == Mode::ExcludeDays { asked } else { add_days(asked, 1) };
        let (first, last) = (first.max(add_days(counted, 1)), stretch.to.local(zone).date_naive());
        if asked <= end && first <= last {
            end = if stretch.mode == Mode::ExcludeDays && matches!(period, Period::Working(_)) {
                let excluded = first.iter_days().take_while(|day| *day <= last).filter(|day| working.is_working(*day));
                working.add_working(end, u32::try_from(excluded.count()).unwrap_or_default())
            } else {
                add_days(end, u32::try_from((last - first).num_days() + 1).unwrap_or_default())
            };
            counted = last;
        }
    }
    end
}

/// Where a floor begins: the first of `start` that happened, when it happened last. What was reported twice is kept from the
/// later report on, whichever of them the law means.
#[must_use]
pub fn last_start(start: &[Fact], facts: &Facts) -> Option<Instant> {
    start.iter().find_map(|fact| facts.last(*fact))
}

/// Where a rule's period begins: the first of `start` that happened.
#[must_use]
pub fn start(start: &[Fact], facts: &Facts) -> Option<Instant> {
    start.iter().find_map(|fact| match fact {
        // records are kept from the last answer on, not from the first
        Fact::Resolved => facts.last(*fact),
        fact => facts.first(*fact),
    })
}
