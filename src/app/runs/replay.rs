//! After a restore: what a backup brought back is erased again. Each erasure keeps whom it erased, sealed, until backups
//! that were made before it have run out; here those keys are looked up, and where something is there again a run is made
//! that repeats the first one. It is planned here and nothing more: a second person approves it as any other.

use super::{
    Secret,
    standing::{approved_ahead, standing_for},
};
use crate::{
    app::{App, Error, failpoint::failpoint, held},
    domain::{
        audit::AuditAction,
        event::{By, Event},
        follow_up::{self, BACKUPS},
        identity::{Reference, RunId},
        plan::{Plan, WarningCode},
        rights::Actor,
        run::{RunKind, RunState, Stop, open_until},
        standing::Standing,
        time::Instant,
        work::Work,
    },
    generation::{self, Extent, Found, Held, Key, Source, Target, texts_of},
    store::{
        Tx, audit, cases, jobs,
        runs::{self, Run, checkpoints, replay as kept},
    },
};
use serde::{Deserialize, Serialize};

/// Whom a run erased, as it is sealed: the keys of accounts and what the run was limited to, no address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    keys: Vec<Key>,
    pseudonym: String,
    extent: Extent,
    /// What holds on parts kept of it, which no repetition may take.
    #[serde(default)]
    kept_back: Extent,
}

/// What is to be done once more.
#[derive(Debug, Clone)]
pub struct Replay<'a> {
    /// When the backup was made that was restored: what finished since then may be back.
    pub since: Instant,
    /// Only this product.
    pub product: Option<&'a str>,
    /// Who asks, and so may not approve; without anybody it is only looked.
    pub by: Option<&'a Actor>,
}

/// What became of one erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Nothing of the person is there.
    Gone,
    /// So many rows and files are there again; nothing was done.
    Back(i64, i64),
    /// A run was planned that repeats it; it waits for approval.
    Planned(RunId),
    /// A run was planned, and something stops it.
    Stopped(RunId),
    /// It is on its way by a standing approval.
    Approved(RunId),
    /// This run of its case is open and has to end first.
    Waits(RunId),
    /// The generation database could not be asked; says why.
    Unasked(String),
}

/// One erasure, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The erasure; none of its keys are known any more where it has no fate.
    pub run: RunId,
    /// Its case.
    pub case: Option<Reference>,
    /// What became of it; none where nobody knows any more whom it erased.
    pub fate: Option<Fate>,
}

/// Looks for everybody whose erasure finished since, and plans to erase again whoever is back. May be asked again at any
/// time: who is gone is left alone, and a case has one open run.
///
/// # Errors
/// As our own database says.
pub async fn replay(app: &App, asked: &Replay<'_>) -> Result<Vec<Replayed>, Error> {
    let mut tx = app.db.read().await?;
    let erased = kept::replays_since(&mut tx, &app.vault, asked.since, asked.product).await?;
    let forgotten = kept::replays_forgotten(&mut tx, asked.since, asked.product).await?;
    drop(tx);
    let mut all: Vec<_> = forgotten.into_iter().map(|run| Replayed { run, case: None, fate: None }).collect();
    let mut seen: Vec<(String, Subject)> = Vec::new();
    for one in erased {
        let Ok(subject) = serde_json::from_slice::<Subject>(&one.subject) else {
            all.push(Replayed { run: one.run, case: Some(one.case), fate: None });
            continue;
        };
        // erased more than once since: the latest stands for all
        let known = (one.product.clone(), Subject { pseudonym: String::new(), ..subject.clone() });
        if seen.contains(&known) {
            continue;
        }
        seen.push(known);
        let fate = again(app, asked, &one, subject).await?;
        all.push(Replayed { run: one.run, case: Some(one.case), fate: Some(fate) });
    }
    app.wake();
    Ok(all)
}

/// Looks whether somebody is back, and plans.
async fn again(app: &App, asked: &Replay<'_>, one: &kept::Erased, subject: Subject) -> Result<Fate, Error> {
    let Some(source) = app.sources.get(&one.product) else {
        return Ok(Fate::Unasked("the product has no generation database here".to_owned()));
    };
    let (target, plan) = match look(app, &source.itself(), &one.product, subject).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            if asked.by.is_some() {
                note(app, asked, one, AuditAction::ReplayFoundNothing, &one.run.to_string()).await?;
            }
            return Ok(Fate::Gone);
        }
        Err(Looking::Source(error)) => return Ok(Fate::Unasked(error.to_string())),
        Err(Looking::Own(error)) => return Err(error),
    };
    let Some(by) = asked.by else {
        let rows = plan.totals();
        return Ok(Fate::Back(rows.left() + rows.changed, plan.files.count));
    };
    failpoint("replay-before-plan");
    planned(app, by, one, &plan, target).await
}

/// Why looking failed: over there, or here.
enum Looking {
    Source(generation::Error),
    Own(Error),
}

impl From<generation::Error> for Looking {
    fn from(error: generation::Error) -> Self {
        Self::Source(error)
    }
}

