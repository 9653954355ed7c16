//! Packs a copy of a person's data: one moment of the generation database, streamed into an encrypted file, read back
//! before anybody hears of it. Cut off anywhere it begins again with a new file; the old one is ended before that, and
//! nobody can read it.

use super::{about, addressee, form::least_form, is_reviewed, read_back, release, shelf::Store};
use crate::{
    app::{
        App, Error,
        failpoint::failpoint,
        runs::{Secret, secret_of, still_asked_for},
        subject::Known,
    },
    domain::{
        audit::AuditAction,
        copy::CopyForm,
        event::{By, Event},
        identity::{ContentId, PackageId, RunId},
        plan::Action,
        run::{RunState, Stop, open_until},
        work::Work,
    },
    generation::{
        self, Source,
        export::{Copied, CopyOrder, Watch},
    },
    store::{
        Tx, audit, cases, contents, jobs,
        package_parts::{self, PackagePart},
        packages,
        runs::{self, Run, checkpoints},
        vault::random,
    },
};
use std::{
    pin::pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packed {
    /// Nothing is left to do: packed, stopped, cancelled, or in another worker's hands.
    Done,
    /// It should be tried again.
    Later(String),
}

/// How often progress is written down, and looked for whether somebody cancelled.
const LOOK: Duration = Duration::from_secs(1);

/// Why an attempt ends before the package is there.
enum Halt {
    Stop(Stop),
    NotOurs,
    Away(generation::Error),
    Store(String),
    Own(Error),
}

impl From<generation::Error> for Halt {
    fn from(error: generation::Error) -> Self {
        match error {
            generation::Error::Drift(_) => Self::Stop(Stop::Drift),
            generation::Error::Cancelled => Self::NotOurs,
            // the database answered; what was copied could not be written down
            generation::Error::Package(kind) => Self::Store(kind.to_string()),
            error => Self::Away(error),
        }
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        match error {
            Error::Package(why) | Error::Internal(crate::store::Error::Objects(why)) => Self::Store(why),
            // what a person would be told is wrong does not mend itself
            Error::Invalid(_) | Error::NotFound => Self::Stop(Stop::Outgrown),
            error => Self::Own(error),
        }
    }
}

impl From<crate::store::Error> for Halt {
    fn from(error: crate::store::Error) -> Self {
        Error::from(error).into()
    }
}

/// Packs what the run is about. On the `last` try a database or a store that does not answer stops it.
///
/// # Errors
/// When our own database fails.
pub async fn pack_export(app: &App, id: RunId, last: bool) -> Result<Packed, Error> {
    let Some((run, secret)) = take_up(app, id).await? else { return Ok(Packed::Done) };
    let mut work = Packing { app, run };
    let (later, stop) = match work.carry_on(&secret).await {
        Ok(()) | Err(Halt::NotOurs) => return Ok(Packed::Done),
        Err(Halt::Own(error)) if !last => return Err(error),
        Err(Halt::Own(error)) => (error.to_string(), Stop::Unkept),
        Err(Halt::Stop(why)) => return work.stop(why).await.map(|()| Packed::Done),
        Err(Halt::Away(error)) => (error.to_string(), Stop::Away),
        Err(Halt::Store(why)) => (format!("the store of packages: {why}"), Stop::Unkept),
    };
    if last {
        return work.stop(stop).await.map(|()| Packed::Done);
    }
    work.log(&format!("Not possible now, tried again soon: {later}")).await?;
    Ok(Packed::Later(later))
}

/// Stops copies that nobody packs any more, so that somebody hears of it and can have them tried again.
///
/// # Errors
/// As the database says.
pub(super) async fn stop_stranded(app: &App) -> Result<(), Error> {
    let stranded = runs::runs_stranded(&mut app.db.read().await?).await?;
    for run in stranded {
        Packing { app, run }.stop(Stop::Unkept).await?;
    }
    Ok(())
}

/// Makes this worker the only one that may write to the run; none where there is nothing to do.
async fn take_up(app: &App, id: RunId) -> Result<Option<(Run, Secret)>, Error> {
    let mut tx = app.db.begin().await?;
    let Some(mut run) = runs::run_lock(&mut tx, id).await? else { return Ok(None) };
    let Some(secret) = secret_of(runs::run_secret(&mut tx, &app.vault, id).await?) else { return Ok(None) };
    if !matches!(run.state, RunState::Approved | RunState::Running) {
        return Ok(None);
    }
    run.worker = runs::run_take(&mut tx, id).await?;
    let again = run.state == RunState::Running;
    run.state = RunState::Running;
    run.started_at = Some(run.started_at.unwrap_or(app.now()));
    runs::run_save(&mut tx, &run).await?;
    let says = if again { "Begun again: what was packed so far is given up" } else { "Begun" };
    checkpoints::log_add(&mut tx, id, app.now(), says).await?;
    let copied = run.plan.tables.iter().filter(|line| matches!(line.action, Action::Copy | Action::Summarise));
    let steps: Vec<_> = copied.map(|line| (format!("{} {}", line.table, line.action.code()), line.rows)).collect();
    checkpoints::steps_begin(&mut tx, id, &steps).await?;
    if !again {
        audit::audit_append(&mut tx, app.now(), None, AuditAction::RunBegan, Some(run.case), &id.to_string());
    }
    tx.commit().await?;
    Ok(Some((run, secret)))
}

/// Tables with their rows as the steps of the run are called.
fn steps(run: &Run, tables: Vec<(String, i64)>) -> Vec<(String, i64)> {
    let does = if run.plan.copy.is_some_and(|form| !form.has_rows()) { Action::Summarise } else { Action::Copy };
    tables.into_iter().map(|(table, rows)| (format!("{table} {}", does.code()), rows)).collect()
}

/// One attempt.
struct Packing<'a> {
    app: &'a App,
    run: Run,
}

