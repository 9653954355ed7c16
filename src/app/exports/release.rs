//! Lets a package go: a link for the person, who has the code already or gets one by confirming once more. Where the
//! pack wants a review it takes a second person, who has seen counts and the manifest and nothing more.

use super::{addressee, form::least_form, link};
use crate::{
    app::{
        App, Error, acknowledge, letters, pickup,
        proving::proven,
        runs::{decided_by_another, secret_of, sign_export, still_asked_for},
        subject::Known,
    },
    domain::{
        audit::AuditAction,
        case::{Case, Outcome, State},
        copy::CopyForm,
        event::{By, Event, Purpose},
        identity::RunId,
        rights::Actor,
        run::RunState,
        time::{DAY, Instant},
    },
    generation::Extent,
    mail::compose::{self, CopyFacts, Facts, Letter},
    store::{
        Tx, contents,
        contents::Content,
        package_parts, packages,
        runs::{self, Run, checkpoints},
    },
};

/// A second person lets the package go.
///
/// # Errors
/// When the actor asked for it or may not approve runs, nothing waits for review, or the time for it is over.
pub async fn release_export(app: &App, actor: &Actor, id: RunId) -> Result<(), Error> {
    let (mut desk, mut run) = decided_by_another(app, actor, id).await?;
    proven(actor)?;
    let secret = secret_of(runs::run_secret(&mut desk.tx, &app.vault, id).await?);
    let secret = secret.filter(|secret| still_asked_for(&desk.case, run.kind, secret));
    let Some(secret) = secret else {
        let says = "The case has changed since the copy was packed; send it back and have a new one made";
        return Err(Error::field("release", says));
    };
    if !run.plan.copy.is_some_and(|form| form.is_enough_for(least_form(app, &desk.case))) {
        let says = "Where the person lives now, the law asks for more than this; send it back and have a new one made";
        return Err(Error::field("release", says));
    }
    run.decided_by = Some(actor.id);
    run.decided_at = Some(desk.now);
    let (by, now) = (By::Staff(actor.id), desk.now);
    release(app, &mut desk.tx, &mut desk.case, &mut run, &secret.target.extent, (by, now)).await?;
    desk.commit(AuditAction::ExportReleased).await
}

/// Makes the link, queues the mail that has it, and ends run and case.
pub(super) async fn release(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    run: &mut Run,
    extent: &Extent,
    (by, now): (By, Instant),
) -> Result<(), Error> {
    let package = packages::package_of_run(tx, run.id).await?.filter(|package| package.sha256.is_some());
    let package = package.ok_or_else(|| Error::field("release", "The package is gone; ask for a new one"))?;
    let known = contents::content_get(tx, &app.vault, package.identity).await?.unwrap_or_default();
    let to = addressee(app, tx, case.reference, &Known::read(&known)).await?;
    let on_page = to.is_none() && pickup::has_page(tx, case).await?;
    if to.is_none() && !on_page {
        return Err(Error::field("release", "There is no mail address any more to send the link to"));
    }
    let (name, to) = to.unwrap_or_default();
    let copy = app.packs.get(&case.product).map(|pack| (pack.copy.days, pack.copy.downloads));
    let (days, most) = copy.ok_or_else(|| Error::field("release", "The product’s policy pack is gone"))?;
    let message_id = acknowledge::message_id(app, case, Purpose::Delivery)?;
    let hash = link::hash(app, &message_id);
    let until = packages::package_release(tx, package.id, &hash, i64::from(days) * DAY, i64::from(most)).await?;
    let language = letters::language_of(app, case);
    let until = letters::when(app, case, language, until);
    let limited = app.sources.get(&case.product).map(|source| source.limits_in_words(extent, language));
    let copy = CopyFacts {
        form: run.plan.copy.unwrap_or(CopyForm::Full),
        parts: package_parts::parts_of(tx, package.id).await?.len(),
        limited: limited.unwrap_or_default(),
    };
    let facts = Facts { until, downloads: most, copy, ..letters::facts(app, case, &name, language) };
    let written = compose::write(Letter::Copied, language, &facts, "")?;
    let told = if on_page {
        pickup::keep_letter(app, tx, case, Purpose::Delivery, written, message_id, now).await?
    } else {
        let compose::Written { subject, text, html } = written;
        let content = Content { name, address: to, subject, text, html, ..Content::default() };
        acknowledge::queue_as(app, tx, case, Purpose::Delivery, &message_id, &content, now).await?
    };
    let mut record = async |event| crate::store::cases::case_record(tx, case, by, now, event).await;
    record(told).await?;
    record(Event::ExportReleased { run: run.id, package: package.id }).await?;
    let resolved =
        Event::StateChanged { from: State::Open, to: State::Resolved, outcome: Some(Outcome::Granted), reason: None };
    record(resolved).await?;
    run.state = RunState::Finished;
    run.ended_at = Some(now);
    run.stop = None;
    runs::run_save(tx, run).await?;
    sign_export(app, tx, run, &package, now).await?;
    runs::run_forget(tx, run.id).await?;
    checkpoints::log_add(
        tx,
        run.id,
        now,
        if on_page {
            "Released: the link is on the page of the case"
        } else {
            "Released: the link is on its way to the person"
        },
    )
    .await?;
    Ok(())
}
