//! Lets a package go: a link for the person, who has the code already or gets one by confirming once more. Where the
//! pack wants a review it takes a second person, who has seen counts and the manifest and nothing more.

use super::{addressee, link};
use crate::{
    app::{
        App, Error, acknowledge, letters, pickup,
        runs::{decided_by_another, secret_of, sign_export, still_asked_for},
        subject::Known,
    },
    domain::{
        case::{Case, Outcome, State},
        event::{By, Event, Purpose},
        identity::RunId,
        rights::Actor,
        run::RunState,
        time::{DAY, Instant},
    },
    mail::compose::{self, Facts, Letter},
    store::{
        Tx, contents,
        contents::Content,
        packages,
        runs::{self, Run, checkpoints},
    },
};

/// A second person lets the package go.
///
/// # Errors
/// When the actor asked for it or may not approve runs, nothing waits for review, or the time for it is over.
pub async fn release_export(app: &App, actor: &Actor, id: RunId) -> Result<(), Error> {
    let (mut desk, mut run) = decided_by_another(app, actor, id).await?;
    let secret = secret_of(runs::run_secret(&mut desk.tx, &app.vault, id).await?);
    if !secret.is_some_and(|secret| still_asked_for(&desk.case, run.kind, &secret)) {
        let says = "The case has changed since the copy was packed; send it back and have a new one made";
        return Err(Error::field("release", says));
    }
    run.decided_by = Some(actor.id);
    run.decided_at = Some(desk.now);
    let (by, now) = (By::Staff(actor.id), desk.now);
    release(app, &mut desk.tx, &mut desk.case, &mut run, by, now).await?;
    desk.commit("export_released").await
}

/// Makes the link, queues the mail that has it, and ends run and case.
pub(super) async fn release(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    run: &mut Run,
    by: By,
    now: Instant,
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
    let facts = Facts { until, downloads: most, ..letters::facts(app, case, &name, language) };
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
