//! Cases: the row that lists are made from, kept equal to what the events say, and the case's clocks.

use super::{Result, Tx, events, per_engine, row::known, sql};
use crate::domain::{
    case::{Case, Channel, Outcome, State},
    clock::{Clock, ClockStart, Duty, Layer, Raised, binding_of},
    event::{By, Event, Recorded},
    identity::{Reference, StaffId},
    kind::Kind,
    rights::Sight,
    time::Instant,
};

/// Where cases without a running clock are sorted.
pub const NEVER: Instant = Instant(i64::MAX);

#[derive(sqlx::FromRow)]
struct CaseRow {
    product: String,
    kind: String,
    state: String,
    outcome: Option<String>,
    owner_id: Option<i64>,
    channel: String,
    received_at: i64,
    resolved_at: Option<i64>,
    jurisdiction: Option<String>,
    seq: i64,
}

#[derive(sqlx::FromRow)]
struct ClockRow {
    start: String,
    met_at: Option<i64>,
    raised: String,
}

/// Opens a case with its first event; the number is the database's.
///
/// # Errors
/// As the database says.
pub async fn case_open(
    tx: &mut Tx,
    product: &str,
    requester_digest: Option<Vec<u8>>,
    by: By,
    at: Instant,
    opened: Event,
) -> Result<Case> {
    let recorded = Recorded { seq: 1, at, by, event: opened };
    let mut case = Case::open(Reference(0), product, &recorded).map_err(|e| bad_history(0, &e))?;
    let (id,): (i64,) = sql(
        "INSERT INTO cases (product, kind, restricted, state, open, channel, received_at, sort_due, requester_digest, seq)
         VALUES ($1, $2, $3, $4, TRUE, $5, $6, $7, $8, 1) RETURNING id",
    )
    .bind(product)
    .bind(case.kind.code())
    .bind(case.is_restricted())
    .bind(case.state.code())
    .bind(case.channel.code())
    .bind(case.received)
    .bind(NEVER)
    .bind(requester_digest)
    .one(tx)
    .await?;
    case.reference = Reference(id);
    events::event_append(tx, case.reference, &recorded).await?;
    Ok(case)
}

/// Records what happened: appends the event, applies it to `case`, and writes the clocks where it changed any.
/// `case_save` has to follow before the commit.
///
/// # Errors
/// As the database says.
pub async fn case_record(tx: &mut Tx, case: &mut Case, by: By, at: Instant, event: Event) -> Result<()> {
    let recorded = Recorded { seq: case.seq + 1, at, by, event };
    let (clocks, was_open) = (case.clocks.clone(), case.state.is_open());
    case.apply(&recorded).map_err(|e| bad_history(case.reference.0, &e))?;
    events::event_append(tx, case.reference, &recorded).await?;
    if case.clocks != clocks || case.state.is_open() != was_open {
        clocks_write(tx, case, !clocks.is_empty()).await?;
    }
    Ok(())
}

/// Records on all of these cases, locked before, that the system did something which changes neither state nor clocks.
///
/// # Errors
/// As the database says.
pub async fn cases_record_alike(tx: &mut Tx, cases: &[Reference], at: Instant, event: &Event) -> Result<()> {
    #[cfg(test)]
    for case in cases {
        tx.recorded(*case);
    }
    let ids = serde_json::json!(cases.iter().map(|case| case.0).collect::<Vec<_>>()).to_string();
    per_engine(
        "UPDATE cases SET seq = seq + 1 WHERE id IN (SELECT CAST(v AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)) AS v)",
        "UPDATE cases SET seq = seq + 1 WHERE id IN (SELECT value FROM json_each($1))",
    )
    .bind(ids.as_str())
    .run(tx)
    .await?;
    let data = serde_json::to_string(event).map_err(|e| super::Error::BadRow {
        table: "events",
        row: cases.first().map_or(0, |case| case.0),
        column: "data",
        says: e.to_string(),
    })?;
    per_engine(
        "INSERT INTO events (case_id, seq, at, by_staff, by_requester, name, data) SELECT id, seq, $2, NULL, FALSE, $3, $4
         FROM cases WHERE id IN (SELECT CAST(v AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)) AS v)",
        "INSERT INTO events (case_id, seq, at, by_staff, by_requester, name, data) SELECT id, seq, $2, NULL, FALSE, $3, $4
         FROM cases WHERE id IN (SELECT value FROM json_each($1))",
    )
    .bind(ids)
    .bind(at)
    .bind(event.name())
    .bind(data)
    .run(tx)
    .await?;
    Ok(())
}

