//! What people decide about a run: approve, send back, cancel, try again. Each locks the case, then the run, and looks
//! at where it stands: of two who decide at once, one does.

use super::{secret_of, still_asked_for};
use crate::{
    app::{
        App, Error, FieldError,
        desk::{Desk, written},
        proving::proven,
    },
    domain::{
        audit::AuditAction,
        event::{By, Event},
        identity::{Reference, RunId},
        rights::{Act, Actor, Doer},
        run::{RunKind, RunState},
        work::Work,
    },
    store::{
        Tx, audit, cases, jobs, packages,
        runs::{self, Run, checkpoints},
    },
};

/// What the one who approves has typed and ticked.
#[derive(Debug, Clone, Default)]
pub struct Approval {
    /// The case's reference, typed.
    pub typed: String,
    /// The scope hash of the plan that was on the page.
    pub scope_hash: String,
    /// How many warnings were ticked.
    pub accepted: usize,
}

/// The desk of the run's case, and the run, both locked.
async fn at<'a>(app: &'a App, actor: &'a Actor, id: RunId) -> Result<(Desk<'a>, Run), Error> {
    let reference = reference_of(app, id).await?;
    let mut desk = Desk::at(app, actor, reference, None).await?;
    let run = runs::run_lock(&mut desk.tx, id).await?.ok_or(Error::NotFound)?;
    Ok((desk, run))
}

async fn reference_of(app: &App, id: RunId) -> Result<Reference, Error> {
    let mut tx = app.db.read().await?;
    Ok(runs::run_get(&mut tx, id).await?.ok_or(Error::NotFound)?.case)
}

/// The desk of a package that waits for review, for a second person with the right.
///
/// # Errors
/// When the actor asked for it or may not approve runs, nothing waits for review, or the time for it is over.
pub(in crate::app) async fn decided_by_another<'a>(
    app: &'a App,
    actor: &'a Actor,
    id: RunId,
) -> Result<(Desk<'a>, Run), Error> {
    let (mut desk, run) = at(app, actor, id).await?;
    may_approve(&mut desk, &run, RunState::Packed).await?;
    Ok((desk, run))
}

/// Only a second person with the right decides over a plan, or a package, that waits.
async fn may_approve(desk: &mut Desk<'_>, run: &Run, waits: RunState) -> Result<(), Error> {
    if !desk.actor.may(Act::ApproveRuns, &run.product) {
        return Err(Error::NotAllowed(
            "Your role does not approve runs. A grievance officer or the data protection lead does.".to_owned(),
        ));
    }
    // before anything else: whoever comes late is told what others did
    if run.state != waits {
        return Err(Error::field(
            "typed",
            format!("Nothing was done: the run is {}", run.kind.stands(run.state).to_lowercase()),
        ));
    }
    if !desk.second(run.asked_by, Act::ApproveRuns) {
        return Err(Error::NotAllowed(
            "You asked for this run, or stand in for who did; somebody else has to approve it.".to_owned(),
        ));
    }
    if desk.tx.db_now().await? > run.expires_at {
        return Err(Error::field("typed", "It has waited too long to be approved; make a new one"));
    }
    Ok(())
}

/// Approves exactly this plan; the run begins by itself.
///
/// # Errors
/// When the actor asked for it, may not approve, has typed something else or left a warning unread, the plan is too old
/// or somebody was quicker.
pub async fn approve_run(app: &App, actor: &Actor, id: RunId, approval: &Approval) -> Result<(), Error> {
    let (mut desk, run) = at(app, actor, id).await?;
    may_approve(&mut desk, &run, RunState::Planned).await?;
    proven(actor)?;
    let mut faults = Vec::new();
    if approval.typed.trim().parse() != Ok(run.case) {
        faults.push(FieldError::new("typed", format!("Type the case reference, {}, to approve", run.case)));
    }
    if approval.accepted < run.plan.warnings.iter().filter(|warning| !warning.blocks).count() {
        faults.push(FieldError::new("accepted", "Read every warning and tick it"));
    }
    approve(desk, run, &approval.scope_hash, faults, "Approved").await
}

