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
    sync::{mpsc, watch},
    task::{Id, JoinSet},
    time::{Instant as Moment, sleep, timeout},
};

/// How long a lease lasts in milliseconds; kept alive while work goes on.
pub const LEASE: i64 = 30 * SECOND;
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
    let (ends, ended) = mpsc::unbounded_channel();
    let settler = tokio::spawn(settle_all(app.clone(), ended));
    let mut hands = Hands { app: app.clone(), pace, running: JoinSet::new(), held: HashMap::new(), ends };
    let mut looked =
        Looked { beat: Moment::now(), claimed: Moment::now(), clock: None, ticks: Vec::new(), more: false };
    while !*stop.borrow() {
        if let Err(error) = round(&mut hands, &mut looked).await {
            tracing::warn!(%error, "the job runner could not reach the database; it goes on trying");
            sleep(Duration::from_secs(1)).await;
        }
        let (has_room, poll) = (hands.room() > 0, if looked.more { Duration::from_millis(1) } else { pace.poll });
        tokio::select! {
            Some(joined) = hands.running.join_next_with_id() => hands.ended(joined),
            () = app.woken(), if has_room => {}
            () = sleep(poll), if has_room || !looked.more => {}
            _ = stop.changed() => {}
        }
        while let Some(joined) = hands.running.try_join_next_with_id() {
            hands.ended(joined);
        }
    }
    // a lease may be shorter than the grace: what is being ended stays ours until it is given back
    let grace = timeout(GRACE, async {
        while !hands.running.is_empty() {
            tokio::select! {
                Some(joined) = hands.running.join_next_with_id() => hands.ended(joined),
                () = sleep(beat_of(pace.lease)) => {
                    if let Err(error) = keep_alive(&app, pace.lease, &hands.held).await {
                        tracing::warn!(%error, "the leases of what is being ended could not be kept");
                    }
                }
            }
        }
    });
    if grace.await.is_err() {
        hands.running.abort_all();
    }
    for (job, _) in hands.held.values() {
        if let Err(error) = release(&app, job).await {
            tracing::warn!(job = job.id, %error, "the job could not be given back; its lease will run out");
        }
    }
    // the settler ends once nobody can hand it anything more
    drop(hands);
    if settler.await.is_err() {
        tracing::warn!("the ends of some jobs were not recorded; they will run again");
    }
}

type End = (Claimed, Result<(), NotDone>);
type Joined = Result<(Id, Result<(), NotDone>), tokio::task::JoinError>;

/// The jobs in hand.
struct Hands {
    app: App,
    pace: Pace,
    running: JoinSet<Result<(), NotDone>>,
    held: HashMap<Id, (Claimed, Moment)>,
    ends: mpsc::UnboundedSender<End>,
}

/// What the last look showed.
struct Looked {
    beat: Moment,
    claimed: Moment,
    clock: Option<Moment>,
    ticks: Vec<(&'static str, crate::domain::time::Instant)>,
    /// True when the last claim brought as much as was asked for, so that there is probably more.
    more: bool,
}

impl Hands {
    fn room(&self) -> usize {
        self.pace.workers.saturating_sub(self.held.len())
    }

    /// True while one of the jobs in hand may take hours: there is never a second one.
    fn has_long(&self) -> bool {
        self.held.values().any(|(job, _)| job.work.is_long())
    }

    fn take(&mut self, job: Claimed) {
        let (app, work) = (self.app.clone(), job.work.clone());
        let last = job.attempt >= job.max_attempts;
        let task = self.running.spawn(async move { work_on(&app, &work, last).await });
        self.held.insert(task.id(), (job, Moment::now()));
    }

