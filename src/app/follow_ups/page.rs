//! What pages and letters show of what follows: a line each on the case and the run, the late ones on the overview, and
//! who is told in the letter to the person. Never what a recipient knows the person by.

use super::name;
use crate::{
    app::{App, Error},
    domain::{
        follow_up::{Standing, Step, Way},
        identity::{FollowUpId, Reference, RunId, StaffId},
        rights::{Act, Actor},
        run::RunKind,
        time::Instant,
    },
    store::{Tx, follow_ups, follow_ups::FollowUp, staff},
};
use std::collections::HashMap;

/// One thing that follows, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUpLine {
    /// Its row.
    pub id: FollowUpId,
    /// The recipient's name; none for backups and what is sealed.
    pub recipient: Option<String>,
    /// What was done to the data.
    pub did: RunKind,
    /// The run it follows; none where staff did it by hand.
    pub run: Option<RunId>,
    /// How it is done.
    pub way: Way,
    /// Where it stands.
    pub state: Standing,
    /// By when.
    pub due: Instant,
    /// True where a recipient should know by now.
    pub late: bool,
    /// When the recipient was told.
    pub told: Option<Instant>,
    /// When it said that it followed.
    pub confirmed: Option<Instant>,
    /// Who said so last, where it was staff.
    pub by: Option<String>,
    /// Why the last try failed.
    pub error: Option<String>,
    /// What staff can do about it.
    pub steps: Vec<Step>,
}

/// What is left to do everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Following {
    /// Recipients that wait to be told.
    pub open: i64,
    /// Of these the late and the failed.
    pub late: i64,
    /// The first cases with such.
    pub first: Vec<LateCase>,
}

/// A case whose recipients should know by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateCase {
    /// The case.
    pub case: Reference,
    /// Who is not told, by name.
    pub recipients: Vec<String>,
    /// Since when the first of them is due.
    pub due: Instant,
    /// What is the matter.
    pub says: String,
}

/// Everything that follows on a case, oldest first. The caller has checked that the reader may see it.
pub(in crate::app) async fn of_case(app: &App, tx: &mut Tx, case: Reference) -> Result<Vec<FollowUpLine>, Error> {
    let all = follow_ups::follow_ups_of(tx, case).await?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let names = staff::staff_names(tx).await?;
    let who = |id: StaffId| names.get(&id).cloned().unwrap_or_else(|| "somebody who left".to_owned());
    let now = app.now();
    let line = |one: FollowUp| {
        let allowed = Step::ALL.iter().copied().filter(|step| one.state.allows(*step, one.way));
        FollowUpLine {
            id: one.id,
            steps: allowed.collect(),
            late: one.recipient.is_some() && one.state.is_open() && one.due_at <= now,
            recipient: one.recipient.as_deref().map(|id| name(app, &one.product, id)),
            did: one.did,
            run: one.run,
            way: one.way,
            state: one.state,
            due: one.due_at,
            told: one.told_at,
            confirmed: one.confirmed_at,
            by: one.by.map(who),
            error: one.error,
        }
    };
    Ok(all.into_iter().map(line).collect())
}

/// What the recipients of a case are called, by follow-up.
pub(in crate::app) async fn names(
    app: &App,
    tx: &mut Tx,
    case: Reference,
) -> Result<HashMap<FollowUpId, String>, Error> {
    let all = follow_ups::follow_ups_of(tx, case).await?;
    Ok(all.into_iter().filter_map(|one| Some((one.id, name(app, &one.product, &one.recipient?)))).collect())
}

/// What follows from one run.
pub(in crate::app) async fn of_run(
    app: &App,
    tx: &mut Tx,
    case: Reference,
    run: RunId,
) -> Result<Vec<FollowUpLine>, Error> {
    Ok(of_case(app, tx, case).await?.into_iter().filter(|line| line.run == Some(run)).collect())
}

/// What the letter to the person says: who is told, by name, and when backups are free of it.
pub(in crate::app) async fn said_of(
    app: &App,
    tx: &mut Tx,
    case: Reference,
    run: RunId,
) -> Result<(Vec<String>, Option<Instant>), Error> {
    let lines = of_run(app, tx, case, run).await?;
    let backups = lines.iter().find(|line| line.way == Way::Time).map(|line| line.due);
    let told = lines.into_iter().filter(|line| line.state != Standing::Waived).filter_map(|line| line.recipient);
    Ok((told.collect(), backups))
}

/// What is left to do everywhere, for the overview of `actor`.
pub(in crate::app) async fn following(app: &App, tx: &mut Tx, actor: &Actor, most: i64) -> Result<Following, Error> {
    let (sight, now) = (actor.sight(Act::SeeCases), app.now());
    let (open, late) = follow_ups::follow_ups_count(tx, &sight, now).await?;
    let late_ones = follow_ups::follow_ups_late(tx, &sight, now, 4 * most).await?;
    let mut first: Vec<LateCase> = Vec::new();
    for one in late_ones {
        let called = one.recipient.as_deref().map(|id| name(app, &one.product, id)).unwrap_or_default();
        let says = match one.state {
            Standing::Failed => one.error.unwrap_or_else(|| Standing::Failed.label().to_lowercase()),
            _ => format!("not told yet; {}", one.way.label()),
        };
        match first.iter_mut().find(|late| late.case == one.case) {
            Some(late) => {
                late.recipients.push(called);
                if !late.says.contains(&says) {
                    late.says = format!("{}; {says}", late.says);
                }
            }
            None => first.push(LateCase { case: one.case, recipients: vec![called], due: one.due_at, says }),
        }
    }
    first.truncate(usize::try_from(most).unwrap_or_default());
    Ok(Following { open, late, first })
}
