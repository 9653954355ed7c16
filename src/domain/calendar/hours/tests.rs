//! Business hours by hand, and against an oracle that asks the wall clock at every minute.

use super::*;
use chrono::{DateTime, NaiveDate, SecondsFormat, Timelike, Weekday};
use chrono_tz::{Australia::Lord_Howe, Europe::Berlin, Pacific::Apia};
use proptest::prelude::*;

const WORKDAYS: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
const ALL_DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

fn at(text: &str) -> Instant {
    Instant::of(&DateTime::parse_from_rfc3339(text).expect("a test writes good instants"))
}

fn hours(zone: Tz, days: &[Weekday], frames: &[&str], holidays: &[&str]) -> Hours {
    let frames: Vec<Frame> = frames.iter().map(|f| Frame::try_from((*f).to_owned()).expect("a good frame")).collect();
    let holidays = holidays.iter().map(|day| day.parse().expect("a good date")).collect();
    Hours::new(zone, Week::same(days, &frames).expect("a good week"), holidays)
}

fn desk() -> Hours {
    hours(Berlin, &WORKDAYS, &["13:00-18:00", "08:00-12:00"], &["2016-11-01"])
}

fn pause(from: &str, to: &str) -> Pause {
    Pause { from: at(from), to: at(to) }
}

fn due(hours: &Hours, from: &str, minutes: u64, pauses: &[Pause]) -> String {
    let due = hours.add(at(from), minutes, pauses).expect("there is one");
    due.local(hours.zone()).to_rfc3339_opts(SecondsFormat::Secs, false)
}

#[test]
fn a_desk_with_a_lunch_break_and_a_holiday() {
    let desk = desk();
    for (from, minutes, expected) in [
        ("2016-10-31T09:00:30+01:00", 60, "2016-10-31T10:00:30+01:00"),
        ("2016-10-31T11:30:00+01:00", 60, "2016-10-31T13:30:00+01:00"),
        // closing times, not the next openings
        ("2016-10-31T11:00:00+01:00", 60, "2016-10-31T12:00:00+01:00"),
        ("2016-10-31T17:00:00+01:00", 60, "2016-10-31T18:00:00+01:00"),
        // over the holiday, and over a weekend
        ("2016-10-31T17:30:00+01:00", 60, "2016-11-02T08:30:00+01:00"),
        ("2016-11-04T17:59:30+01:00", 1, "2016-11-07T08:00:30+01:00"),
        ("2016-11-01T10:00:00+01:00", 1, "2016-11-02T08:01:00+01:00"),
        // asked in another offset
        ("2016-10-31T08:00:00Z", 60, "2016-10-31T10:00:00+01:00"),
        // no minutes: here, or at the next opening
        ("2016-10-31T09:00:30+01:00", 0, "2016-10-31T09:00:30+01:00"),
        ("2016-10-31T12:00:00+01:00", 0, "2016-10-31T13:00:00+01:00"),
        ("2016-10-31T18:00:00+01:00", 0, "2016-11-02T08:00:00+01:00"),
        ("2016-10-29T12:00:00+02:00", 0, "2016-10-31T08:00:00+01:00"),
        // a leap day, and a week of 45 hours
        ("2028-02-28T17:00:00+01:00", 120, "2028-02-29T09:00:00+01:00"),
        ("2016-11-07T08:00:00+01:00", 45 * 60, "2016-11-11T18:00:00+01:00"),
    ] {
        assert_eq!(due(&desk, from, minutes, &[]), expected, "{minutes} minutes from {from}");
    }
}

#[test]
fn pauses_are_taken_out_once() {
    let desk = desk();
    let lunch = pause("2016-10-31T11:00:00+01:00", "2016-10-31T14:00:00+01:00");
    let tea = pause("2016-10-31T13:30:00+01:00", "2016-10-31T14:30:00+01:00");
    let never = pause("2016-10-31T09:00:00+01:00", "2016-10-31T09:00:00+01:00");
    assert_eq!(due(&desk, "2016-10-31T10:00:00+01:00", 90, &[tea, never, lunch]), "2016-10-31T15:00:00+01:00");
    assert_eq!(due(&desk, "2016-10-31T10:00:00+01:00", 60, &[lunch]), "2016-10-31T11:00:00+01:00");
    assert_eq!(due(&desk, "2016-10-31T11:30:00+01:00", 0, &[lunch]), "2016-10-31T14:00:00+01:00");
    let (from, to) = (at("2016-10-31T08:00:00+01:00"), at("2016-11-02T08:00:59+01:00"));
    assert_eq!(desk.between(from, to, &[]), Ok(540));
    assert_eq!(desk.between(from, to, &[lunch, tea, lunch]), Ok(540 - 150));
    assert_eq!(desk.between(from, from, &[]), Ok(0));
}

