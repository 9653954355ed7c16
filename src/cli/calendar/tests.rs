//! The command line as it is typed: arguments in, one line out, clear refusals.

use super::super::{Arguments, Command as Top, one_line};
use super::*;
use clap::Parser as _;
use std::fs;

const DESK: &str = r#"zone = "Europe/Berlin"
holidays = ["2016-11-01"]
[hours]
mon = ["08:00-12:00", "13:00-18:00"]
tue = ["08:00-12:00", "13:00-18:00"]
wed = ["08:00-12:00", "13:00-18:00"]
thu = ["08:00-12:00", "13:00-18:00"]
fri = ["08:00-12:00", "13:00-24:00"]
"#;

/// What `recourse calendar` answers to some arguments, the file with the hours written before.
fn said(desk: &str, arguments: &[&str]) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("desk.toml");
    fs::write(&file, desk).expect("it is written");
    let path = file.display().to_string();
    let line = ["recourse", "calendar"].into_iter().chain(arguments.iter().copied());
    let line = line.map(|word| word.replace("FILE", &path));
    let arguments = Arguments::try_parse_from(line).map_err(|error| format!("usage: {error}"))?;
    let Top::Calendar { command } = arguments.command else { return Err("another command".to_owned()) };
    let flags = Flags { data_dir: Some(folder.path().to_owned()), ..Flags::default() };
    answer(&flags, command).map_err(|error| one_line(&error).replace(&path, "FILE"))
}

fn line(text: &str) -> Result<String, String> {
    said(DESK, &text.split_whitespace().collect::<Vec<_>>())
}

#[test]
fn working_time_is_added() {
    for (arguments, expected) in [
        ("--from 2016-10-31T09:00:30+01:00 --minutes 60", "2016-10-31T10:00:30+01:00"),
        ("--from 2016-10-31T16:30:00Z --minutes 60", "2016-11-02T08:30:00+01:00"),
        ("--from 2016-10-31T17:00:00+01:00 --minutes 60", "2016-10-31T18:00:00+01:00"),
        ("--from 2016-10-28T17:00:00+02:00 --minutes 420", "2016-10-29T00:00:00+02:00"),
        (
            "--from 2016-10-31T08:00:00+01:00 --minutes 60 --pause 2016-10-31T08:00:00+01:00..2016-10-31T09:00:00+01:00 \
             --pause 2016-10-31T08:30:00+01:00..2016-10-31T10:00:00+01:00",
            "2016-10-31T11:00:00+01:00",
        ),
    ] {
        let json = line(&format!("add --calendar FILE {arguments} --json"));
        assert_eq!(json, Ok(format!(r#"{{"due":"{expected}"}}"#)), "{arguments}");
        assert_eq!(line(&format!("add --calendar FILE {arguments}")), Ok(expected.to_owned()));
    }
}

#[test]
fn working_time_is_measured() {
    let week = "between --calendar FILE --from 2016-10-31T00:00:00+01:00 --to 2016-11-07T00:00:00+01:00";
    assert_eq!(line(&format!("{week} --json")), Ok(format!(r#"{{"minutes":{}}}"#, 3 * 540 + 900)));
    assert_eq!(line(&format!("{week} --pause 2016-10-31T00:00:00Z..2016-11-04T12:00:30Z")), Ok("659".to_owned()));
}

#[test]
fn what_cannot_be_reckoned_is_one_sentence() {
    let refused = |arguments: &str, says: &str| {
        let said = line(arguments).expect_err("it is refused");
        assert!(said.contains(says) && !said.contains('\n') && !said.starts_with("usage"), "{said}");
    };
    let from = "--calendar FILE --from 2016-10-31T09:00:00+01:00";
    refused(&format!("add {from} --minutes -1"), "--minutes: '-1' is no number of minutes");
    refused(&format!("add {from} --minutes 1.5"), "--minutes: '1.5' is no number of minutes");
    refused(&format!("add {from} --minutes 99999999999"), "does not come together within 400 years");
    refused("add --calendar FILE --from yesterday --minutes 1", "--from: 'yesterday' is no moment");
    refused("add --calendar FILE --from 2016-10-31T09:00:00 --minutes 1", "--from: '2016-10-31T09:00:00' is no moment");
    refused(&format!("add {from} --minutes 1 --pause noon"), "--pause: 'noon' is no pause");
    let backwards = "2016-10-31T09:00:00Z..2016-10-31T08:00:00Z";
    refused(&format!("add {from} --minutes 1 --pause {backwards}"), "before it begins");
    refused(&format!("between {from} --to 2016-10-30T00:00:00Z"), "lies before the beginning");
    refused("add --calendar FILE.none --from 2016-10-31T09:00:00Z --minutes 1", "FILE.none: No such file");
    let bad = said(&DESK.replace("12:00", "12h"), &"add --calendar FILE --minutes 1".split(' ').collect::<Vec<_>>());
    assert!(bad.is_err_and(|says| says.starts_with("usage")), "--from is missing");
    let whole = format!("add {from} --minutes 1");
    let bad = said(&DESK.replace("thu = [\"08:00-12:00", "thu = [\"08:00-12h"), &whole.split(' ').collect::<Vec<_>>());
    assert_eq!(
        bad,
        Err("FILE: line 7, hours.thu: '08:00-12h' is no frame; write 08:00-12:00, the end 24:00 at the latest"
            .to_owned())
    );
}

#[test]
fn the_holidays_of_a_year_are_listed() {
    let text = line("show IE --year 2026").expect("there is one");
    assert!(text.contains("2026-02-02 Mon  St Brigid's Day") && !text.contains("known"), "{text}");
    let json = line("show IN --year 2027 --json").expect("there is one");
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["known"], false);
    assert_eq!(json["holidays"][0], json!({ "date": "2027-01-26", "name": "Republic Day", "expected": false }));
    let refused = line("show XX --year 2026").expect_err("there is none");
    assert!(refused.starts_with("there is no calendar 'XX'; there are DE, FR, GB-EAW"), "{refused}");
}
