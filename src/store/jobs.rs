//! Durable work in our own tables: enqueued in the caller's transaction, claimed under a lease with a fencing
//! token, counted at the claim. Time is the database's.

use super::{Error, Result, Tx, per_engine, sql, vault::random};
use crate::domain::{time::Instant, work::Work};

/// A job somebody holds the lease of.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its row.
    pub id: i64,
    /// What to do.
    pub work: Work,
    /// Which try this is, from 1.
    pub attempt: i64,
    /// After which try it gives up.
    pub max_attempts: i64,
    /// The fencing token: writes of a holder who lost the lease change nothing.
    pub token: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct JobRow {
    id: i64,
    data: String,
    attempt: i64,
    max_attempts: i64,
}

/// Asks for work to be done `delay` milliseconds from now, in the caller's transaction: it exists once that commits.
/// Where a job with the same unique key waits or runs, that one's id is returned and nothing is added.
///
/// # Errors
/// As the database says.
pub async fn job_enqueue(tx: &mut Tx, work: &Work, delay: i64) -> Result<i64> {
    let now = tx.db_now().await?;
    let data = serde_json::to_string(work).map_err(|e| bad(0, &e))?;
    let (id,): (i64,) = sql("INSERT INTO jobs (work, data, unique_key, state, run_at, max_attempts, created_at)
         VALUES ($1, $2, $3, 'available', $4, $5, $6)
         ON CONFLICT (unique_key) WHERE state IN ('available', 'running') DO UPDATE SET unique_key = excluded.unique_key
         RETURNING id")
    .bind(work.name())
    .bind(data)
    .bind(work.unique_key())
    .bind(now.plus(delay))
    .bind(work.max_attempts())
    .bind(now)
    .one(tx)
    .await?;
    Ok(id)
}

/// Takes up to `limit` jobs that are due, each under a lease of `lease` milliseconds; those that may take hours only where
/// `long`. Counts the attempt.
///
/// # Errors
/// As the database says.
pub async fn jobs_claim(tx: &mut Tx, limit: i64, lease: i64, long: bool) -> Result<Vec<Claimed>> {
    let now = tx.db_now().await?;
    let token = random::<16>()?.to_vec();
    let rows = per_engine(
        "UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_until = $2, lease_token = $3 WHERE id IN
         (SELECT id FROM jobs WHERE state = 'available' AND run_at <= $1 AND ($5 OR work NOT IN ('pack_export', 'lock_download'))
         ORDER BY run_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
         RETURNING id, data, attempt, max_attempts",
        "UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_until = $2, lease_token = $3 WHERE id IN
         (SELECT id FROM jobs WHERE state = 'available' AND run_at <= $1 AND ($5 OR work NOT IN ('pack_export', 'lock_download'))
         ORDER BY run_at, id LIMIT $4)
         RETURNING id, data, attempt, max_attempts",
    )
    .bind(now)
    .bind(now.plus(lease))
    .bind(token.clone())
    .bind(limit)
    .bind(long)
    .all::<JobRow>(tx)
    .await?;
    let mut claimed = rows
        .into_iter()
        .map(|row| {
            let work = serde_json::from_str(&row.data).map_err(|e| bad(row.id, &e))?;
            Ok(Claimed { id: row.id, work, attempt: row.attempt, max_attempts: row.max_attempts, token: token.clone() })
        })
        .collect::<Result<Vec<_>>>()?;
    claimed.sort_by_key(|job| job.id);
    Ok(claimed)
}

/// Gives back the jobs whose holder vanished, and buries those that have no try left. Returns how many of each.
/// What went down together more than once comes back seconds apart: one job that ends every process it runs in must
/// not use up the tries of the others.
///
/// # Errors
/// As the database says.
pub async fn jobs_rescue(tx: &mut Tx) -> Result<(u64, u64)> {
    let now = tx.db_now().await?;
    let buried = sql("UPDATE jobs SET state = 'dead', finished_at = $1, lease_until = NULL, lease_token = NULL,
         error = COALESCE(error, 'the process that worked on it ended without a word')
         WHERE state = 'running' AND lease_until < $1 AND attempt >= max_attempts")
    .bind(now)
    .run(tx)
    .await?;
    let given_back = sql(
        "UPDATE jobs SET state = 'available', run_at = $1 + (attempt - 1) * (id % 16) * 1000, lease_until = NULL, lease_token = NULL
         WHERE state = 'running' AND lease_until < $1",
    )
    .bind(now)
    .run(tx)
    .await?;
    Ok((given_back, buried))
}

/// True when a lease ran out and nobody has taken the job back yet; cheap, for readers.
///
/// # Errors
/// As the database says.
pub async fn jobs_stuck(tx: &mut Tx) -> Result<bool> {
    let now = tx.db_now().await?;
    let row = sql("SELECT id FROM jobs WHERE state = 'running' AND lease_until < $1 LIMIT 1")
        .bind(now)
        .maybe::<(i64,)>(tx)
        .await?;
    Ok(row.is_some())
}

/// True when a job is due, one that may take hours only where `long`; cheap, for readers.
///
/// # Errors
/// As the database says.
pub async fn jobs_due(tx: &mut Tx, long: bool) -> Result<bool> {
    let now = tx.db_now().await?;
    let row = sql("SELECT id FROM jobs WHERE state = 'available' AND run_at <= $1
         AND ($2 OR work NOT IN ('pack_export', 'lock_download')) LIMIT 1")
    .bind(now)
    .bind(long)
    .maybe::<(i64,)>(tx)
    .await?;
    Ok(row.is_some())
}

/// Puts off the job with this key until `delay` milliseconds from now.
///
/// # Errors
/// As the database says.
pub async fn job_put_off(tx: &mut Tx, key: &str, delay: i64) -> Result<()> {
    let now = tx.db_now().await?;
    sql("UPDATE jobs SET run_at = $2 WHERE unique_key = $1 AND state = 'available'")
        .bind(key)
        .bind(now.plus(delay))
        .run(tx)
        .await?;
    Ok(())
}

/// The job is done. False when the lease had gone to somebody else: then nothing was changed.
///
/// # Errors
/// As the database says.
pub async fn job_complete(tx: &mut Tx, job: &Claimed) -> Result<bool> {
    let now = tx.db_now().await?;
    let changed = sql(
        "UPDATE jobs SET state = 'completed', finished_at = $3, lease_until = NULL, lease_token = NULL, error = NULL
         WHERE id = $1 AND state = 'running' AND lease_token = $2",
    )
    .bind(job.id)
    .bind(job.token.clone())
    .bind(now)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// The try failed: again after `delay` milliseconds, or never when `delay` is none. False when the lease was lost.
///
/// # Errors
/// As the database says.
pub async fn job_retry(tx: &mut Tx, job: &Claimed, delay: Option<i64>, error: &str) -> Result<bool> {
    let now = tx.db_now().await?;
    let state = if delay.is_some() { "available" } else { "dead" };
    let changed = sql(
        "UPDATE jobs SET state = $3, run_at = $4, error = $5, finished_at = $6, lease_until = NULL, lease_token = NULL
         WHERE id = $1 AND state = 'running' AND lease_token = $2",
    )
    .bind(job.id)
    .bind(job.token.clone())
    .bind(state)
    .bind(now.plus(delay.unwrap_or_default()))
    .bind(error)
    .bind(delay.is_none().then_some(now))
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// The work has to wait `delay` milliseconds for something outside, and says why: the try does not count.
///
/// # Errors
/// As the database says.
pub async fn job_postpone(tx: &mut Tx, job: &Claimed, delay: i64, why: &str) -> Result<bool> {
    let now = tx.db_now().await?;
    let changed = sql(
        "UPDATE jobs SET state = 'available', run_at = $3, error = $4, attempt = attempt - 1, lease_until = NULL, lease_token = NULL
         WHERE id = $1 AND state = 'running' AND lease_token = $2",
    )
    .bind(job.id)
    .bind(job.token.clone())
    .bind(now.plus(delay))
    .bind(why)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// The holder stops before it is done: the job is free at once and the try does not count.
///
/// # Errors
/// As the database says.
pub async fn job_release(tx: &mut Tx, job: &Claimed) -> Result<bool> {
    let now = tx.db_now().await?;
    let changed = sql(
        "UPDATE jobs SET state = 'available', run_at = $3, attempt = attempt - 1, lease_until = NULL, lease_token = NULL
         WHERE id = $1 AND state = 'running' AND lease_token = $2",
    )
    .bind(job.id)
    .bind(job.token.clone())
    .bind(now)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Holds the lease for another `lease` milliseconds. False when it was lost.
///
/// # Errors
/// As the database says.
pub async fn job_extend(tx: &mut Tx, job: &Claimed, lease: i64) -> Result<bool> {
    let now = tx.db_now().await?;
    let changed = sql("UPDATE jobs SET lease_until = $3 WHERE id = $1 AND state = 'running' AND lease_token = $2")
        .bind(job.id)
        .bind(job.token.clone())
        .bind(now.plus(lease))
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// A job that gave up, as the console shows it: id, work, attempts, when, last error.
pub type Dead = (i64, String, i64, i64, String);

/// Jobs that gave up, newest first, below `before`.
///
/// # Errors
/// As the database says.
pub async fn jobs_dead(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<Dead>> {
    sql("SELECT id, work, attempt, COALESCE(finished_at, created_at), COALESCE(error, '') FROM jobs
         WHERE state = 'dead' AND id < $1 ORDER BY id DESC LIMIT $2")
    .bind(before)
    .bind(limit)
    .all(tx)
    .await
}

/// Sends a job that gave up back to work with all its tries; false when it is no dead letter, or when the same
/// work waits already.
///
/// # Errors
/// As the database says.
pub async fn job_revive(tx: &mut Tx, id: i64) -> Result<bool> {
    let now = tx.db_now().await?;
    let changed = sql(
        "UPDATE jobs SET state = 'available', run_at = $2, attempt = 0, finished_at = NULL
         WHERE id = $1 AND state = 'dead' AND NOT EXISTS
         (SELECT 1 FROM jobs other WHERE other.unique_key = jobs.unique_key AND other.state IN ('available', 'running'))",
    )
    .bind(id)
    .bind(now)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Forgets completed jobs that finished before `before`, a few hundred at a time. Dead letters stay.
///
/// # Errors
/// As the database says.
pub async fn jobs_forget(tx: &mut Tx, before: Instant) -> Result<u64> {
    sql("DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = 'completed' AND finished_at < $1 LIMIT 500)")
        .bind(before)
        .run(tx)
        .await
}

/// Takes one tick of a schedule; false when another console took it.
///
/// # Errors
/// As the database says.
pub async fn tick_take(tx: &mut Tx, schedule: &'static str, tick: Instant) -> Result<bool> {
    let changed = sql("INSERT INTO ticks (schedule, tick_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(schedule)
        .bind(tick)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// Forgets ticks before `before`.
///
/// # Errors
/// As the database says.
pub async fn ticks_forget(tx: &mut Tx, before: Instant) -> Result<u64> {
    sql("DELETE FROM ticks WHERE tick_at < $1").bind(before).run(tx).await
}

fn bad(row: i64, e: &serde_json::Error) -> Error {
    Error::BadRow { table: "jobs", row, column: "data", says: e.to_string() }
}
