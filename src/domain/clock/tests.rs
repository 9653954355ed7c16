//! Clocks by tables and by properties: no receipt, pause or extension may ever make one end too early or too late.

use super::{
    explain::usual_risk,
    fact::{Fact, Facts, Happened, Trigger},
    period::Period,
    reckon::{self, Course, Ground},
    *,
};
use crate::domain::{
    policy::rule::{Mode, Pause},
    time::{DAY, HOUR},
};
use chrono::{DateTime, SecondsFormat};
use chrono_tz::{Africa, America, Asia, Australia, Europe, Pacific};
use proptest::prelude::*;

fn at(text: &str) -> Instant {
    Instant::of(&DateTime::parse_from_rfc3339(text).expect("a test writes good instants"))
}

fn ground(zone: Tz) -> Ground<'static> {
    Ground { zone, calendar: None, roll: false }
}

fn course(from: Instant) -> Course {
    Course { from, stretches: Vec::new(), paused: None }
}

fn check(period: &str, zone: Tz, from: &str, expected: &str) {
    let period: Period = period.parse().expect("a test writes good periods");
    let due = reckon::due(period, &course(at(from)), &ground(zone)).local(zone);
    assert_eq!(due.to_rfc3339_opts(SecondsFormat::Secs, true), expected, "{period:?} from {from}");
}

#[test]
fn hours_are_elapsed_and_days_are_civil() {
    let ist = Asia::Kolkata;
    check("PT24H", ist, "2026-03-01T10:00:00+05:30", "2026-03-02T10:00:00+05:30");
    check("P30D", ist, "2026-10-28T10:22:00+05:30", "2026-11-27T23:59:59+05:30");
    check("P15D", ist, "2026-02-20T00:00:00+05:30", "2026-03-07T23:59:59+05:30");
    // received late on the UTC evening, already the next day in India
    check("P30D", ist, "2026-10-28T19:00:00Z", "2026-11-28T23:59:59+05:30");
}

#[test]
fn months_clamp_and_daylight_saving_moves_no_hour_clock() {
    let berlin = Europe::Berlin;
    check("P1M", berlin, "2026-01-31T12:00:00+01:00", "2026-02-28T23:59:59+01:00");
    check("P1M", berlin, "2028-01-31T12:00:00+01:00", "2028-02-29T23:59:59+01:00");
    check("P1Y", berlin, "2028-02-29T12:00:00+01:00", "2029-02-28T23:59:59+01:00");
    check("P1M", berlin, "2026-12-31T23:59:59+01:00", "2027-01-31T23:59:59+01:00");
    check("PT24H", berlin, "2026-03-28T12:00:00+01:00", "2026-03-29T13:00:00+02:00");
    check("PT72H", berlin, "2026-10-24T22:30:00+02:00", "2026-10-27T21:30:00+01:00");
    check("P1D", berlin, "2026-03-28T12:00:00+01:00", "2026-03-29T23:59:59+02:00");
    // midnight does not exist on this day in Beirut
    check("P1D", Asia::Beirut, "2026-03-27T12:00:00+02:00", "2026-03-28T23:59:59+02:00");
    // a whole day that did not exist: the end of 30 December 2011 in Apia is the end of the 29th
    check("P1D", Pacific::Apia, "2011-12-29T12:00:00-10:00", "2011-12-29T23:59:59-10:00");
    // half an hour of daylight saving
    check("P1D", Australia::Lord_Howe, "2026-04-04T12:00:00+11:00", "2026-04-05T23:59:59+10:30");
}

#[test]
fn working_days_leave_weekends_out_and_say_what_they_assume() {
    let zone = America::Los_Angeles;
    check("BD10", zone, "2026-11-20T23:30:00-08:00", "2026-12-04T23:59:59-08:00");
    check("BD1", zone, "2026-11-20T09:00:00-08:00", "2026-11-23T23:59:59-08:00");
    check("BD1", zone, "2026-11-21T09:00:00-08:00", "2026-11-23T23:59:59-08:00");
    check("--07-01", zone, "2026-11-21T09:00:00-08:00", "2027-07-01T23:59:59-07:00");
    let from = at("2026-11-20T09:00:00-08:00");
    let assumed =
        |period: Period, roll| reckon::assumed(period, from, from.plus(DAY), &Ground { roll, ..ground(zone) });
    assert!(assumed(Period::Working(1), false).is_some_and(|says| says.contains("Saturdays and Sundays")));
    assert!(assumed(Period::Months(1), true).is_some());
    assert_eq!(assumed(Period::Months(1), false), None);
    assert_eq!(assumed(Period::Elapsed(HOUR), true), None, "hours never roll");
}

