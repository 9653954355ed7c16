//! The numbers beside the places of the console.

use super::{App, Error, queue::Count, queue::end_of_day};
use crate::{
    domain::rights::{Act, Actor},
    store::{counts, runs},
};

/// The rail's numbers.
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
    Ok(Rail {
        open: Count::capped(open.open),
        mine: Count::capped(open.mine),
        unacknowledged: Count::capped(open.unacknowledged),
        nobody: Count::capped(open.nobody),
        approval: Count::capped(open.approval),
        runs: Count::capped(runs),
        trouble: Count::capped(trouble.waiting + trouble.failed_mail + trouble.dead_jobs),
    })
}
