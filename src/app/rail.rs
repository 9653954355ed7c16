//! The numbers beside the places of the console, and for whom somebody stands in.

use super::{
    App, Error,
    people::{StandIn, standing_in},
    queue::Count,
    queue::end_of_day,
};
use crate::{
    domain::rights::{Act, Actor},
    store::{counts, runs},
};
use chrono_tz::Tz;

/// What the rail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rail {
    /// Open cases.
    pub open: Count,
    /// Open cases of the person who looks.
    pub mine: Count,
    /// Not yet acknowledged.
    pub unacknowledged: Count,
    /// Nobody's.
    pub nobody: Count,
    /// Waiting for the approval of a run.
    pub approval: Count,
    /// Open runs.
    pub runs: Count,
    /// Unreadable mail, failed mail and jobs that gave up.
    pub trouble: Count,
    /// For whom the person who looks stands in now.
    pub stands_in_for: Vec<StandIn>,
    /// The zone of the house, in which dates are told.
    pub zone: Tz,
}

/// Counts for the rail.
///
/// # Errors
/// As the database says.
pub async fn rail(app: &App, actor: &Actor) -> Result<Rail, Error> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let sight = actor.sight(Act::SeeCases);
    let open = counts::open_counts(&mut tx, actor.id, now, end_of_day(now, app.zone()), &sight).await?;
    let runs = runs::runs_open(&mut tx, &actor.sight(Act::SeeRuns)).await?;
    let trouble = counts::trouble_counts(&mut tx, &actor.reach(Act::SeeMail)).await?;
    let stands_in_for = standing_in(&mut tx, actor).await?;
    Ok(Rail {
        open: Count::capped(open.open),
        mine: Count::capped(open.mine),
        unacknowledged: Count::capped(open.unacknowledged),
        nobody: Count::capped(open.nobody),
        approval: Count::capped(open.approval),
        runs: Count::capped(runs),
        trouble: Count::capped(trouble.waiting + trouble.failed_mail + trouble.dead_jobs),
        stands_in_for,
        zone: app.zone(),
    })
}
