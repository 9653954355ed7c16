//! Rows by urgency. The list arrives sorted; grouping never reorders it.

use crate::{
    app::queue::{QueuePage, Row},
    domain::time::Instant,
    ui::components::clock::within_a_week,
};
use chrono_tz::Tz;

/// Rows of one urgency.
#[derive(Debug)]
pub(super) struct Group {
    /// "Breached", "Due today", …
    pub title: &'static str,
    /// How many of them are on this page.
    pub count: usize,
    /// The cases.
    pub rows: Vec<Row>,
}

/// The rows of the page in their groups; empty groups are left out.
pub(super) fn grouped(queue: &QueuePage) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for row in &queue.rows {
        let title = urgency(row, queue.now, queue.zone);
        match groups.last_mut().filter(|group| group.title == title) {
            Some(group) => group.rows.push(row.clone()),
            None => groups.push(Group { title, count: 0, rows: vec![row.clone()] }),
        }
    }
    for group in &mut groups {
        group.count = group.rows.len();
    }
    groups
}

fn urgency(row: &Row, now: Instant, zone: Tz) -> &'static str {
    match &row.clock {
        None => "No clock runs",
        Some(clock) if clock.is_paused => "Stands still",
        Some(clock) if clock.due < now => "Breached",
        Some(clock) if clock.due.local(zone).date_naive() == now.local(zone).date_naive() => "Due today",
        Some(clock) if within_a_week(clock.due, now) => "This week",
        Some(_) => "Later",
    }
}
