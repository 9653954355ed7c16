//! Calendars and business hours as TOML: unknown keys are refused, and what is wrong is said with line and key.

use super::{
    BadCalendar,
    entry::{Date, Entry, Zone},
};
use crate::domain::calendar::{
    Fault, Outline,
    hours::{Hours, Week},
};
use chrono::Weekday;
use serde::{Deserialize, de::DeserializeOwned};
use std::{fs, path::Path};

/// What a calendar file turned out to be.
#[derive(Debug)]
pub(super) enum Read {
    /// A calendar of its own.
    Whole(Box<Outline>),
    /// What is different from another one.
    Based(Box<Based>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    code: String,
    name: String,
    zone: Option<Zone>,
    #[serde(rename = "source")]
    _source: String,
    weekend: Vec<Weekday>,
    from: i32,
    known_until: i32,
    computed_until: Option<i32>,
    #[serde(default)]
    holiday: Vec<Entry>,
}

/// What is different from another calendar.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Based {
    pub(super) base: String,
    #[serde(default)]
    code: String,
    name: Option<String>,
    zone: Option<Zone>,
    #[serde(rename = "source")]
    _source: Option<String>,
    known_until: Option<i32>,
    #[serde(default)]
    holiday: Vec<Entry>,
    #[serde(default)]
    working: Vec<Working>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Working {
    date: Date,
    #[serde(rename = "name")]
    _name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Desk {
    zone: Zone,
    #[serde(default)]
    holidays: Vec<Date>,
    hours: Week,
}

/// Reads a calendar; `path` ends with the name of the file.
pub(super) fn read(path: &str, text: &str) -> Result<Read, BadCalendar> {
    let table: toml::Table = parsed(path, text)?;
    let own = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".toml");
    let fits = |code: &str| {
        let says = || format!("the code '{code}' and the file's name '{own}' differ; make them the same");
        if code == own { Ok(()) } else { Err(BadCalendar::new(path, &at(text, "code", &says()))) }
    };
    if table.contains_key("base") {
        let mut based: Based = parsed(path, text)?;
        if based.code.is_empty() {
            own.clone_into(&mut based.code);
        }
        fits(&based.code)?;
        return Ok(Read::Based(Box::new(based)));
    }
    let whole: Whole = parsed(path, text)?;
    fits(&whole.code)?;
    Ok(Read::Whole(Box::new(Outline {
        code: whole.code,
        name: whole.name,
        zone: whole.zone.map(|zone| zone.0),
        weekend: whole.weekend,
        years: whole.from..=whole.computed_until.unwrap_or(whole.known_until),
        known_until: whole.known_until,
        rules: whole.holiday.into_iter().map(|entry| entry.0).collect(),
        working: Vec::new(),
    })))
}

impl Based {
    /// The base with what is different.
    pub(super) fn on(self, base: &Outline) -> Outline {
        let mut outline = base.clone();
        outline.code = self.code;
        outline.name = self.name.unwrap_or(outline.name);
        outline.zone = self.zone.map(|zone| zone.0).or(outline.zone);
        outline.known_until = self.known_until.unwrap_or(outline.known_until);
        outline.rules.extend(self.holiday.into_iter().map(|entry| entry.0));
        outline.working.extend(self.working.into_iter().map(|working| working.date.0));
        outline
    }
}

/// The business hours in a file: `zone`, `holidays` and `[hours]`.
///
/// # Errors
/// Names the file, the line and the key where it cannot be read.
pub fn hours(file: &Path) -> Result<Hours, BadCalendar> {
    let path = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|error| BadCalendar::new(&path, &error))?;
    let desk: Desk = parsed(&path, &text)?;
    Ok(Hours::new(desk.zone.0, desk.hours, desk.holidays.into_iter().map(|date| date.0).collect()))
}

fn parsed<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, BadCalendar> {
    toml::from_str(text).map_err(|error| {
        let message = error.message().replace('\n', ", ");
        let says = match error.span() {
            Some(span) => {
                // of a list the whole is named; the value that is quoted may stand some lines further down
                let value = message.split('\'').nth(1).map(|value| format!("\"{value}\""));
                let further = value.and_then(|value| text.get(span.clone())?.find(&value)).unwrap_or(0);
                placed(text, span.start + further, &message)
            }
            None => message,
        };
        BadCalendar::new(path, &says)
    })
}

/// What is wrong with the calendar that a file makes, with the line it comes from.
pub(super) fn fault(text: &str, fault: &Fault) -> String {
    let needle = match fault {
        Fault::NoWork => "weekend".to_owned(),
        Fault::Years(..) => "from".to_owned(),
        Fault::Known(..) => "known_until".to_owned(),
        Fault::Outside(date, ..) | Fault::Working(date, _) => date.to_string(),
    };
    at(text, &needle, &fault.to_string())
}

/// What is wrong, with the first line that begins with a key or holds a date.
pub(super) fn at(text: &str, needle: &str, says: &str) -> String {
    let is_there = |line: &str| {
        let line = line.trim_start();
        line.strip_prefix(needle).is_some_and(|rest| rest.trim_start().starts_with('='))
            || line.contains(&format!("\"{needle}\""))
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if is_there(line) {
            return placed(text, start, says);
        }
        start += line.len();
    }
    says.to_owned()
}

/// What is wrong at a place of a text, with its line and the key of that line, table and all.
fn placed(text: &str, offset: usize, says: &str) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let number = before.matches('\n').count() + 1;
    let lines: Vec<&str> = text.lines().take(number).collect();
    let key = lines.iter().rev().find_map(|line| match line.trim_start() {
        header if header.starts_with('[') => Some(header.trim_matches(['[', ']', ' ']).to_owned()),
        line => line.split_once('=').filter(|_| !line.starts_with('#')).map(|(key, _)| key.trim().to_owned()),
    });
    let is_header = |line: &&&str| line.starts_with('[') && !line.contains('=') && line.trim_end().ends_with(']');
    let table = lines.iter().rev().find(is_header).map(|line| line.trim().trim_matches(['[', ']']));
    match (table, key) {
        (Some(table), Some(key)) if table != key => format!("line {number}, {table}.{key}: {says}"),
        (_, Some(key)) => format!("line {number}, {key}: {says}"),
        _ => format!("line {number}: {says}"),
    }
}
