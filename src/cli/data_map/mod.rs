//! Looks after the map of a product's generation database: proposes one, compares it with the schema, rehearses with it
//! on a copy. Needs no console; only `check --product` reads its configuration.

mod check;
mod init;
mod rehearse;

use crate::{
    cli::grants,
    config::{Config, Flags},
    generation::{Error, Files, Source},
    store::Clock,
};
use anyhow::{Context as _, bail};
use clap::Subcommand;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum DataMap {
    /// Compares the data map with the live schema; exit code 1 where it does not fit
    Check(check::Check),
    /// Proposes a map from a live schema, with the reason for each line; prints it
    Init(init::Init),
    /// Prints what its account in the generation database has to be allowed, and no more, as SQL
    Grants(grants::Grants),
    /// Shows what a run would do to a copy of a database, without a console; --apply does it there
    Rehearse(rehearse::Rehearse),
}

pub async fn run(flags: &Flags, command: DataMap) -> anyhow::Result<()> {
    match command {
        DataMap::Check(check) => check::run(|| Ok(Config::load(flags)?), check).await,
        DataMap::Grants(asked) => grants::run(|| Ok(Config::load(flags)?), asked).await,
        DataMap::Init(init) => init::run(&init).await,
        DataMap::Rehearse(asked) => rehearse::run(&asked, Clock::System.now()).await,
    }
}

/// The database at `url` with the map in a file.
fn source_of(url: &str, files: Option<Files>, map: &Path) -> anyhow::Result<Source> {
    let text = text_of(map)?;
    Source::new(url, files, &text).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the data map {}: {}", map.display(), faults.join("; "))
    })
}

fn text_of(map: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(map).with_context(|| format!("the data map {} cannot be read", map.display()))
}

/// A folder, `file://FOLDER`, or a TOML file with the keys of `products.ID.generation.s3`.
fn files_at(place: &str) -> anyhow::Result<Files> {
    let path = PathBuf::from(place.strip_prefix("file://").unwrap_or(place));
    if path.is_dir() {
        return Ok(Files::Folder(path));
    }
    if !path.is_file() {
        bail!("--files {place} is neither a folder nor a file with the settings of a bucket");
    }
    let settings = crate::config::Bucket::from_file(&path)?;
    let store = crate::bucket::open(&settings).map_err(|says| anyhow::anyhow!("the bucket of {place}: {says}"))?;
    Ok(Files::Bucket(store))
}

/// What to look at when the database does not answer.
fn unanswered(error: Error, whose: &str, key: &str) -> anyhow::Error {
    let is_database = matches!(error, Error::Database(_));
    let error = anyhow::Error::new(error);
    if !is_database {
        return error;
    }
    error.context(format!(
        "the generation database{whose} cannot be read; check {key}, that it is there and that it lets this account in"
    ))
}
