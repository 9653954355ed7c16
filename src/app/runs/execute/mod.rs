//! Carries out an approved run, a batch at a time, writing down how far it is after each. May be cut off anywhere and
//! begun again: the rows that are left are found by the subject's keys, which were written down before the first write.

mod begin;

use super::{Secret, receipt, replay, secret_of};
use crate::{
    app::{App, Error, failpoint::failpoint, follow_ups, held},
    domain::{
        audit::AuditAction,
        event::{By, Event},
        identity::{Reference, RunId},
        plan::WarningCode,
        run::{RunState, Stop},
        time::Instant,
    },
    generation::{self, Erasure, ROUNDS, SealedRows, Source, Verified},
    store::{
        Tx, audit, cases,
        runs::{
            self, Run,
            checkpoints::{self, Progress},
        },
    },
};
use std::time::{Duration, Instant as Moment};

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Executed {
    /// Nothing is left to do: finished, stopped, cancelled, or in another worker's hands.
    Done,
    /// There is more; the work was put down so that others get their turn.
    More,
    /// It should be tried again.
    Later(String),
}

/// The longest that what small batches did waits to be written down. Whoever carries on after a crash finds what is left by
/// itself; only counts rest on what is written.
const BEAT: Duration = Duration::from_millis(200);
/// The longest that small batches go on without a look whether they may.
const LOOK: Duration = Duration::from_millis(20);

/// How long one attempt works before it lets others have their turn: well inside the time a job may take.
const TURN: Duration = Duration::from_mins(2);

/// Why an attempt ends before the run does.
enum Halt {
    /// The run stops and needs a person.
    Stop(Stop),
    /// Somebody cancelled it, or another worker has it.
    NotOurs,
    /// Its turn is over.
    TurnOver,
    /// The generation database did not answer.
    Away(generation::Error),
    /// Our own database failed.
    Own(Error),
}