impl Packing<'_> {
    async fn carry_on(&mut self, secret: &Secret) -> Result<(), Halt> {
        failpoint("export-taken");
        let (app, run) = (self.app, &self.run);
        let identity = self.still_asked(secret).await?;
        let Some(source) = app.sources.get(&run.product) else {
            return Err(Halt::Store("the product's generation database is not configured here".to_owned()));
        };
        let mut found = source.find(&secret.identities).await?;
        found.subjects.retain(|key| !secret.left_out.contains(key));
        if found.subjects.is_empty() {
            return Err(Halt::Stop(Stop::NothingFound));
        }
        if found.subjects != secret.target.subjects {
            return Err(Halt::Stop(Stop::Outgrown));
        }
        let (package, object) = self.begin(identity).await?;
        failpoint("export-begun");
        let packed = async {
            let copied = Box::pin(self.write(source, secret, package, &object)).await?;
            failpoint("export-written");
            read_back::read_back(app, &object, &copied).await?;
            failpoint("export-read-back");
            self.complete(package, secret, &copied).await
        };
        let packed = packed.await;
        // where our own database failed, the package may be complete all the same
        if !matches!(packed, Ok(()) | Err(Halt::Own(_))) {
            // its row is ended by whoever comes next, who may have looked for the file before it was there
            self.remove(package).await;
        }
        packed
    }

    /// The request may have been withdrawn, or the person verified anew, since it was asked for.
    async fn still_asked(&self, secret: &Secret) -> Result<ContentId, Halt> {
        let mut tx = self.app.db.read().await?;
        let case = cases::case_get(&mut tx, self.run.case).await?;
        match (case.filter(|case| still_asked_for(case, self.run.kind, secret)), secret.verified) {
            (Some(_), Some(identity)) => Ok(identity),
            _ => Err(Halt::Stop(Stop::Outgrown)),
        }
    }

    /// The file's name is written down before the file is begun, so that none is ever forgotten.
    async fn begin(&self, identity: ContentId) -> Result<(PackageId, String), Halt> {
        let (app, run) = (self.app, &self.run);
        let chance = data_encoding::HEXLOWER.encode(&random::<8>()?);
        let object = format!("copy-{}-{chance}", run.id.0);
        let mut tx = app.db.begin().await?;
        self.locked(&mut tx).await?;
        let package = packages::package_begin(&mut tx, run.id, run.case, &object, identity).await?;
        if run.worker > 1 {
            // what an earlier worker had begun is destroyed at once
            jobs::job_enqueue(&mut tx, &Work::ExpirePackages, 0).await?;
        }
        tx.commit().await?;
        Ok((package, object))
    }

    /// Removes whatever there is of a package that was given up.
    async fn remove(&self, package: PackageId) {
        let removed = async {
            let parts = package_parts::parts_of(&mut self.app.db.read().await?, package).await?;
            for object in parts.iter().flat_map(PackagePart::objects) {
                self.app.packages.remove(&object).await?;
            }
            Ok::<_, Error>(())
        };
        if let Err(error) = removed.await {
            tracing::warn!(run = self.run.id.0, %error, "a package that was given up could not be removed yet");
        }
    }

    /// Streams the rows into files, while progress is written down.
    async fn write(&self, source: &Source, secret: &Secret, package: PackageId, object: &str) -> Result<Copied, Halt> {
        let (app, run) = (self.app, &self.run);
        let about = {
            let mut tx = app.db.read().await?;
            let known = match secret.verified {
                Some(identity) => contents::content_get(&mut tx, &app.vault, identity).await?.unwrap_or_default(),
                None => contents::Content::default(),
            };
            let (name, _) = addressee(app, &mut tx, run.case, &Known::read(&known)).await?.unwrap_or_default();
            let case = cases::case_get(&mut tx, run.case).await?.ok_or(Error::NotFound)?;
            about::about(app, run, &case, &name)
        };
        let order = CopyOrder {
            subjects: secret.target.subjects.clone(),
            extent: secret.target.extent.clone(),
            form: run.plan.copy.unwrap_or(CopyForm::Full),
            scope_hash: run.plan.scope_hash.clone(),
            spool: app.settings.spool.clone(),
            about,
            file_key: random::<32>()?,
            part_bytes: app.settings.part_bytes,
        };
        let watch = Arc::new(Watch::default());
        let (store, trouble) = Store::new(app, package, object);
        let mut writing = pin!(source.write_copy(&order, store, watch.clone()));
        loop {
            tokio::select! {
                written = &mut writing => {
                    // what the store says explains why the writer could not go on
                    return match (written, trouble.take()) {
                        (Ok((copied, _)), _) => Ok(copied),
                        (Err(generation::Error::Package(_)), Some(error)) => Err(error.into()),
                        (Err(error), _) => Err(error.into()),
                    };
                }
                () = tokio::time::sleep(LOOK) => {
                    match self.progress(&watch).await {
                        Ok(()) => {}
                        Err(Halt::NotOurs) => watch.cancel.store(true, Ordering::Relaxed),
                        // hours of packing are not given up for a moment in which our database is away
                        Err(_) => tracing::warn!(run = self.run.id.0, "the progress of a package could not be written down"),
                    }
                }
            }
        }
    }

    /// Writes down how far it is.
    async fn progress(&self, watch: &Watch) -> Result<(), Halt> {
        let mut tx = self.app.db.begin().await?;
        self.locked(&mut tx).await?;
        checkpoints::steps_at(&mut tx, self.run.id, &steps(&self.run, watch.shown().tables), false).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The package is there: it goes to a second person, or out.
    async fn complete(&mut self, package: PackageId, secret: &Secret, copied: &Copied) -> Result<(), Halt> {
        let app = self.app;
        let mut tx = app.db.begin().await?;
        let mut case = cases::case_lock(&mut tx, self.run.case).await?.ok_or(Error::NotFound)?;
        let run = self.locked(&mut tx).await?;
        let enough = run.plan.copy.is_some_and(|form| form.is_enough_for(least_form(app, &case)));
        if !still_asked_for(&case, run.kind, secret) || !enough {
            return Err(Halt::Stop(Stop::Outgrown));
        }
        let review = is_reviewed(app, &case);
        let now = app.now();
        read_back::write_down(&mut tx, package, copied).await?;
        // what was packed counts, not what was planned
        let tables = copied.tables.iter().filter(|table| table.rows > 0);
        let done = tables.map(|table| (table.table.clone(), table.rows)).collect();
        let steps = steps(&run, done);
        checkpoints::steps_begin(&mut tx, run.id, &steps).await?;
        checkpoints::steps_at(&mut tx, run.id, &steps, true).await?;
        checkpoints::log_add(&mut tx, run.id, now, "Packed, sealed and read back").await?;
        let event = Event::ExportPacked { run: run.id, package, review };
        cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
        let expires_at = open_until(tx.db_now().await?);
        self.run = Run { state: RunState::Packed, files: copied.files, expires_at, ..run };
        let (what, on) = (self.run.id.to_string(), Some(case.reference));
        audit::audit_append(&mut tx, now, None, AuditAction::ExportPacked, on, &what);
        if review {
            runs::run_save(&mut tx, &self.run).await?;
        } else {
            let by = (By::System, now);
            release::release(app, &mut tx, &mut case, &mut self.run, &secret.target.extent, by).await?;
            audit::audit_append(&mut tx, now, None, AuditAction::ExportReleased, on, &what);
        }
        cases::case_save(&mut tx, &case).await?;
        failpoint("export-before-commit");
        tx.commit().await?;
        app.wake();
        Ok(())
    }

    /// The run as it is now, locked, if it is still this worker's.
    async fn locked(&self, tx: &mut Tx) -> Result<Run, Halt> {
        match runs::run_lock(tx, self.run.id).await? {
            Some(run) if run.worker == self.run.worker && run.state == RunState::Running => Ok(run),
            _ => Err(Halt::NotOurs),
        }
    }

    async fn stop(&mut self, why: Stop) -> Result<(), Error> {
        let app = self.app;
        let mut tx = app.db.begin().await?;
        let mut case = cases::case_lock(&mut tx, self.run.case).await?.ok_or(Error::NotFound)?;
        let run = match self.locked(&mut tx).await {
            Ok(run) => run,
            Err(Halt::Own(error)) => return Err(error),
            Err(_) => return Ok(()),
        };
        let now = app.now();
        self.run = Run { state: RunState::Stopped, stop: Some(why), ..run };
        runs::run_save(&mut tx, &self.run).await?;
        packages::packages_end(&mut tx, self.run.id).await?;
        checkpoints::log_add(&mut tx, self.run.id, now, &format!("Stopped: {}", why.label())).await?;
        let event = Event::RunStopped { run: self.run.id, why: why.code().to_owned() };
        cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
        cases::case_save(&mut tx, &case).await?;
        audit::audit_append(
            &mut tx,
            now,
            None,
            AuditAction::RunStopped,
            Some(case.reference),
            &self.run.id.to_string(),
        );
        jobs::job_enqueue(&mut tx, &Work::ExpirePackages, 0).await?;
        tx.commit().await?;
        app.wake();
        Ok(())
    }

    async fn log(&self, says: &str) -> Result<(), Error> {
        let mut tx = self.app.db.begin().await?;
        checkpoints::log_add(&mut tx, self.run.id, self.app.now(), says).await?;
        tx.commit().await?;
        Ok(())
    }
}
