//! What the page of a run shows: the plan in numbers, who asked and who decides, how far it is, the receipt.

use super::{Secret, may_see, secret_of, seen_by};
use crate::{
    app::{
        App, Error,
        exports::{self, PackageView},
        follow_ups::{self, FollowUpLine},
    },
    domain::{
        audit::AuditAction,
        clock::Clock,
        copy::CopyForm,
        event::Event,
        identity::{Reference, RunId, StaffId},
        plan::{FileCount, Plan},
        rights::{Act, Actor, Place},
        run::{RunKind, RunState, Stop},
        time::Instant,
    },
    generation::{Aim, Correction, Target, receipt::Signed},
    store::{
        audit, cases, contents, events,
        runs::{self, Run, checkpoints, receipts},
        staff,
    },
};
use chrono_tz::Tz;
use std::collections::HashMap;

/// A run in a list.
#[derive(Debug, Clone)]
pub struct RunLine {
    /// Its number.
    pub id: RunId,
    /// Its case.
    pub reference: Reference,
    /// The product's short name.
    pub product: String,
    /// Where it stands.
    pub state: RunState,
    /// Why it stopped.
    pub stop: Option<Stop>,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Rows it erases, or copies.
    pub rows: i64,
    /// What it does.
    pub kind: RunKind,
}

/// One step of a run under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunStep {
    /// The table.
    pub table: String,
    /// What is done.
    pub does: String,
    /// Rows found when the run began.
    pub found: i64,
    /// Rows done.
    pub done: i64,
    /// Files removed.
    pub files: i64,
    /// True when nothing of it is left.
    pub ended: bool,
}

/// A receipt as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptView {
    /// The key's name.
    pub key_id: String,
    /// True when the signature was checked just now and fits.
    pub valid: bool,
    /// The signature in hexadecimal, in groups of four.
    pub signature: String,
}

/// Whom and what a run means, for those who decide about it. Personal: sealed, and forgotten when the run ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meant {
    /// The accounts' keys.
    pub accounts: Vec<String>,
    /// The single rows that it is limited to: table and key.
    pub items: Vec<String>,
    /// The use that a choice is about: `training`.
    pub uses: Option<String>,
    /// Values that are to become others: what stands there and what is to.
    pub corrections: Vec<Correction>,
}

impl Meant {
    fn by(secret: Secret) -> Self {
        let Target { subjects, extent, aim, .. } = secret.target;
        let (uses, corrections) = match aim {
            Aim::Erase => (None, Vec::new()),
            Aim::Choose { what, .. } => (Some(what), Vec::new()),
            Aim::Correct { corrections } => (None, corrections),
        };
        Self {
            accounts: subjects.into_iter().map(|key| key.0.join(", ")).collect(),
            items: extent.items.into_iter().map(|item| format!("{} {}", item.table, item.key.join(", "))).collect(),
            uses,
            corrections,
        }
    }
}

/// Everything on the page of a run.
#[derive(Debug, Clone)]
pub struct RunPage {
    /// Its number.
    pub id: RunId,
    /// Its case.
    pub reference: Reference,
    /// What the case is called: its kind and who asked, or only that it is restricted.
    pub about: String,
    /// The product's short name.
    pub product: String,
    /// What it does.
    pub kind: RunKind,
    /// Where it stands.
    pub state: RunState,
    /// Why it stopped.
    pub stop: Option<Stop>,
    /// What was planned.
    pub plan: Plan,
    /// Who asked.
    pub asked_by: (StaffId, String),
    /// When.
    pub asked_at: Instant,
    /// Whom and what it means, while it is open.
    pub meant: Meant,
    /// Until when it may be approved.
    pub expires_at: Instant,
    /// Who approved it or sent it back, and when.
    pub decided: Option<(String, Instant)>,
    /// The standing approval that it began under.
    pub standing: Option<i64>,
    /// When its first row was touched.
    pub started_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Since when the person is verified.
    pub verified: Option<Instant>,
    /// Who decided so without a link.
    pub verified_by: Option<String>,
    /// The steps, once it began.
    pub steps: Vec<RunStep>,
    /// Files in scope when it began.
    pub files: FileCount,
    /// How it went, oldest first.
    pub log: Vec<(Instant, String)>,
    /// The last reason somebody gave for sending it back or cancelling it.
    pub reason: Option<String>,
    /// The receipt, once it is signed.
    pub receipt: Option<ReceiptView>,
    /// What follows from it: recipients to tell, backups that run out.
    pub follow_ups: Vec<FollowUpLine>,
    /// The erasure that it repeats after a restore.
    pub repeats: Option<RunId>,
    /// The package, once it is packed.
    pub package: Option<PackageView>,
    /// The least that a copy for the case has to be.
    pub least_copy: CopyForm,
    /// The case's clocks.
    pub clocks: Vec<Clock>,
    /// True while the case is open.
    pub case_open: bool,
    /// Why the reader may not approve it; none where they may.
    pub not_yours: Option<&'static str>,
    /// False for those who see what a run does, and nothing of its case.
    pub sees_case: bool,
    /// False for those who only read.
    pub may_work: bool,
    /// Now.
    pub now: Instant,
    /// The product's zone.
    pub zone: Tz,
}

