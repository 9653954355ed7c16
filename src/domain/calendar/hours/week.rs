//! A week of frames, as it is written down: `08:00-12:00`, any number a day, `24:00` for the end of the day.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

/// A stretch of a day, in minutes since midnight as the wall clock shows them; the first counts, the last does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Frame {
    open: u16,
    close: u16,
}

/// The frames of a week; a day left out is closed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Days")]
pub struct Week([Vec<Frame>; 7]);

/// Hours that no desk can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWeek {
    /// Text that is no frame.
    #[error("'{0}' is no frame; write 08:00-12:00, the end 24:00 at the latest")]
    Frame(String),
    /// A frame that ends before it begins, or at once.
    #[error("the frame {0} does not end after it begins; split one that crosses midnight at 24:00")]
    Reversed(String),
    /// Two frames of a day overlap.
    #[error("the frames {0} and {1} overlap")]
    Overlap(String, String),
    /// The desk is never open.
    #[error("no day has a frame, so there is no working time; give at least one day a frame")]
    Closed,
}

/// The frames of one day, in order.
#[derive(Debug, Default, Deserialize)]
#[serde(try_from = "Vec<Frame>")]
struct Day(Vec<Frame>);

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Days {
    mon: Day,
    tue: Day,
    wed: Day,
    thu: Day,
    fri: Day,
    sat: Day,
    sun: Day,
}

impl Week {
    /// The frames of a date, in order.
    pub(super) fn of(&self, date: NaiveDate) -> &[Frame] {
        &self.0[date.weekday().num_days_from_monday() as usize]
    }

    /// The same frames on each of some days.
    ///
    /// # Errors
    /// When frames overlap or there is none.
    pub fn same(days: &[Weekday], frames: &[Frame]) -> Result<Self, BadWeek> {
        let sorted = Day::try_from(frames.to_vec())?.0;
        let mut week: [Vec<Frame>; 7] = Default::default();
        for day in days {
            week[day.num_days_from_monday() as usize].clone_from(&sorted);
        }
        Self::opened(week)
    }

    pub(super) fn opened(week: [Vec<Frame>; 7]) -> Result<Self, BadWeek> {
        if week.iter().all(Vec::is_empty) { Err(BadWeek::Closed) } else { Ok(Self(week)) }
    }
}

impl TryFrom<Days> for Week {
    type Error = BadWeek;

    fn try_from(days: Days) -> Result<Self, BadWeek> {
        let Days { mon, tue, wed, thu, fri, sat, sun } = days;
        Self::opened([mon.0, tue.0, wed.0, thu.0, fri.0, sat.0, sun.0])
    }
}

impl TryFrom<Vec<Frame>> for Day {
    type Error = BadWeek;

    fn try_from(mut frames: Vec<Frame>) -> Result<Self, BadWeek> {
        frames.sort_unstable();
        match frames.windows(2).find(|pair| pair[1].open < pair[0].close) {
            Some(pair) => Err(BadWeek::Overlap(pair[0].to_string(), pair[1].to_string())),
            None => Ok(Self(frames)),
        }
    }
}

impl Frame {
    /// Milliseconds since midnight: the first that counts, the first that no longer does.
    pub(super) fn millis(self) -> (i64, i64) {
        (i64::from(self.open) * 60_000, i64::from(self.close) * 60_000)
    }
}

impl TryFrom<String> for Frame {
    type Error = BadWeek;

    fn try_from(text: String) -> Result<Self, BadWeek> {
        let ends = text.split_once('-').and_then(|(open, close)| Some((minutes(open)?, minutes(close)?)));
        match ends {
            None => Err(BadWeek::Frame(text)),
            Some((open, close)) if close <= open => Err(BadWeek::Reversed(text)),
            Some((open, close)) => Ok(Self { open, close }),
        }
    }
}

impl std::fmt::Display for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { open, close } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", open / 60, open % 60, close / 60, close % 60)
    }
}

/// Minutes since midnight of a time such as `08:00` or `24:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |digits: &str| {
        (digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse::<u16>().ok())?
    };
    let (hour, minute) = (two(hour)?, two(minute)?);
    (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
}
