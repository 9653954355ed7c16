//! The stretches in which a desk is open, one after another, as instants. The zone's offset is followed piece by piece:
//! within a piece the wall clock runs evenly, so gaps, repeated hours and skipped days need no case of their own.

use super::Hours;
use crate::domain::time::{DAY, HOUR, Instant, SECOND};
use chrono::{DateTime, NaiveDate, Offset as _, TimeZone as _, Utc};
use std::collections::VecDeque;

/// The longest piece that is taken to have one offset when both its ends have it.
const PIECE: i64 = 6 * HOUR;

/// Goes through the open stretches between two moments, pauses taken out.
pub(super) struct Open<'a> {
    hours: &'a Hours,
    pauses: &'a [(i64, i64)],
    at: i64,
    offset: i64,
    end: i64,
    ready: VecDeque<(i64, i64)>,
}

impl<'a> Open<'a> {
    pub(super) fn new(hours: &'a Hours, pauses: &'a [(i64, i64)], from: Instant, to: Instant) -> Self {
        let offset = offset(hours, from.0);
        Self { hours, pauses, at: from.0, offset, end: to.0, ready: VecDeque::new() }
    }

    /// Makes the stretches of the next piece ready.
    fn piece(&mut self) {
        let ahead = self.at.saturating_add(PIECE).min(self.end);
        let there = offset(self.hours, ahead);
        let until = if there == self.offset { ahead } else { self.change(ahead) };
        for days in 0..=(until - self.at) / DAY + 1 {
            let midnight = ((self.at + self.offset).div_euclid(DAY) + days) * DAY;
            let Some(date) = date(midnight) else { continue };
            for (open, close) in self.hours.frames(date).iter().map(|frame| frame.millis()) {
                let start = (midnight - self.offset + open).max(self.at);
                let end = (midnight - self.offset + close).min(until);
                if start < end {
                    self.without_pauses(start, end);
                }
            }
        }
        self.at = until;
        self.offset = offset(self.hours, until);
    }

    /// The moment up to `ahead` from which the offset is another one.
    fn change(&self, ahead: i64) -> i64 {
        let (mut same, mut other) = (self.at, ahead);
        while other - same > 1 {
            let middle = same + (other - same) / 2;
            if offset(self.hours, middle) == self.offset { same = middle } else { other = middle }
        }
        other
    }

    fn without_pauses(&mut self, mut start: i64, end: i64) {
        let first = self.pauses.partition_point(|pause| pause.1 <= start);
        for (from, to) in &self.pauses[first..] {
            if *from >= end {
                break;
            }
            if start < *from {
                self.ready.push_back((start, *from));
            }
            start = start.max(*to);
        }
        if start < end {
            self.ready.push_back((start, end));
        }
    }
}

impl Iterator for Open<'_> {
    type Item = (i64, i64);

    fn next(&mut self) -> Option<(i64, i64)> {
        while self.ready.is_empty() && self.at < self.end {
            self.piece();
        }
        self.ready.pop_front()
    }
}

/// Milliseconds by which the wall clock is ahead of UTC.
fn offset(hours: &Hours, at: i64) -> i64 {
    let utc = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default();
    let ahead = hours.zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc();
    i64::from(ahead) * SECOND
}

/// The day that begins so many milliseconds after the first midnight of 1970, as the wall clock counts.
fn date(midnight: i64) -> Option<NaiveDate> {
    DateTime::<Utc>::from_timestamp_millis(midnight).map(|day| day.date_naive())
}
