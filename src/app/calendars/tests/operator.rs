//! The operator's calendars: whole ones, differences, iCalendar files, business hours, and what is refused of them.

use super::*;

const ACME: &str = r#"code = "ACME"
name = "Acme"
zone = "Asia/Dubai"
source = "the works council"
weekend = ["Fri", "Sat"]
from = 2026
known_until = 2027

[[holiday]]
name = "Founders' Day"
weekday = "Mon"
on_or_before = "05-24"
plus = 1
observed = "next-free"
"#;

#[test]
fn a_whole_calendar_stands_beside_ours_or_in_its_place() {
    let calendars = Folder::load(&[("ACME.toml", ACME), ("IE.toml", &ACME.replace("ACME", "IE")), ("notes.txt", "x")])
        .expect("they load");
    for code in ["ACME", "IE"] {
        let calendar = calendars.get(code).expect("it is there");
        assert_eq!(calendar.name, "Acme");
        assert!(!calendar.is_working(day("2026-05-19")) && !calendar.is_working(day("2026-01-02")));
        assert!(calendar.is_working(day("2026-01-04")), "a Sunday");
    }
    assert_eq!(calendars.codes().count(), 10);
}

#[test]
fn differences_are_laid_over_a_base() {
    let home = "base = \"IE\"\n[[holiday]]\nname = \"Good Friday\"\ndate = \"2026-04-03\"\n[[working]]\ndate = \"2026-08-03\"\n";
    let calendars =
        Folder::load(&[("IE.toml", home), ("IE-X.toml", "base = \"IE\"\nname = \"X\"")]).expect("they load");
    let ireland = calendars.get("IE").expect("it is there");
    assert_eq!((ireland.name.as_str(), ireland.zone), ("Ireland", Some(chrono_tz::Europe::Dublin)));
    assert!(!ireland.is_working(day("2026-04-03")) && ireland.is_working(day("2026-08-03")));
    assert!(!ireland.is_working(day("2026-03-17")));
    // it is based on ours, whatever another file makes of that
    assert!(calendars.get("IE-X").is_some_and(|x| x.is_working(day("2026-04-03")) && x.name == "X"));
}

#[test]
fn what_is_wrong_is_said_with_file_line_and_key() {
    for (change, says) in [
        (("source", "sauce"), "calendars/ACME.toml: line 4, sauce: unknown field `sauce`"),
        (("Asia/Dubai", "Asia/Nowhere"), "calendars/ACME.toml: line 3, zone: 'Asia/Nowhere' is no time zone"),
        (("05-24", "02-30"), "calendars/ACME.toml: line 12, holiday.on_or_before: '02-30' is no day of the year"),
        (
            ("code = \"ACME\"", "code = \"ACNE\""),
            "calendars/ACME.toml: line 1, code: the code 'ACNE' and the file's name 'ACME' differ",
        ),
        (
            ("2027", "2025\ncomputed_until = 2020"),
            "calendars/ACME.toml: line 6, from: the years 2026 to 2020 make no calendar",
        ),
        (
            ("2027", "2028\ncomputed_until = 2027"),
            "calendars/ACME.toml: line 7, known_until: known_until = 2028 lies outside",
        ),
        (("weekend = [\"Fri\"", "weekend = [\"Fry\""), "calendars/ACME.toml: line 5, weekend: "),
        (
            ("[\"Fri\", \"Sat\"]", "[\"Mon\", \"Tue\", \"Wed\", \"Thu\", \"Fri\", \"Sat\", \"Sun\"]"),
            "calendars/ACME.toml: line 5, weekend: weekend names all seven days",
        ),
        (
            ("plus = 1", "dates = [\"2026-06-31\"]"),
            "calendars/ACME.toml: line 13, holiday.dates: '2026-06-31' is no date",
        ),
        (
            ("plus = 1", "dates = [\"2026-06-30\"]"),
            "calendars/ACME.toml: line 9, holiday: 'Founders' Day': say in exactly one way",
        ),
        (("plus = 1", "plus = 1000"), "'Founders' Day': 1000 days are too many"),
        (("weekday = \"Mon\"", ""), "'Founders' Day': weekday goes with nth and month"),
        (("on_or_before = \"05-24\"", "nth = 6\nmonth = 1"), "nth is 1 to 5, or -1"),
        (("on_or_before = \"05-24\"", "nth = 1\nmonth = 13"), "month is 1 to 12"),
        (("next-free", "next_free"), "calendars/ACME.toml: line 14, holiday.observed: unknown variant"),
        (("Founders' Day", " "), "name is empty"),
        (("name = \"Acme\"", ""), "missing field `name`"),
        (("name = \"Acme\"", "name = Acme"), "calendars/ACME.toml: line 2, name: "),
    ] {
        let said = Folder::refused("ACME.toml", &ACME.replace(change.0, change.1));
        assert!(said.contains(says) && !said.contains('\n'), "{said}\n{says}");
    }
    let working = "base = \"IE\"\n\n[[working]]\ndate = \"2026-12-24\"\n";
    assert_eq!(
        Folder::refused("IE.toml", working),
        "calendars/IE.toml: line 4, working.date: 2026-12-24 is a working day of the calendar IE already"
    );
    let far = Folder::refused("IE.toml", &working.replace("2026", "2066"));
    assert!(far.contains("line 4, working.date: 2066-12-24 lies outside the years 2020 to 2045"), "{far}");
    let base = Folder::refused("X.toml", "# mine\nbase = \"EI\"\n");
    assert!(
        base.starts_with("calendars/X.toml: line 2, base: base names no calendar 'EI'; there are DE, FR"),
        "{base}"
    );
    let code = Folder::refused("X.toml", "base = \"IE\"\ncode = \"Y\"\n");
    assert!(code.contains("line 2, code: the code 'Y' and the file's name 'X' differ"), "{code}");
}

