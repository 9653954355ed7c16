//! Whether one period is never shorter than another, whenever it begins: 180 days against six months, a year against 365
//! days. For packs, which say periods without a beginning.

use crate::domain::{clock::period::Period, time::DAY};

/// Days before the end of so many months that begin in the shortest stretch of a year.
const SHORTEST: [u32; 12] = [0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334];
/// The same for the longest stretch.
const LONGEST: [u32; 12] = [0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337];

/// True where what is kept for `period` is always kept at least as long as `floor` asks.
#[must_use]
pub fn covers(period: Period, floor: Period) -> bool {
    match (period, floor) {
        (Period::Months(months), Period::Months(asked)) => months >= asked,
        (period, floor) => shortest(period) >= longest(floor),
    }
}

fn shortest(period: Period) -> u32 {
    match period {
        Period::Elapsed(millis) => days(millis),
        Period::Days(days) | Period::Working(days) => days,
        Period::Months(months) => months / 12 * 365 + SHORTEST[(months % 12) as usize],
        Period::Yearly(..) => 0,
    }
}

fn longest(period: Period) -> u32 {
    match period {
        Period::Elapsed(millis) => days(millis).saturating_add(1),
        Period::Days(days) => days,
        // a weekend a week, and holidays
        Period::Working(days) => days.saturating_mul(2),
        Period::Months(months) => {
            let (years, rest) = (months / 12, months % 12);
            // leap days, and a floor of the law clamps forward by a day
            years * 365 + years.div_ceil(4) + LONGEST[rest as usize] + u32::from(rest > 0)
        }
        Period::Yearly(..) => 2 * 366,
    }
}

fn days(millis: i64) -> u32 {
    u32::try_from(millis / DAY).unwrap_or(u32::MAX)
}