/// Writes the row as the case now stands.
///
/// # Errors
/// As the database says.
pub async fn case_save(tx: &mut Tx, case: &Case) -> Result<()> {
    let binding = case.binding();
    let in_time = case.resolved.and(
        case.clocks
            .iter()
            .filter(|c| c.duty == Duty::Resolve && c.layer != Layer::Target)
            .map(|c| c.met <= Some(c.due))
            .reduce(|a, b| a && b),
    );
    sql("UPDATE cases SET kind = $2, restricted = $3, state = $4, outcome = $5, open = $6, owner_id = $7, resolved_at = $8,
         acknowledge_due = $9, due_at = $10, due_from = $11, due_duty = $12, due_layer = $13, sort_due = $14, seq = $15, in_time = $16,
         due_risk = $17, paused = $18, jurisdiction = $19, merged_id = $20 WHERE id = $1")
        .bind(case.reference)
        .bind(case.kind.code())
        .bind(case.is_restricted())
        .bind(case.state.code())
        .bind(case.outcome.map(Outcome::code))
        .bind(case.state.is_open())
        .bind(case.owner)
        .bind(case.resolved)
        .bind(binding_of(&case.clocks, Duty::Acknowledge).filter(|_| case.state.is_open()).map(|c| c.due))
        .bind(binding.map(|c| c.due))
        .bind(binding.map(|c| c.from))
        .bind(binding.map(|c| c.duty.code()))
        .bind(binding.map(|c| c.layer.code()))
        .bind(binding.filter(|c| c.paused.is_none()).map_or(NEVER, |c| c.due))
        .bind(case.seq)
        .bind(in_time)
        .bind(binding.filter(|c| c.paused.is_none()).map(|c| c.risk()))
        .bind(binding.is_some_and(|c| c.paused.is_some()))
        .bind(case.jurisdiction.as_deref())
        .bind(case.merged)
        .run(tx)
        .await?;
    Ok(())
}

/// When somebody has to be told of a clock of this case next; none where nobody has. A case that is resolved needs
/// nobody to answer it, but a report to an authority is still due, and where something was granted so is telling those
/// who got the data.
#[must_use]
pub fn alarm_of(case: &Case, clock: &Clock) -> Option<Instant> {
    let granted = matches!(case.outcome, None | Some(Outcome::Granted | Outcome::Partial));
    let is_due = match clock.duty {
        Duty::Acknowledge | Duty::Resolve => case.state.is_open(),
        Duty::NotifyRecipients => granted,
        _ => true,
    };
    // a target that law or promise has overtaken is nobody's alarm
    let counts = clock.layer != Layer::Target || binding_of(&case.clocks, clock.duty).is_some_and(|one| one == clock);
    clock.alarm_at().filter(|_| is_due && counts)
}

/// One clock as both engines take it out of a JSON array.
#[derive(serde::Serialize)]
struct Stored<'a> {
    duty: &'static str,
    layer: &'static str,
    rule: &'a str,
    start: String,
    met_at: Option<Instant>,
    raised: &'static str,
    alarm_at: Option<Instant>,
}

/// Writes the clocks once more as the case has them.
///
/// # Errors
/// As the database says.
pub async fn clocks_save(tx: &mut Tx, case: &Case) -> Result<()> {
    clocks_write(tx, case, true).await
}

/// Writes the clocks as the case now stands, in one statement however many there are.
async fn clocks_write(tx: &mut Tx, case: &Case, again: bool) -> Result<()> {
    if again {
        sql("DELETE FROM clocks WHERE case_id = $1").bind(case.reference).run(tx).await?;
    }
    let mut stored = Vec::with_capacity(case.clocks.len());
    for clock in &case.clocks {
        stored.push(Stored {
            duty: clock.duty.code(),
            layer: clock.layer.code(),
            rule: &clock.rule,
            start: serde_json::to_string(&clock.start).map_err(|e| bad_clock(case.reference.0, &e))?,
            met_at: clock.met,
            raised: clock.raised.code(),
            alarm_at: alarm_of(case, clock),
        });
    }
    let stored = serde_json::to_string(&stored).map_err(|e| bad_clock(case.reference.0, &e))?;
    per_engine(
        "INSERT INTO clocks (case_id, duty, layer, rule, start, met_at, raised, alarm_at)
         SELECT $1, c.duty, c.layer, c.rule, c.start, c.met_at, c.raised, c.alarm_at
         FROM json_to_recordset(CAST($2 AS JSON))
         AS c (duty TEXT, layer TEXT, rule TEXT, start TEXT, met_at BIGINT, raised TEXT, alarm_at BIGINT)",
        "INSERT INTO clocks (case_id, duty, layer, rule, start, met_at, raised, alarm_at)
         SELECT $1, value ->> 'duty', value ->> 'layer', value ->> 'rule', value ->> 'start', value ->> 'met_at',
         value ->> 'raised', value ->> 'alarm_at' FROM json_each($2)",
    )
    .bind(case.reference)
    .bind(stored)
    .run(tx)
    .await?;
    Ok(())
}

