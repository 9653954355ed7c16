//! Runs: their plans, who decided, where they stand. What identifies the person is sealed and forgotten at the end.

pub mod checkpoints;
pub mod receipts;
pub mod replay;
pub mod sealings;

use super::{Error, Result, Tx, per_engine, row::known, sql, vault::Sealed, vault::Vault};
use crate::domain::{
    identity::{Reference, RunId, StaffId},
    plan::{FileCount, Plan},
    rights::{Reach, Sight},
    run::{RunKind, RunState, Stop},
    time::Instant,
};

/// One run.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// The case it is for.
    pub case: Reference,
    /// The product whose generation database it changes.
    pub product: String,
    /// What it does.
    pub kind: RunKind,
    /// Where it stands.
    pub state: RunState,
    /// What was planned.
    pub plan: Plan,
    /// Who asked.
    pub asked_by: StaffId,
    /// When.
    pub asked_at: Instant,
    /// Until when it may be approved.
    pub expires_at: Instant,
    /// Who approved it or sent it back.
    pub decided_by: Option<StaffId>,
    /// When.
    pub decided_at: Option<Instant>,
    /// When its first row was touched.
    pub started_at: Option<Instant>,
    /// When it finished, was cancelled, sent back or expired.
    pub ended_at: Option<Instant>,
    /// Why it stopped.
    pub stop: Option<Stop>,
    /// The files in its scope when it began.
    pub files: FileCount,
    /// The worker that may write.
    pub worker: i64,
    /// The standing approval that it began under.
    pub standing: Option<i64>,
}

pub(super) const SEALED_AS: &str = "run";

