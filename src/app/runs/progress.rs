//! How far a run is: asked for every moment while it runs, so it reads no plan's text, no receipt and no mail.

use super::{page::step_of, seen_by};
use crate::{
    app::{App, Error, runs::RunStep},
    domain::{
        identity::RunId,
        rights::{Act, Actor},
        run::{RunKind, RunState},
        time::Instant,
    },
    store::runs::checkpoints,
};
use chrono_tz::Tz;

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What it does.
    pub kind: RunKind,
    /// Where it stands.
    pub state: RunState,
    /// Its steps, once it began.
    pub steps: Vec<RunStep>,
    /// How it went, oldest first.
    pub log: Vec<(Instant, String)>,
    /// The product's zone.
    pub zone: Tz,
}

/// How far a run is now.
///
/// # Errors
/// `NotFound` where there is none or its case is not the actor's to see.
pub async fn run_progress(app: &App, actor: &Actor, id: RunId) -> Result<Progress, Error> {
    let mut tx = app.db.read().await?;
    let run = seen_by(&mut tx, actor, Act::SeeRuns, id).await?;
    let steps = checkpoints::steps_of(&mut tx, id).await?.into_iter().map(step_of).collect();
    let log = checkpoints::log_of(&mut tx, id).await?;
    Ok(Progress { kind: run.kind, state: run.state, steps, log, zone: app.packs.zone(&run.product) })
}
