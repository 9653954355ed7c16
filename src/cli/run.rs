//! Runs from the command line: after a restore, what a backup brought back is planned to be erased again. Approves nothing.

use super::{open, plan};
use crate::{
    app::{
        App,
        runs::{self, Fate, Replay, Replayed},
    },
    config::Config,
    domain::{
        clock::period::start_of_day,
        rights::{Act, Actor, Place},
        time::Instant,
    },
    store::{Clock, staff},
};
use anyhow::{Context as _, bail};
use chrono::{DateTime, NaiveDate};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Plans again every erasure since a restored backup was made whose person is back
    Replay(Asked),
}

/// What to look for.
#[derive(Debug, clap::Args)]
pub struct Asked {
    /// When the backup was made: 2026-11-20, or 2026-11-20T04:30:00Z
    #[arg(long, value_name = "TIME")]
    since: String,
    /// Only this product
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// The member of staff who asks; somebody else approves in the console
    #[arg(long, value_name = "MAIL", required_unless_present = "dry_run")]
    by: Option<String>,
    /// Only look, and plan nothing
    #[arg(long, conflicts_with = "by")]
    dry_run: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let Command::Replay(asked) = command;
    let opened = open::open(config, Clock::System).await?;
    let app = &opened.app;
    if let Some(product) = asked.product.as_deref().filter(|product| app.packs.get(product).is_none()) {
        bail!("there is no product '{product}'; the products are: {}", plan::names(&app.packs));
    }
    let place = asked.product.as_deref().map_or(Place::Everywhere, Place::Product);
    let by = match &asked.by {
        Some(mail) => Some(worker(app, mail, place).await?),
        None => None,
    };
    let since = moment(&asked.since, app.zone()).with_context(|| format!("--since {}", asked.since))?;
    let wanted = Replay { since, product: asked.product.as_deref(), by: by.as_ref() };
    let all = runs::replay(app, &wanted).await?;
    for one in &all {
        println!("{}", if asked.json { line_of(one) } else { words_of(one) });
    }
    if !asked.json {
        println!("{}", summary(&all));
    }
    let failed = all.iter().any(|one| matches!(one.fate, None | Some(Fate::Unasked(_))));
    if failed {
        bail!("some erasures could not be looked after; see above")
    }
    Ok(())
}

/// The member of staff of this address, who has to be allowed to work on cases.
async fn worker(app: &App, mail: &str, place: Place<'_>) -> anyhow::Result<Actor> {
    let mut tx = app.db.read().await?;
    let known = staff::staff_by_email(&mut tx, mail).await?;
    let actor = match known {
        Some((id, _)) => staff::actor_get(&mut tx, id).await?,
        None => None,
    };
    actor
        .filter(|actor| actor.may(Act::WorkCases, place))
        .with_context(|| format!("--by {mail}: nobody of this address works on the cases of these products"))
}

/// A moment, or the first one of a day in `zone`.
fn moment(text: &str, zone: chrono_tz::Tz) -> anyhow::Result<Instant> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(Instant::of(&at));
    }
    let day =
        text.parse::<NaiveDate>().context("write 2026-11-20, or 2026-11-20T04:30:00Z with the zone at its end")?;
    Ok(start_of_day(day, zone))
}

/// What became of one erasure, for people.
fn words_of(one: &Replayed) -> String {
    let case = one.case.map(|case| format!(" of {case}")).unwrap_or_default();
    let says = match &one.fate {
        None => "cannot be repeated: nobody knows any more whom it erased".to_owned(),
        Some(Fate::Gone) => "nothing is there again".to_owned(),
        Some(Fate::Back(rows, files)) => format!("there again: {rows} rows, {files} files; nothing was planned"),
        Some(Fate::Planned(run)) => format!("planned again as {run}, which waits for approval in the console"),
        Some(Fate::Stopped(run)) => format!("planned again as {run}, which may not begin; its page says why"),
        Some(Fate::Approved(run)) => format!("planned again as {run}, which begins by a standing approval"),
        Some(Fate::Waits(run)) => format!("run {run} of its case is open; decide about it first"),
        Some(Fate::Unasked(why)) => format!("could not be looked for: {why}"),
    };
    format!("{}{case}: {says}", one.run)
}

/// The same for machines.
fn line_of(one: &Replayed) -> String {
    let (fate, run, more) = match &one.fate {
        None => ("forgotten", None, None),
        Some(Fate::Gone) => ("gone", None, None),
        Some(Fate::Back(rows, files)) => ("back", None, Some(serde_json::json!({ "rows": rows, "files": files }))),
        Some(Fate::Planned(run)) => ("planned", Some(run), None),
        Some(Fate::Stopped(run)) => ("stopped", Some(run), None),
        Some(Fate::Approved(run)) => ("approved", Some(run), None),
        Some(Fate::Waits(run)) => ("waits", Some(run), None),
        Some(Fate::Unasked(why)) => ("unasked", None, Some(serde_json::json!(why))),
    };
    let (repeats, case) = (one.run.to_string(), one.case.map(|case| case.to_string()));
    let run = run.map(ToString::to_string);
    serde_json::json!({ "repeats": repeats, "case": case, "fate": fate, "run": run, "more": more }).to_string()
}

fn summary(all: &[Replayed]) -> String {
    let count = |is: fn(&Fate) -> bool| all.iter().filter(|one| one.fate.as_ref().is_some_and(is)).count();
    let planned = count(|fate| matches!(fate, Fate::Planned(_) | Fate::Approved(_)));
    let left = count(|fate| matches!(fate, Fate::Back(..) | Fate::Waits(_) | Fate::Stopped(_)));
    let gone = count(|fate| *fate == Fate::Gone);
    let lost = all.len() - planned - left - gone;
    let erasures = if all.len() == 1 { "erasure" } else { "erasures" };
    format!(
        "{} {erasures}: {planned} planned again, {left} wait for somebody, {gone} still gone, {lost} not looked after",
        all.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::{Reference, RunId};
    use chrono_tz::Asia::Kolkata;

    #[test]
    fn a_backup_is_dated_by_a_day_or_a_moment() {
        let at = |text: &str| moment(text, Kolkata).map(Instant::rfc3339).map_err(|e| e.to_string());
        assert_eq!(at("2026-11-20").as_deref(), Ok("2026-11-19T18:30:00Z"));
        assert_eq!(at("2026-11-20T10:00:00+05:30").as_deref(), Ok("2026-11-20T04:30:00Z"));
        for wrong in ["yesterday", "2026-11-20T10:00:00", "2026-13-01", ""] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_fate_is_said_to_people_and_machines() {
        let one = |fate| Replayed { run: RunId(7), case: Some(Reference(10_001)), fate };
        let planned = one(Some(Fate::Planned(RunId(9))));
        assert_eq!(words_of(&planned), "E-7 of R-10001: planned again as E-9, which waits for approval in the console");
        let said: serde_json::Value = serde_json::from_str(&line_of(&planned)).expect("JSON");
        assert_eq!(
            (said["repeats"].as_str(), said["run"].as_str(), said["fate"].as_str()),
            (Some("E-7"), Some("E-9"), Some("planned"))
        );
        let all = [planned, one(Some(Fate::Gone)), one(Some(Fate::Waits(RunId(8)))), one(None)];
        assert_eq!(summary(&all), "4 erasures: 1 planned again, 1 wait for somebody, 1 still gone, 1 not looked after");
    }
}