    fn ended(&mut self, joined: Joined) {
        let (id, result) = match joined {
            Ok((id, result)) => (id, result),
            Err(error) => (error.id(), Err(NotDone::Failed("the work ended in a panic".to_owned()))),
        };
        if let Some((job, _)) = self.held.remove(&id) {
            // the settler lives as long as these hands
            let _ = self.ends.send((job, result));
        }
    }
}

/// One look at the clock, the leases and the queue.
async fn round(hands: &mut Hands, looked: &mut Looked) -> Result<(), Error> {
    if looked.clock.is_none_or(|at| at.elapsed() >= Duration::from_secs(1)) {
        looked.clock = Some(Moment::now());
        schedule::tick(&hands.app, &mut looked.ticks).await?;
    }
    if looked.beat.elapsed() >= beat_of(hands.pace.lease) {
        looked.beat = Moment::now();
        rescue(&hands.app).await?;
        keep_alive(&hands.app, hands.pace.lease, &hands.held).await?;
    }
    // claiming for half of the hands at a time keeps the others busy and the number of claims small; but hands that
    // are held up, by a silent mail server say, hold up nobody else for longer than one poll
    let room = hands.room();
    if room == 0 || (room < hands.pace.workers / 2 && looked.claimed.elapsed() < hands.pace.poll) {
        return Ok(());
    }
    looked.claimed = Moment::now();
    let asked = i64::try_from(room).unwrap_or_default();
    let claimed = claim(&hands.app, asked, hands.pace.lease, (looked.more, !hands.has_long())).await?;
    looked.more = claimed.len() == room;
    for job in claimed {
        if job.work.is_long() && hands.has_long() {
            release(&hands.app, &job).await?;
            continue;
        }
        crate::app::failpoint::failpoint("job-claimed");
        hands.take(job);
    }
    Ok(())
}

/// How often leases are looked after.
fn beat_of(lease: i64) -> Duration {
    let third = Duration::from_millis(u64::try_from(lease / 3).unwrap_or(1_000));
    third.min(Duration::from_secs(5))
}

/// Takes up to `limit` jobs, those that may take hours only where `long`. Looks before it takes the write lock, unless
/// there is `surely` something.
pub(super) async fn claim(
    app: &App,
    limit: i64,
    lease: i64,
    (surely, long): (bool, bool),
) -> Result<Vec<Claimed>, Error> {
    if !surely {
        let mut tx = app.db.read().await?;
        if !jobs::jobs_due(&mut tx, long).await? {
            return Ok(Vec::new());
        }
    }
    let mut tx = app.db.begin().await?;
    let claimed = jobs::jobs_claim(&mut tx, limit, lease, long).await?;
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

async fn keep_alive(app: &App, lease: i64, held: &HashMap<Id, (Claimed, Moment)>) -> Result<(), Error> {
    let longest = |job: &Claimed| Duration::from_mins(job.work.longest_minutes());
    let alive: Vec<_> = held.values().filter(|(job, since)| since.elapsed() < longest(job)).collect();
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

/// Records the ends of jobs, each by its own statement under its own token, as many in a transaction as are there.
async fn settle_all(app: App, mut ended: mpsc::UnboundedReceiver<End>) {
    const AT_ONCE: usize = 64;
    let mut ends = Vec::with_capacity(AT_ONCE);
    while ended.recv_many(&mut ends, AT_ONCE).await > 0 {
        for _ in 0..5 {
            match settle(&app, &ends).await {
                Ok(()) => break,
                Err(error) => tracing::warn!(%error, "the ends of jobs could not be recorded yet"),
            }
            sleep(Duration::from_millis(500)).await;
        }
        ends.clear();
    }
}

/// Records how tries ended.
pub(super) async fn settle(app: &App, ends: &[End]) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    for (job, result) in ends {
        let kept = match result {
            Ok(()) => jobs::job_complete(&mut tx, job).await?,
            Err(NotDone::More) => jobs::job_release(&mut tx, job).await?,
            Err(NotDone::Later(why, delay)) => {
                tracing::info!(job = job.id, work = job.work.name(), delay, "a job waits: {why}");
                jobs::job_postpone(&mut tx, job, *delay, why).await?
            }
            Err(NotDone::Failed(why)) => {
                let delay = if job.attempt >= job.max_attempts { None } else { Some(back_off(job.attempt)?) };
                let (work, again) = (job.work.name(), delay.is_some());
                tracing::warn!(job = job.id, work, attempt = job.attempt, again, "a job was not done: {why}");
                jobs::job_retry(&mut tx, job, delay, why).await?
            }
        };
        if !kept {
            tracing::warn!(job = job.id, "the lease was lost before the job ended; its end was not recorded");
        }
    }
    tx.commit().await
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