const EVENTS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\n\
DTSTART:19700101T000000\r\nRRULE:FREQ=DAILY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260406\r\nDTEND;VALUE=DATE:20260409\r\nSUMMARY;LANGUAGE=\"a:b\":Spring\\, a lo\r\n ng break\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20240613\r\nRRULE:FREQ=YEARLY;UNTIL=20281231\r\nEXDATE;VALUE=DATE:20270613,20250613\r\nSUMMARY:Fair\r\n\
BEGIN:VALARM\r\nTRIGGER:-PT1H\r\nEND:VALARM\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:3\r\nDTSTART:20260501T090000Z\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:A meeting\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:4\r\nDTSTART;VALUE=DATE:20250908\r\nRRULE:FREQ=YEARLY;INTERVAL=1;COUNT=3;BYMONTH=9;BYDAY=2MO\r\nDURATION:P2D\r\nSUMMARY:Audit\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:5\r\nDTSTART;VALUE=DATE:20260707\r\nSTATUS:CANCELLED\r\nSUMMARY:Nothing\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn all_day_events_are_holidays() {
    let base = "base = \"IE\"\nname = \"Works\"\n";
    let calendars = Folder::load(&[("W.toml", base), ("W.ics", EVENTS), ("ALONE.ics", EVENTS)]).expect("they load");
    let works = calendars.get("W").expect("it is there");
    assert_eq!(works.name, "Works");
    for date in ["2026-04-07", "2026-04-08", "2028-06-13", "2025-09-08", "2025-09-09", "2026-09-15", "2027-09-14"] {
        assert!(!works.is_working(day(date)) && works.holiday(day(date)).is_some(), "{date}");
    }
    for date in ["2026-04-09", "2025-06-13", "2029-06-13", "2026-05-01", "2026-07-07", "2028-09-11"] {
        assert!(works.is_working(day(date)), "{date}");
    }
    assert_eq!(works.holiday(day("2026-04-06")), Some("Easter Monday / Spring, a long break"));
    assert_eq!(works.holiday(day("2027-06-13")), None);
    let alone = calendars.get("ALONE").expect("it is there");
    assert!(!alone.is_working(day("2026-04-08")) && alone.is_working(day("2026-03-17")));
    assert_eq!(alone.known(), 2024..=2026);
}

