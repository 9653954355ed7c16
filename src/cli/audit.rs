//! Checks the audit log and writes it out. Needs no running console and changes nothing: neither database nor key is made.

use super::open;
use crate::{
    app::audit::{self, Format, Report, Span, Trust},
    config::Config,
    domain::time::Instant,
    generation::receipt::{PublicKey, PublicKeys, Signer},
    store::{Clock, Db, migrate},
};
use anyhow::{Context as _, anyhow, bail};
use chrono::{DateTime, NaiveDate, NaiveTime};
use clap::Subcommand;
use futures_util::TryStreamExt as _;
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    pin::pin,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Computes every entry's hash anew and compares every checkpoint; exit code 1 names the first entry that is wrong
    Verify {
        /// The folder of checkpoints, those of all consoles together [default: the configured one]
        #[arg(long, value_name = "FOLDER")]
        checkpoints: Option<PathBuf>,
        /// A saved copy of the console's /.well-known/recourse-audit-keys [default: the key file and the database]
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
        /// Believes the chain alone where no checkpoint outside the database is there
        #[arg(long)]
        without_checkpoints: bool,
        /// Says it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Writes entries to standard output, oldest first
    Export {
        /// From this day or moment on: 2026-11-24, or RFC 3339; days are UTC
        #[arg(long, value_name = "DAY")]
        since: Option<String>,
        /// Until before this day or moment
        #[arg(long, value_name = "DAY")]
        until: Option<String>,
        /// csv or jsonl
        #[arg(long, default_value = "csv", value_parser = format)]
        format: Format,
    },
}

fn format(code: &str) -> Result<Format, String> {
    Format::from_code(code).ok_or_else(|| "it is csv or jsonl".to_owned())
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let db = database(config).await?;
    let done = match command {
        Command::Verify { checkpoints, keys, without_checkpoints, json } => {
            verify(config, &db, (checkpoints, without_checkpoints), keys, json).await
        }
        Command::Export { since, until, format } => export(&db, since, until, format).await,
    };
    db.close().await;
    done
}

async fn database(config: &Config) -> anyhow::Result<Db> {
    let file = config.data_dir.join("recourse.db");
    if config.database.url.reveal().is_empty() && !file.exists() {
        bail!("there is no database {}; name the console's configuration with --config", file.display());
    }
    let db = open::database(config, Clock::System).await?;
    let applied = migrate::applied(&db).await?;
    if applied != migrate::newest() {
        db.close().await;
        bail!(
            "the database is at migration {applied}, this version at {}; use the version that runs",
            migrate::newest()
        );
    }
    Ok(db)
}

async fn verify(
    config: &Config,
    db: &Db,
    (folder, without_checkpoints): (Option<PathBuf>, bool),
    keys: Option<PathBuf>,
    json: bool,
) -> anyhow::Result<()> {
    // a folder that is named and not there, somebody has taken away, or nobody has mounted
    let folder = match folder.or_else(|| config.audit.checkpoints.clone().filter(|_| !without_checkpoints)) {
        Some(folder) if !folder.is_dir() => bail!("there is no folder {}", folder.display()),
        Some(folder) => Some(folder),
        None => Some(config.checkpoints_folder()).filter(|folder| folder.is_dir()),
    };
    let keys = match keys {
        Some(file) => keys_in(&file)?,
        None => configured(config, db).await?,
    };
    // where there is a key there are checkpoints outside, whatever the database says of it
    let are_missing = !without_checkpoints && !keys.keys.is_empty();
    let report = audit::verify(db, &Trust { keys, folder }).await?;
    if json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        say(&report);
    }
    if !report.whole {
        bail!("the audit log is not what it was: {}", wrong(&report));
    }
    if are_missing && report.checkpoints == 0 {
        bail!(
            "there is a key for checkpoints, and none is here that is believed: name their folder with --checkpoints, \
             or believe the chain alone with --without-checkpoints"
        );
    }
    Ok(())
}

fn keys_in(file: &Path) -> anyhow::Result<PublicKeys> {
    let wanted = "give a saved copy of /.well-known/recourse-audit-keys";
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read; {wanted}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no list of keys; {wanted}", file.display()))
}

/// The key in the configured file, which nobody changes who has the database alone, and those that the database names.
async fn configured(config: &Config, db: &Db) -> anyhow::Result<PublicKeys> {
    let mut keys = audit::public_keys_in(db).await?;
    let file = config.audit_key_file();
    if file.exists() {
        // an existing file is read, never written
        let own = Signer::open_or_create_as("audit", &file, [0; 32]).map_err(anyhow::Error::msg)?;
        keys.keys.retain(|key| key.kid != own.key_id());
        keys.keys.push(PublicKey::new(own.key_id(), &own.public_key(), String::new(), None));
    }
    Ok(keys)
}

fn say(report: &Report) {
    let Report { entries, hash, checkpoints, sealed, .. } = report;
    let count = |n: i64, what: &str, many: &str| format!("{n} {}", if n == 1 { what } else { many });
    println!(
        "{} as {} written; the last hash is {hash}.",
        count(*entries, "entry is", "entries are"),
        if *entries == 1 { "it was" } else { "they were" }
    );
    match checkpoints {
        0 => println!(
            "No checkpoint outside the database: whether the end is missing, or all was rewritten, nobody can tell."
        ),
        n => println!(
            "{} believed; the last one seals entry {sealed}.",
            count(i64::try_from(*n).unwrap_or(i64::MAX), "checkpoint is", "checkpoints are")
        ),
    }
}

fn wrong(report: &Report) -> String {
    let bad = report.first_bad.as_ref().map(|bad| match bad.until {
        until if until > bad.number => {
            format!("one of the entries {} to {until} is the first that is wrong: {}", bad.number, bad.why)
        }
        _ => format!("entry {} is the first that is wrong: {}", bad.number, bad.why),
    });
    let forged = (!report.forged.is_empty()).then(|| {
        let all = report.forged.iter().take(5).cloned().collect::<Vec<_>>().join("; ");
        format!("forged, or of an unknown key: {} of the checkpoints ({all})", report.forged.len())
    });
    bad.into_iter().chain(forged).collect::<Vec<_>>().join("; ")
}

async fn export(db: &Db, since: Option<String>, until: Option<String>, format: Format) -> anyhow::Result<()> {
    let moment = |typed: Option<String>| typed.map(|typed| moment(&typed)).transpose();
    let span = Span { since: moment(since)?, until: moment(until)? };
    let mut pieces = pin!(audit::whole(db.clone(), span, format));
    let mut out = io::stdout().lock();
    while let Some(piece) = pieces.try_next().await? {
        out.write_all(&piece)?;
    }
    Ok(out.flush()?)
}

fn moment(typed: &str) -> anyhow::Result<Instant> {
    let day =
        NaiveDate::parse_from_str(typed, "%Y-%m-%d").map(|day| Instant::of(&day.and_time(NaiveTime::MIN).and_utc()));
    day.or_else(|_| DateTime::parse_from_rfc3339(typed).map(|at| Instant::of(&at)))
        .map_err(|_| anyhow!("'{typed}' is no day and no moment; write 2026-11-24 or 2026-11-24T10:00:00Z"))
}
