//! Runs against a generation database: planned by one person, approved by another, carried out by a job, proved by a
//! receipt. Only this room decides whether a run may begin; `generation` only does it.

mod batch;
mod choose;
mod closing;
mod decide;
mod execute;
mod page;
mod plan;
mod progress;
mod receipt;
mod replay;
mod standing;

pub use crate::{
    domain::refusal::Refusal,
    generation::{Correctable, Correction, Extent, Item, receipt::PublicKeys},
};
pub use batch::{BatchDone, MOST, Ticked, Waiting, approve_batch, load_waiting};
pub use choose::{Choosable, Chosen, SetValue, choosable};
pub(in crate::app) use closing::proposed;
pub use closing::{Closing, Letter, REFUSALS, close_with_letter};
pub(in crate::app) use decide::decided_by_another;
pub use decide::{Approval, approve_run, cancel_run, expire_runs, send_back_run, try_run_again};
pub use execute::{Executed, execute_run};
pub(in crate::app) use page::of_case;
pub use page::{Meant, ReceiptView, RunLine, RunPage, RunStep, load_run, load_runs};
pub use plan::plan_run;
pub use progress::{Progress, run_progress};
pub(in crate::app) use receipt::sign_export;
pub use receipt::{public_keys, public_keys_in, receipt_file};
pub use replay::{Fate, Replay, Replayed, replay};
pub use standing::{Grant, StandingLine, end_standing, grant_standing, load_standing};

use super::{App, Error};
use crate::{
    domain::{
        case::Case,
        identity::{ContentId, Identity, Reference, RunId},
        rights::{Act, Actor},
        run::RunKind,
    },
    generation::{self, Key, Source, Target},
    store::{Tx, cases, runs, runs::Run},
};
use serde::{Deserialize, Serialize};

/// What identifies a run's subject, as it is sealed beside the plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::app) struct Secret {
    /// What the person is looked up by, to find them again when the run begins.
    pub identities: Vec<Identity>,
    /// The verification that the plan rests on.
    pub verified: Option<ContentId>,
    /// Whom it found.
    pub target: Target,
    /// Accounts that were found as well, and are not the person's as staff say.
    #[serde(default)]
    pub left_out: Vec<Key>,
    /// The run that is done once more, after what it erased came back with a backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replays: Option<RunId>,
}

fn source_of<'a>(app: &'a App, product: &str) -> Result<&'a Source, Error> {
    app.sources.get(product).ok_or_else(|| {
        Error::field(
            "run",
            "This product has no generation database here; set products.ID.generation in the configuration",
        )
    })
}

/// The case's product's generation database, and whom what the person was verified by leads to there.
pub(in crate::app) async fn verified_subjects<'a>(app: &'a App, case: &Case) -> Result<(&'a Source, Vec<Key>), Error> {
    let source = source_of(app, &case.product)?;
    let mut tx = app.db.read().await?;
    let known = choose::known(app, &mut tx, case).await?;
    drop(tx);
    Ok((source, choose::find(app, source, &case.product, &known).await?.subjects))
}

/// What a person can do about a generation database that did not answer as it should; `Unanswered` where it is away.
pub(in crate::app) fn unanswered(product: &str, error: &generation::Error) -> Error {
    tracing::warn!(product, %error, "the generation database could not be read");
    let says = match error {
        generation::Error::Drift(says) => {
            format!("Nothing was done. The data map does not fit the generation database: {says}")
        }
        generation::Error::Files(says) => format!("Nothing was done. The product’s files: {says}"),
        generation::Error::Answer(says) => format!("Nothing was done: {says}"),
        generation::Error::Limits(_) | generation::Error::Package(_) | generation::Error::Cancelled => {
            format!("Nothing was done: {error}")
        }
        generation::Error::Database(_) | generation::Error::Address => return Error::Unanswered(product.to_owned()),
    };
    Error::field("run", says)
}

/// The run, where the actor has this right on its case.
pub(in crate::app) async fn seen_by(tx: &mut Tx, actor: &Actor, act: Act, id: RunId) -> Result<Run, Error> {
    let run = runs::run_get(tx, id).await?.ok_or(Error::NotFound)?;
    may_see(tx, actor, act, run.case).await?;
    Ok(run)
}

async fn may_see(tx: &mut Tx, actor: &Actor, act: Act, case: Reference) -> Result<(), Error> {
    let case = cases::case_get(tx, case).await?.ok_or(Error::NotFound)?;
    if actor.may_in_case(act, &case.product, case.is_restricted()) { Ok(()) } else { Err(Error::NotFound) }
}

/// What kind of run can answer the case: a change only where the product's data map knows how it is made.
pub(in crate::app) fn answers(app: &App, case: &Case) -> Option<RunKind> {
    let knows = |source: &Source| match case.kind.choice() {
        Some((what, _)) => source.uses().contains(&what),
        None => source.corrects(),
    };
    let kind = case.kind.answer()?;
    (case.kind.run().is_some() || app.sources.get(&case.product).is_some_and(knows)).then_some(kind)
}

/// True where the case still is what the plan was made for: an open request for it by the person verified then.
pub(in crate::app) fn still_asked_for(case: &Case, kind: RunKind, secret: &Secret) -> bool {
    if secret.replays.is_some() {
        // it was asked for and done; the case may have ended since
        return kind == RunKind::Erase;
    }
    let verified = case.verified.map(|verified| verified.identity);
    case.kind.is_answered_by(kind) && case.state.is_open() && verified == secret.verified
}

pub(in crate::app) fn secret_of(bytes: Option<Vec<u8>>) -> Option<Secret> {
    serde_json::from_slice(&bytes?).ok()
}