impl From<generation::Error> for Halt {
    fn from(error: generation::Error) -> Self {
        if let generation::Error::Drift(_) | generation::Error::Limits(_) = error {
            return Self::Stop(Stop::Drift);
        }
        if error.is_refusal() {
            tracing::warn!(%error, "a run was refused a change");
            return Self::Stop(Stop::Refused);
        }
        Self::Away(error)
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

impl From<crate::store::Error> for Halt {
    fn from(error: crate::store::Error) -> Self {
        Self::Own(error.into())
    }
}

/// Carries on with a run. On the `last` try a generation database that does not answer stops it.
///
/// # Errors
/// When our own database fails.
pub async fn execute_run(app: &App, id: RunId, last: bool) -> Result<Executed, Error> {
    let Some((run, mut secret)) = take_up(app, id).await? else { return Ok(Executed::Done) };
    let source = app.sources.get(&run.product);
    // the day that is written down as the first, however long the keys take and however often it is taken up
    let began = run.started_at.unwrap_or_else(|| app.now());
    secret.target.begun = Some(began.local(app.packs.zone(&run.product)).date_naive());
    let (ends, wrote) = (Moment::now() + TURN, Moment::now());
    let mut turn = Turn { app, run, began, ends, looked: None, unwritten: Vec::new(), wrote };
    let Some(source) = source else {
        if last {
            return turn.stop(Stop::Away).await.map(|()| Executed::Done);
        }
        return Ok(Executed::Later("the product's generation database is not configured here".to_owned()));
    };
    let ended = turn.carry_on(source, secret).await;
    let ended = match (&ended, turn.write_down().await) {
        // what was done is written down however it ended
        (Ok(()) | Err(Halt::NotOurs | Halt::Own(_)), _) | (_, Ok(())) => ended,
        (_, why) => why,
    };
    match ended {
        Ok(()) | Err(Halt::NotOurs) => Ok(Executed::Done),
        Err(Halt::TurnOver) => Ok(Executed::More),
        Err(Halt::Stop(why)) => turn.stop(why).await.map(|()| Executed::Done),
        Err(Halt::Away(_)) if last => turn.stop(Stop::Away).await.map(|()| Executed::Done),
        Err(Halt::Away(error)) => {
            turn.log(&format!("Not possible now, tried again soon: {error}")).await?;
            Ok(Executed::Later(error.to_string()))
        }
        Err(Halt::Own(error)) => Err(error),
    }
}

/// Makes this worker the only one that may write to the run; none where there is nothing to do.
async fn take_up(app: &App, id: RunId) -> Result<Option<(Run, Secret)>, Error> {
    let mut tx = app.db.begin().await?;
    let Some(mut run) = runs::run_lock(&mut tx, id).await? else { return Ok(None) };
    if !matches!(run.state, RunState::Approved | RunState::Running) {
        return Ok(None);
    }
    run.worker = runs::run_take(&mut tx, id).await?;
    if run.state == RunState::Running {
        checkpoints::log_add(&mut tx, id, app.now(), "Goes on where it stood").await?;
    }
    let mut secret = secret_of(runs::run_secret(&mut tx, &app.vault, id).await?);
    tx.commit().await?;
    if let Some(secret) = &mut secret {
        secret.target.run = id.to_string();
    }
    Ok(secret.map(|secret| (run, secret)))
}

/// One attempt.
struct Turn<'a> {
    app: &'a App,
    run: Run,
    /// When it began, or begins now.
    began: Instant,
    ends: Moment,
    /// When it was last seen that nobody objects.
    looked: Option<Moment>,
    /// What was done and not written down yet.
    unwritten: Vec<Progress>,
    wrote: Moment,
}

impl Turn<'_> {
    async fn carry_on(&mut self, source: &Source, secret: Secret) -> Result<(), Halt> {
        failpoint("run-taken");
        let erasure = match self.run.state {
            RunState::Approved => self.begin(source, &secret).await?,
            _ => source.erasure(&secret.target).await?,
        };
        self.same_as_approved(&erasure).await?;
        for round in 1..=ROUNDS {
            match self.steps(&erasure, &secret).await {
                // a row that came after its step had ended keeps another from going: from the first step again
                Err(Halt::Stop(Stop::Refused)) if round < ROUNDS => {
                    self.once_more("The database refused a change; the steps are gone through again").await?;
                    continue;
                }
                ended => ended?,
            }
            self.write_down().await?;
            failpoint("run-steps-done");
            let mut verified = erasure.verify().await?;
            self.verify_portions(&erasure, &mut verified).await?;
            failpoint("run-verified");
            if verified.left.is_empty() {
                self.accepted(&verified)?;
                let sealed = source.sealed_by(&secret.target.run).await?;
                return self.finish(&secret, (verified, sealed)).await;
            }
            self.once_more("The re-query found rows that came meanwhile").await?;
        }
        Err(Halt::Stop(Stop::Left))
    }

