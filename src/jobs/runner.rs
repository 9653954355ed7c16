//! The runner of one process: claims what is due, keeps the leases while work goes on, settles each job under its
//! fencing token, and lets go in good order when the process is asked to stop.

use super::{NotDone, schedule, work_on};
use crate::{
    app::App,
    domain::time::{MINUTE, SECOND},
    store::{
        Error,
        jobs::{self, Claimed},
        vault::random,
    },
};
use std::{collections::HashMap, time::Duration};
use tokio::{
    sync::watch,
    task::{Id, JoinSet},
    time::{Instant as Moment, sleep, timeout},
};

/// How long a lease lasts in milliseconds; kept alive while work goes on.
pub const LEASE: i64 = 30 * SECOND;
/// How long a job may take, in milliseconds, before its lease is no longer kept alive.
const LONGEST: Duration = Duration::from_mins(5);
/// How long running jobs may take to end when the process is asked to stop.
const GRACE: Duration = Duration::from_secs(20);

/// How a runner works.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How many jobs at a time.
    pub workers: usize,
    /// How often to look for work that other processes committed.
    pub poll: Duration,
    /// The lease in milliseconds.
    pub lease: i64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { workers: 4, poll: Duration::from_millis(500), lease: LEASE }
    }
}

/// Runs until `stop` turns true, then ends what is running, or gives it back.
pub async fn run(app: App, pace: Pace, mut stop: watch::Receiver<bool>) {
    let mut running: JoinSet<(Claimed, Result<(), NotDone>)> = JoinSet::new();
    let mut held: HashMap<Id, (Claimed, Moment)> = HashMap::new();
    let mut ticks = Vec::new();
    let mut beat = Moment::now();
    while !*stop.borrow() {
        if let Err(error) = round(&app, pace, &mut running, &mut held, &mut ticks, &mut beat).await {
            tracing::warn!(%error, "the job runner could not reach the database; it goes on trying");
            sleep(Duration::from_secs(1)).await;
        }
        let has_room = held.len() < pace.workers;
        tokio::select! {
            Some(ended) = running.join_next_with_id() => finish(&app, &mut held, ended).await,
            () = app.woken(), if has_room => {}
            () = sleep(pace.poll) => {}
            _ = stop.changed() => {}
        }
        while let Some(ended) = running.try_join_next_with_id() {
            finish(&app, &mut held, ended).await;
        }
    }
    let ended = timeout(GRACE, async {
        while let Some(ended) = running.join_next_with_id().await {
            finish(&app, &mut held, ended).await;
        }
    });
    if ended.await.is_err() {
        running.abort_all();
    }
    for (_, (job, _)) in held {
        if let Err(error) = release(&app, &job).await {
            tracing::warn!(job = job.id, %error, "the job could not be given back; its lease will run out");
        }
    }
}

type Held = HashMap<Id, (Claimed, Moment)>;

/// One look at the clock, the leases and the queue.
async fn round(
    app: &App,
    pace: Pace,
    running: &mut JoinSet<(Claimed, Result<(), NotDone>)>,
    held: &mut Held,
    ticks: &mut Vec<(&'static str, crate::domain::time::Instant)>,
    beat: &mut Moment,
) -> Result<(), Error> {
    schedule::tick(app, ticks).await?;
    let third = Duration::from_millis(u64::try_from(pace.lease / 3).unwrap_or(1_000));
    if beat.elapsed() >= third.min(Duration::from_secs(5)) {
        *beat = Moment::now();
        rescue(app).await?;
        keep_alive(app, pace.lease, held).await?;
    }
    let room = i64::try_from(pace.workers.saturating_sub(held.len())).unwrap_or_default();
    if room > 0 {
        for job in claim(app, room, pace.lease).await? {
            let (app, copy) = (app.clone(), job.clone());
            let last = job.attempt >= job.max_attempts;
            crate::app::failpoint::failpoint("job-claimed");
            let task = running.spawn(async move {
                let result = work_on(&app, &job.work, last).await;
                (job, result)
            });
            held.insert(task.id(), (copy, Moment::now()));
        }
    }
    Ok(())
}

/// Takes up to `limit` jobs; looks before it takes the write lock.
pub(super) async fn claim(app: &App, limit: i64, lease: i64) -> Result<Vec<Claimed>, Error> {
    let mut tx = app.db.read().await?;
    if !jobs::jobs_due(&mut tx).await? {
        return Ok(Vec::new());
    }
    drop(tx);
    let mut tx = app.db.begin().await?;
    let claimed = jobs::jobs_claim(&mut tx, limit, lease).await?;
    tx.commit().await?;
    Ok(claimed)
}

async fn rescue(app: &App) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    if !jobs::jobs_stuck(&mut tx).await? {
        return Ok(());
    }
    drop(tx);
    let mut tx = app.db.begin().await?;
    let (given_back, buried) = jobs::jobs_rescue(&mut tx).await?;
    tx.commit().await?;
    tracing::warn!(given_back, buried, "took back jobs whose worker had vanished");
    Ok(())
}