fn bad_clock(row: i64, e: &serde_json::Error) -> super::Error {
    super::Error::BadRow { table: "clocks", row, column: "start", says: e.to_string() }
}

/// Locks a case for the rest of the transaction and reads it; none when there is no such case.
/// On `SQLite` the transaction holds the write lock already.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn case_lock(tx: &mut Tx, reference: Reference) -> Result<Option<Case>> {
    per_engine("SELECT id FROM cases WHERE id = $1 FOR UPDATE", "SELECT id FROM cases WHERE id = $1")
        .bind(reference)
        .maybe::<(i64,)>(tx)
        .await?;
    case_get(tx, reference).await
}

/// Reads a case as its row and clocks have it.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn case_get(tx: &mut Tx, reference: Reference) -> Result<Option<Case>> {
    let row = sql("SELECT product, kind, state, outcome, owner_id, channel, received_at, resolved_at, jurisdiction, seq FROM cases WHERE id = $1")
        .bind(reference)
        .maybe::<CaseRow>(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let id = reference.0;
    let rows =
        sql("SELECT start, met_at, raised FROM clocks WHERE case_id = $1").bind(reference).all::<ClockRow>(tx).await?;
    let mut clocks = rows.into_iter().map(|clock| clock_of(id, clock)).collect::<Result<Vec<_>>>()?;
    clocks.sort_by_key(|clock| (clock.due, clock.duty.code(), clock.layer.code()));
    let mut case = Case {
        reference,
        kind: known(row.kind.parse::<Kind>().ok(), "cases", id, "kind", &row.kind)?,
        state: known(State::from_code(&row.state), "cases", id, "state", &row.state)?,
        outcome: row.outcome.map(|o| known(Outcome::from_code(&o), "cases", id, "outcome", &o)).transpose()?,
        owner: row.owner_id.map(StaffId),
        channel: known(Channel::from_code(&row.channel), "cases", id, "channel", &row.channel)?,
        received: Instant(row.received_at),
        resolved: row.resolved_at.map(Instant),
        product: row.product,
        jurisdiction: row.jurisdiction,
        language: None,
        clocks,
        facts: Vec::new(),
        place_proposed: None,
        ruled_out: Vec::new(),
        doubted: None,
        proposed: None,
        verified: None,
        run: None,
        told: Vec::new(),
        merged: None,
        confirmed: false,
        doubtful: false,
        erased: None,
        reports: Vec::new(),
        seq: row.seq,
    };
    decided(tx, &mut case).await?;
    Ok(Some(case))
}

/// What two people or a link have decided, from the few events that say so.
async fn decided(tx: &mut Tx, case: &mut Case) -> Result<()> {
    let rows = sql("SELECT at, by_staff, data FROM events WHERE case_id = $1 AND name IN
         ('classification_proposed', 'classified', 'fact_recorded', 'mail_accepted', 'mail_failed', 'mail_bounced',
          'acknowledged_otherwise', 'letter_kept', 'message_received', 'restriction_confirmed', 'merged', 'state_changed', 'rule_doubted', 'rule_ruled_out', 'jurisdiction_proposed', 'jurisdiction_set', 'language_set', 'verification_confirmed', 'verified_by_staff', 'run_planned', 'replay_planned',
          'run_sent_back', 'run_expired', 'run_cancelled', 'run_finished', 'export_asked', 'export_released',
          'records_destroyed', 'authority_told') ORDER BY seq")
    .bind(case.reference)
    .all::<(i64, Option<i64>, String)>(tx)
    .await?;
    for (at, by, data) in rows {
        let event: Event = serde_json::from_str(&data).map_err(|e| super::Error::BadRow {
            table: "events",
            row: case.reference.0,
            column: "data",
            says: e.to_string(),
        })?;
        case.decide(Instant(at), by.map_or(By::System, |by| By::Staff(StaffId(by))), &event);
    }
    Ok(())
}

fn clock_of(id: i64, row: ClockRow) -> Result<Clock> {
    Ok(Clock {
        start: serde_json::from_str::<ClockStart>(&row.start).map_err(|e| bad_clock(id, &e))?,
        met: row.met_at.map(Instant),
        raised: known(Raised::from_code(&row.raised), "clocks", id, "raised", &row.raised)?,
    })
}

/// What a list shows of an ordinary case, and what search finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// Who wrote: a name, or the address.
    pub who: String,
    /// The address; may be empty.
    pub address: String,
    /// About what.
    pub about: String,
}

