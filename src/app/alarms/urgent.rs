//! A duty of less than a day: owner, deputy and a configured webhook learn of it the moment it exists.

use super::tell;
use crate::{
    app::{App, Error},
    domain::{
        case::Case,
        clock::{Clock, Duty, Layer, Raised, binding_of},
        identity::Reference,
        time::{DAY, Instant},
        work::Work,
    },
    mail::webhook::{self, Called},
    store::{Tx, cases, jobs},
};

/// The clocks of a case that are so short that nobody would see them in time: of law and promise, and targets that are
/// the only number.
pub fn urgent(case: &Case) -> impl Iterator<Item = &Clock> {
    let counts = |clock: &Clock| {
        clock.layer != Layer::Target || binding_of(&case.clocks, clock.duty).is_some_and(|one| one == clock)
    };
    case.clocks.iter().filter(move |clock| {
        let is_short = clock.due.since(clock.from) < DAY && clock.duty != Duty::ExtendBy;
        is_short && clock.met.is_none() && clock.raised == Raised::Nothing && counts(clock)
    })
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
    tell(app, tx, case, "A short clock has started", &clocks, &app.settings.alarms.deputies, now).await?;
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
    drop(tx);
    let restricted = case.is_restricted();
    let line = |clock: &Clock| {
        let duty = if restricted { "next_step" } else { clock.duty.code() };
        serde_json::json!({ "duty": duty, "layer": clock.layer.code(), "due": clock.due.rfc3339() })
    };
    let body = serde_json::json!({
        "event": "short_clock_started",
        "case": reference.to_string(),
        "restricted": restricted,
        "url": format!("{}/cases/{reference}", app.settings.public_url),
        "clocks": urgent(&case).map(line).collect::<Vec<_>>(),
    });
    Ok(webhook::call(hook, &format!("{reference}-{seq}"), &body.to_string()).await)
}
