//! One erasure as `app/runs/execute.rs` carries it out, from taking the run up to the last step's end, with everything
//! it writes down on the way in a console's own database. Plan and re-query are left out: they are measured apart.

use anyhow::{Context as _, bail};
use recourse::{
    app::{App, intake, staff},
    domain::{
        identity::{Identity, Reference, RunId, StaffId},
        mail::Came,
        plan::Plan,
        rights::Role,
        run::{RunKind, RunState},
    },
    generation::{Aim, Batch, Erasure, Extent, Held, Source, StepCounts, Target},
    store::{
        holds,
        runs::{
            self,
            checkpoints::{self, Progress},
        },
    },
};

const PRODUCT: &str = "imagegen-artisticmonk";

/// Somebody at a console with a case of a person.
pub struct Desk<'a> {
    app: &'a App,
    staff: StaffId,
    case: Reference,
}

/// Whom the erasure is about, on the day that `by_hand.sql` means.
pub async fn target(source: &Source, person: i64) -> anyhow::Result<Target> {
    let identity = Identity { kind: "account".to_owned(), value: person.to_string() };
    let found = source.find(&[identity]).await?;
    Ok(Target {
        subjects: found.subjects,
        found_by: found.found_by,
        texts: found.contacts,
        pseudonym: "p_aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
        today: chrono::NaiveDate::from_ymd_opt(2026, 11, 24).context("a day")?,
        holds: Vec::new(),
        held: Held::default(),
        extent: Extent::default(),
        aim: Aim::Erase,
        run: "E-1".to_owned(),
        begun: None,
    })
}

impl<'a> Desk<'a> {
    /// Hires somebody and opens a case by a mail.
    pub async fn new(app: &'a App) -> anyhow::Result<Self> {
        let roles = [Role::Officer];
        let staff = staff::create_user(app, "bench@mail.example", "Bench", "correct-horse-battery", &roles).await?;
        let mail = "From: p1@mail.example\r\nTo: privacy@imagegen.example\r\nSubject: Delete my account\r\n\
                    Message-ID: <1@mail.example>\r\n\r\nPlease delete everything.\r\n";
        let message =
            intake::keep(app, PRODUCT, mail.as_bytes(), Came::Pipe).await?.context("the mail was kept before")?;
        let intake::Read::Opened(case) = intake::read(app, message).await? else { bail!("the mail opened no case") };
        Ok(Self { app, staff, case })
    }

    /// A run that was approved.
    pub async fn approved(&self, plan: &Plan, target: &Target) -> anyhow::Result<RunId> {
        let (app, now) = (self.app, self.app.now());
        let secret = serde_json::to_vec(target)?;
        let mut tx = app.db.begin().await?;
        let asked = (self.staff, now);
        let id = runs::run_plan(&mut tx, &app.vault, (RunKind::Erase, self.case, PRODUCT), plan, &secret, asked, now)
            .await?;
        let mut run = runs::run_lock(&mut tx, id).await?.context("the run is there")?;
        (run.state, run.decided_by, run.decided_at) = (RunState::Approved, Some(self.staff), Some(now));
        runs::run_save(&mut tx, &run).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Ends it, so that the case may have another.
    pub async fn finished(&self, id: RunId) -> anyhow::Result<()> {
        let mut tx = self.app.db.begin().await?;
        let mut run = runs::run_lock(&mut tx, id).await?.context("the run is there")?;
        run.state = RunState::Finished;
        runs::run_save(&mut tx, &run).await?;
        runs::run_forget(&mut tx, id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Carries the run out; returns how many rows were deleted or changed.
    pub async fn carry_out(
        &self,
        id: RunId,
        source: &Source,
        target: &Target,
        counted: &StepCounts,
    ) -> anyhow::Result<i64> {
        let app = self.app;
        let mut tx = app.db.begin().await?;
        let mut run = runs::run_lock(&mut tx, id).await?.context("the run is there")?;
        run.worker = runs::run_take(&mut tx, id).await?;
        tx.commit().await?;

        let erasure = source.erasure(target).await?;
        let found = erasure.found_by_all(counted).await?;
        let found: Vec<_> = erasure.steps().iter().map(|step| step.label()).zip(found).collect();
        self.write_down_keys(id, &erasure).await?;
        let mut tx = app.db.begin().await?;
        (run.state, run.started_at) = (RunState::Running, Some(app.now()));
        checkpoints::steps_begin(&mut tx, id, &found).await?;
        checkpoints::steps_end_empty(&mut tx, id, app.now()).await?;
        runs::run_save(&mut tx, &run).await?;
        checkpoints::log_add(&mut tx, id, app.now(), "Begun").await?;
        tx.commit().await?;

        let written = checkpoints::steps_of(&mut app.db.read().await?, id).await?;
        if written.len() != erasure.steps().len() {
            bail!("the steps are other ones");
        }
        let mut rows = 0;
        for (n, step) in erasure.steps().into_iter().enumerate() {
            if written[n].ended_at.is_some() {
                continue;
            }
            for portion in (0..).take_while(|_| step.frozen) {
                self.may_go_on(id, run.worker).await?;
                let keys = checkpoints::keys_get(&mut app.db.read().await?, &app.vault, id, n, portion).await?;
                let Some(keys) = keys else { break };
                let batch = erasure.portion(n, &keys).await?;
                rows += self.advance(id, run.worker, n, batch).await?;
            }
            if !step.frozen {
                rows += self.batches(id, run.worker, &erasure, n).await?;
            }
            let mut tx = app.db.begin().await?;
            let ended = Progress { n, rows: 0, files: 0, ended: true };
            checkpoints::steps_advance(&mut tx, id, run.worker, &[ended], app.now()).await?;
            tx.commit().await?;
        }
        Ok(rows)
    }

    async fn write_down_keys(&self, id: RunId, erasure: &Erasure<'_>) -> anyhow::Result<()> {
        for (n, _) in erasure.steps().iter().enumerate().filter(|(_, step)| step.frozen) {
            let mut rows = erasure.open_keys(n).await?;
            for portion in 0.. {
                let Some(keys) = erasure.next_keys(n, &mut rows).await? else { break };
                let mut tx = self.app.db.begin().await?;
                checkpoints::keys_keep(&mut tx, &self.app.vault, id, n, portion, &keys).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    async fn batches(&self, id: RunId, worker: i64, erasure: &Erasure<'_>, n: usize) -> anyhow::Result<i64> {
        let (mut all, mut rows) = (0, erasure.open(n).await?);
        loop {
            self.may_go_on(id, worker).await?;
            let batch = erasure.next(n, &mut rows).await?;
            if batch == Batch::default() {
                return Ok(all);
            }
            all += self.advance(id, worker, n, batch).await?;
        }
    }

    async fn may_go_on(&self, id: RunId, worker: i64) -> anyhow::Result<()> {
        let run = runs::run_get(&mut self.app.db.read().await?, id).await?.context("the run is there")?;
        let digest = self.app.vault.digest("subject", b"person 1");
        let holds = holds::holds_on(&mut self.app.db.read().await?, PRODUCT, &[digest]).await?;
        if run.worker == worker && holds.is_empty() { Ok(()) } else { bail!("somebody else has the run") }
    }

    async fn advance(&self, id: RunId, worker: i64, n: usize, batch: Batch) -> anyhow::Result<i64> {
        let mut tx = self.app.db.begin().await?;
        let done = Progress { n, rows: batch.rows, files: batch.files, ended: false };
        checkpoints::steps_advance(&mut tx, id, worker, &[done], self.app.now()).await?;
        tx.commit().await?;
        Ok(batch.rows)
    }
}
