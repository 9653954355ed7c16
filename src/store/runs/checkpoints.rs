//! How far a run is: its steps, the keys that had to be written down, its log. Progress is written only by the worker
//! that took the run up last; anybody else's hits no row.

use super::super::{Result, Tx, per_engine, sql, vault::Sealed, vault::Vault};
use crate::domain::{identity::RunId, time::Instant};

/// One step with how far it is.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StepRow {
    /// Its place.
    pub n: i64,
    /// What it does.
    pub label: String,
    /// Rows it found when the run began.
    pub found: i64,
    /// Rows it has deleted or changed.
    pub done: i64,
    /// Files it has removed.
    pub files: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
}

pub(in crate::store) const SEALED_AS: &str = "run keys";

/// Writes down the steps of a run that is about to begin.
///
/// # Errors
/// As the database says.
pub async fn steps_begin(tx: &mut Tx, run: RunId, steps: &[(String, i64)]) -> Result<()> {
    sql("DELETE FROM run_steps WHERE run_id = $1").bind(run).run(tx).await?;
    per_engine(
        "INSERT INTO run_steps (run_id, n, label, found) SELECT $1, e.n - 1, e.step ->> 0, CAST(e.step ->> 1 AS BIGINT)
         FROM jsonb_array_elements(CAST($2 AS jsonb)) WITH ORDINALITY AS e (step, n)",
        "INSERT INTO run_steps (run_id, n, label, found)
         SELECT $1, e.key, json_extract(e.value, '$[0]'), json_extract(e.value, '$[1]') FROM json_each($2) e",
    )
    .bind(run)
    .bind(serde_json::json!(steps).to_string())
    .run(tx)
    .await?;
    Ok(())
}

/// Ends the steps that found nothing when the run began.
///
/// # Errors
/// As the database says.
pub async fn steps_end_empty(tx: &mut Tx, run: RunId, at: Instant) -> Result<()> {
    sql("UPDATE run_steps SET ended_at = $2 WHERE run_id = $1 AND found = 0").bind(run).bind(at).run(tx).await?;
    Ok(())
}

/// The steps in order.
///
/// # Errors
/// As the database says.
pub async fn steps_of(tx: &mut Tx, run: RunId) -> Result<Vec<StepRow>> {
    sql("SELECT n, label, found, done, files, ended_at FROM run_steps WHERE run_id = $1 ORDER BY n")
        .bind(run)
        .all::<StepRow>(tx)
        .await
}

/// What was done of one step since it was last written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The step's place; a place stands once among those written down together.
    pub n: usize,
    /// Rows deleted or changed.
    pub rows: i64,
    /// Files removed.
    pub files: i64,
    /// True when the step finds nothing any more. What a cut-off worker did without writing it down is made good: the
    /// step has done at least what it found when the run began.
    pub ended: bool,
}

/// Writes down what was done of some steps, in one statement. False when another worker has the run.
///
/// # Errors
/// As the database says.
pub async fn steps_advance(tx: &mut Tx, run: RunId, worker: i64, steps: &[Progress], at: Instant) -> Result<bool> {
    let list: Vec<_> = steps.iter().map(|step| (step.n, step.rows, step.files, i64::from(step.ended))).collect();
    let changed = per_engine(
        "UPDATE run_steps AS s SET files = s.files + e.files, ended_at = CASE WHEN e.ended = 1 THEN $4 ELSE s.ended_at END,
            done = CASE WHEN e.ended = 1 AND s.done + e.rows < s.found THEN s.found ELSE s.done + e.rows END
         FROM (SELECT CAST(v ->> 0 AS BIGINT) AS n, CAST(v ->> 1 AS BIGINT) AS rows, CAST(v ->> 2 AS BIGINT) AS files,
                CAST(v ->> 3 AS BIGINT) AS ended FROM jsonb_array_elements(CAST($3 AS jsonb)) AS v) AS e
         WHERE s.run_id = $1 AND s.n = e.n AND EXISTS (SELECT 1 FROM runs WHERE id = $1 AND worker = $2)",
        "UPDATE run_steps AS s SET files = s.files + e.files, ended_at = CASE WHEN e.ended = 1 THEN $4 ELSE s.ended_at END,
            done = CASE WHEN e.ended = 1 AND s.done + e.rows < s.found THEN s.found ELSE s.done + e.rows END
         FROM (SELECT value ->> 0 AS n, value ->> 1 AS rows, value ->> 2 AS files, value ->> 3 AS ended
            FROM json_each($3)) AS e
         WHERE s.run_id = $1 AND s.n = e.n AND EXISTS (SELECT 1 FROM runs WHERE id = $1 AND worker = $2)",
    )
    .bind(run)
    .bind(worker)
    .bind(serde_json::json!(list).to_string())
    .bind(at)
    .run(tx)
    .await?;
    Ok(usize::try_from(changed).is_ok_and(|changed| changed == steps.len()))
}

