//! A duty of less than a day: owner, deputy and a configured webhook learn of it the moment it exists.

use super::tell;
use crate::{
    app::{App, Error},
    domain::{
        case::Case,
        clock::{Clock, ClockStart, Duty, Layer, Raised, binding_of},
        event::Event,
        identity::Reference,
        time::{DAY, Instant},
        work::Work,
    },
    mail::webhook::{self, Called},
    store::{Tx, cases, events, jobs},
};

/// The clocks of a case that are so short that nobody would see them in time: of law and promise, and targets that are
/// the only number.
fn urgent(case: &Case) -> impl Iterator<Item = &Clock> {
    let counts = |clock: &Clock| {
        clock.layer != Layer::Target || binding_of(&case.clocks, clock.duty).is_some_and(|one| one == clock)
    };
    case.clocks
        .iter()
        .filter(move |clock| is_short(clock) && clock.met.is_none() && clock.raised == Raised::Nothing && counts(clock))
}

fn is_short(clock: &ClockStart) -> bool {
    clock.due.since(clock.from) < DAY && clock.duty != Duty::ExtendBy
}

/// Tells of the urgent clocks that `before` did not have yet.
pub(in crate::app) async fn raise_urgent(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    before: &[Clock],
    now: Instant,
) -> Result<(), Error> {
    let new: Vec<Clock> = urgent(case).filter(|clock| !before.iter().any(|b| b.is_same(clock))).cloned().collect();
    if new.is_empty() {
        return Ok(());
    }
    let clocks: Vec<&Clock> = new.iter().collect();
    let told = tell(app, tx, case, "A short clock has started", &clocks, &app.settings.alarms.deputies, now).await;
    match told {
        // the request comes first: it becomes a case even where nobody works yet
        Err(Error::NotAllowed(why)) => tracing::error!(case = %case.reference, "{why}"),
        other => other?,
    }
    if app.settings.alarms.webhook.is_some() {
        jobs::job_enqueue(tx, &Work::CallWebhook { case: case.reference, seq: case.seq }, 0).await?;
    }
    Ok(())
}

/// Tells the configured webhook of a case's urgent clocks: reference, duties and moments, nothing of what it is about.
///
/// # Errors
/// As the database says.
pub async fn call_webhook(app: &App, reference: Reference, seq: i64) -> Result<Called, Error> {
    let Some(hook) = &app.settings.alarms.webhook else { return Ok(Called::Taken) };
    let mut tx = app.db.read().await?;
    let Some(case) = cases::case_get(&mut tx, reference).await? else { return Ok(Called::Taken) };
    // as they were when the alarm was raised, however often it is tried
    let history = events::events_of(&mut tx, reference).await?;
    let started = history.into_iter().rev().filter(|recorded| recorded.seq <= seq).find_map(|r| match r.event {
        Event::ClocksStarted { clocks, .. } => Some(clocks),
        _ => None,
    });
    drop(tx);
    let short = started.unwrap_or_default().into_iter().filter(is_short);
    let restricted = case.is_restricted();
    let line = |clock: ClockStart| {
        let duty = if restricted { "next_step" } else { clock.duty.code() };
        serde_json::json!({ "duty": duty, "layer": clock.layer.code(), "due": clock.due.rfc3339() })
    };
    let body = serde_json::json!({
        "event": "short_clock_started",
        "case": reference.to_string(),
        "restricted": restricted,
        "url": format!("{}/cases/{reference}", app.settings.public_url),
        "clocks": short.map(line).collect::<Vec<_>>(),
    });
    Ok(webhook::call(hook, &format!("{reference}-{seq}"), &body.to_string()).await)
}
