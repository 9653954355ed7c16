//! Lists of cases: filtered, sorted and paged by keys, so that a million cases cost no more than a page.
//! The restricted wall is part of the condition: outside the circle no filter but the clocks can tell restricted
//! cases apart.

use super::{Result, Tx, engine::Filter, engine::Value, row::known};
use crate::domain::{
    case::State,
    clock::{ClockFace, Duty, Layer, explain::usual_risk},
    codes::codes,
    identity::{Reference, StaffId},
    kind::Kind,
    rights::{Reach, Sight},
    time::Instant,
};

codes! {
    /// A saved view of the queue; its code stands in the address.
    View {
        Open "open" "All open",
        Mine "mine" "Mine",
        Nobody "nobody" "Nobody’s",
        Breached "breached" "Breached",
        AtRisk "at_risk" "At risk",
        Today "today" "Due today",
        Unacknowledged "unacknowledged" "Unacknowledged",
        Waiting "waiting" "Waiting for the person",
        Approval "approval" "Awaiting approval",
        Recipients "recipients" "Recipients",
        Closed "closed" "Closed",
    }
}

/// What to list, and for whom.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The saved view.
    pub view: View,
    /// Whose list it is.
    pub staff: StaffId,
    /// Of which products they see cases, and of which those behind the wall in full.
    pub sight: Sight,
    /// A reference to find.
    pub reference: Option<Reference>,
    /// Words to find in name and subject.
    pub words: Option<String>,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only this product.
    pub product: Option<String>,
    /// Only cases whose binding clock is of this layer.
    pub layer: Option<Layer>,
    /// Only cases whose binding clock is of this duty.
    pub duty: Option<Duty>,
    /// The present moment.
    pub now: Instant,
    /// The last moment of the day.
    pub day_end: Instant,
}

/// One case in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its number.
    pub reference: Reference,
    /// Where it stands.
    pub state: State,
    /// What is asked for.
    pub kind: Kind,
    /// The product's id.
    pub product: String,
    /// True behind the wall.
    pub restricted: bool,
    /// When it was received.
    pub received: Instant,
    /// The binding clock.
    pub clock: Option<ClockFace>,
    /// The owner's name.
    pub owner: Option<String>,
    /// Who wrote, and about what; none for restricted cases.
    pub face: Option<(String, String)>,
    /// What the next page starts after.
    pub key: (i64, i64),
}

#[derive(sqlx::FromRow)]
struct ListRow {
    id: i64,
    state: String,
    kind: String,
    product: String,
    restricted: bool,
    received_at: i64,
    due_at: Option<i64>,
    due_from: Option<i64>,
    due_risk: Option<i64>,
    paused: bool,
    due_duty: Option<String>,
    due_layer: Option<String>,
    sort_key: i64,
    owner: Option<String>,
    who: Option<String>,
    about: Option<String>,
}

const COLUMNS: &str =
    "SELECT c.id, c.state, c.kind, c.product, c.restricted, c.received_at, c.due_at, c.due_from, c.due_risk, c.paused, c.due_duty,
 c.due_layer, c.sort_due AS sort_key, s.name AS owner, f.who, f.about FROM cases c
 LEFT JOIN staff s ON s.id = c.owner_id LEFT JOIN case_faces f ON f.case_id = c.id WHERE 1 = 1";
const COLUMNS_CLOSED: &str =
    "SELECT c.id, c.state, c.kind, c.product, c.restricted, c.received_at, c.due_at, c.due_from, c.due_risk, c.paused, c.due_duty,
 c.due_layer, COALESCE(c.resolved_at, 0) AS sort_key, s.name AS owner, f.who, f.about FROM cases c
 LEFT JOIN staff s ON s.id = c.owner_id LEFT JOIN case_faces f ON f.case_id = c.id WHERE 1 = 1";

/// The most a counter counts.
pub const CAP: i64 = 10_000;

