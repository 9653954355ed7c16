//! Our calendars against lists of their days, written out by hand.

use super::*;

/// The days of a year on which a calendar's offices are closed, weekends left out where `days` leaves them out.
fn check(code: &str, year: i32, days: &str) {
    let calendars = Calendars::load(None).expect("they load");
    let calendar = calendars.get(code).expect("it is there");
    let found: Vec<String> = calendar.holidays(year).map(|(date, _)| date.format("%m-%d").to_string()).collect();
    assert_eq!(found.join(" "), days, "{code} {year}");
    assert!(calendar.holidays(year).all(|(date, _)| !calendar.is_working(date)));
}

#[test]
fn all_are_there_with_their_zones_and_years() {
    let calendars = Calendars::load(None).expect("they load");
    let codes: Vec<_> = calendars.codes().collect();
    assert_eq!(codes, ["DE", "FR", "GB-EAW", "GB-NIR", "GB-SCT", "IE", "IN", "US-CA", "US-FED"]);
    for (code, zone, until) in [
        ("IE", chrono_tz::Europe::Dublin, 2045),
        ("GB-SCT", chrono_tz::Europe::London, 2045),
        ("US-CA", chrono_tz::America::Los_Angeles, 2045),
        ("IN", chrono_tz::Asia::Kolkata, 2026),
    ] {
        let calendar = calendars.get(code).expect("it is there");
        assert_eq!((calendar.zone, *calendar.known().end()), (Some(zone), until), "{code}");
    }
}

#[test]
fn ireland_has_ten_and_moves_none() {
    check("IE", 2022, "01-01 03-17 03-18 04-18 05-02 06-06 08-01 10-31 12-25 12-26");
    check("IE", 2023, "01-01 02-06 03-17 04-10 05-01 06-05 08-07 10-30 12-25 12-26");
    check("IE", 2024, "01-01 02-05 03-17 04-01 05-06 06-03 08-05 10-28 12-25 12-26");
    check("IE", 2025, "01-01 02-03 03-17 04-21 05-05 06-02 08-04 10-27 12-25 12-26");
    check("IE", 2026, "01-01 02-02 03-17 04-06 05-04 06-01 08-03 10-26 12-25 12-26");
    check("IE", 2027, "01-01 02-01 03-17 03-29 05-03 06-07 08-02 10-25 12-25 12-26");
    // 1 February 2030 is a Friday
    check("IE", 2030, "01-01 02-01 03-17 04-22 05-06 06-03 08-05 10-28 12-25 12-26");
}

#[test]
fn france_has_eleven_and_germany_nine() {
    check("FR", 2025, "01-01 04-21 05-01 05-08 05-29 06-09 07-14 08-15 11-01 11-11 12-25");
    check("FR", 2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25");
    check("FR", 2028, "01-01 04-17 05-01 05-08 05-25 06-05 07-14 08-15 11-01 11-11 12-25");
    check("DE", 2025, "01-01 04-18 04-21 05-01 05-29 06-09 10-03 12-25 12-26");
    check("DE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26");
    check("DE", 2030, "01-01 04-19 04-22 05-01 05-30 06-10 10-03 12-25 12-26");
    // in 2008 both would be one day; in 2160 France has Ascension on 1 May, outside the years
    let calendars = Calendars::load(None).expect("they load");
    let both = calendars.get("DE").and_then(|germany| germany.holiday(day("2026-05-14")));
    assert_eq!(both, Some("Christi Himmelfahrt"));
}

#[test]
fn england_and_wales_keep_substitutes_and_days_once() {
    check("GB-EAW", 2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28");
    check("GB-EAW", 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28");
    check("GB-EAW", 2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27");
    check("GB-EAW", 2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26");
    check("GB-EAW", 2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26");
    check("GB-EAW", 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28");
    check("GB-EAW", 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28");
    check("GB-EAW", 2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26");
}

#[test]
fn scotland_and_northern_ireland_have_days_of_their_own() {
    check("GB-SCT", 2022, "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27");
    check("GB-SCT", 2023, "01-02 01-03 04-07 05-01 05-08 05-29 08-07 11-30 12-25 12-26");
    check("GB-SCT", 2024, "01-01 01-02 03-29 05-06 05-27 08-05 12-02 12-25 12-26");
    check("GB-SCT", 2025, "01-01 01-02 04-18 05-05 05-26 08-04 12-01 12-25 12-26");
    check("GB-SCT", 2026, "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28");
    check("GB-SCT", 2027, "01-01 01-04 03-26 05-03 05-31 08-02 11-30 12-27 12-28");
    check("GB-NIR", 2020, "01-01 03-17 04-10 04-13 05-08 05-25 07-13 08-31 12-25 12-28");
    check("GB-NIR", 2024, "01-01 03-18 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26");
    check("GB-NIR", 2025, "01-01 03-17 04-18 04-21 05-05 05-26 07-14 08-25 12-25 12-26");
    check("GB-NIR", 2026, "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28");
}

#[test]
fn federal_holidays_are_kept_on_the_nearest_weekday() {
    check("US-FED", 2020, "01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25");
    // the New Year of 2022 on the last day of 2021
    check("US-FED", 2021, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31");
    check("US-FED", 2022, "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26");
    check("US-FED", 2025, "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25");
    check("US-FED", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25");
    check("US-FED", 2027, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31");
    check("US-FED", 2028, "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25");
}

#[test]
fn california_moves_sundays_and_one_saturday() {
    check("US-CA", 2022, "01-01 01-17 02-21 03-31 05-30 07-04 09-05 11-11 11-24 11-25 12-26");
    check("US-CA", 2023, "01-02 01-16 02-20 03-31 05-29 07-04 09-04 11-10 11-23 11-24 12-25");
    check("US-CA", 2024, "01-01 01-15 02-19 04-01 05-27 07-04 09-02 11-11 11-28 11-29 12-25");
    check("US-CA", 2025, "01-01 01-20 02-17 03-31 05-26 07-04 09-01 11-11 11-27 11-28 12-25");
    check("US-CA", 2026, "01-01 01-19 02-16 03-31 05-25 07-04 09-07 11-11 11-26 11-27 12-25");
}

#[test]
fn india_knows_what_was_announced_and_says_what_was_not() {
    check(
        "IN",
        2025,
        "01-26 02-26 03-14 03-31 04-10 04-18 05-12 06-07 07-06 08-15 08-16 09-05 10-02 10-20 11-05 12-25",
    );
    check(
        "IN",
        2026,
        "01-26 03-04 03-21 03-26 03-31 04-03 05-01 05-27 06-26 08-15 08-26 09-04 10-02 10-20 11-08 11-24 12-25",
    );
    check("IN", 2031, "01-26 04-11 08-15 10-02 12-25");
    let calendars = Calendars::load(None).expect("they load");
    let india = calendars.get("IN").expect("it is there");
    assert_eq!(india.holiday(day("2025-10-02")), Some("Mahatma Gandhi's Birthday / Dussehra"));
    assert!(india.covers(day("2026-12-31")) && !india.covers(day("2027-01-01")) && !india.covers(day("2024-12-31")));
    assert_eq!(india.holidays(2027).filter(|(_, holiday)| holiday.expected).count(), 11);
    assert!(!india.is_working(day("2027-10-29")), "expected days are kept free too");
    assert!(india.holidays(2026).all(|(_, holiday)| !holiday.expected));
}
