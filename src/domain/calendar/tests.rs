//! Working days by hand: rolls, rules that move holidays, and calendars at their ends.

use super::*;
use proptest::prelude::*;
use rule::{Nth, Observed, On, YearDay};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a test writes good dates")
}

fn rule(name: &str, on: On, observed: Observed) -> Rule {
    Rule {
        name: name.to_owned(),
        on,
        plus: 0,
        observed,
        from_year: None,
        until_year: None,
        except_years: Vec::new(),
        expected: false,
    }
}

fn fixed(month: u32, day: u32) -> On {
    On::Fixed(YearDay::new(month, day).expect("a test writes good days"))
}

fn outline(rules: Vec<Rule>) -> Outline {
    Outline {
        code: "T".to_owned(),
        name: "Test".to_owned(),
        zone: None,
        weekend: vec![Weekday::Sat, Weekday::Sun],
        years: 2020..=2030,
        known_until: 2029,
        rules,
        working: Vec::new(),
    }
}

fn kept(observed: Observed, rules: &[(u32, u32)], year: i32) -> Vec<String> {
    let rules = rules.iter().map(|(month, day)| rule("H", fixed(*month, *day), observed)).collect();
    let calendar = Calendar::new(outline(rules)).expect("it is sound");
    calendar.holidays(year).map(|(date, _)| date.format("%m-%d").to_string()).collect()
}

#[test]
fn working_days_are_counted_over_weekends_and_holidays() {
    let christmas = vec![rule("Christmas", fixed(12, 25), Observed::NextFree)];
    let calendar = Calendar::new(outline(christmas)).expect("it is sound");
    assert_eq!(calendar.holiday(day("2026-12-25")), Some("Christmas"));
    assert!(!calendar.is_working(day("2026-12-25")) && calendar.is_working(day("2026-12-24")));
    assert_eq!(calendar.next_working(day("2026-12-25")), day("2026-12-28"));
    assert_eq!(calendar.next_working(day("2026-12-24")), day("2026-12-24"));
    for (from, count, expected) in [
        ("2026-12-24", 0, "2026-12-24"),
        ("2026-12-24", 1, "2026-12-28"),
        ("2026-12-26", 1, "2026-12-28"),
        ("2026-12-21", 5, "2026-12-29"),
        // over either end of its years, where only weekends are known
        ("2019-12-31", 1, "2020-01-01"),
        ("2019-12-20", 5, "2019-12-27"),
        ("1995-12-29", 1, "1996-01-01"),
        ("2030-12-31", 1, "2031-01-01"),
        ("2031-12-24", 1, "2031-12-25"),
    ] {
        assert_eq!(calendar.add_working(day(from), count), day(expected), "{count} from {from}");
    }
    assert!(calendar.covers(day("2020-01-01")) && calendar.covers(day("2029-12-31")));
    assert!(!calendar.covers(day("2030-01-01")) && !calendar.covers(day("2019-12-31")));
    assert!(!Calendar::weekdays("W", None).covers(day("2000-06-01")));
}

#[test]
fn holidays_move_as_their_rule_says() {
    // 2021: Christmas a Saturday, Boxing Day a Sunday; 2022: Sunday and Monday
    let both = [(12, 25), (12, 26)];
    assert_eq!(kept(Observed::AsItFalls, &both, 2021), ["12-25", "12-26"]);
    assert_eq!(kept(Observed::NextFree, &both, 2021), ["12-27", "12-28"]);
    assert_eq!(kept(Observed::NextFree, &both, 2022), ["12-26", "12-27"]);
    assert_eq!(kept(Observed::NextFree, &both, 2020), ["12-25", "12-28"]);
    assert_eq!(kept(Observed::WeekendToMonday, &[(12, 25)], 2021), ["12-27"]);
    assert_eq!(kept(Observed::SundayToMonday, &both, 2021), ["12-25", "12-27"]);
    assert_eq!(kept(Observed::Nearest, &[(7, 4)], 2026), ["07-03"]);
    assert_eq!(kept(Observed::Nearest, &[(7, 4)], 2027), ["07-05"]);
    // the New Year of 2022 was kept in 2021
    assert_eq!(kept(Observed::Nearest, &[(1, 1)], 2021), ["01-01", "12-31"]);
    assert!(kept(Observed::Nearest, &[(1, 1)], 2022).is_empty());
    assert!(kept(Observed::AsItFalls, &[(2, 29)], 2025).is_empty());
}

