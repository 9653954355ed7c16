//! The sweep: finds the clocks that need somebody now by the moment of their next alarm, and reads no others. Runs on
//! several consoles and after a crash without telling anybody twice: what was raised stands in the case's own events.

use super::tell;
use crate::{
    app::{App, Error},
    domain::{
        audit::AuditAction,
        clock::{Clock, Raised},
        event::{By, Event},
        identity::Reference,
        time::Instant,
    },
    store::{audit, cases, clocks},
};

/// How many clocks are looked up at a time.
const AT_ONCE: i64 = 200;

/// Raises every alarm that is due. Returns how many cases somebody was told of. A case that cannot be told of is named in
/// the log and holds up no other.
///
/// # Errors
/// As the database says, or when a case could not be told of; what was raised stays raised.
pub async fn sweep_clocks(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let (mut told, mut failed) = (0, None);
    let mut after = (Instant(i64::MIN), Reference(0));
    loop {
        let mut tx = app.db.read().await?;
        let due = clocks::clocks_due(&mut tx, now, after, AT_ONCE).await?;
        drop(tx);
        let Some(last) = due.last() else { break };
        after = *last;
        for (_, case) in due {
            match raise(app, case, now).await {
                Ok(done) => told += usize::from(done),
                Err(error) => {
                    tracing::error!(%case, %error, "nobody could be told of a clock of this case");
                    failed = Some(error);
                }
            }
        }
        app.wake();
    }
    failed.map_or(Ok(told), Err)
}

/// Raises the alarms of one case; false where another console was quicker.
async fn raise(app: &App, reference: Reference, now: Instant) -> Result<bool, Error> {
    let mut tx = app.db.begin().await?;
    let Some(mut case) = cases::case_lock(&mut tx, reference).await? else { return Ok(false) };
    let stage = |clock: &Clock| if now > clock.due { Raised::Breached } else { Raised::AtRisk };
    let is_due = |clock: &&Clock| cases::alarm_of(&case, clock).is_some_and(|at| at <= now);
    let due: Vec<Clock> = case.clocks.iter().filter(is_due).cloned().collect();
    if due.is_empty() {
        // the row says otherwise than the case: it is put right, so that nobody looks again
        cases::clocks_save(&mut tx, &case).await?;
        tx.commit().await?;
        return Ok(false);
    }
    for clock in &due {
        let (duty, layer, rule, due) = (clock.duty, clock.layer, clock.rule.clone(), clock.due);
        let event = Event::ClockAlarmed { duty, layer, rule, due, raised: stage(clock) };
        cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
    }
    for (raised, why) in [(Raised::Breached, "A clock is breached"), (Raised::AtRisk, "A clock is at risk")] {
        let of_stage: Vec<&Clock> = due.iter().filter(|clock| stage(clock) == raised).collect();
        if !of_stage.is_empty() {
            tell(app, &mut tx, &mut case, why, &of_stage, &[], now).await?;
        }
    }
    cases::case_save(&mut tx, &case).await?;
    audit::audit_append(&mut tx, now, None, AuditAction::ClockAlarmed, Some(reference), "");
    crate::app::failpoint::failpoint("alarm-before-commit");
    tx.commit().await?;
    Ok(true)
}