/// The columns of a run, and whatever says which runs.
macro_rules! runs_where {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.case_id, r.product, r.kind, r.state, r.plan, r.asked_by, r.asked_at, r.expires_at, r.decided_by,
             r.decided_at, r.started_at, r.ended_at, r.stop, r.files, r.bytes, r.worker, r.standing_id FROM runs r ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct RunRow {
    id: i64,
    case_id: i64,
    product: String,
    kind: String,
    state: String,
    plan: String,
    asked_by: i64,
    asked_at: i64,
    expires_at: i64,
    decided_by: Option<i64>,
    decided_at: Option<i64>,
    started_at: Option<i64>,
    ended_at: Option<i64>,
    stop: Option<String>,
    files: i64,
    bytes: i64,
    worker: i64,
    standing_id: Option<i64>,
}

fn run_of(row: RunRow) -> Result<Run> {
    let id = row.id;
    let plan = serde_json::from_str(&row.plan).map_err(|e| Error::BadRow {
        table: "runs",
        row: id,
        column: "plan",
        says: e.to_string(),
    })?;
    Ok(Run {
        id: RunId(id),
        case: Reference(row.case_id),
        product: row.product,
        kind: known(RunKind::from_code(&row.kind), "runs", id, "kind", &row.kind)?,
        state: known(RunState::from_code(&row.state), "runs", id, "state", &row.state)?,
        plan,
        asked_by: StaffId(row.asked_by),
        asked_at: Instant(row.asked_at),
        expires_at: Instant(row.expires_at),
        decided_by: row.decided_by.map(StaffId),
        decided_at: row.decided_at.map(Instant),
        started_at: row.started_at.map(Instant),
        ended_at: row.ended_at.map(Instant),
        stop: row.stop.map(|stop| known(Stop::from_code(&stop), "runs", id, "stop", &stop)).transpose()?,
        files: FileCount { count: row.files, bytes: row.bytes },
        worker: row.worker,
        standing: row.standing_id,
    })
}

/// Keeps a new plan of a kind for a case and its product, with what identifies its subject, sealed; who asked, and when.
///
/// # Errors
/// As the database says; also where the case has an open run already.
pub async fn run_plan(
    tx: &mut Tx,
    vault: &Vault,
    what: (RunKind, Reference, &str),
    plan: &Plan,
    secret: &[u8],
    asked: (StaffId, Instant),
    expires_at: Instant,
) -> Result<RunId> {
    let (kind, case, product) = what;
    let sealed = vault.seal(SEALED_AS, secret)?;
    let text = serde_json::to_string(plan).map_err(|e| Error::BadRow {
        table: "runs",
        row: case.0,
        column: "plan",
        says: e.to_string(),
    })?;
    let (id,): (i64,) = sql("INSERT INTO runs (case_id, product, kind, state, open, scope_hash, plan, wrapped_key, cipher, asked_by, asked_at, expires_at)
         VALUES ($1, $2, $12, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id")
        .bind(case)
        .bind(product)
        .bind(RunState::Planned.code())
        .bind(true)
        .bind(&plan.scope_hash)
        .bind(text)
        .bind(sealed.wrapped_key)
        .bind(sealed.cipher)
        .bind(asked.0)
        .bind(asked.1)
        .bind(expires_at)
        .bind(kind.code())
        .one(tx)
        .await?;
    Ok(RunId(id))
}

/// One run, read only.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn run_get(tx: &mut Tx, id: RunId) -> Result<Option<Run>> {
    let row = sql(runs_where!("WHERE r.id = $1")).bind(id).maybe::<RunRow>(tx).await?;
    row.map(run_of).transpose()
}

/// One run, locked for the rest of the transaction. Its case has to be locked before it.
///
/// # Errors
/// As `run_get`.
pub async fn run_lock(tx: &mut Tx, id: RunId) -> Result<Option<Run>> {
    per_engine("SELECT id FROM runs WHERE id = $1 FOR UPDATE", "SELECT id FROM runs WHERE id = $1")
        .bind(id)
        .maybe::<(i64,)>(tx)
        .await?;
    run_get(tx, id).await
}

/// The runs of a case, newest first, at most twenty.
///
/// # Errors
/// As `run_get`.
pub async fn runs_of_case(tx: &mut Tx, case: Reference) -> Result<Vec<Run>> {
    let rows =
        sql(runs_where!("WHERE r.case_id = $1 ORDER BY r.id DESC LIMIT 20")).bind(case).all::<RunRow>(tx).await?;
    rows.into_iter().map(run_of).collect()
}

/// Erasures that finished for the same requester of the same product, in this case or another, newest first, at most twenty.
///
/// # Errors
/// As `run_get`.
pub async fn runs_of_requester(tx: &mut Tx, case: Reference) -> Result<Vec<Run>> {
    let text = runs_where!(
        "JOIN cases c ON c.id = r.case_id WHERE r.kind = 'erase' AND r.state = 'finished' AND c.requester_digest =
         (SELECT requester_digest FROM cases WHERE id = $1) AND r.product = (SELECT product FROM cases WHERE id = $1) ORDER BY r.id DESC LIMIT 20"
    );
    sql(text).bind(case).all::<RunRow>(tx).await?.into_iter().map(run_of).collect()
}

/// Open runs, oldest first, then the last ones that ended; at most a hundred of each, of the
/// cases that `sight` reaches.
///
/// # Errors
/// As `run_get`.
pub async fn runs_list(tx: &mut Tx, open: bool, sight: &Sight) -> Result<Vec<Run>> {
    let text = if open {
        runs_where!(
            "JOIN cases c ON c.id = r.case_id WHERE r.open AND SEEN(r.product) AND (NOT c.restricted OR CIRCLE(r.product))
             ORDER BY r.id LIMIT 100"
        )
    } else {
        runs_where!(
            "JOIN cases c ON c.id = r.case_id WHERE NOT r.open AND SEEN(r.product) AND (NOT c.restricted OR CIRCLE(r.product))
             ORDER BY r.id DESC LIMIT 100"
        )
    };
    sql(text).seen_by(sight).all::<RunRow>(tx).await?.into_iter().map(run_of).collect()
}

/// Plans of cases outside the wall that wait for approval, of the products in `seen`, oldest first.
///
/// # Errors
/// As `run_get`.
pub async fn runs_planned(tx: &mut Tx, seen: &Reach, most: i64) -> Result<Vec<Run>> {
    let text = runs_where!(
        "JOIN cases c ON c.id = r.case_id WHERE r.state = 'planned' AND NOT c.restricted AND SEEN(r.product)
         ORDER BY r.id LIMIT $1"
    );
    sql(text).bind(most).within("SEEN", seen).all::<RunRow>(tx).await?.into_iter().map(run_of).collect()
}

/// How many runs are open, of the cases that `sight` reaches. Stops at `list::CAP` plus one.
///
/// # Errors
/// As the database says.
pub async fn runs_open(tx: &mut Tx, sight: &Sight) -> Result<i64> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM (SELECT 1 FROM runs r JOIN cases c ON c.id = r.case_id
         WHERE r.open AND SEEN(r.product) AND (NOT c.restricted OR CIRCLE(r.product)) LIMIT 10001) a")
    .seen_by(sight)
    .one(tx)
    .await?;
    Ok(count)
}

/// Plans that nobody approved and packages that nobody reviewed in time, by the database's clock.
///
/// # Errors
/// As the database says.
pub async fn runs_overdue(tx: &mut Tx) -> Result<Vec<(RunId, Reference)>> {
    let now = tx.db_now().await?;
    let rows =
        sql("SELECT id, case_id FROM runs WHERE open AND state IN ('planned', 'packed') AND expires_at < $1 ORDER BY id LIMIT 200")
            .bind(now)
            .all::<(i64, i64)>(tx)
            .await?;
    Ok(rows.into_iter().map(|(run, case)| (RunId(run), Reference(case))).collect())
}

/// Copies that are said to be packed though no job does it: its tries are over, or its process ended too often.
///
/// # Errors
/// As `run_get`.
pub async fn runs_stranded(tx: &mut Tx) -> Result<Vec<Run>> {
    let text = runs_where!(
        "WHERE r.open AND r.kind = 'export' AND r.state = 'running' AND NOT EXISTS (SELECT 1 FROM jobs j
         WHERE j.unique_key = 'pack_export:' || r.id AND j.state IN ('available', 'running')) ORDER BY r.id LIMIT 200"
    );
    sql(text).all::<RunRow>(tx).await?.into_iter().map(run_of).collect()
}

