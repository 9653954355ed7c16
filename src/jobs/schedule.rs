//! What happens by the clock. Each tick of each schedule is taken by one console, whoever comes first.

use crate::{
    app::App,
    domain::{
        time::{Instant, MINUTE},
        work::Work,
    },
    store::jobs,
};

/// Every schedule: name, period in milliseconds, work.
const SCHEDULES: &[(&str, i64, Work)] = &[
    ("tidy_up", 15 * MINUTE, Work::TidyUp),
    ("sweep_clocks", MINUTE, Work::SweepClocks),
    ("expire_runs", 15 * MINUTE, Work::ExpireRuns),
    ("expire_packages", 15 * MINUTE, Work::ExpirePackages),
    ("end_follow_ups", 15 * MINUTE, Work::EndFollowUps),
    ("destroy_sealed", 60 * MINUTE, Work::DestroySealed),
    ("apply_retention", 60 * MINUTE, Work::ApplyRetention),
];

/// Takes the latest tick of each schedule and asks for its work. A tick that was missed while no console ran is
/// made up for once, by the latest.
///
/// # Errors
/// When the database fails.
pub async fn tick(app: &App, taken: &mut Vec<(&'static str, Instant)>) -> Result<(), crate::store::Error> {
    let now = {
        let mut tx = app.db.read().await?;
        tx.db_now().await?
    };
    for (name, period, work) in SCHEDULES {
        let tick = Instant(now.0.div_euclid(*period) * period);
        if taken.contains(&(*name, tick)) {
            continue;
        }
        let mut tx = app.db.begin().await?;
        if jobs::tick_take(&mut tx, name, tick).await? {
            jobs::job_enqueue(&mut tx, work, 0).await?;
        }
        tx.commit().await?;
        taken.retain(|(other, _)| other != name);
        taken.push((*name, tick));
    }
    Ok(())
}
