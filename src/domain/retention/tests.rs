//! Records and what becomes of them, a line each; and periods held against each other.

use super::*;
use crate::domain::time::DAY;
use chrono::DateTime;

fn at(text: &str) -> Instant {
    Instant::of(&DateTime::parse_from_rfc3339(text).expect("a good instant"))
}

fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

fn closed(text: &str) -> Standing {
    Standing { closed: Some(at(text)), restricted: false, held: Held::No, unfinished: false, floor: None }
}

/// The end of what is kept for a period from a moment in India.
#[track_caller]
fn check_due(kept_for: &str, from: &str, end: &str) {
    let fate = fate(Some(period(kept_for)), Tz::Asia__Kolkata, &closed(from), at("2026-11-24T10:00:00+05:30"));
    assert_eq!(fate, Fate::Due(Instant(at(end).0 + 999)), "{kept_for} from {from}");
}

#[track_caller]
fn check_stays(standing: &Standing, stay: Stay) {
    let now = at("2030-01-01T00:00:00Z");
    assert_eq!(fate(Some(period("P1Y")), Tz::UTC, standing, now), Fate::Stays(stay.clone()));
    assert_eq!(fate_asked(Tz::UTC, standing, now), Fate::Stays(stay), "who asks does not get past it");
}

#[test]
fn a_record_falls_due_at_the_end_of_its_last_day() {
    check_due("P1Y", "2026-11-24T10:00:00+05:30", "2027-11-24T23:59:59+05:30");
    check_due("P24M", "2024-02-29T23:59:59+05:30", "2026-03-01T23:59:59+05:30");
    check_due("P30D", "2026-11-24T00:00:00+05:30", "2026-12-24T23:59:59+05:30");
    // late in the evening of the same day in India
    check_due("P30D", "2026-11-24T18:29:59Z", "2026-12-24T23:59:59+05:30");
    check_due("P30D", "2026-11-24T18:30:00Z", "2026-12-25T23:59:59+05:30");
}

#[test]
fn what_stays_says_why_and_a_secret_hold_says_nothing_of_itself() {
    let over = closed("2020-01-01T00:00:00Z");
    check_stays(&Standing { closed: None, ..over.clone() }, Stay::Open);
    check_stays(&Standing { restricted: true, ..over.clone() }, Stay::Restricted);
    check_stays(&Standing { restricted: true, closed: None, held: Held::Openly, ..over.clone() }, Stay::Restricted);
    check_stays(&Standing { held: Held::Openly, ..over.clone() }, Stay::Held);
    check_stays(&Standing { held: Held::Secretly, ..over.clone() }, Stay::Law(None));
    check_stays(&Standing { held: Held::Secretly, unfinished: true, ..over.clone() }, Stay::Law(None));
    check_stays(&Standing { unfinished: true, ..over.clone() }, Stay::Unfinished);
    let floor = Floor { until: at("2030-01-02T00:00:00Z"), citation: "A law s. 1".to_owned() };
    check_stays(&Standing { floor: Some(floor.clone()), ..over.clone() }, Stay::Law(Some(floor.clone())));
    let past = Standing { floor: Some(Floor { until: at("2029-12-31T00:00:00Z"), ..floor }), ..over.clone() };
    let now = at("2030-01-01T00:00:00Z");
    assert_eq!(fate(Some(period("P1Y")), Tz::UTC, &past, now), Fate::Due(Instant(at("2021-01-01T23:59:59Z").0 + 999)));
    assert_eq!(fate_asked(Tz::UTC, &over, now), Fate::Due(now), "who asks need not wait for the period");
    assert_eq!(fate(None, Tz::UTC, &over, now), Fate::Stays(Stay::Kept));
}

#[test]
fn a_floor_that_ends_before_the_period_changes_nothing() {
    let floor = Floor { until: at("2026-12-01T00:00:00Z"), citation: String::new() };
    let standing = Standing { floor: Some(floor), ..closed("2026-11-01T00:00:00Z") };
    let fate = fate(Some(period("P1Y")), Tz::UTC, &standing, at("2026-11-02T00:00:00Z"));
    assert_eq!(fate, Fate::Due(Instant(at("2027-11-01T23:59:59Z").0 + 999)));
}

#[test]
fn the_last_moment_that_is_over_is_where_the_period_has_just_ended() {
    for kept_for in ["P1D", "P30D", "P180D", "P1M", "P6M", "P1Y", "P24M", "PT72H"] {
        let kept_for = period(kept_for);
        for day in 0..800 {
            let now = at("2026-11-24T10:00:00Z").plus(day * DAY);
            let begun = reckon::kept_since(kept_for, now, Tz::Europe__Dublin);
            assert!(reckon::kept_until(kept_for, begun, Tz::Europe__Dublin) <= now, "{kept_for:?} {day}");
            assert!(reckon::kept_until(kept_for, begun.plus(1), Tz::Europe__Dublin) > now, "{kept_for:?} {day}");
        }
    }
}

#[test]
fn a_period_covers_another_only_where_it_is_never_shorter() {
    for (longer, shorter) in
        [("P180D", "P180D"), ("P6M", "P180D"), ("P24M", "P1Y"), ("P2Y", "P24M"), ("P366D", "P1Y"), ("P1M", "P28D")]
    {
        assert!(covers(period(longer), period(shorter)), "{longer} covers {shorter}");
    }
    for (shorter, longer) in
        [("P179D", "P180D"), ("P365D", "P1Y"), ("P6M", "P182D"), ("P1M", "P30D"), ("P23M", "P24M"), ("PT24H", "P2D")]
    {
        assert!(!covers(period(shorter), period(longer)), "{shorter} does not cover {longer}");
    }
}
