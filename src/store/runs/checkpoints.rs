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

const SEALED_AS: &str = "run keys";

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

/// Adds what a batch did. False when another worker has the run.
///
/// # Errors
/// As the database says.
pub async fn step_advance(tx: &mut Tx, run: RunId, worker: i64, n: usize, rows: i64, files: i64) -> Result<bool> {
    let changed = sql("UPDATE run_steps SET done = done + $4, files = files + $5
         WHERE run_id = $1 AND n = $3 AND EXISTS (SELECT 1 FROM runs WHERE id = $1 AND worker = $2)")
    .bind(run)
    .bind(worker)
    .bind(i64::try_from(n).unwrap_or(i64::MAX))
    .bind(rows)
    .bind(files)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Ends a step that finds nothing any more. What a cut-off worker did without writing it down is made good: the step
/// has done at least what it found when the run began. False when another worker has the run.
///
/// # Errors
/// As the database says.
pub async fn step_end(tx: &mut Tx, run: RunId, worker: i64, n: usize, at: Instant) -> Result<bool> {
    let changed = sql("UPDATE run_steps SET ended_at = $4, done = CASE WHEN done < found THEN found ELSE done END
         WHERE run_id = $1 AND n = $3 AND EXISTS (SELECT 1 FROM runs WHERE id = $1 AND worker = $2)")
    .bind(run)
    .bind(worker)
    .bind(i64::try_from(n).unwrap_or(i64::MAX))
    .bind(at)
    .run(tx)
    .await?;
    Ok(changed == 1)
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