#[test]
fn what_has_to_be_kept_is_kept_long_enough_and_what_counts_back_ends_early_enough() {
    let kept = |period: &str, from: &str, zone: Tz, expected: &str| {
        let until = reckon::kept_until(period.parse().expect("good"), at(from), zone).local(zone);
        assert_eq!(until.to_rfc3339_opts(SecondsFormat::Secs, true), expected);
    };
    kept("P1Y", "2028-02-29T08:00:00-05:00", America::New_York, "2029-03-01T23:59:59-05:00");
    kept("P1M", "2027-01-31T08:00:00+05:30", Asia::Kolkata, "2027-03-01T23:59:59+05:30");
    kept("P180D", "2026-11-22T08:00:00+05:30", Asia::Kolkata, "2027-05-21T23:59:59+05:30");
    let before = |period: &str, effect: &str, zone: Tz, expected: &str| {
        let latest = reckon::latest_before(period.parse().expect("good"), at(effect), zone).local(zone);
        assert_eq!(latest.to_rfc3339_opts(SecondsFormat::Secs, true), expected);
    };
    before("P7D", "2027-03-01T00:00:00+05:30", Asia::Kolkata, "2027-02-22T00:00:00+05:30");
    before("P7D", "2027-03-01T10:00:00+05:30", Asia::Kolkata, "2027-02-22T00:00:00+05:30");
    before("PT48H", "2027-03-29T10:00:00+02:00", Europe::Berlin, "2027-03-27T09:00:00+01:00");
}

fn facts(received: Instant, events: &[(Fact, Instant)]) -> Facts {
    Facts::new(received, events.iter().map(|(fact, at)| Happened { fact: *fact, at: *at }).collect())
}

fn asked(mode: Mode, received: &str, asked: &str, answered: Option<&str>) -> (String, bool) {
    let mut events = vec![(Fact::IdentityAsked, at(asked))];
    events.extend(answered.map(|text| (Fact::IdentityReceived, at(text))));
    let facts = facts(at(received), &events);
    let ground = Ground { roll: true, ..ground(Europe::London) };
    let pauses = [Pause { trigger: Trigger::Identity, mode }];
    let course = reckon::course(Period::Months(1), at(received), &pauses, &facts, &ground);
    let due = reckon::due(Period::Months(1), &course, &ground);
    (due.local(Europe::London).format("%F").to_string(), course.paused.is_some())
}

#[test]
fn each_way_of_pausing_moves_the_end_in_its_own_way() {
    let (received, question, answer) =
        ("2026-09-03T09:00:00+01:00", "2026-09-07T10:00:00+01:00", "2026-09-11T16:00:00+01:00");
    let check =
        |mode, expected: &str| assert_eq!(asked(mode, received, question, Some(answer)), (expected.to_owned(), false));
    // 3 October is a Saturday
    check(Mode::None, "2026-10-05");
    // Monday to Friday, both counted out: Saturday 3 + 5 days
    check(Mode::ExcludeDays, "2026-10-08");
    check(Mode::Suspend, "2026-10-07");
    // the clock starts on 11 September; 11 October is a Sunday
    check(Mode::Restart, "2026-10-12");
    // while nobody has answered, the end stays where it would be, and the clock stands still
    assert_eq!(asked(Mode::Suspend, received, question, None), ("2026-10-05".to_owned(), true));
    assert_eq!(asked(Mode::None, received, question, None), ("2026-10-05".to_owned(), false));
    // what is asked only after the end has come moves nothing, and hides nothing while nobody answers
    for mode in [Mode::Suspend, Mode::ExcludeDays, Mode::Restart] {
        let late = |answered| asked(mode, received, "2026-10-20T10:00:00+01:00", answered);
        assert_eq!(late(Some("2026-10-29T10:00:00Z")), ("2026-10-05".to_owned(), false), "{mode:?}");
        assert_eq!(late(None), ("2026-10-05".to_owned(), false), "{mode:?}");
    }
}