async fn keep_alive(app: &App, lease: i64, held: &Held) -> Result<(), Error> {
    let alive: Vec<_> = held.values().filter(|(_, since)| since.elapsed() < LONGEST).collect();
    if alive.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    for (job, _) in alive {
        if !jobs::job_extend(&mut tx, job, lease).await? {
            tracing::warn!(job = job.id, "the lease was lost; somebody else does this job now");
        }
    }
    tx.commit().await
}

type Ended = Result<(Id, (Claimed, Result<(), NotDone>)), tokio::task::JoinError>;

async fn finish(app: &App, held: &mut Held, ended: Ended) {
    let (id, result) = match ended {
        Ok((id, (_, result))) => (id, result),
        Err(error) => (error.id(), Err(NotDone("the work ended in a panic".to_owned()))),
    };
    let Some((job, _)) = held.remove(&id) else { return };
    for _ in 0..3 {
        match settle(app, &job, result.clone()).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(job = job.id, %error, "the job's end could not be recorded yet"),
        }
        sleep(Duration::from_millis(500)).await;
    }
}

/// Records how a try ended.
pub(super) async fn settle(app: &App, job: &Claimed, result: Result<(), NotDone>) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    let kept = match result {
        Ok(()) => jobs::job_complete(&mut tx, job).await?,
        Err(NotDone(why)) => {
            let delay = if job.attempt >= job.max_attempts { None } else { Some(back_off(job.attempt)?) };
            tracing::warn!(
                job = job.id,
                work = job.work.name(),
                attempt = job.attempt,
                again = delay.is_some(),
                "a job was not done: {why}"
            );
            jobs::job_retry(&mut tx, job, delay, &why).await?
        }
    };
    tx.commit().await?;
    if !kept {
        tracing::warn!(job = job.id, "the lease was lost before the job ended; its end was not recorded");
    }
    Ok(())
}

async fn release(app: &App, job: &Claimed) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    jobs::job_release(&mut tx, job).await?;
    tx.commit().await
}

/// How long to wait after the `attempt`-th try: doubling from two seconds to ten minutes, half of it by chance, so
/// that what failed together does not come back together.
fn back_off(attempt: i64) -> Result<i64, Error> {
    let doubled = (2 * SECOND) << (attempt - 1).clamp(0, 20);
    let whole = doubled.min(10 * MINUTE);
    let chance = i64::from(u16::from_le_bytes(random::<2>()?));
    Ok(whole / 2 + whole / 2 * chance / i64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f10_back_off_doubles_is_capped_and_spread() {
        for (attempt, whole) in [(1, 2 * SECOND), (3, 8 * SECOND), (12, 10 * MINUTE), (60, 10 * MINUTE)] {
            let tries: Vec<_> = (0..200).map(|_| back_off(attempt).expect("there is randomness")).collect();
            assert!(tries.iter().all(|t| (whole / 2..=whole).contains(t)), "{attempt}");
            let spread = tries.iter().max().zip(tries.iter().min()).map_or(0, |(max, min)| max - min);
            assert!(spread > whole / 4, "{attempt}: {spread}");
        }
    }
}
