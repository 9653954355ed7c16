//! How the time left is said; shared by pages and by the ticking clock in the browser, so both say the same.

use crate::domain::time::{DAY, HOUR, Instant, MINUTE};

/// What the one clock of a row says at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    /// Words before the time: "resolves in", "overdue by".
    pub lead: String,
    /// The time itself: "3 d 4 h", "52 min".
    pub time: String,
    /// Where the clock stands.
    pub tone: Tone,
}

/// Where a clock stands; each has a class, a shape and a spoken word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// In time.
    Ok,
    /// The last fifth, or less than a day of a longer period, is running.
    Soon,
    /// The due instant has passed.
    Over,
}

impl Tone {
    /// The class that sets colour and shape.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "is-ok",
            Self::Soon => "is-soon",
            Self::Over => "is-over",
        }
    }

    /// The word read aloud before the clock.
    #[must_use]
    pub const fn spoken(self) -> &'static str {
        match self {
            Self::Ok => "On time: ",
            Self::Soon => "Due soon: ",
            Self::Over => "Breached: ",
        }
    }
}

/// A span as two units at most: "3 d 4 h", "4 h 12 min", "52 min", "less than a minute".
#[must_use]
pub fn span(millis: i64) -> String {
    let millis = millis.abs();
    let (d, h, m) = (millis / DAY, millis % DAY / HOUR, millis % HOUR / MINUTE);
    match (d, h, m) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

/// How long before its end a clock that runs from `start` to `due` is at risk where no pack says otherwise: the last
/// fifth of its period, and never later than 24 hours before the end of a period longer than two days. Milliseconds.
#[must_use]
pub fn warning(start: Instant, due: Instant) -> i64 {
    let whole = due.since(start).max(0);
    if whole > 2 * DAY { (whole / 5).clamp(DAY, 3 * DAY) } else { whole / 5 }
}

/// Where a clock that is at risk from `risk` on and ends at `due` stands at `now`.
#[must_use]
pub fn tone(risk: Instant, due: Instant, now: Instant) -> Tone {
    if now > due {
        Tone::Over
    } else if now >= risk {
        Tone::Soon
    } else {
        Tone::Ok
    }
}

/// The sentence of a running clock; `verb` is the duty as the row says it ("resolves", "acknowledge").
#[must_use]
pub fn saying(verb: &str, risk: Instant, due: Instant, now: Instant) -> Saying {
    let tone = tone(risk, due, now);
    let lead = match tone {
        Tone::Over => "overdue by".to_owned(),
        Tone::Ok | Tone::Soon => format!("{verb} in"),
    };
    Saying { lead, time: span(due.since(now)), tone }
}

/// How much of the period has run, 0 to 100.
#[must_use]
pub fn used_percent(start: Instant, due: Instant, now: Instant) -> i64 {
    let whole = due.since(start).max(1);
    (now.since(start).saturating_mul(100) / whole).clamp(0, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units_at_most() {
        let check = |millis: i64, expected: &str| assert_eq!(span(millis), expected);
        check(59_999, "less than a minute");
        check(52 * MINUTE, "52 min");
        check(4 * HOUR, "4 h");
        check(4 * HOUR + 12 * MINUTE, "4 h 12 min");
        check(3 * DAY, "3 d");
        check(3 * DAY + 4 * HOUR + 59 * MINUTE, "3 d 4 h");
        check(-(DAY + 6 * HOUR), "1 d 6 h");
    }

    #[test]
    fn tones_follow_the_share_that_is_left() {
        let start = Instant(0);
        let check = |due: i64, now: i64, expected: Tone| {
            let due = Instant(due);
            assert_eq!(tone(due.plus(-warning(start, due)), due, Instant(now)), expected);
        };
        check(DAY, 0, Tone::Ok);
        check(DAY, 20 * HOUR, Tone::Soon);
        check(DAY, DAY, Tone::Soon);
        check(DAY, DAY + 1, Tone::Over);
        check(30 * DAY, 26 * DAY, Tone::Ok);
        check(30 * DAY, 27 * DAY, Tone::Soon);
    }
}
