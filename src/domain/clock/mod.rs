//! Clocks: a duty with a due instant in a layer. Pure code over periods, zones and instants.
//! Nothing here asks for the time or knows where a rule is stored.

pub mod period;

use super::{codes::codes, time::Instant};
use chrono_tz::Tz;
use period::Period;
use serde::{Deserialize, Serialize};

codes! {
    /// What has to be done in time.
    Duty {
        Acknowledge "acknowledge" "Acknowledge",
        Resolve "resolve" "Resolve",
    }
}

impl Duty {
    /// The duty as a row says it: "acknowledge in 3 h", "resolves in 2 d".
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Resolve => "resolves",
        }
    }
}

codes! {
    /// Where a clock comes from.
    Layer {
        Law "law" "Law",
        Promise "promise" "Promise",
        Target "target" "Target",
    }
}

/// A clock as it was started: everything needed to show it and judge it later, whatever packs say by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockStart {
    /// What has to be done.
    pub duty: Duty,
    /// Law, promise or target.
    pub layer: Layer,
    /// The rule's id in its pack, for example `000-37`.
    pub rule: String,
    /// ISO 8601, for example `PT24H`.
    pub period: String,
    /// Where the period began.
    pub from: Instant,
    /// The last moment that is still in time.
    pub due: Instant,
    /// Where the rule stands, as the pack cites it.
    pub source: String,
}

/// A running or met clock of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// What has to be done.
    pub duty: Duty,
    /// Law, promise or target.
    pub layer: Layer,
    /// The rule's id in its pack.
    pub rule: String,
    /// ISO 8601.
    pub period: String,
    /// Where it began.
    pub from: Instant,
    /// The last moment that is still in time.
    pub due: Instant,
    /// When the duty was done, if it was.
    pub met: Option<Instant>,
    /// The pack and its version that produced the due instant.
    pub pack: String,
    /// Where the rule stands.
    pub source: String,
}

impl Clock {
    /// The clock that a recorded start makes.
    #[must_use]
    pub fn started(start: &ClockStart, pack: &str, met: Option<Instant>) -> Self {
        Self {
            duty: start.duty,
            layer: start.layer,
            rule: start.rule.clone(),
            period: start.period.clone(),
            from: start.from,
            due: start.due,
            met,
            pack: pack.to_owned(),
            source: start.source.clone(),
        }
    }

    /// True once the due instant has passed with the duty undone, or it was done too late.
    #[must_use]
    pub fn is_breached(&self, now: Instant) -> bool {
        self.met.unwrap_or(now) > self.due
    }
}

/// The last moment of `period` counted from `from` that is still in time.
/// Hours are elapsed time; days and months are civil, exclude the day of receipt and end with the last
/// millisecond of the local day in `zone`.
#[must_use]
pub fn due(period: Period, from: Instant, zone: Tz) -> Instant {
    match period {
        Period::Elapsed(millis) => from.plus(millis),
        Period::Days(days) => period::end_of_day(period::add_days(from.local(zone).date_naive(), days), zone),
        Period::Months(months) => period::end_of_day(period::add_months(from.local(zone).date_naive(), months), zone),
    }
}

/// Of one duty, the clock that binds: the earliest of law and promise; a target only where it stands alone.
#[must_use]
pub fn binding_of(clocks: &[Clock], duty: Duty) -> Option<&Clock> {
    let of_duty = || clocks.iter().filter(move |c| c.duty == duty && c.met.is_none());
    of_duty()
        .filter(|c| c.layer != Layer::Target)
        .min_by_key(|c| (c.due, c.layer == Layer::Promise))
        .or_else(|| of_duty().min_by_key(|c| c.due))
}

/// The clock a case is sorted by: the earliest of those that bind.
#[must_use]
pub fn binding(clocks: &[Clock]) -> Option<&Clock> {
    Duty::ALL.iter().filter_map(|duty| binding_of(clocks, *duty)).min_by_key(|c| c.due)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;

    fn at(text: &str) -> Instant {
        Instant::of(&DateTime::parse_from_rfc3339(text).expect("a test writes good instants"))
    }

    fn check(period: &str, zone: Tz, from: &str, expected: &str) {
        let period: Period = period.parse().expect("a test writes good periods");
        let due = due(period, at(from), zone).local(zone);
        assert_eq!(due.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), expected, "from {from}");
    }

    #[test]
    fn hours_are_elapsed_and_days_are_civil() {
        let ist = chrono_tz::Asia::Kolkata;
        check("PT24H", ist, "2026-03-01T10:00:00+05:30", "2026-03-02T10:00:00+05:30");
        check("P30D", ist, "2026-10-28T10:22:00+05:30", "2026-11-27T23:59:59+05:30");
        check("P15D", ist, "2026-02-20T00:00:00+05:30", "2026-03-07T23:59:59+05:30");
        // received late on the UTC evening, already the next day in India
        check("P30D", ist, "2026-10-28T19:00:00Z", "2026-11-28T23:59:59+05:30");
    }

    #[test]
    fn months_clamp_and_daylight_saving_moves_no_hour_clock() {
        let berlin = chrono_tz::Europe::Berlin;
        check("P1M", berlin, "2026-01-31T12:00:00+01:00", "2026-02-28T23:59:59+01:00");
        check("P1M", berlin, "2028-01-31T12:00:00+01:00", "2028-02-29T23:59:59+01:00");
        check("PT24H", berlin, "2026-03-28T12:00:00+01:00", "2026-03-29T13:00:00+02:00");
        check("P1D", berlin, "2026-03-28T12:00:00+01:00", "2026-03-29T23:59:59+02:00");
        // midnight does not exist on this day in Beirut
        check("P1D", chrono_tz::Asia::Beirut, "2026-03-27T12:00:00+02:00", "2026-03-28T23:59:59+02:00");
    }

    fn clock(duty: Duty, layer: Layer, due: i64, met: Option<i64>) -> Clock {
        Clock {
            duty,
            layer,
            rule: "t".into(),
            period: "P1D".into(),
            from: Instant(0),
            due: Instant(due),
            met: met.map(Instant),
            pack: "t".into(),
            source: String::new(),
        }
    }

    #[test]
    fn a_target_binds_only_where_it_is_the_only_number() {
        let clocks = [clock(Duty::Resolve, Layer::Target, 5, None), clock(Duty::Resolve, Layer::Promise, 9, None)];
        assert_eq!(binding(&clocks).map(|c| c.due), Some(Instant(9)));
        assert_eq!(binding(&clocks[..1]).map(|c| c.due), Some(Instant(5)));
        let clocks =
            [clock(Duty::Acknowledge, Layer::Promise, 3, Some(2)), clock(Duty::Resolve, Layer::Promise, 9, None)];
        assert_eq!(binding(&clocks).map(|c| c.duty), Some(Duty::Resolve));
        assert_eq!(binding(&[]), None);
    }

    proptest! {
        #[test]
        fn later_receipt_never_means_an_earlier_due(a in 0_i64..4_000_000_000_000, b in 0_i64..4_000_000_000_000, n in 1_u32..400) {
            let (first, second) = (Instant(a.min(b)), Instant(a.max(b)));
            for period in [Period::Elapsed(i64::from(n) * 3_600_000), Period::Days(n), Period::Months(n % 36)] {
                for zone in [chrono_tz::Asia::Kolkata, chrono_tz::Europe::Berlin, chrono_tz::America::Los_Angeles] {
                    prop_assert!(due(period, first, zone) <= due(period, second, zone));
                    prop_assert!(due(period, first, zone) >= first);
                }
            }
        }
    }
}