impl From<Error> for Looking {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

/// The plan of what is there again; none where the re-query of the first run would still find nothing.
async fn look(app: &App, source: &Source, product: &str, subject: Subject) -> Result<Option<(Target, Plan)>, Looking> {
    let found = source.known(&subject.keys).await?;
    let target = Target {
        texts: texts_of(&[], found.contacts),
        subjects: subject.keys,
        found_by: Vec::new(),
        pseudonym: subject.pseudonym,
        today: app.now().local(app.packs.zone(product)).date_naive(),
        holds: Vec::new(),
        held: Held { earlier: subject.kept_back, ..Held::default() },
        extent: subject.extent,
        aim: generation::Aim::Erase,
        run: String::new(),
        begun: None,
    };
    if source.erasure(&target).await?.verify().await?.left.is_empty() {
        return Ok(None);
    }
    let (holds, now) = held::on(app, product, &target.subjects).await?;
    let held = Held { earlier: target.held.earlier.clone(), ..now };
    let target = Target { holds, held, ..target };
    let plan = source.plan(&target).await?;
    Ok(Some((target, plan)))
}

/// Keeps the plan and says so on the first run's case, in one commit. A resolved case stays resolved.
async fn planned(app: &App, by: &Actor, one: &kept::Erased, plan: &Plan, target: Target) -> Result<Fate, Error> {
    let mut tx = app.db.begin().await?;
    let mut case = cases::case_lock(&mut tx, one.case).await?.ok_or(Error::NotFound)?;
    if let Some(open) = case.run {
        return Ok(Fate::Waits(open));
    }
    let now = app.now();
    let secret =
        Secret { identities: Vec::new(), verified: None, target, left_out: Vec::new(), replays: Some(one.run) };
    let secret = serde_json::to_vec(&secret).unwrap_or_default();
    let until = open_until(tx.db_now().await?);
    let what = (RunKind::Erase, one.case, one.product.as_str());
    let run = runs::run_plan(&mut tx, &app.vault, what, plan, &secret, (by.id, now), until).await?;
    checkpoints::log_add(&mut tx, run, now, &format!("Plan made: repeats {}, after a restore", one.run)).await?;
    let event = Event::ReplayPlanned { run, scope_hash: plan.scope_hash.clone(), repeats: one.run };
    cases::case_record(&mut tx, &mut case, By::Staff(by.id), now, event).await?;
    let mut row = runs::run_lock(&mut tx, run).await?.ok_or(Error::NotFound)?;
    let mut fate = Fate::Planned(run);
    audit::audit_append(&mut tx, now, Some(by.id), AuditAction::ReplayPlanned, Some(one.case), &run.to_string());
    if !plan.may_run() {
        (row.state, row.stop) = (RunState::Stopped, Some(Stop::Blocked));
        let event = Event::RunStopped { run, why: Stop::Blocked.code().to_owned() };
        cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
        audit::audit_append(&mut tx, now, None, AuditAction::RunStopped, Some(one.case), &run.to_string());
        fate = Fate::Stopped(run);
    } else if !plan.warnings.iter().any(|warning| warning.code == WarningCode::Hold)
        && let Some(approval) = standing_for(&mut tx, &one.product, Standing::Replay, by.id).await?
    {
        // what there was to read was read when the first run was approved
        (row.state, row.standing) = (RunState::Approved, Some(approval.id));
        (row.decided_by, row.decided_at) = (Some(approval.granted_by), Some(approval.granted_at));
        let says = format!("Approved ahead, by standing approval {}", approval.id);
        checkpoints::log_add(&mut tx, run, now, &says).await?;
        jobs::job_enqueue(&mut tx, &Work::ExecuteRun { run }, 0).await?;
        let event = Event::RunApproved { run, standing: Some(approval.id) };
        cases::case_record(&mut tx, &mut case, By::Staff(by.id), now, event).await?;
        let what = approved_ahead(run, &approval);
        audit::audit_append(&mut tx, now, None, AuditAction::RunApproved, Some(one.case), &what);
        fate = Fate::Approved(run);
    }
    runs::run_save(&mut tx, &row).await?;
    cases::case_save(&mut tx, &case).await?;
    tx.commit().await?;
    failpoint("replay-planned");
    Ok(fate)
}

async fn note(app: &App, asked: &Replay<'_>, one: &kept::Erased, action: AuditAction, what: &str) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    audit::audit_append(&mut tx, app.now(), asked.by.map(|by| by.id), action, Some(one.case), what);
    tx.commit().await?;
    Ok(())
}

/// Whom a run is about, as found just before it begins: by what they were verified by, or, where an erasure is repeated, by
/// the keys that it kept.
pub(super) async fn found(source: &Source, secret: &Secret) -> Result<Found, generation::Error> {
    match secret.replays {
        Some(_) => source.known(&secret.target.subjects).await,
        None => source.find(&secret.identities).await,
    }
}

/// Keeps whom a run erased, in the transaction that ends it, for as long as its product's backups last.
pub(super) async fn keep(app: &App, tx: &mut Tx, run: &Run, secret: &Secret, now: Instant) -> Result<(), Error> {
    if run.kind != RunKind::Erase {
        return Ok(());
    }
    let target = &secret.target;
    let subject = Subject {
        keys: target.subjects.clone(),
        pseudonym: target.pseudonym.clone(),
        extent: target.extent.clone(),
        kept_back: target.held.all(),
    };
    let subject = serde_json::to_vec(&subject).unwrap_or_default();
    let period = app.settings.backups.get(&run.product).copied().unwrap_or(BACKUPS);
    let forget = follow_up::gone_by(period, now, app.packs.zone(&run.product));
    Ok(kept::replay_keep(tx, &app.vault, run.id, &run.product, &subject, now, forget).await?)
}
