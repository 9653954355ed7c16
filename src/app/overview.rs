//! The overview: what is due today, breached, unacknowledged, unreadable, failed; and how the weeks went.

use crate::app::queue::{Count, Row};
use crate::domain::time::Instant;

/// Cases received and closed in one week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// "7 Sep": the Monday it began.
    pub label: String,
    /// Received in it.
    pub received: i64,
    /// Resolved in it.
    pub closed: i64,
}

/// How a product kept its clocks over ninety days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InTime {
    /// The product's name in tables.
    pub product: String,
    /// Cases resolved.
    pub closed: i64,
    /// Of them, inside the binding clock.
    pub in_time: i64,
}

/// A mail or a job that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// "Acknowledgement of R-10021 failed".
    pub title: String,
    /// Where to look.
    pub href: String,
    /// When it happened.
    pub at: Instant,
    /// What happened and what to do.
    pub says: String,
}

/// The whole page.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The moment the page speaks of.
    pub now: Instant,
    /// The zone of its dates.
    pub zone: chrono_tz::Tz,
    /// Open cases.
    pub open: Count,
    /// Open cases of the person who looks.
    pub mine: Count,
    /// Past their binding clock.
    pub breached: Count,
    /// The due instant of the oldest breach.
    pub oldest_breach: Option<Instant>,
    /// Due before the day ends.
    pub today: Count,
    /// The next due instant of today.
    pub next_today: Option<Instant>,
    /// Not yet acknowledged.
    pub unacknowledged: Count,
    /// The next acknowledgement due.
    pub next_acknowledgement: Option<Instant>,
    /// Mail that could not be read.
    pub unreadable: Count,
    /// Mail that failed and jobs that gave up.
    pub failed: Count,
    /// The most urgent cases.
    pub first: Vec<Row>,
    /// The latest troubles.
    pub troubles: Vec<Trouble>,
    /// Twelve weeks, oldest first.
    pub weeks: Vec<Week>,
    /// Per product.
    pub in_time: Vec<InTime>,
}