#[test]
fn asking_twice_before_the_answer_is_one_pause_and_two_questions_at_once_count_each_day_once() {
    let from = at("2026-09-01T09:00:00Z");
    let day = |n: i64| from.plus(n * DAY);
    let events = [
        (Fact::IdentityAsked, day(2)),
        (Fact::IdentityAsked, day(3)),
        (Fact::ClarificationAsked, day(4)),
        (Fact::IdentityReceived, day(6)),
        (Fact::ClarificationReceived, day(8)),
    ];
    let facts = facts(from, &events);
    assert_eq!(facts.stretches(Trigger::Identity), [(day(2), Some(day(6)))]);
    let pause = |trigger| Pause { trigger, mode: Mode::Suspend };
    let pauses = [pause(Trigger::Identity), pause(Trigger::Clarification)];
    let ground = ground(chrono_tz::UTC);
    let due = |period| reckon::due(period, &reckon::course(period, from, &pauses, &facts, &ground), &ground);
    assert_eq!(due(Period::Elapsed(10 * DAY)), day(16));
    assert_eq!(due(Period::Days(10)), reckon::due(Period::Days(16), &self::course(from), &ground));
}

#[test]
fn a_weekend_is_not_excluded_from_working_days_once_more() {
    let pauses = [Pause { trigger: Trigger::Clarification, mode: Mode::ExcludeDays }];
    let ground = ground(chrono_tz::UTC);
    // asked on a Saturday and answered on the Tuesday after: two working days do not count
    let events = [
        (Fact::ClarificationAsked, at("2026-11-21T10:00:00Z")),
        (Fact::ClarificationReceived, at("2026-11-24T10:00:00Z")),
    ];
    for from in ["2026-11-20T09:00:00Z", "2026-11-21T09:00:00Z"].map(at) {
        let period = Period::Working(2);
        let course = reckon::course(period, from, &pauses, &facts(from, &events), &ground);
        assert_eq!(reckon::due(period, &course, &ground), at("2026-11-27T00:00:00Z").plus(-1), "{from:?}");
    }
}

#[test]
fn an_acknowledgement_that_came_back_is_none_and_a_reopened_case_is_not_resolved() {
    let now = at("2026-09-01T09:00:00Z");
    let all = facts(now, &[(Fact::Acknowledged, now.plus(1)), (Fact::AcknowledgementBounced, now.plus(2))]);
    assert_eq!(all.stands(Fact::Acknowledged, Fact::AcknowledgementBounced), None);
    let all =
        facts(now, &[(Fact::Resolved, now.plus(1)), (Fact::Reopened, now.plus(2)), (Fact::Resolved, now.plus(3))]);
    assert_eq!(all.stands(Fact::Resolved, Fact::Reopened), Some(now.plus(3)));
}

fn clock(duty: Duty, layer: Layer, due: i64, met: Option<i64>) -> Clock {
    let start =
        ClockStart { rule: "t".into(), period: "P1D".into(), due: Instant(due), ..ClockStart::bare(duty, layer) };
    Clock { start, met: met.map(Instant), raised: Raised::Nothing }
}

#[test]
fn a_target_binds_only_where_it_is_the_only_number() {
    let clocks = [clock(Duty::Resolve, Layer::Target, 5, None), clock(Duty::Resolve, Layer::Promise, 9, None)];
    assert_eq!(binding(&clocks).map(|c| c.due), Some(Instant(9)));
    assert_eq!(binding(&clocks[..1]).map(|c| c.due), Some(Instant(5)));
    let clocks = [clock(Duty::Acknowledge, Layer::Promise, 3, Some(2)), clock(Duty::Resolve, Layer::Promise, 9, None)];
    assert_eq!(binding(&clocks).map(|c| c.duty), Some(Duty::Resolve));
    assert_eq!(binding(&[]), None);
}

#[test]
fn a_clock_that_stands_still_leads_only_where_no_other_runs_and_is_never_breached() {
    let mut law = clock(Duty::Resolve, Layer::Law, 5, None);
    law.start.paused = Some(Instant(3));
    assert!(!law.is_breached(Instant(9)));
    assert_eq!(law.alarm_at(), None);
    let promise = clock(Duty::Resolve, Layer::Promise, 9, None);
    assert_eq!(binding(&[law.clone(), promise]).map(|c| c.layer), Some(Layer::Promise));
    assert_eq!(binding(std::slice::from_ref(&law)).map(|c| c.layer), Some(Layer::Law));
    // what could be said about taking longer is not a duty
    assert_eq!(binding(&[clock(Duty::ExtendBy, Layer::Law, 1, None)]), None);
}

