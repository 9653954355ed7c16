//! The end of packages: withdrawn by staff, over by time, or never let go. Their files are destroyed by a job, and the
//! case says so.

use crate::{
    app::{
        App, Error,
        desk::{Desk, written},
        failpoint::failpoint,
        proving::proven,
    },
    domain::{
        audit::AuditAction,
        case::State,
        event::{By, Event},
        identity::{PackageId, Reference},
        rights::Actor,
        work::Work,
    },
    store::{
        audit, cases, downloads, jobs,
        package_parts::{self, PackagePart},
        packages,
    },
};

/// Ends the link of a package before its time; the file is destroyed. Where nobody had opened it yet the case is open
/// again.
///
/// # Errors
/// `NotFound` where the case has no such package; `Invalid` when no reason is given or the link does not work any more; for a
/// stale proof.
pub async fn revoke_package(
    app: &App,
    actor: &Actor,
    reference: Reference,
    package: PackageId,
    reason: &str,
) -> Result<(), Error> {
    let reason = written("reason", reason, "Say why the person may not fetch it any more; colleagues will read it")?;
    let mut desk = Desk::at(app, actor, reference, None).await?;
    let kept = packages::package_get(&mut desk.tx, package).await?;
    let theirs = |package: &packages::Package| package.case == reference && package.released_at.is_some();
    let kept = kept.filter(theirs).ok_or(Error::NotFound)?;
    proven(actor)?;
    if !packages::package_end(&mut desk.tx, package).await? {
        return Err(Error::field("reason", "This link does not work any more already"));
    }
    let reason = desk.keep_reason(reason).await?;
    desk.record(Event::ExportRevoked { package, reason }).await?;
    if kept.downloads == 0 && desk.case.state == State::Resolved {
        // nobody has the copy: the request is not answered
        let event = Event::StateChanged { from: State::Resolved, to: State::Open, outcome: None, reason: None };
        desk.record(event).await?;
    }
    jobs::job_enqueue(&mut desk.tx, &Work::DestroyPackage { package }, 0).await?;
    desk.commit(AuditAction::ExportRevoked).await
}

/// Asks for the end of every package that nobody is to get any more, stops copies that nobody packs, and forgets fetchings
/// whose time is over, with what was made for them.
///
/// # Errors
/// As the database says, or when the store does not answer.
pub async fn expire_packages(app: &App) -> Result<(), Error> {
    super::pack::stop_stranded(app).await?;
    let past = downloads::downloads_over(&mut app.db.read().await?).await?;
    for (download, object) in past {
        if let Some(object) = object {
            app.packages.remove(&object).await?;
        }
        let mut tx = app.db.begin().await?;
        downloads::download_forget(&mut tx, download).await?;
        tx.commit().await?;
    }
    let mut tx = app.db.read().await?;
    let over = packages::packages_over(&mut tx).await?;
    drop(tx);
    if over.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    for package in over {
        jobs::job_enqueue(&mut tx, &Work::DestroyPackage { package }, 0).await?;
    }
    tx.commit().await?;
    app.wake();
    Ok(())
}

/// Destroys the file of a package and what was made from it, then says so in the case. A file that is gone is done.
///
/// # Errors
/// When the store does not answer: it is tried again.
pub async fn destroy_package(app: &App, id: PackageId) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    let Some(package) = packages::package_get(&mut tx, id).await? else { return Ok(()) };
    let over = match package.expires_at {
        Some(until) => until.0 <= tx.db_now().await?.0,
        None => false,
    };
    if package.destroyed_at.is_some() || !(over || package.ended_at.is_some()) {
        return Ok(());
    }
    // from now on nobody begins to read it
    packages::package_end(&mut tx, id).await?;
    let locked = downloads::downloads_objects(&mut tx, id).await?;
    let parts = package_parts::parts_of(&mut tx, id).await?;
    tx.commit().await?;
    failpoint("export-before-destroy");
    for object in locked.into_iter().chain(parts.iter().flat_map(PackagePart::objects)) {
        app.packages.remove(&object).await?;
    }
    failpoint("export-destroyed");
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let mut case = cases::case_lock(&mut tx, package.case).await?.ok_or(Error::NotFound)?;
    let still = packages::package_get(&mut tx, id).await?.is_some_and(|package| package.destroyed_at.is_none());
    if still {
        packages::package_destroyed(&mut tx, id).await?;
        // what never was complete was no package to anybody
        if package.sha256.is_some() {
            let event = Event::ExportDestroyed { package: id };
            cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
            cases::case_save(&mut tx, &case).await?;
            audit::audit_append(&mut tx, now, None, AuditAction::ExportDestroyed, Some(case.reference), "");
        }
    }
    tx.commit().await?;
    Ok(())
}
