//! The queue: cases by the clock that binds, filtered by what the address bar says.

use super::{App, Error, choice::products};
use crate::{
    domain::{
        case::State,
        clock::{Duty, Layer},
        identity::{Reference, StaffId},
        kind::Kind,
        rights::{Act, Actor, Place, Reach},
        time::Instant,
    },
    store::{
        counts,
        list::{self, Asked, CAP, Listed},
        staff,
    },
};

pub use super::choice::Choice;
pub use super::verbs::{BulkOutcome, assign_many};
pub use crate::domain::clock::ClockFace;
pub use crate::store::list::View;

/// What the address bar asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Only cases whose binding clock is of this duty.
    pub duty: Option<Duty>,
    /// Where the page before ended; opaque.
    pub after: Option<String>,
}

impl Default for QueueFilter {
    fn default() -> Self {
        Self { view: View::Open, q: String::new(), kind: None, product: None, layer: None, duty: None, after: None }
    }
}

/// A number that may stop counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many, at most the cap.
    pub n: i64,
    /// True when there are more.
    pub more: bool,
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
    /// True for those who can give cases to somebody.
    pub may_assign: bool,
}

/// How many cases a page shows.
pub const PAGE: usize = 50;

impl Count {
    /// A counter that stopped at the store's cap.
    #[must_use]
    pub const fn capped(n: i64) -> Self {
        if n > CAP { Self { n: CAP, more: true } } else { Self { n, more: false } }
    }
}

/// Loads one page of the queue.
///
/// # Errors
/// `NotFound` for people without a role, or as the database says.
pub async fn list(app: &App, actor: &Actor, filter: &QueueFilter) -> Result<QueuePage, Error> {
    if !actor.may(Act::SeeCases, Place::Somewhere) {
        return Err(Error::NotFound);
    }
    let (now, zone) = (app.now(), app.zone());
    let day_end = end_of_day(now, zone);
    let asked = asked(actor, filter, now, day_end);
    let start = filter.after.as_deref().and_then(Start::read);
    let mut tx = app.db.read().await?;
    let mut listed = list::cases_list(&mut tx, &asked, start.map(|s| s.key), PAGE + 1).await?;
    let total = list::cases_count(&mut tx, &asked).await?;
    let open = counts::open_counts(&mut tx, actor.id, now, day_end, &asked.sight).await?;
    let everybody = staff::staff_all(&mut tx).await?;
    let products = products(app, &asked.sight.seen);
    let first = start.map_or(1, |s| s.number);
    let more = listed.len() > PAGE;
    listed.truncate(PAGE);
    let number = first + i64::try_from(PAGE).unwrap_or_default();
    let next = listed.last().filter(|_| more).map(|last| Start { key: last.key, number }.to_string());
    Ok(QueuePage {
        now,
        zone,
        filter: filter.clone(),
        counts: View::ALL.iter().map(|view| (*view, view_count(*view, &open))).collect(),
        rows: listed.into_iter().map(|l| row(app, l, &asked.sight.circle)).collect(),
        total: Count::capped(total),
        first,
        next,
        staff: everybody
            .into_iter()
            .filter(|a| products.iter().any(|product| a.may(Act::WorkCases, &product.id)))
            .map(|a| Choice { id: a.id, name: a.name })
            .collect(),
        products,
        may_assign: actor.may(Act::WorkCases, Place::Somewhere),
    })
}

fn asked(actor: &Actor, filter: &QueueFilter, now: Instant, day_end: Instant) -> Asked {
    let q = filter.q.trim();
    let digits = !q.is_empty() && q.bytes().all(|b| b.is_ascii_digit());
    let reference = q.parse().ok().or_else(|| q.parse().ok().filter(|_| digits).map(Reference));
    Asked {
        view: filter.view,
        staff: actor.id,
        sight: actor.sight(Act::SeeCases),
        reference,
        words: (reference.is_none() && !q.is_empty()).then(|| q.chars().take(200).collect()),
        kind: filter.kind,
        product: filter.product.clone(),
        layer: filter.layer,
        duty: filter.duty,
        now,
        day_end,
    }
}

const fn view_count(view: View, open: &counts::OpenCounts) -> Option<Count> {
    Some(Count::capped(match view {
        View::Open => open.open,
        View::Mine => open.mine,
        View::Nobody => open.nobody,
        View::Breached => open.breached,
        View::AtRisk => open.at_risk,
        View::Today => open.today,
        View::Unacknowledged => open.unacknowledged,
        View::Waiting => open.waiting,
        View::Approval => open.approval,
        View::Recipients => open.recipients,
        View::Closed => return None,
    }))
}

/// The last moment of the day on which `now` falls.
pub(super) fn end_of_day(now: Instant, zone: chrono_tz::Tz) -> Instant {
    crate::domain::clock::period::end_of_day(now.local(zone).date_naive(), zone)
}

/// A listed case as this reader may see it.
pub(super) fn row(app: &App, listed: Listed, circle: &Reach) -> Row {
    let product = app.packs.short(&listed.product);
    let face = match (listed.restricted, circle.holds(&listed.product)) {
        (true, true) => Face::Circle { kind: listed.kind, product },
        (true, false) => Face::Walled,
        (false, _) => {
            // an ordinary case without a face is one that was erased
            let (who, about) = listed.face.unwrap_or_else(|| ("Erased".to_owned(), String::new()));
            Face::Plain { who, about, kind: listed.kind, product }
        }
    };
    let state = match (&face, listed.state.is_open()) {
        (Face::Walled, true) => State::Open,
        (Face::Walled, false) => State::Closed,
        _ => listed.state,
    };
    // outside the circle the duty must not say what the case is about
    let plain = |clock: ClockFace| ClockFace {
        duty: if clock.duty == Duty::Acknowledge { clock.duty } else { Duty::Resolve },
        ..clock
    };
    let clock = if matches!(face, Face::Walled) { listed.clock.map(plain) } else { listed.clock };
    Row { reference: listed.reference, state, owner: listed.owner, clock, received: listed.received, face }
}

/// Where a page starts: after which key, and which number its first row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Start {
    key: (i64, i64),
    number: i64,
}

impl Start {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse::<i64>().ok());
        let start = Self { key: (parts.next()??, parts.next()??), number: parts.next()?? };
        parts.next().is_none().then_some(start)
    }
}

impl std::fmt::Display for Start {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.key.0, self.key.1, self.number)
    }
}