/// Saves the face of an ordinary case; none takes it away, as for a restricted one.
///
/// # Errors
/// As the database says.
pub async fn face_save(tx: &mut Tx, case: Reference, face: Option<&Face>) -> Result<()> {
    match face {
        Some(face) => sql("INSERT INTO case_faces (case_id, who, address, about) VALUES ($1, $2, $3, $4)
             ON CONFLICT (case_id) DO UPDATE SET who = excluded.who, address = excluded.address, about = excluded.about")
            .bind(case)
            .bind(&face.who)
            .bind(&face.address)
            .bind(&face.about)
            .run(tx)
            .await?,
        None => sql("DELETE FROM case_faces WHERE case_id = $1").bind(case).run(tx).await?,
    };
    Ok(())
}

/// The digest of the requester's address, where they left one.
///
/// # Errors
/// As the database says.
pub async fn requester_digest(tx: &mut Tx, case: Reference) -> Result<Option<Vec<u8>>> {
    let row =
        sql("SELECT requester_digest FROM cases WHERE id = $1").bind(case).maybe::<(Option<Vec<u8>>,)>(tx).await?;
    Ok(row.and_then(|(digest,)| digest))
}

/// True where the digest is of the address of the case's requester, or of one whose case was merged into it.
///
/// # Errors
/// As the database says.
pub async fn is_requester(tx: &mut Tx, reference: Reference, digest: &[u8]) -> Result<bool> {
    let row = sql("WITH RECURSIVE same (id) AS (SELECT CAST($1 AS BIGINT) UNION
         SELECT c.id FROM cases c JOIN same s ON c.merged_id = s.id)
         SELECT c.id FROM cases c JOIN same s ON c.id = s.id WHERE c.requester_digest = $2 LIMIT 1")
    .bind(reference)
    .bind(digest)
    .maybe::<(i64,)>(tx)
    .await?;
    Ok(row.is_some())
}

/// Other cases of the same requester that `sight` reaches, newest first, at most twenty: number, kind, state, when resolved.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn cases_linked(
    tx: &mut Tx,
    case: Reference,
    sight: &Sight,
) -> Result<Vec<(Reference, Kind, State, Option<Instant>)>> {
    let rows = sql("SELECT id, kind, state, resolved_at FROM cases
         WHERE requester_digest = (SELECT requester_digest FROM cases WHERE id = $1) AND id <> $1
         AND SEEN(product) AND (NOT restricted OR CIRCLE(product)) ORDER BY id DESC LIMIT 20")
    .bind(case)
    .seen_by(sight)
    .all::<(i64, String, String, Option<i64>)>(tx)
    .await?;
    rows.into_iter()
        .map(|(id, kind, state, resolved)| {
            Ok((
                Reference(id),
                known(kind.parse().ok(), "cases", id, "kind", &kind)?,
                known(State::from_code(&state), "cases", id, "state", &state)?,
                resolved.map(Instant),
            ))
        })
        .collect()
}

fn bad_history(row: i64, e: &crate::domain::case::BadHistory) -> super::Error {
    super::Error::BadRow { table: "events", row, column: "seq", says: e.to_string() }
}

/// Which of these cases `sight` reaches.
///
/// # Errors
/// As the database says.
pub async fn cases_seen(tx: &mut Tx, cases: &[Reference], sight: &Sight) -> Result<Vec<Reference>> {
    let ids = serde_json::to_string(&cases.iter().map(|case| case.0).collect::<Vec<_>>()).unwrap_or_default();
    let rows = per_engine(
        "SELECT id FROM cases WHERE SEEN(product) AND (NOT restricted OR CIRCLE(product)) AND id IN (SELECT CAST(v AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)) AS v)",
        "SELECT id FROM cases WHERE SEEN(product) AND (NOT restricted OR CIRCLE(product)) AND id IN (SELECT value FROM json_each($1))",
    )
    .bind(ids)
    .seen_by(sight)
    .all::<(i64,)>(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| Reference(id)).collect())
}
