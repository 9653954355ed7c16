//! Before the first write: is this still what was approved, by somebody who still may? Then the keys are written down.

use super::{Halt, Turn};
use crate::{
    app::{
        failpoint::failpoint,
        follow_ups,
        runs::{Secret, plan::target_of, replay, standing::still_stands, still_asked_for},
    },
    domain::{
        audit::AuditAction,
        plan::WarningCode,
        run::{RunState, Stop},
    },
    generation::{Erasure, Source},
    store::{
        audit, cases,
        runs::{self, Run, checkpoints},
        staff,
    },
};

impl Turn<'_> {
    /// Looks once more whether this is what was approved, then writes the subject's keys down: before the first write.
    /// The erasure that it returns is the one that was looked at.
    pub(super) async fn begin<'s>(&mut self, source: &'s Source, secret: &Secret) -> Result<Erasure<'s>, Halt> {
        self.still_approved(secret).await?;
        // a replica may lag behind
        let itself = source.itself();
        let mut found = replay::found(&itself, secret).await?;
        found.subjects.retain(|key| !secret.left_out.contains(key));
        if found.subjects.is_empty() {
            return Err(Halt::Stop(Stop::NothingFound));
        }
        let aim = secret.target.aim.clone();
        let mut target = target_of(self.app, &self.run.product, &secret.identities, found, aim).await?;
        target.today = secret.target.today;
        target.pseudonym.clone_from(&secret.target.pseudonym);
        target.extent.clone_from(&secret.target.extent);
        target.held.earlier.clone_from(&secret.target.held.earlier);
        if target.is_held_anew(&secret.target) {
            return Err(Halt::Stop(Stop::Held));
        }
        let (now, counted) = itself.counted(&target).await?;
        if now.warnings.iter().any(|warning| warning.code == WarningCode::Hold && warning.blocks) {
            return Err(Halt::Stop(Stop::Held));
        }
        if let Some(why) = self.run.plan.outgrown_by(&now) {
            self.log(&format!("Not begun: {why}")).await?;
            return Err(Halt::Stop(Stop::Outgrown));
        }
        let erasure = source.erasure(&secret.target).await?;
        let found = erasure.found_by_all(&counted).await?;
        let steps: Vec<_> = erasure.steps().iter().map(|step| step.label()).zip(found).collect();
        failpoint("run-before-keys");
        self.write_down_keys(&erasure).await?;
        failpoint("run-keys-written");
        let mut tx = self.app.db.begin().await?;
        let run = self.locked(&mut tx).await?;
        self.run = Run { state: RunState::Running, started_at: Some(self.began), files: now.files, ..run };
        checkpoints::steps_begin(&mut tx, self.run.id, &steps).await?;
        // what comes to them meanwhile is found by the re-query, which opens every step again
        checkpoints::steps_end_empty(&mut tx, self.run.id, self.app.now()).await?;
        runs::run_save(&mut tx, &self.run).await?;
        let into = erasure.steps().into_iter().filter_map(|step| Some(step.sealing.as_ref()?.into.clone()));
        let into: Vec<_> = into.collect();
        follow_ups::before_sealing(self.app, &mut tx, &self.run, &secret.target, &into).await?;
        let says = "Begun: the plan still holds, the subject’s keys are written down";
        checkpoints::log_add(&mut tx, self.run.id, self.app.now(), says).await?;
        let (what, on) = (self.run.id.to_string(), Some(self.run.case));
        audit::audit_append(&mut tx, self.app.now(), None, AuditAction::RunBegan, on, &what);
        tx.commit().await?;
        failpoint("run-begun");
        Ok(erasure)
    }

    /// An approval is worth what the one who gave it may do now.
    async fn still_approved(&self, secret: &Secret) -> Result<(), Halt> {
        let mut tx = self.app.db.read().await?;
        let case = cases::case_get(&mut tx, self.run.case).await?;
        if !case.is_some_and(|case| still_asked_for(&case, self.run.kind, secret)) {
            return Err(Halt::Stop(Stop::Outgrown));
        }
        let by = match self.run.decided_by {
            Some(by) => staff::actor_get(&mut tx, by).await?,
            None => None,
        };
        if let Some(standing) = self.run.standing
            && !still_stands(&mut tx, standing).await?
        {
            return Err(Halt::Stop(Stop::Unapproved));
        }
        if by.is_some_and(|by| by.may_decide(self.run.asked_by, &self.run.product)) {
            return Ok(());
        }
        Err(Halt::Stop(Stop::Unapproved))
    }

    async fn write_down_keys(&self, erasure: &Erasure<'_>) -> Result<(), Halt> {
        let (app, id) = (self.app, self.run.id);
        if !erasure.steps().iter().any(|step| step.frozen) {
            return Ok(());
        }
        let mut tx = app.db.begin().await?;
        self.locked(&mut tx).await?;
        checkpoints::keys_forget(&mut tx, id).await?;
        tx.commit().await?;
        for (n, _) in erasure.steps().iter().enumerate().filter(|(_, step)| step.frozen) {
            let mut rows = erasure.open_keys(n).await?;
            for portion in 0.. {
                let Some(keys) = erasure.next_keys(n, &mut rows).await? else { break };
                let mut tx = app.db.begin().await?;
                self.locked(&mut tx).await?;
                checkpoints::keys_keep(&mut tx, &app.vault, id, n, portion, &keys).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }
}
