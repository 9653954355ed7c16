//! A run rehearsed on a copy of a database: looked up, planned, and with `--apply` carried out, with a receipt. Changes
//! nothing where the copy does not say that it is one, and never says a value of a row beyond the keys of whom it found.

mod asked;
mod package;
mod performed;
mod shown;

pub use asked::Rehearse;

#[cfg(test)]
mod tests;

use super::{files_at, source_of, unanswered};
use crate::{
    domain::{plan::WarningCode, time::Instant},
    generation::{Aim, Extent, Found, Source, Target, texts_of, whose_accounts},
    store::vault::random,
};
use anyhow::bail;
use asked::Kind;
use serde_json::{Value, json};

/// The table that says of a database: this is a copy, and may be changed.
pub const MARKER: &str = "recourse_rehearsal_copy";

/// What a rehearsal has to say.
#[derive(Debug)]
pub struct Rehearsed {
    /// For programs.
    pub json: Value,
    /// Why it ended otherwise than asked; none where it did not.
    pub refused: Option<String>,
}

impl Rehearsed {
    fn done(json: Value) -> Self {
        Self { json, refused: None }
    }
}

/// Rehearses and prints what came of it.
///
/// # Errors
/// When it cannot be looked at, or ended otherwise than asked.
pub async fn run(asked: &Rehearse, now: Instant) -> anyhow::Result<()> {
    let Rehearsed { json, refused } = rehearse(asked, now).await?;
    if asked.json {
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else {
        print!("{}", shown::for_people(&json));
    }
    refused.map_or(Ok(()), |why| bail!("{why}"))
}

/// Rehearses what is asked.
///
/// # Errors
/// When arguments, map, database or files cannot be used; nothing was changed then, but where the database went away
/// in between.
pub async fn rehearse(asked: &Rehearse, now: Instant) -> anyhow::Result<Rehearsed> {
    let extent = asked.extent()?;
    let identities = asked.identities()?;
    asked.sensible()?;
    let files = asked.files.as_deref().map(files_at).transpose()?;
    let source = source_of(&asked.url, files, &asked.map)?;
    let kinds = source.identity_kinds();
    if let Some(unknown) = identities.iter().find(|identity| !kinds.contains(&identity.kind)) {
        bail!("the data map has no identity {:?}; it has: {}", unknown.kind, kinds.join(", "));
    }
    let done = async {
        source.knows(&extent)?;
        if asked.apply && !source.has_table(MARKER).await? {
            return Ok(Err(format!(
                "--apply changes a copy only, and this database does not say that it is one: if it is, run CREATE TABLE {MARKER} (id INTEGER) in it"
            )));
        }
        let found = source.find(&identities).await?;
        let mut target = target(found.clone(), texts_of(&identities, found.contacts.clone()), extent, now);
        if let Some(what) = asked.choice() {
            target.aim = Aim::Choose { what: what.to_owned(), stops: true };
        } else if let Some((item, sets)) = asked.corrections()? {
            target.aim = Aim::Correct { corrections: source.corrections(&target.subjects, &item, sets).await? };
        }
        let rehearsed = match asked.kind {
            Kind::Locate => Rehearsed::done(located(&source, &found, &target)),
            Kind::Export => package::copied(&source, &target, asked.out.as_deref(), now).await?,
            Kind::Correct if asked.sets.is_empty() => {
                Rehearsed::done(shown::plan(&source.plan_corrections(&target).await?))
            }
            _ => performed::performed(&source, &target, asked.apply, now).await?,
        };
        Ok(Ok(rehearsed))
    };
    let done = done.await;
    source.close().await;
    let done: Result<Result<Rehearsed, String>, Trouble> = done;
    match done {
        Ok(Ok(rehearsed)) => Ok(rehearsed),
        Ok(Err(refused)) => bail!("{refused}"),
        Err(Trouble::Generation(error)) => Err(unanswered(error, "", "--url")),
        Err(Trouble::Other(error)) => Err(error),
    }
}

/// What keeps a rehearsal from its end.
#[derive(Debug)]
enum Trouble {
    Generation(crate::generation::Error),
    Other(anyhow::Error),
}

impl From<crate::generation::Error> for Trouble {
    fn from(error: crate::generation::Error) -> Self {
        Self::Generation(error)
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// What takes the place of a run's name.
const REHEARSAL: &str = "rehearsal";

fn target(found: Found, texts: Vec<String>, extent: Extent, now: Instant) -> Target {
    let pseudonym = crate::generation::pseudonym(random().unwrap_or_default());
    let (today, holds) = (now.utc().date_naive(), Vec::new());
    Target {
        subjects: found.subjects,
        found_by: found.found_by,
        texts,
        pseudonym,
        today,
        holds,
        held: crate::generation::Held::default(),
        extent,
        aim: Aim::Erase,
        run: REHEARSAL.to_owned(),
        begun: None,
    }
}

/// Who was found: keys, kinds of identities, a number of addresses.
fn located(source: &Source, found: &Found, target: &Target) -> Value {
    let nobody = found.subjects.is_empty().then(|| {
        let says = "Nobody was found by these identities.";
        json!({ "code": WarningCode::NothingFound.code(), "table": "", "detail": says, "blocks": true })
    });
    let several = whose_accounts(target, 0, false).map(|warning| shown::warning(&warning));
    json!({
        "subject": { "accounts": found.subjects.len(), "found_by": found.found_by },
        "system": source.system(),
        "subjects": found.subjects,
        "found_by": found.found_by,
        "contacts": found.contacts.len(),
        "warnings": nobody.into_iter().chain(several).collect::<Vec<_>>(),
    })
}