impl RunPage {
    /// Rows done and rows to do in all.
    #[must_use]
    pub fn progress(&self) -> (i64, i64) {
        let found = |step: &RunStep| step.found.max(step.done);
        (self.steps.iter().map(|step| step.done).sum(), self.steps.iter().map(found).sum())
    }
}

/// The page of a run.
///
/// # Errors
/// `NotFound` where there is none or its case is not the actor's to see.
pub async fn load_run(app: &App, actor: &Actor, id: RunId) -> Result<RunPage, Error> {
    let mut tx = app.db.read().await?;
    let run = seen_by(&mut tx, actor, Act::SeeRuns, id).await?;
    // who sees no case learns of a run what it does, and of nobody whom it is about
    let sees_case = actor.may(Act::SeeCases, &run.product);
    let case = cases::case_get(&mut tx, run.case).await?.ok_or(Error::NotFound)?;
    let names = staff::staff_names(&mut tx).await?;
    let name = |id: StaffId| names.get(&id).cloned().unwrap_or_else(|| "somebody who left".to_owned());
    let steps = checkpoints::steps_of(&mut tx, id).await?;
    let log = checkpoints::log_of(&mut tx, id).await?;
    let row = receipts::receipt_get(&mut tx, id).await?;
    let reason = reason_of(app, &mut tx, &run).await?.filter(|_| sees_case);
    let package = exports::of_run(&mut tx, id).await?.filter(|_| sees_case);
    let secret = secret_of(runs::run_secret(&mut tx, &app.vault, id).await?);
    let meant = secret.filter(|_| run.state.is_open() && sees_case).map(Meant::by).unwrap_or_default();
    let follow_ups = follow_ups::of_run(app, &mut tx, run.case, id).await?;
    let repeats = repeats(&mut tx, &run).await?;
    let about = if case.is_restricted() {
        "Restricted case".to_owned()
    } else if !sees_case {
        case.kind.label().to_owned()
    } else {
        let first = contents::content_first(&mut tx, &app.vault, run.case).await?.unwrap_or_default();
        let who = crate::app::timeline::who(&first);
        if who.is_empty() { case.kind.label().to_owned() } else { format!("{} for {who}", case.kind.label()) }
    };
    drop(tx);
    if case.is_restricted() {
        // every view of a restricted case is written down, its runs included
        let mut tx = app.db.begin().await?;
        let what = id.to_string();
        audit::audit_append(
            &mut tx,
            app.now(),
            actor.doing(Act::SeeRestricted, &run.product),
            AuditAction::RestrictedCaseViewed,
            Some(run.case),
            &what,
        );
        tx.commit().await?;
    }
    let receipt = match row {
        Some(row) => {
            let valid = Signed::new(&row.body, &row.signature, &row.key_id).verify(&super::public_keys(app).await?);
            Some(ReceiptView { key_id: row.key_id, valid: valid.is_ok(), signature: grouped(&row.signature) })
        }
        None => None,
    };
    let zone = app.packs.zone(&run.product);
    let least_copy = exports::least_form(app, &case);
    let not_yours = not_yours(actor, case.place(), run.asked_by);
    Ok(RunPage {
        id,
        reference: run.case,
        about,
        product: app.packs.get(&run.product).map_or_else(|| run.product.clone(), |pack| pack.short.clone()),
        kind: run.kind,
        state: run.state,
        stop: run.stop,
        asked_by: (run.asked_by, name(run.asked_by)),
        asked_at: run.asked_at,
        meant,
        expires_at: run.expires_at,
        decided: run.decided_by.map(&name).zip(run.decided_at),
        standing: run.standing,
        started_at: run.started_at,
        ended_at: run.ended_at,
        verified: case.verified.map(|verified| verified.at),
        verified_by: case.verified.and_then(|verified| verified.by).map(&name),
        steps: steps.into_iter().map(step_of).collect(),
        files: run.files,
        log,
        reason,
        receipt,
        follow_ups,
        repeats,
        package,
        least_copy,
        case_open: case.state.is_open(),
        clocks: case.clocks,
        not_yours,
        sees_case,
        may_work: actor.may(Act::WorkCases, &run.product),
        plan: run.plan,
        now: app.now(),
        zone,
    })
}