    /// Every step is open again.
    async fn once_more(&mut self, why: &str) -> Result<(), Halt> {
        self.write_down().await?;
        let mut tx = self.app.db.begin().await?;
        self.locked(&mut tx).await?;
        checkpoints::steps_reopen(&mut tx, self.run.id).await?;
        checkpoints::log_add(&mut tx, self.run.id, self.app.now(), why).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Map and schema have to be the ones that were approved, step by step.
    async fn same_as_approved(&self, erasure: &Erasure<'_>) -> Result<(), Halt> {
        let mut tx = self.app.db.read().await?;
        let written = checkpoints::steps_of(&mut tx, self.run.id).await?;
        let steps = erasure.steps();
        let same = written.len() == steps.len() && written.iter().zip(&steps).all(|(w, step)| w.label == step.label());
        if same && erasure.scope_hash() == self.run.plan.scope_hash { Ok(()) } else { Err(Halt::Stop(Stop::Drift)) }
    }

    async fn steps(&mut self, erasure: &Erasure<'_>, secret: &Secret) -> Result<(), Halt> {
        let written = {
            let mut tx = self.app.db.read().await?;
            checkpoints::steps_of(&mut tx, self.run.id).await?
        };
        for (n, step) in erasure.steps().into_iter().enumerate() {
            if written.get(n).is_some_and(|written| written.ended_at.is_some()) {
                continue;
            }
            if step.frozen {
                self.portions(erasure, n, secret).await?;
            } else {
                self.batches(erasure, n, secret).await?;
            }
            self.advance(n, generation::Batch::default(), true).await?;
            failpoint("run-step-ended");
        }
        Ok(())
    }

    /// Every batch of a step. Rows that come meanwhile are found by the re-query.
    async fn batches(&mut self, erasure: &Erasure<'_>, n: usize, secret: &Secret) -> Result<(), Halt> {
        let mut rows = erasure.open(n).await?;
        loop {
            self.may_go_on(secret).await?;
            failpoint("run-before-batch");
            let batch = erasure.next(n, &mut rows).await?;
            failpoint("run-after-batch");
            if batch == generation::Batch::default() {
                return Ok(());
            }
            self.advance(n, batch, false).await?;
        }
    }

    /// Every portion of keys that was written down for a step.
    async fn portions(&mut self, erasure: &Erasure<'_>, n: usize, secret: &Secret) -> Result<(), Halt> {
        for portion in 0.. {
            self.may_go_on(secret).await?;
            let Some(keys) = self.keys(n, portion).await? else { break };
            failpoint("run-before-batch");
            let batch = erasure.portion(n, &keys).await?;
            failpoint("run-after-batch");
            self.advance(n, batch, false).await?;
        }
        Ok(())
    }

    /// Rows whose keys were written down are not found by their condition any more: they are looked for by their keys.
    async fn verify_portions(&self, erasure: &Erasure<'_>, verified: &mut Verified) -> Result<(), Halt> {
        for (n, step) in erasure.steps().into_iter().enumerate().filter(|(_, step)| step.frozen) {
            let mut left = 0;
            for portion in 0.. {
                let Some(keys) = self.keys(n, portion).await? else { break };
                left += erasure.found_of(n, &keys).await?;
            }
            if left > 0 {
                verified.left.push((step.label(), left));
            }
        }
        Ok(())
    }

    async fn keys(&self, n: usize, portion: i64) -> Result<Option<String>, Halt> {
        let mut tx = self.app.db.read().await?;
        Ok(checkpoints::keys_get(&mut tx, &self.app.vault, self.run.id, n, portion).await?)
    }

    /// Remembers what a batch did; several small ones are written down together.
    async fn advance(&mut self, n: usize, batch: generation::Batch, ended: bool) -> Result<(), Halt> {
        match self.unwritten.last_mut().filter(|so_far| so_far.n == n) {
            Some(so_far) => {
                so_far.rows += batch.rows;
                so_far.files += batch.files;
                so_far.ended = ended;
            }
            None => self.unwritten.push(Progress { n, rows: batch.rows, files: batch.files, ended }),
        }
        if self.wrote.elapsed() < BEAT { Ok(()) } else { self.write_down().await }
    }

    /// Writes down what was done since the last time.
    async fn write_down(&mut self) -> Result<(), Halt> {
        self.wrote = Moment::now();
        if self.unwritten.is_empty() {
            return Ok(());
        }
        let mut tx = self.app.db.begin().await?;
        let (id, worker) = (self.run.id, self.run.worker);
        let done = std::mem::take(&mut self.unwritten);
        if !checkpoints::steps_advance(&mut tx, id, worker, &done, self.app.now()).await? {
            return Err(Halt::NotOurs);
        }
        tx.commit().await?;
        failpoint("run-checkpoint");
        Ok(())
    }

    /// Between batches: somebody may have cancelled, another worker taken over, a hold been placed.
    async fn may_go_on(&mut self, secret: &Secret) -> Result<(), Halt> {
        if self.looked.is_some_and(|at| at.elapsed() < LOOK) {
            return Ok(());
        }
        self.looked = Some(Moment::now());
        {
            let mut tx = self.app.db.read().await?;
            let run = runs::run_get(&mut tx, self.run.id).await?;
            if !run.is_some_and(|run| run.worker == self.run.worker && run.state == RunState::Running) {
                return Err(Halt::NotOurs);
            }
        }
        let target = &secret.target;
        if target.aim.is_stopped_by_holds() && held::is_held_beyond(self.app, &self.run.product, target).await? {
            return Err(Halt::Stop(Stop::Held));
        }
        if Moment::now() > self.ends { Err(Halt::TurnOver) } else { Ok(()) }
    }

    /// Other people may go on mentioning the person where that was known and accepted, and nowhere else.
    fn accepted(&self, verified: &Verified) -> Result<(), Halt> {
        let known = |table: &str| {
            let of_table = |w: &&crate::domain::plan::Warning| w.code == WarningCode::OtherSubject && w.table == table;
            self.run.plan.warnings.iter().find(of_table).map_or(0, |warning| warning.rows)
        };
        if verified.mentions.iter().any(|(table, rows)| *rows > known(table)) {
            return Err(Halt::Stop(Stop::Mentions));
        }
        Ok(())
    }

    /// The run as it is now, locked, if it is still this worker's.
    async fn locked(&self, tx: &mut Tx) -> Result<Run, Halt> {
        match runs::run_lock(tx, self.run.id).await? {
            Some(run) if run.worker == self.run.worker && run.state == self.run.state => Ok(run),
            _ => Err(Halt::NotOurs),
        }
    }

    async fn finish(&mut self, secret: &Secret, (verified, sealed): (Verified, Vec<SealedRows>)) -> Result<(), Halt> {
        failpoint("run-before-finish");
        let mut tx = self.app.db.begin().await?;
        let mut case = cases::case_lock(&mut tx, self.run.case).await?.ok_or(Error::NotFound)?;
        let now = self.app.now();
        self.run = Run { state: RunState::Finished, ended_at: Some(now), stop: None, ..self.locked(&mut tx).await? };
        runs::run_save(&mut tx, &self.run).await?;
        receipt::sign(self.app, &mut tx, &self.run, secret, (&verified, &sealed), now).await?;
        replay::keep(self.app, &mut tx, &self.run, secret, now).await?;
        runs::run_forget(&mut tx, self.run.id).await?;
        let says = "The re-query found nothing left; the receipt is signed";
        checkpoints::log_add(&mut tx, self.run.id, now, says).await?;
        let event = Event::RunFinished { run: self.run.id };
        cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
        follow_ups::after_run(self.app, &mut tx, &mut case, &self.run, secret, now).await?;
        follow_ups::after_sealing(self.app, &mut tx, &case, &self.run, (&secret.target, &sealed), now).await?;
        self.end(&mut tx, &case, AuditAction::RunFinished).await?;
        tx.commit().await?;
        failpoint("run-finished");
        self.app.wake();
        Ok(())
    }

    async fn stop(&mut self, why: Stop) -> Result<(), Error> {
        let mut tx = self.app.db.begin().await?;
        let mut case = cases::case_lock(&mut tx, self.run.case).await?.ok_or(Error::NotFound)?;
        let run = match self.locked(&mut tx).await {
            Ok(run) => run,
            Err(Halt::Own(error)) => return Err(error),
            Err(_) => return Ok(()),
        };
        let now = self.app.now();
        self.run = Run { state: RunState::Stopped, stop: Some(why), ..run };
        runs::run_save(&mut tx, &self.run).await?;
        checkpoints::log_add(&mut tx, self.run.id, now, &format!("Stopped: {}", why.label())).await?;
        let event = Event::RunStopped { run: self.run.id, why: why.code().to_owned() };
        cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
        self.end(&mut tx, &case, AuditAction::RunStopped).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn end(&self, tx: &mut Tx, case: &crate::domain::case::Case, action: AuditAction) -> Result<(), Error> {
        cases::case_save(tx, case).await?;
        let (id, reference): (RunId, Reference) = (self.run.id, self.run.case);
        audit::audit_append(tx, self.app.now(), None, action, Some(reference), &id.to_string());
        Ok(())
    }

    async fn log(&self, says: &str) -> Result<(), Error> {
        let mut tx = self.app.db.begin().await?;
        checkpoints::log_add(&mut tx, self.run.id, self.app.now(), says).await?;
        tx.commit().await?;
        Ok(())
    }
}
