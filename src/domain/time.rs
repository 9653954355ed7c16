//! Instants and durations as the whole house uses them; never asks what time it is.

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z, the unit in which both databases store time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

/// Milliseconds in one second.
pub const SECOND: i64 = 1_000;
/// Milliseconds in one minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Milliseconds in one hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Milliseconds in a day of 24 hours; civil days belong to `domain::clock`.
pub const DAY: i64 = 24 * HOUR;

impl Instant {
    /// This moment moved by `millis`, earlier when negative; saturates at the ends of time.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this moment, negative when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(feature = "ssr")]
mod civil {
    use super::Instant;
    use chrono::{DateTime, TimeZone, Utc};
    use chrono_tz::Tz;

    impl Instant {
        /// The same moment as chrono's UTC type; moments chrono cannot hold become its epoch.
        #[must_use]
        pub fn utc(self) -> DateTime<Utc> {
            Utc.timestamp_millis_opt(self.0).single().unwrap_or_default()
        }

        /// The same moment on the wall clock of `zone`.
        #[must_use]
        pub fn local(self, zone: Tz) -> DateTime<Tz> {
            self.utc().with_timezone(&zone)
        }

        /// From any chrono moment.
        #[must_use]
        pub fn of<Z: TimeZone>(moment: &DateTime<Z>) -> Self {
            Self(moment.timestamp_millis())
        }

        /// RFC 3339 in UTC, for machine-readable attributes.
        #[must_use]
        pub fn rfc3339(self) -> String {
            self.utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()
        }

        /// "27 Nov 2026, 23:59 IST": the form of dates on screens and in mail.
        #[must_use]
        pub fn in_words(self, zone: Tz) -> String {
            self.local(zone).format("%-d %b %Y, %H:%M %Z").to_string()
        }

        /// "Fri 27 Nov 2026, 23:59 IST".
        #[must_use]
        pub fn in_words_with_weekday(self, zone: Tz) -> String {
            self.local(zone).format("%a %-d %b %Y, %H:%M %Z").to_string()
        }

        /// "27 Nov, 23:59": for places where the year and the zone stand elsewhere.
        #[must_use]
        pub fn short(self, zone: Tz) -> String {
            self.local(zone).format("%-d %b, %H:%M").to_string()
        }
    }
}