#[test]
fn a_day_has_the_hours_that_it_has() {
    let whole = |zone, from: &str, to: &str| {
        let hours = hours(zone, &ALL_DAYS, &["00:00-24:00"], &[]);
        hours.between(at(from), at(to), &[]).expect("there is an answer")
    };
    assert_eq!(whole(Berlin, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"), 23 * 60);
    assert_eq!(whole(Berlin, "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"), 25 * 60);
    assert_eq!(whole(Lord_Howe, "2026-10-04T00:00:00+10:30", "2026-10-05T00:00:00+11:00"), 23 * 60 + 30);
    assert_eq!(whole(Lord_Howe, "2026-04-05T00:00:00+11:00", "2026-04-06T00:00:00+10:30"), 24 * 60 + 30);
    // Apia went from the 29th to the 31st
    assert_eq!(whole(Apia, "2011-12-29T00:00:00-10:00", "2012-01-01T00:00:00+14:00"), 48 * 60);
    let fridays = hours(Apia, &[Weekday::Fri], &["09:00-17:00"], &[]);
    assert_eq!(due(&fridays, "2011-12-29T12:00:00-10:00", 60, &[]), "2012-01-06T10:00:00+14:00");
}

#[test]
fn frames_may_end_where_the_clock_jumps() {
    let spring = ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    let autumn = ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    for (frame, (from, to), minutes) in [
        // 02:00 to 03:00 is not there
        ("01:00-02:30", spring, 60),
        ("02:30-04:00", spring, 60),
        ("02:10-02:50", spring, 0),
        ("01:30-03:30", spring, 60),
        // 02:00 to 03:00 is there twice
        ("01:00-02:30", autumn, 60 + 30 + 30),
        ("02:30-04:00", autumn, 30 + 30 + 60),
        ("02:10-02:50", autumn, 80),
        ("01:30-03:30", autumn, 180),
    ] {
        let hours = hours(Berlin, &[Weekday::Sun], &[frame], &[]);
        assert_eq!(hours.between(at(from), at(to), &[]), Ok(minutes), "{frame} from {from}");
    }
}

#[test]
fn questions_without_an_answer_are_refused() {
    let desk = desk();
    let (from, to) = (at("2026-01-02T00:00:00Z"), at("2026-01-01T00:00:00Z"));
    assert_eq!(desk.between(from, to, &[]), Err(NoAnswer::Reversed(from, to)));
    assert_eq!(desk.add(from, 1, &[Pause { from, to }]), Err(NoAnswer::Pause(from, to)));
    assert_eq!(desk.add(from, u64::MAX, &[]), Err(NoAnswer::Never(from)));
    assert_eq!(desk.add(from, 1_000_000_000, &[]), Err(NoAnswer::Never(from)));
    let end = Pause { from, to: Instant(i64::MAX) };
    assert_eq!(desk.add(from, 1, &[end]), Err(NoAnswer::Never(from)));
    assert_eq!(desk.between(from, Instant(i64::MAX), &[]), Err(NoAnswer::Far(from, Instant(i64::MAX))));
    let free = (0..147_000).map(|day| NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + chrono::Days::new(day));
    let free = Hours::new(Berlin, desk.week.clone(), free.collect());
    assert_eq!(free.add(from, 0, &[]), Err(NoAnswer::Never(from)));
}

#[test]
fn hours_that_no_desk_can_have_are_refused() {
    let frame = |text: &str| Frame::try_from(text.to_owned());
    for bad in ["", "08:00", "8:00-12:00", "08:00-24:01", "08:60-12:00", "25:00-26:00", "08.00-12.00", "+8:00-12:00"] {
        assert_eq!(frame(bad), Err(BadWeek::Frame(bad.to_owned())));
    }
    for reversed in ["12:00-08:00", "08:00-08:00", "24:00-24:00", "22:00-02:00", "18:00-00:00"] {
        assert_eq!(frame(reversed), Err(BadWeek::Reversed(reversed.to_owned())));
    }
    let frames = ["08:00-12:01", "12:00-24:00"].map(|text| frame(text).expect("a good frame"));
    let overlap = BadWeek::Overlap("08:00-12:01".to_owned(), "12:00-24:00".to_owned());
    assert_eq!(Week::same(&WORKDAYS, &frames), Err(overlap));
    assert_eq!(Week::same(&WORKDAYS, &[]), Err(BadWeek::Closed));
    assert!(Week::same(&[Weekday::Sun], &["08:00-12:00", "12:00-24:00"].map(|t| frame(t).expect("good"))).is_ok());
}

/// Zones and moments around which their clocks jump: a quarter of an hour, an hour, half an hour, a whole day.
const JUMPS: &[(Tz, &str)] = &[
    (Berlin, "2026-03-29T01:00:00Z"),
    (Berlin, "2026-10-25T01:00:00Z"),
    (Berlin, "2028-02-29T00:00:00Z"),
    (Lord_Howe, "2026-04-04T15:00:00Z"),
    (Lord_Howe, "2026-10-03T15:30:00Z"),
    (Apia, "2011-12-30T10:00:00Z"),
    (chrono_tz::Asia::Kolkata, "2026-12-31T18:30:00Z"),
];

fn any_hours() -> impl Strategy<Value = (Hours, i64)> {
    let edges = prop::collection::btree_set(0_u16..=96, 2..8);
    let week = prop::collection::vec(prop_oneof![3 => edges, 1 => Just([0, 96].into())], 7);
    (0..JUMPS.len(), week, prop::collection::vec(0_u64..6, 0..3)).prop_filter_map("a week", |(jump, week, free)| {
        let (zone, around) = JUMPS[jump];
        let middle = at(around);
        let mut frames: [Vec<Frame>; 7] = Default::default();
        for (day, edges) in frames.iter_mut().zip(&week) {
            let edges: Vec<u16> = edges.iter().copied().collect();
            let clock = |quarter: u16| format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15);
            let pairs = edges.chunks_exact(2).map(|e| format!("{}-{}", clock(e[0]), clock(e[1])));
            *day = pairs.map(|text| Frame::try_from(text).expect("a good frame")).collect();
        }
        let first = middle.local(zone).date_naive() - chrono::Days::new(3);
        let holidays = free.into_iter().map(|days| first + chrono::Days::new(days)).collect();
        Some((Hours::new(zone, Week::opened(frames).ok()?, holidays), middle.0))
    })
}

fn any_pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((-4_000_i64..4_000, 0_i64..2_000), 0..4)
}

