//! What retention may destroy and what it has destroyed: closed cases whose time is over, and what keeps them. The same
//! conditions decide for lists, counts and the act itself. Decides no period; commits nothing.

#[macro_use]
mod conditions;
mod counts;
mod destroy;
mod loose;
mod pauses;
mod person;

use super::{Result, Tx, per_engine, row::known};
use crate::domain::{
    clock::fact::Happened, event::Event, identity::Reference, kind::Kind, retention::Record, time::Instant,
};
use serde::Serialize;
use std::collections::HashMap;

pub use counts::{Counted, Stays, counts, open_and_restricted};
pub use destroy::{Gone, Left, case_destroy, gone_mark, left_of, records_destroy};
pub use loose::{log_forget, loose_count, loose_destroy};
pub use pauses::{Pause, pause, pauses, resume};
pub use person::{Aside, OfPerson, aside_copied, aside_count, aside_forget, of_cases, of_person, person_forget};

/// That cases of a kind whose resolution lies before a moment are over. One line a product and kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Over {
    /// The product.
    pub product: String,
    /// The kind.
    pub kind: String,
    /// The last resolution that is over now.
    pub now: i64,
    /// The same in seven days.
    pub week: i64,
    /// The same in thirty days.
    pub month: i64,
}

/// A closed case that may be over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The case.
    pub case: Reference,
    /// The product.
    pub product: String,
    /// What was asked for.
    pub kind: Kind,
    /// Where the person lives, where it is known.
    pub jurisdiction: Option<String>,
    /// When it was received.
    pub received: Instant,
    /// When it was resolved last.
    pub resolved: Instant,
}

#[derive(sqlx::FromRow)]
struct CandidateRow {
    id: i64,
    product: String,
    kind: String,
    jurisdiction: Option<String>,
    received_at: i64,
    resolved_at: i64,
}

impl CandidateRow {
    fn candidate(self) -> Result<Candidate> {
        Ok(Candidate {
            case: Reference(self.id),
            kind: known(self.kind.parse().ok(), "cases", self.id, "kind", &self.kind)?,
            product: self.product,
            jurisdiction: self.jurisdiction,
            received: Instant(self.received_at),
            resolved: Instant(self.resolved_at),
        })
    }
}

/// The columns of a candidate.
macro_rules! candidate {
    () => {
        "SELECT c.id, c.product, c.kind, c.jurisdiction, c.received_at, c.resolved_at FROM cases c "
    };
}

/// Closed cases whose time is over by `over`, that nothing keeps as far as the database knows, in the order of their
/// resolution from `after` on. Never one behind the wall, nor one of a product whose schedule is paused.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn candidates(
    tx: &mut Tx,
    over: &[Over],
    record: Record,
    after: (Instant, Reference),
    now: Instant,
    limit: i64,
) -> Result<Vec<Candidate>> {
    macro_rules! candidates {
        ($over:ident) => {
            concat!(
                $over!(),
                candidate!(),
                "CROSS JOIN o WHERE o.product = c.product AND o.kind = c.kind
                 AND NOT c.open AND NOT c.restricted AND c.resolved_at <= o.now AND (c.resolved_at, c.id) > ($3, $4)
                 AND NOT ",
                paused!("c.product"),
                " AND ",
                has!(),
                " AND NOT ",
                gone!(),
                " AND NOT EXISTS (SELECT 1 FROM retained k WHERE k.case_id = c.id AND k.record = $2 AND k.kept_until >= $5)
                 AND NOT ",
                held_somehow!(),
                " AND NOT ",
                unfinished!(),
                " ORDER BY c.resolved_at, c.id LIMIT $6"
            )
        };
    }
    let rows = per_engine(candidates!(over_postgres), candidates!(over_sqlite))
        .bind(json(over))
        .bind(record.code())
        .bind(after.0)
        .bind(after.1)
        .bind(now)
        .bind(limit)
        .all::<CandidateRow>(tx)
        .await?;
    rows.into_iter().map(CandidateRow::candidate).collect()
}

