//! The queue: cases by the clock that binds, filtered by what the address bar says.

use crate::domain::{
    case::State,
    clock::{Duty, Layer},
    identity::{Reference, StaffId},
    kind::Kind,
    time::Instant,
};
pub use crate::store::list::View;

/// What the address bar asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// The saved view.
    pub view: View,
    /// Words or a reference; never matches restricted cases for those outside the circle.
    pub q: String,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only this product.
    pub product: Option<String>,
    /// Only cases whose binding clock is of this layer.
    pub layer: Option<Layer>,
    /// Where the page before ended; opaque.
    pub after: Option<String>,
}

/// A number that may stop counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many, at most the cap.
    pub n: i64,
    /// True when there are more.
    pub more: bool,
}

/// The clock of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockFace {
    /// What has to be done.
    pub duty: Duty,
    /// Which layer binds.
    pub layer: Layer,
    /// Where it began.
    pub from: Instant,
    /// The last moment in time.
    pub due: Instant,
}

/// What a row may show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Face {
    /// An ordinary case.
    Plain {
        /// Who wrote, or their address.
        who: String,
        /// What the subject line or the first words say.
        about: String,
        /// What is asked for.
        kind: Kind,
        /// The product's name in tables.
        product: String,
    },
    /// A restricted case as a responder sees it in a list: no name, no words.
    Circle {
        /// What it is about.
        kind: Kind,
        /// The product's name in tables.
        product: String,
    },
    /// A restricted case as everybody else sees it.
    Walled,
}

/// One case in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// `R-10021`.
    pub reference: Reference,
    /// Where it stands; of a walled case only open or closed is told.
    pub state: State,
    /// Who works on it.
    pub owner: Option<String>,
    /// The clock that binds; none once all are met.
    pub clock: Option<ClockFace>,
    /// When it was received.
    pub received: Instant,
    /// What else may be shown.
    pub face: Face,
}

/// A person or product to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<Id> {
    /// What the form sends.
    pub id: Id,
    /// What the person reads.
    pub name: String,
}

/// The whole page.
#[derive(Debug, Clone)]
pub struct QueuePage {
    /// The moment the page speaks of.
    pub now: Instant,
    /// The zone of its dates.
    pub zone: chrono_tz::Tz,
    /// What was asked for.
    pub filter: QueueFilter,
    /// Every view with its count (none for closed, which only grows).
    pub counts: Vec<(View, Option<Count>)>,
    /// The cases, first due first.
    pub rows: Vec<Row>,
    /// How many the filter matches.
    pub total: Count,
    /// The number of the first row, from 1.
    pub first: i64,
    /// What to put into `after` for the next page.
    pub next: Option<String>,
    /// Whom a case can be given to.
    pub staff: Vec<Choice<StaffId>>,
    /// Products to filter by.
    pub products: Vec<Choice<String>>,
}
