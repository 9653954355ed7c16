//! Reckons in business hours and shows the holidays of a calendar. Business hours come from the file that is named, so
//! that neither a configuration nor a data directory is needed; only `show` looks for the operator's calendars.

use crate::{
    app::calendars::{self, Calendars},
    config::{Config, Flags},
    domain::{calendar::hours::Pause, time::Instant},
};
use anyhow::{Context as _, anyhow, bail};
use chrono::{Datelike as _, NaiveDate, SecondsFormat};
use clap::{Args, Subcommand};
use serde_json::json;
use std::{io::Write as _, path::PathBuf};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prints when so many minutes of working time have passed
    Add {
        #[command(flatten)]
        desk: Desk,
        /// Minutes of working time
        #[arg(long, value_name = "N", allow_hyphen_values = true)]
        minutes: String,
    },
    /// Prints how many whole minutes of working time lie between two moments
    Between {
        #[command(flatten)]
        desk: Desk,
        /// The later moment
        #[arg(long, value_name = "RFC3339", allow_hyphen_values = true)]
        to: String,
    },
    /// Lists the holidays of a year
    Show {
        /// The calendar, for example IE or US-FED
        code: String,
        /// The year
        #[arg(long, value_name = "YEAR")]
        year: i32,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
}

/// What both reckonings need.
#[derive(Debug, Args)]
pub struct Desk {
    /// The file with zone, holidays and hours
    #[arg(long, value_name = "FILE")]
    calendar: PathBuf,
    /// The moment to begin at
    #[arg(long, value_name = "RFC3339", allow_hyphen_values = true)]
    from: String,
    /// A time that does not count; may be given more than once
    #[arg(long = "pause", value_name = "A..B", allow_hyphen_values = true)]
    pauses: Vec<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

pub fn run(flags: &Flags, command: Command) -> anyhow::Result<()> {
    // whoever reads it may have heard enough and gone: that is no error
    let _ = writeln!(std::io::stdout(), "{}", answer(flags, command)?);
    Ok(())
}

fn answer(flags: &Flags, command: Command) -> anyhow::Result<String> {
    match command {
        Command::Add { desk, minutes } => {
            let minutes = minutes
                .parse()
                .map_err(|_| anyhow!("--minutes: '{minutes}' is no number of minutes; give a whole one, 0 or more"))?;
            let hours = calendars::hours(&desk.calendar)?;
            let due = hours.add(moment("--from", &desk.from)?, minutes, &pauses(&desk.pauses)?)?;
            let due = due.local(hours.zone()).to_rfc3339_opts(SecondsFormat::Secs, false);
            Ok(if desk.json { json!({ "due": due }).to_string() } else { due })
        }
        Command::Between { desk, to } => {
            let hours = calendars::hours(&desk.calendar)?;
            let (from, to) = (moment("--from", &desk.from)?, moment("--to", &to)?);
            let minutes = hours.between(from, to, &pauses(&desk.pauses)?)?;
            Ok(if desk.json { json!({ "minutes": minutes }).to_string() } else { minutes.to_string() })
        }
        Command::Show { code, year, json } => {
            let calendars = Calendars::load(Config::load(flags)?.policies.folder.as_deref())?;
            shown(&calendars, &code, year, json)
        }
    }
}

fn moment(option: &str, text: &str) -> anyhow::Result<Instant> {
    let moment = chrono::DateTime::parse_from_rfc3339(text)
        .with_context(|| format!("{option}: '{text}' is no moment; write one such as 2026-05-15T09:00:00+02:00"))?;
    Ok(Instant::of(&moment))
}

fn pauses(texts: &[String]) -> anyhow::Result<Vec<Pause>> {
    let read = |text: &String| {
        let Some((from, to)) = text.split_once("..") else {
            bail!("--pause: '{text}' is no pause; write its two moments with .. between them");
        };
        Ok(Pause { from: moment("--pause", from)?, to: moment("--pause", to)? })
    };
    texts.iter().map(read).collect()
}

fn shown(calendars: &Calendars, code: &str, year: i32, as_json: bool) -> anyhow::Result<String> {
    let Some(calendar) = calendars.get(code) else {
        bail!("there is no calendar '{code}'; there are {}", calendars.codes().collect::<Vec<_>>().join(", "));
    };
    let known = NaiveDate::from_ymd_opt(year, 1, 1).is_some_and(|first| calendar.covers(first));
    let holidays: Vec<_> = calendar.holidays(year).collect();
    if as_json {
        let holidays: Vec<_> = holidays
            .iter()
            .map(|(date, holiday)| json!({ "date": date, "name": holiday.name, "expected": holiday.expected }))
            .collect();
        return Ok(json!({ "code": code, "year": year, "known": known, "holidays": holidays }).to_string());
    }
    let mut lines = vec![format!("{} ({code}), {year}", calendar.name)];
    for (date, holiday) in holidays {
        let expected = if holiday.expected { " (expected)" } else { "" };
        lines.push(format!("{date} {}  {}{expected}", date.weekday(), holiday.name));
    }
    if !known {
        lines.push(format!("Not all holidays of {year} are known."));
    }
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests;