fn pauses(from: i64, minutes: &[(i64, i64)]) -> Vec<Pause> {
    let at = |minute: i64| Instant(from + minute * MINUTE);
    minutes.iter().map(|(start, length)| Pause { from: at(*start), to: at(start + length) }).collect()
}

/// Looks at the wall clock at the beginning of a minute: no offset and no frame changes within one.
fn is_open(hours: &Hours, pauses: &[Pause], minute: i64) -> bool {
    let local = Instant(minute).local(hours.zone);
    let shown = i64::from(local.hour() * 3_600 + local.minute() * 60) * 1_000;
    hours.frames(local.date_naive()).iter().any(|f| (f.millis().0..f.millis().1).contains(&shown))
        && !pauses.iter().any(|pause| (pause.from.0..pause.to.0).contains(&minute))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_slow_oracle_agrees(((hours, middle), start, length, taken) in
        (any_hours(), -4_000_i64..4_000, 0_i64..6_000, any_pauses())) {
        let (from, pauses) = (middle + start * MINUTE, pauses(middle, &taken));
        let open: Vec<i64> =
            (0..length).map(|n| from + n * MINUTE).filter(|minute| is_open(&hours, &pauses, *minute)).collect();
        let to = Instant(from + length * MINUTE);
        prop_assert_eq!(hours.between(Instant(from), to, &pauses), Ok(open.len() as u64));
        for count in [0, 1, open.len() / 2, open.len()] {
            let due = if count == 0 { open.first().copied() } else { open.get(count - 1).map(|m| m + MINUTE) };
            if let Some(due) = due {
                prop_assert_eq!(hours.add(Instant(from), count as u64, &pauses), Ok(Instant(due)), "{}", count);
            }
        }
    }

    #[test]
    fn what_is_added_lies_between(((hours, middle), start, minutes, taken) in
        (any_hours(), -4_000_000_i64..4_000_000, 0_u64..20_000, any_pauses())) {
        let (from, pauses) = (Instant(middle + start * 60), pauses(middle, &taken));
        let due = hours.add(from, minutes, &pauses).expect("there is one");
        prop_assert!(due >= from);
        prop_assert_eq!(hours.between(from, due, &pauses), Ok(minutes));
        // later or longer never means earlier, and a pause never makes it earlier
        prop_assert!(hours.add(from.plus(60_000), minutes, &pauses).expect("there is one") >= due);
        prop_assert!(hours.add(from, minutes + 1, &pauses).expect("there is one") >= due);
        prop_assert!(hours.add(from, minutes, &[]).expect("there is one") <= due);
        // two stretches that meet are as long as both, up to the minute that is dropped in each
        let middle = Instant(i64::midpoint(from.0, due.0));
        let halves = hours.between(from, middle, &pauses).expect("there is an answer")
            + hours.between(middle, due, &pauses).expect("there is an answer");
        prop_assert!(halves <= minutes && minutes <= halves + 1);
    }
}