#[test]
fn a_day_taken_away_is_worked_on_and_one_that_never_was_off_is_refused() {
    let christmas = || outline(vec![rule("Christmas", fixed(12, 25), Observed::AsItFalls)]);
    let with =
        |dates: &[&str]| Calendar::new(Outline { working: dates.iter().map(|d| day(d)).collect(), ..christmas() });
    let calendar = with(&["2025-12-25", "2025-12-27"]).expect("it is sound");
    assert!(calendar.is_working(day("2025-12-25")) && calendar.is_working(day("2025-12-27")));
    assert_eq!(calendar.holiday(day("2025-12-25")), None);
    assert_eq!(calendar.next_working(day("2025-12-27")), day("2025-12-27"));
    let refused = |dates: &[&str]| with(dates).expect_err("it is refused").to_string();
    assert_eq!(refused(&["2025-12-24"]), "2025-12-24 is a working day of the calendar T already");
    assert_eq!(refused(&["2031-12-25"]), "2031-12-25 lies outside the years 2020 to 2030 of the calendar T");
}

#[test]
fn no_calendar_goes_on_for_ever() {
    let every_day = (1..=12).flat_map(|m| (1..=31).filter_map(move |d| YearDay::new(m, d)));
    let rules = every_day.map(|day| rule("H", On::Fixed(day), Observed::NextFree)).collect();
    let calendar = Calendar::new(outline(rules)).expect("it is sound");
    assert_eq!(calendar.next_working(day("2020-01-01")), day("2031-01-01"));
    assert_eq!(calendar.add_working(NaiveDate::MIN, 1), NaiveDate::MIN.succ_opt().expect("a date"));
    assert_eq!(calendar.add_working(NaiveDate::MAX, 1), NaiveDate::MAX);
    assert_eq!(calendar.add_working(day("2025-01-01"), u32::MAX), NaiveDate::MAX);
    let far = calendar.add_working(NaiveDate::MIN, 69_500_000);
    assert!(far > day("2030-12-31"), "{far}");
    let all = vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let new = |change: fn(&mut Outline)| {
        let mut outline = outline(Vec::new());
        change(&mut outline);
        Calendar::new(outline).err()
    };
    assert_eq!(Calendar::new(Outline { weekend: all, ..outline(Vec::new()) }).err(), Some(Fault::NoWork));
    assert_eq!(new(|o| o.years = std::ops::RangeInclusive::new(2030, 2020)), Some(Fault::Years(2030, 2020)));
    assert_eq!(new(|o| o.years = 2000..=i32::MAX), Some(Fault::Years(2000, i32::MAX)));
    assert_eq!(new(|o| o.known_until = 2031), Some(Fault::Known(2031, 2020, 2030)));
}

proptest! {
    #[test]
    fn counting_day_by_day_agrees(start in -900_i64..6_000, count in 0_u32..900) {
        let rules = vec![
            rule("A", fixed(1, 1), Observed::Nearest),
            rule("E", On::Easter, Observed::AsItFalls),
            rule("N", On::Nth { weekday: Weekday::Mon, nth: Nth::Last, month: 5, instead: None }, Observed::AsItFalls),
            rule("C", fixed(12, 25), Observed::NextFree),
        ];
        for calendar in [Calendar::new(outline(rules)).expect("it is sound"), Calendar::weekdays("W", None)] {
            let from = day("2020-01-01") + TimeDelta::days(start);
            let (mut date, mut left) = (from, count);
            while left > 0 {
                date = date.succ_opt().expect("a date");
                left -= u32::from(calendar.is_working(date));
            }
            prop_assert_eq!(calendar.add_working(from, count), date);
            let next = from.iter_days().find(|date| calendar.is_working(*date)).expect("there is one");
            prop_assert_eq!(calendar.next_working(from), next);
        }
    }
}