/// Approves exactly this plan, one of several that were read together; `says` is written into its log. By whose right.
///
/// # Errors
/// As `approve_run`, but for what is typed and ticked.
pub(super) async fn approve_plan(app: &App, actor: &Actor, id: RunId, hash: &str, says: &str) -> Result<Doer, Error> {
    let (mut desk, run) = at(app, actor, id).await?;
    may_approve(&mut desk, &run, RunState::Planned).await?;
    let by = desk.by;
    approve(desk, run, hash, Vec::new(), says).await?;
    Ok(by)
}

/// Approves the plan with this hash, unless there is something wrong with that.
async fn approve(
    mut desk: Desk<'_>,
    mut run: Run,
    hash: &str,
    mut faults: Vec<FieldError>,
    says: &str,
) -> Result<(), Error> {
    let secret = secret_of(runs::run_secret(&mut desk.tx, &desk.app.vault, run.id).await?);
    if !secret.is_some_and(|secret| still_asked_for(&desk.case, run.kind, &secret)) {
        faults.push(FieldError::new("typed", "The case has changed since the plan was made; cancel it and plan again"));
    }
    if hash != run.plan.scope_hash || !run.plan.may_run() {
        faults.push(FieldError::new("typed", "This is not the plan that waits for approval; load the page again"));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    run.state = RunState::Approved;
    run.decided_by = Some(desk.actor.id);
    run.decided_at = Some(desk.now);
    runs::run_save(&mut desk.tx, &run).await?;
    checkpoints::log_add(&mut desk.tx, run.id, desk.now, says).await?;
    jobs::job_enqueue(&mut desk.tx, &Work::ExecuteRun { run: run.id }, 0).await?;
    desk.record(Event::RunApproved { run: run.id, standing: None }).await?;
    desk.commit(AuditAction::RunApproved).await
}

/// Sends a plan, or a package, back with a reason; a new one can be made.
///
/// # Errors
/// As `approve_run`, or when no reason is given.
pub async fn send_back_run(app: &App, actor: &Actor, id: RunId, reason: &str) -> Result<(), Error> {
    let reason = written("reason", reason, "Say what has to change; the one who asked will read it")?;
    let (mut desk, mut run) = at(app, actor, id).await?;
    let waits = if run.state == RunState::Packed { RunState::Packed } else { RunState::Planned };
    may_approve(&mut desk, &run, waits).await?;
    let reason = desk.keep_reason(reason).await?;
    run.decided_by = Some(actor.id);
    run.decided_at = Some(desk.now);
    end(&mut desk, &mut run, RunState::SentBack, "Sent back").await?;
    desk.record(Event::RunSentBack { run: id, reason }).await?;
    desk.commit(AuditAction::RunSentBack).await
}

/// Gives a run up, before it began or between two batches; what was done until then stays done.
///
/// # Errors
/// When no reason is given, or the run has ended already.
pub async fn cancel_run(app: &App, actor: &Actor, id: RunId, reason: &str) -> Result<(), Error> {
    let reason = written("reason", reason, "Say why; colleagues will read it")?;
    let (mut desk, mut run) = at(app, actor, id).await?;
    if !run.state.is_open() {
        return Err(Error::field(
            "reason",
            format!("The run is {} already", run.kind.stands(run.state).to_lowercase()),
        ));
    }
    let reason = desk.keep_reason(reason).await?;
    end(&mut desk, &mut run, RunState::Cancelled, "Cancelled").await?;
    desk.record(Event::RunCancelled { run: id, reason }).await?;
    desk.commit(AuditAction::RunCancelled).await
}

async fn end(desk: &mut Desk<'_>, run: &mut Run, state: RunState, says: &str) -> Result<(), Error> {
    run.state = state;
    run.stop = None;
    run.ended_at = Some(desk.now);
    runs::run_save(&mut desk.tx, run).await?;
    runs::run_forget(&mut desk.tx, run.id).await?;
    give_up_packages(&mut desk.tx, run).await?;
    checkpoints::log_add(&mut desk.tx, run.id, desk.now, says).await?;
    Ok(())
}

/// What a run packed, and nobody is to have, is destroyed.
async fn give_up_packages(tx: &mut Tx, run: &Run) -> Result<(), Error> {
    if run.kind == RunKind::Export {
        packages::packages_end(tx, run.id).await?;
        jobs::job_enqueue(tx, &Work::ExpirePackages, 0).await?;
    }
    Ok(())
}

/// Lets a stopped run go on where it stands, after whatever stopped it was cleared up. By a second person again.
///
/// # Errors
/// When the run did not stop or needs a new plan, or the actor asked for it or has not proved lately who they are.
pub async fn try_run_again(app: &App, actor: &Actor, id: RunId) -> Result<(), Error> {
    let (mut desk, mut run) = at(app, actor, id).await?;
    if !run.kind.is_copy() && !desk.second(run.asked_by, Act::ApproveRuns) {
        return Err(Error::NotAllowed("Somebody who may approve it and did not ask for it has to do this.".to_owned()));
    }
    proven(actor)?;
    if run.state != RunState::Stopped || !run.stop.is_some_and(crate::domain::run::Stop::may_go_on) {
        return Err(Error::field("again", "This run cannot go on; cancel it and make a new plan"));
    }
    let secret = secret_of(runs::run_secret(&mut desk.tx, &app.vault, id).await?);
    if secret.is_none() {
        return Err(Error::field("again", "This run has forgotten whom it was about; make a new plan"));
    }
    run.state = if run.started_at.is_some() { RunState::Running } else { RunState::Approved };
    run.stop = None;
    runs::run_save(&mut desk.tx, &run).await?;
    checkpoints::steps_reopen(&mut desk.tx, id).await?;
    checkpoints::log_add(&mut desk.tx, id, desk.now, "Taken up again").await?;
    if run.kind.is_copy() {
        jobs::job_enqueue(&mut desk.tx, &Work::PackExport { run: id }, 0).await?;
        desk.record(Event::ExportAsked { run: id, scope_hash: run.plan.scope_hash.clone() }).await?;
    } else {
        jobs::job_enqueue(&mut desk.tx, &Work::ExecuteRun { run: id }, 0).await?;
        desk.record(Event::RunApproved { run: id, standing: None }).await?;
    }
    desk.commit(AuditAction::RunTriedAgain).await
}

/// Lets plans expire that nobody approved in time, and packages that nobody reviewed.
///
/// # Errors
/// As the database says.
pub async fn expire_runs(app: &App) -> Result<(), Error> {
    let overdue = runs::runs_overdue(&mut app.db.read().await?).await?;
    for (id, reference) in overdue {
        let mut tx = app.db.begin().await?;
        let Some(mut case) = cases::case_lock(&mut tx, reference).await? else { continue };
        let waits = |run: &Run| matches!(run.state, RunState::Planned | RunState::Packed);
        let Some(mut run) = runs::run_lock(&mut tx, id).await?.filter(waits) else { continue };
        let now = app.now();
        run.state = RunState::Expired;
        run.ended_at = Some(now);
        runs::run_save(&mut tx, &run).await?;
        runs::run_forget(&mut tx, id).await?;
        give_up_packages(&mut tx, &run).await?;
        checkpoints::log_add(&mut tx, id, now, "Expired: nobody decided about it in time").await?;
        cases::case_record(&mut tx, &mut case, By::System, now, Event::RunExpired { run: id }).await?;
        cases::case_save(&mut tx, &case).await?;
        audit::audit_append(&mut tx, now, None, AuditAction::RunExpired, Some(reference), &id.to_string());
        tx.commit().await?;
    }
    Ok(())
}
