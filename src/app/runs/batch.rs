//! Several plans approved at once: one list to read, one number typed, each plan bound by its own scope hash. One that
//! cannot be approved any more keeps none of the others from it.

use super::{
    decide::approve_plan,
    page::{RunLine, line_of, not_yours},
};
use crate::{
    app::{App, Error, FieldError, proving::proven},
    domain::{
        audit::AuditAction,
        identity::RunId,
        plan::{FileCount, PlanLine, Warning},
        rights::{Act, Actor, Place},
    },
    store::{audit, runs, staff},
};

/// The most that are listed, and approved, at once.
pub const MOST: i64 = 1_000;

/// A plan that waits for approval, with all that its approval means.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The run in a line.
    pub line: RunLine,
    /// What is approved.
    pub scope_hash: String,
    /// What has to be known before.
    pub warnings: Vec<Warning>,
    /// What it is limited to.
    pub limits: Vec<String>,
    /// What it does to each table.
    pub tables: Vec<PlanLine>,
    /// The files that go.
    pub files: FileCount,
}

/// One plan of a batch, as it was ticked on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticked {
    /// The run.
    pub run: RunId,
    /// The hash of the plan that was read.
    pub scope_hash: String,
}

/// What became of a batch.
#[derive(Debug, Clone, Default)]
pub struct BatchDone {
    /// How many were approved.
    pub approved: usize,
    /// Those that were not, and why.
    pub refused: Vec<(RunId, String)>,
}

/// The plans that this member of staff may approve, oldest first, at most a thousand. Those of restricted cases are
/// approved one by one, on their own page.
///
/// # Errors
/// `NotAllowed` for who approves no runs.
pub async fn load_waiting(app: &App, actor: &Actor) -> Result<Vec<Waiting>, Error> {
    may_approve(actor)?;
    let mut tx = app.db.read().await?;
    let names = staff::staff_names(&mut tx).await?;
    let planned = runs::runs_planned(&mut tx, &actor.reach(Act::ApproveRuns), MOST).await?;
    let theirs = planned
        .into_iter()
        .filter(|run| not_yours(actor, Place::from(&run.product), run.asked_by).is_none() && run.plan.may_run());
    Ok(theirs
        .map(|run| Waiting {
            scope_hash: run.plan.scope_hash.clone(),
            warnings: run.plan.warnings.clone(),
            limits: run.plan.limits.clone(),
            tables: run.plan.tables.clone(),
            files: run.plan.files,
            line: line_of(app, &names, run),
        })
        .collect())
}

/// Approves each of the ticked plans; `typed` is how many there are, as the one who approves counts them.
///
/// # Errors
/// When nothing is ticked, the number is another, or the actor approves no runs. What became of each stands in the answer.
pub async fn approve_batch(app: &App, actor: &Actor, ticked: &[Ticked], typed: &str) -> Result<BatchDone, Error> {
    may_approve(actor)?;
    proven(actor)?;
    if ticked.is_empty() {
        return Err(Error::field("run", "Tick the plans that you approve"));
    }
    if typed.trim().parse() != Ok(ticked.len()) {
        let count = ticked.len();
        let says = format!("Type how many plans you approve; {count} {} ticked", if count == 1 { "is" } else { "are" });
        return Err(Error::Invalid(vec![FieldError::new("typed", says)]));
    }
    let says = format!("Approved together with others, {} in all", ticked.len());
    let (mut done, mut by) = (BatchDone::default(), Vec::new());
    for one in ticked {
        match approve_plan(app, actor, one.run, &one.scope_hash, &says).await {
            Ok(doer) => by.push(doer),
            Err(Error::Invalid(fields)) => {
                let says = fields.into_iter().map(|field| field.says).collect::<Vec<_>>().join(". ");
                done.refused.push((one.run, says));
            }
            Err(Error::NotAllowed(says)) => done.refused.push((one.run, says)),
            Err(Error::NotFound) => done.refused.push((one.run, "There is no such run".to_owned())),
            Err(error) => return Err(error),
        }
    }
    done.approved = by.len();
    by.dedup();
    // each approval names whose right it was; all of them together do where it was the same
    let by = if let [one] = by[..] { one } else { Some(actor.id).into() };
    let mut tx = app.db.begin().await?;
    let what = format!("{} of {}", done.approved, ticked.len());
    audit::audit_append(&mut tx, app.now(), by, AuditAction::RunsApprovedTogether, None, &what);
    tx.commit().await?;
    Ok(done)
}

fn may_approve(actor: &Actor) -> Result<(), Error> {
    if actor.may(Act::ApproveRuns, Place::Somewhere) {
        return Ok(());
    }
    Err(Error::NotAllowed(
        "Your role does not approve runs. A grievance officer or the data protection lead does.".into(),
    ))
}