/// Writes down how far each step of a copy is, by its label; `ended` when that is all of it. The caller has locked the run.
///
/// # Errors
/// As the database says.
pub async fn steps_at(tx: &mut Tx, run: RunId, steps: &[(String, i64)], ended: bool) -> Result<()> {
    let now = tx.now();
    for (label, done) in steps {
        sql("UPDATE run_steps SET done = $3, found = CASE WHEN $4 THEN $3 ELSE found END, ended_at = CASE WHEN $4 THEN $5 ELSE NULL END
             WHERE run_id = $1 AND label = $2")
            .bind(run)
            .bind(label)
            .bind(*done)
            .bind(ended)
            .bind(now)
            .run(tx)
            .await?;
    }
    Ok(())
}

/// Opens every step again: rows came meanwhile.
///
/// # Errors
/// As the database says.
pub async fn steps_reopen(tx: &mut Tx, run: RunId) -> Result<()> {
    sql("UPDATE run_steps SET ended_at = NULL WHERE run_id = $1").bind(run).run(tx).await?;
    Ok(())
}

/// Writes down a portion of keys.
///
/// # Errors
/// As the database says, or when sealing fails.
pub async fn keys_keep(tx: &mut Tx, vault: &Vault, run: RunId, n: usize, portion: i64, keys: &str) -> Result<()> {
    let sealed = vault.seal(SEALED_AS, keys.as_bytes())?;
    sql("INSERT INTO run_keys (run_id, step, portion, wrapped_key, cipher) VALUES ($1, $2, $3, $4, $5)")
        .bind(run)
        .bind(i64::try_from(n).unwrap_or(i64::MAX))
        .bind(portion)
        .bind(sealed.wrapped_key)
        .bind(sealed.cipher)
        .run(tx)
        .await?;
    Ok(())
}

/// One portion of keys; none after the last.
///
/// # Errors
/// As the database says, or when it does not open.
pub async fn keys_get(tx: &mut Tx, vault: &Vault, run: RunId, n: usize, portion: i64) -> Result<Option<String>> {
    let row = sql("SELECT wrapped_key, cipher FROM run_keys WHERE run_id = $1 AND step = $2 AND portion = $3")
        .bind(run)
        .bind(i64::try_from(n).unwrap_or(i64::MAX))
        .bind(portion)
        .maybe::<(Vec<u8>, Vec<u8>)>(tx)
        .await?;
    let Some((wrapped_key, cipher)) = row else { return Ok(None) };
    let keys = vault.open(SEALED_AS, &Sealed { wrapped_key, cipher })?;
    Ok(Some(String::from_utf8_lossy(&keys).into_owned()))
}

/// Forgets every key of a run.
///
/// # Errors
/// As the database says.
pub async fn keys_forget(tx: &mut Tx, run: RunId) -> Result<()> {
    sql("DELETE FROM run_keys WHERE run_id = $1").bind(run).run(tx).await?;
    Ok(())
}

/// Adds a line to how the run went.
///
/// # Errors
/// As the database says.
pub async fn log_add(tx: &mut Tx, run: RunId, at: Instant, what: &str) -> Result<()> {
    sql("INSERT INTO run_log (run_id, n, at, what)
         SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3 FROM run_log WHERE run_id = $1")
    .bind(run)
    .bind(at)
    .bind(what)
    .run(tx)
    .await?;
    Ok(())
}

/// How the run went, oldest first, at most the last two hundred lines.
///
/// # Errors
/// As the database says.
pub async fn log_of(tx: &mut Tx, run: RunId) -> Result<Vec<(Instant, String)>> {
    let mut rows = sql("SELECT at, what FROM run_log WHERE run_id = $1 ORDER BY n DESC LIMIT 200")
        .bind(run)
        .all::<(i64, String)>(tx)
        .await?;
    rows.reverse();
    Ok(rows.into_iter().map(|(at, what)| (Instant(at), what)).collect())
}