#[test]
fn what_an_icalendar_file_says_and_we_cannot_do_is_refused() {
    for (change, says) in [
        (
            ("FREQ=YEARLY;UNTIL", "FREQ=MONTHLY;UNTIL"),
            "calendars/W.ics: line 21, RRULE: only FREQ=YEARLY is understood",
        ),
        (("BYDAY=2MO", "BYDAY=MO"), "line 37, RRULE: BYDAY=MO is not understood"),
        (("BYDAY=2MO", "BYWEEKNO=2"), "RRULE: BYWEEKNO=2 is not understood"),
        (("VALUE=DATE:20240613", "VALUE=DATE:20240631"), "line 20, DTSTART: '20240631' is no date"),
        (("DTEND;VALUE=DATE:20260409", "DTEND;VALUE=DATE:20260405"), "line 14, DTEND: it is before DTSTART"),
        (("DTSTART;VALUE=DATE:20240613\r\n", ""), "line 26, END: the event that ends here has no DTSTART"),
        (("DURATION:P2D", "DURATION:-P2D"), "DURATION: it is no length in days"),
        (("UID:2", "RECURRENCE-ID;VALUE=DATE:20260613"), "RECURRENCE-ID: single days of a repetition"),
        (("END:VCALENDAR\r\n", ""), "the file ends within VCALENDAR"),
        (("END:VALARM\r\n", ""), "'VEVENT' ends but was not begun"),
        (("BEGIN:VCALENDAR\r\n", ""), "line 1, VERSION: this stands outside"),
        (("UID:3", "nothing"), "line 29 has no ':'"),
    ] {
        let said = Folder::refused("W.ics", &EVENTS.replacen(change.0, change.1, 1));
        assert!(said.contains(says) && !said.contains('\n'), "{said}\n{says}");
    }
}

const DESK: &str = "zone = \"Europe/Berlin\"\nholidays = [\n  \"2016-11-01\",\n]\n\n[hours]\nmon = [\"08:00-12:00\", \"13:00-24:00\"]\n";

#[test]
fn business_hours_are_read_or_refused_with_line_and_key() {
    assert_eq!(Folder::desk(DESK).map(|hours| hours.zone()), Ok(chrono_tz::Europe::Berlin));
    assert!(Folder::desk(&DESK.replace("holidays = [\n  \"2016-11-01\",\n]\n", "")).is_ok());
    for (change, says) in [
        (("Berlin", "Borlin"), "desk.toml: line 1, zone: 'Europe/Borlin' is no time zone"),
        (("2016-11-01", "2016-11-31"), "desk.toml: line 3, holidays: '2016-11-31' is no date"),
        (("12:00", "12:60"), "desk.toml: line 7, hours.mon: '08:00-12:60' is no frame"),
        (("13:00", "11:59"), "desk.toml: line 7, hours.mon: the frames 08:00-12:00 and 11:59-24:00 overlap"),
        (("24:00", "12:30"), "desk.toml: line 7, hours.mon: the frame 13:00-12:30 does not end after it begins"),
        (("24:00", "24:01"), "desk.toml: line 7, hours.mon: '13:00-24:01' is no frame"),
        (("mon", "moon"), "desk.toml: line 7, hours.moon: unknown field `moon`"),
        (("mon = [\"08:00-12:00\", \"13:00-24:00\"]", "mon = []"), "hours: no day has a frame"),
        (("[hours]", "shift = 1\n[hours]"), "desk.toml: line 6, shift: unknown field `shift`"),
        (("zone", "# zone"), "missing field `zone`"),
        (("[hours]\nmon = [\"08:00-12:00\", \"13:00-24:00\"]", ""), "missing field `hours`"),
    ] {
        let said = Folder::desk(&DESK.replace(change.0, change.1)).expect_err("it is refused");
        assert!(said.contains(says) && !said.contains('\n'), "{said}\n{says}");
    }
}