#[test]
fn alarms_come_once_at_risk_and_once_breached() {
    let mut one = clock(Duty::Resolve, Layer::Law, 10 * DAY, None);
    one.start.risk = Some(Instant(8 * DAY));
    assert_eq!(one.alarm_at(), Some(Instant(8 * DAY)));
    one.raised = Raised::AtRisk;
    assert_eq!(one.alarm_at(), Some(Instant(10 * DAY + 1)));
    one.raised = Raised::Breached;
    assert_eq!(one.alarm_at(), None);
    assert_eq!(usual_risk(Instant(0), Instant(30 * DAY)), Instant(27 * DAY));
}

const ZONES: [Tz; 6] =
    [Asia::Kolkata, Europe::Berlin, America::Los_Angeles, Australia::Lord_Howe, Pacific::Apia, Africa::Casablanca];

fn periods(n: u32) -> [Period; 4] {
    [Period::Elapsed(i64::from(n) * HOUR), Period::Days(n), Period::Months(n % 36 + 1), Period::Working(n % 90 + 1)]
}

proptest! {
    #[test]
    fn later_receipt_never_means_an_earlier_due(
        a in 0_i64..4_000_000_000_000, apart in 0_i64..40 * DAY, n in 1_u32..400,
        asked in 0_i64..50 * DAY, answered in 0_i64..50 * DAY, roll: bool,
    ) {
        let (first, second) = (Instant(a), Instant(a + apart));
        let question = second.plus(asked);
        let events = [(Fact::IdentityAsked, question), (Fact::IdentityReceived, question.plus(answered))];
        for mode in [Mode::None, Mode::Suspend, Mode::ExcludeDays, Mode::Restart] {
            let pauses = [Pause { trigger: Trigger::Identity, mode }];
            for zone in ZONES {
                let ground = Ground { roll, ..ground(zone) };
                for period in periods(n) {
                    let course = |from| reckon::course(period, from, &pauses, &facts(from, &events), &ground);
                    let due = |from| reckon::due(period, &course(from), &ground);
                    prop_assert!(due(first) <= due(second), "{mode:?} {period:?} {zone}");
                    prop_assert!(due(first) >= first || zone == Pacific::Apia);
                }
            }
        }
    }

    #[test]
    fn a_pause_never_makes_a_clock_earlier(
        from in 0_i64..4_000_000_000_000, n in 1_u32..400, asked in -5 * DAY..60 * DAY, answered in 0_i64..60 * DAY,
    ) {
        let from = Instant(from);
        let question = from.plus(asked);
        let events = [(Fact::ClarificationAsked, question), (Fact::ClarificationReceived, question.plus(answered))];
        for mode in [Mode::None, Mode::Suspend, Mode::ExcludeDays, Mode::Restart] {
            let (pauses, facts) = ([Pause { trigger: Trigger::Clarification, mode }], facts(from, &events));
            for zone in ZONES {
                for period in periods(n) {
                    let ground = Ground { roll: true, ..ground(zone) };
                    let paused = reckon::course(period, from, &pauses, &facts, &ground);
                    prop_assert!(reckon::due(period, &paused, &ground) >= reckon::due(period, &course(from), &ground));
                }
            }
        }
    }

    #[test]
    fn hours_never_roll_and_computing_again_changes_nothing(from in 0_i64..4_000_000_000_000, n in 1_u32..2_000) {
        let course = course(Instant(from));
        for zone in ZONES {
            let ground = Ground { roll: true, ..ground(zone) };
            let due = reckon::due(Period::Elapsed(i64::from(n) * HOUR), &course, &ground);
            prop_assert_eq!(due, Instant(from + i64::from(n) * HOUR));
            for period in periods(n) {
                prop_assert_eq!(reckon::due(period, &course, &ground), reckon::due(period, &course, &ground));
            }
        }
    }

    #[test]
    fn civil_ends_are_the_last_moment_of_a_day(from in 0_i64..4_000_000_000_000, n in 1_u32..400) {
        for zone in ZONES {
            let due = reckon::due(Period::Days(n), &course(Instant(from)), &ground(zone));
            prop_assert!(due.local(zone).date_naive() < due.plus(1).local(zone).date_naive());
        }
    }
}