/// Saves where a run stands and who decided.
///
/// # Errors
/// As the database says.
pub async fn run_save(tx: &mut Tx, run: &Run) -> Result<()> {
    sql("UPDATE runs SET state = $2, open = $3, decided_by = $4, decided_at = $5, started_at = $6, ended_at = $7, stop = $8, files = $9, bytes = $10, expires_at = $11, standing_id = $12
         WHERE id = $1")
        .bind(run.id)
        .bind(run.state.code())
        .bind(run.state.is_open())
        .bind(run.decided_by)
        .bind(run.decided_at)
        .bind(run.started_at)
        .bind(run.ended_at)
        .bind(run.stop.map(Stop::code))
        .bind(run.files.count)
        .bind(run.files.bytes)
        .bind(run.expires_at)
        .bind(run.standing)
        .run(tx)
        .await?;
    Ok(())
}

/// Takes a run up: from now on only this worker may write to it. Returns the worker's number.
///
/// # Errors
/// As the database says.
pub async fn run_take(tx: &mut Tx, id: RunId) -> Result<i64> {
    let (worker,): (i64,) =
        sql("UPDATE runs SET worker = worker + 1 WHERE id = $1 RETURNING worker").bind(id).one(tx).await?;
    Ok(worker)
}

/// What identifies the run's subject; none once it was forgotten.
///
/// # Errors
/// As the database says, or when it does not open.
pub async fn run_secret(tx: &mut Tx, vault: &Vault, id: RunId) -> Result<Option<Vec<u8>>> {
    let row = sql("SELECT wrapped_key, cipher FROM runs WHERE id = $1")
        .bind(id)
        .maybe::<(Option<Vec<u8>>, Option<Vec<u8>>)>(tx)
        .await?;
    match row {
        Some((Some(wrapped_key), Some(cipher))) => Ok(Some(vault.open(SEALED_AS, &Sealed { wrapped_key, cipher })?)),
        _ => Ok(None),
    }
}

/// Forgets what identifies the run's subject, and the keys of its rows.
///
/// # Errors
/// As the database says.
pub async fn run_forget(tx: &mut Tx, id: RunId) -> Result<()> {
    sql("UPDATE runs SET wrapped_key = NULL, cipher = NULL WHERE id = $1").bind(id).run(tx).await?;
    checkpoints::keys_forget(tx, id).await
}