/// Of these cases, locked for the rest of the transaction, those that are still closed and that nothing keeps: asked again
/// under the lock, since somebody may have been quicker.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn still_free(tx: &mut Tx, record: Record, cases: &[Reference]) -> Result<Vec<Candidate>> {
    cases_lock(tx, cases).await?;
    macro_rules! free {
        ($ids:ident) => {
            concat!(
                candidate!(),
                "WHERE c.id IN ",
                $ids!(),
                " AND NOT c.open AND NOT c.restricted AND NOT ",
                paused!("c.product"),
                " AND NOT ",
                gone!(),
                " AND NOT ",
                held_somehow!(),
                " AND NOT ",
                unfinished!()
            )
        };
    }
    let rows = per_engine(free!(ids_postgres), free!(ids_sqlite))
        .bind(ids(cases))
        .bind(record.code())
        .all::<CandidateRow>(tx)
        .await?;
    rows.into_iter().map(CandidateRow::candidate).collect()
}

/// Locks these cases for the rest of the transaction, always in the same order.
///
/// # Errors
/// As the database says.
pub async fn cases_lock(tx: &mut Tx, cases: &[Reference]) -> Result<()> {
    let lock = per_engine(
        concat!("SELECT id FROM cases WHERE id IN ", ids_postgres!(), " ORDER BY id FOR UPDATE"),
        concat!("SELECT id FROM cases WHERE id IN ", ids_sqlite!(), " ORDER BY id"),
    );
    lock.bind(ids(cases)).all::<(i64,)>(tx).await?;
    Ok(())
}

/// What happened to these cases that a floor of the law may begin with.
///
/// # Errors
/// As the database says, or when a stored event is unknown to this version.
pub async fn facts_of(tx: &mut Tx, cases: &[Reference]) -> Result<HashMap<Reference, Vec<Happened>>> {
    macro_rules! facts {
        ($ids:ident) => {
            concat!(
                "SELECT case_id, data FROM events WHERE name IN ('fact_recorded', 'authority_told') AND case_id IN ",
                $ids!(),
                " ORDER BY case_id, seq"
            )
        };
    }
    let rows = per_engine(facts!(ids_postgres), facts!(ids_sqlite)).bind(ids(cases)).all::<(i64, String)>(tx).await?;
    let mut facts: HashMap<Reference, Vec<Happened>> = HashMap::new();
    for (case, data) in rows {
        let event: Event = serde_json::from_str(&data).map_err(|e| super::Error::BadRow {
            table: "events",
            row: case,
            column: "data",
            says: e.to_string(),
        })?;
        if let Some(happened) = event.fact() {
            facts.entry(Reference(case)).or_default().push(happened);
        }
    }
    Ok(facts)
}

/// A floor of the law keeps a record of these cases, each until its moment: they are not looked at again before.
///
/// # Errors
/// As the database says.
pub async fn kept_mark(tx: &mut Tx, record: Record, kept: &[(Reference, Instant)]) -> Result<()> {
    let lines: Vec<_> =
        kept.iter().map(|(case, until)| serde_json::json!({ "id": case.0, "until": until.0 })).collect();
    per_engine(
        "INSERT INTO retained (case_id, record, kept_until)
         SELECT k.id, $2, k.until FROM json_to_recordset(CAST($1 AS JSON)) AS k (id BIGINT, until BIGINT) WHERE TRUE
         ON CONFLICT (case_id, record) DO UPDATE SET kept_until = excluded.kept_until",
        "INSERT INTO retained (case_id, record, kept_until)
         SELECT value ->> 'id', $2, value ->> 'until' FROM json_each($1) WHERE TRUE
         ON CONFLICT (case_id, record) DO UPDATE SET kept_until = excluded.kept_until",
    )
    .bind(json(&lines))
    .bind(record.code())
    .run(tx)
    .await?;
    Ok(())
}

fn ids(cases: &[Reference]) -> String {
    json(&cases.iter().map(|case| case.0).collect::<Vec<_>>())
}

fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "[]".to_owned())
}