/// The erasure that a run repeats.
async fn repeats(tx: &mut crate::store::Tx, run: &Run) -> Result<Option<RunId>, Error> {
    let history = events::events_of(tx, run.case).await?;
    Ok(history.into_iter().find_map(|recorded| match recorded.event {
        Event::ReplayPlanned { run: id, repeats, .. } if id == run.id => Some(repeats),
        _ => None,
    }))
}

/// Why this member of staff may not approve what `asked` asked for at a place.
pub(super) fn not_yours(actor: &Actor, place: Place<'_>, asked: StaffId) -> Option<&'static str> {
    if actor.second(asked, Act::ApproveRuns, place).is_some() {
        None
    } else if actor.is(asked) {
        Some("You asked for this run, so somebody else has to approve it.")
    } else if actor.may(Act::ApproveRuns, place) {
        Some("You stand in for the one who asked for this run, so somebody else has to approve it.")
    } else {
        Some("A grievance officer or the data protection lead has to approve it.")
    }
}

pub(super) fn step_of(row: checkpoints::StepRow) -> RunStep {
    let (table, does) = row.label.split_once(' ').unwrap_or((&row.label, ""));
    RunStep {
        table: table.to_owned(),
        does: does.replace('=', " to "),
        found: row.found,
        done: row.done,
        files: row.files,
        ended: row.ended_at.is_some(),
    }
}

fn grouped(bytes: &[u8]) -> String {
    let hex = data_encoding::HEXLOWER.encode(bytes);
    hex.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect::<Vec<_>>().join(" ")
}

async fn reason_of(app: &App, tx: &mut crate::store::Tx, run: &Run) -> Result<Option<String>, Error> {
    if !matches!(run.state, RunState::SentBack | RunState::Cancelled) {
        return Ok(None);
    }
    let history = events::events_of(tx, run.case).await?;
    let said = history.iter().rev().find_map(|recorded| match &recorded.event {
        Event::RunSentBack { run: id, reason } | Event::RunCancelled { run: id, reason } if *id == run.id => {
            Some(*reason)
        }
        _ => None,
    });
    let Some(said) = said else { return Ok(None) };
    Ok(contents::content_get(tx, &app.vault, said).await?.map(|content| content.text))
}

/// Open runs, oldest first, and the last ones that ended.
///
/// # Errors
/// As the database says.
pub async fn load_runs(app: &App, actor: &Actor) -> Result<(Vec<RunLine>, Vec<RunLine>), Error> {
    if !actor.may(Act::SeeRuns, Place::Somewhere) {
        return Err(Error::NotFound);
    }
    let mut tx = app.db.read().await?;
    let names = staff::staff_names(&mut tx).await?;
    let sight = actor.sight(Act::SeeRuns);
    let line = |run: Run| line_of(app, &names, run);
    let open = runs::runs_list(&mut tx, true, &sight).await?.into_iter().map(line).collect();
    let ended = runs::runs_list(&mut tx, false, &sight).await?.into_iter().map(line).collect();
    Ok((open, ended))
}

/// A run in a line.
pub(super) fn line_of(app: &App, names: &HashMap<StaffId, String>, run: Run) -> RunLine {
    RunLine {
        id: run.id,
        reference: run.case,
        product: app.packs.get(&run.product).map_or_else(|| run.product.clone(), |pack| pack.short.clone()),
        state: run.state,
        stop: run.stop,
        asked_by: names.get(&run.asked_by).cloned().unwrap_or_else(|| "somebody who left".to_owned()),
        asked_at: run.asked_at,
        ended_at: run.ended_at,
        rows: match run.kind {
            RunKind::Erase => run.plan.totals().left(),
            RunKind::Export => run.plan.totals().copied,
            _ => run.plan.totals().changed,
        },
        kind: run.kind,
    }
}

/// The runs of a case, newest first.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn of_case(
    tx: &mut crate::store::Tx,
    actor: &Actor,
    case: Reference,
) -> Result<Vec<(RunId, RunKind, RunState)>, Error> {
    may_see(tx, actor, Act::SeeCases, case).await?;
    Ok(runs::runs_of_case(tx, case).await?.into_iter().map(|run| (run.id, run.kind, run.state)).collect())
}

/// What stays of what was planned.
pub(super) fn kept(plan: &Plan) -> impl Iterator<Item = &crate::domain::plan::PlanLine> {
    plan.kept()
}