fn condition(asked: &Asked) -> Filter {
    let mut filter = Filter::default();
    match asked.view {
        View::Open => filter.and("c.open", []),
        View::Mine => filter.and("c.open AND c.owner_id = ?", [asked.staff.into()]),
        View::Nobody => filter.and("c.open AND c.owner_id IS NULL", []),
        View::Breached => filter.and("c.open AND c.sort_due < ?", [asked.now.into()]),
        View::AtRisk => {
            filter.and("c.open AND c.due_risk <= ? AND c.sort_due >= ?", [asked.now.into(), asked.now.into()]);
        }
        View::Today => {
            filter.and("c.open AND c.sort_due >= ? AND c.sort_due <= ?", [asked.now.into(), asked.day_end.into()]);
        }
        View::Unacknowledged => filter.and("c.acknowledge_due IS NOT NULL", []),
        View::Waiting => filter.and("c.state = 'waiting_requester'", []),
        View::Approval => filter.and("c.open AND c.state = 'waiting_approval'", []),
        // resolved cases too: the duty to tell outlives them
        View::Recipients => {
            filter.and("c.id IN (SELECT u.case_id FROM follow_ups u WHERE u.open AND u.recipient IS NOT NULL)", []);
        }
        View::Closed => filter.and("NOT c.open", []),
    }
    if let Some(reference) = asked.reference {
        filter.and("c.id = ?", [reference.into()]);
    }
    for word in asked.words.iter().flat_map(|words| words.split_whitespace()).take(6) {
        let escaped = word.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern: Value = format!("%{escaped}%").into();
        let anywhere = "(LOWER(f.who) LIKE ? ESCAPE '\\' OR LOWER(f.address) LIKE ? ESCAPE '\\' OR LOWER(f.about) LIKE ? ESCAPE '\\')";
        filter.and(anywhere, [pattern.clone(), pattern.clone(), pattern]);
    }
    if let Some(kind) = asked.kind {
        filter.and("c.kind = ?", [kind.code().into()]);
    }
    if let Some(product) = &asked.product {
        filter.and("c.product = ?", [product.into()]);
    }
    if let Some(layer) = asked.layer {
        filter.and("c.due_layer = ?", [layer.code().into()]);
    }
    if let Some(duty) = asked.duty {
        filter.and("c.due_duty = ?", [duty.code().into()]);
    }
    // a filter on what the wall hides would tell what is behind it
    let by_state = matches!(asked.view, View::Waiting | View::Approval | View::Recipients);
    let by_duty = asked.duty.is_some();
    if by_state || by_duty || asked.kind.is_some() || asked.product.is_some() || asked.words.is_some() {
        filter.and_within("(NOT c.restricted OR CIRCLE(c.product))", "CIRCLE", &asked.sight.circle);
    }
    if asked.sight.seen != Reach::Everywhere {
        filter.and_within("SEEN(c.product)", "SEEN", &asked.sight.seen);
    }
    filter
}

/// One page of at most a hundred, after the key where the page before ended.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn cases_list(tx: &mut Tx, asked: &Asked, after: Option<(i64, i64)>, limit: usize) -> Result<Vec<Listed>> {
    let mut filter = condition(asked);
    let closed = asked.view == View::Closed;
    if let Some((key, id)) = after {
        let values = [Value::from(key), Value::from(id)];
        if closed {
            filter.and("(c.resolved_at, c.id) < (?, ?)", values);
        } else {
            filter.and("(c.sort_due, c.id) > (?, ?)", values);
        }
    }
    let statement = if closed {
        filter.sql(COLUMNS_CLOSED, " ORDER BY c.resolved_at DESC, c.id DESC LIMIT 101")
    } else {
        filter.sql(COLUMNS, " ORDER BY c.sort_due, c.id LIMIT 101")
    };
    let rows = statement.all::<ListRow>(tx).await?;
    rows.into_iter().take(limit).map(listed).collect()
}

fn listed(row: ListRow) -> Result<Listed> {
    let id = row.id;
    let clock = match (row.due_duty, row.due_layer, row.due_from, row.due_at) {
        (Some(duty), Some(layer), Some(from), Some(due)) => Some(ClockFace {
            duty: known(Duty::from_code(&duty), "cases", id, "due_duty", &duty)?,
            layer: known(Layer::from_code(&layer), "cases", id, "due_layer", &layer)?,
            from: Instant(from),
            risk: row.due_risk.map_or_else(|| usual_risk(Instant(from), Instant(due)), Instant),
            due: Instant(due),
            is_paused: row.paused,
        }),
        _ => None,
    };
    Ok(Listed {
        reference: Reference(id),
        state: known(State::from_code(&row.state), "cases", id, "state", &row.state)?,
        kind: known(row.kind.parse().ok(), "cases", id, "kind", &row.kind)?,
        product: row.product,
        restricted: row.restricted,
        received: Instant(row.received_at),
        clock,
        owner: row.owner,
        face: row.who.zip(row.about).filter(|_| !row.restricted),
        key: (row.sort_key, id),
    })
}

/// How many cases the filter matches, counted up to `CAP` plus one.
///
/// # Errors
/// As the database says.
pub async fn cases_count(tx: &mut Tx, asked: &Asked) -> Result<i64> {
    let statement = condition(asked).sql(
        "SELECT COUNT(*) FROM (SELECT 1 FROM cases c LEFT JOIN case_faces f ON f.case_id = c.id WHERE 1 = 1",
        " LIMIT 10001) counted",
    );
    Ok(statement.one::<(i64,)>(tx).await?.0)
}
