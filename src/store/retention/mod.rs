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
pub use destroy::{Gone, Left, gone_mark, left_of, records_destroy};
pub use loose::{log_forget, loose_count, loose_destroy};
pub use pauses::{Pause, pause, pauses, resume};
pub use person::{OfPerson, of_cases, of_person, person_forget};

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

/// Closed cases whose time is over by `over`, that nothing keeps as far as the database knows, in the order of their
/// resolution from `after` on; locked for the rest of the transaction. Never one behind the wall.
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
        ($over:ident, $end:literal) => {
            concat!(
                "SELECT c.id, c.product, c.kind, c.jurisdiction, c.received_at, c.resolved_at FROM cases c JOIN ",
                $over!(),
                " ON o.product = c.product AND o.kind = c.kind
                 WHERE NOT c.open AND NOT c.restricted AND c.resolved_at <= o.now AND (c.resolved_at, c.id) > ($3, $4)
                 AND ",
                has!(),
                " AND NOT ",
                gone!(),
                " AND NOT EXISTS (SELECT 1 FROM retained k WHERE k.case_id = c.id AND k.record = $2 AND k.kept_until >= $5)
                 AND NOT ",
                held!("h.placed_at IS NOT NULL"),
                " AND NOT ",
                unfinished!(),
                " ORDER BY c.resolved_at, c.id LIMIT $6",
                $end
            )
        };
    }
    let rows = per_engine(candidates!(over_postgres, " FOR UPDATE OF c"), candidates!(over_sqlite, ""))
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

/// Of these cases, locked before, those that are still closed and that nothing keeps: asked again once they are locked, since
/// somebody may have been quicker.
///
/// # Errors
/// As the database says.
pub async fn still_free(tx: &mut Tx, cases: &[Reference]) -> Result<Vec<Reference>> {
    macro_rules! free {
        ($ids:literal) => {
            concat!(
                "SELECT c.id FROM cases c WHERE c.id IN (",
                $ids,
                ") AND NOT c.open AND NOT c.restricted AND NOT ",
                held!("h.placed_at IS NOT NULL"),
                " AND NOT ",
                unfinished!()
            )
        };
    }
    let rows = per_engine(
        free!("SELECT CAST(v AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)) AS v"),
        free!("SELECT value FROM json_each($1)"),
    )
    .bind(ids(cases))
    .all::<(i64,)>(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| Reference(id)).collect())
}

/// What happened to these cases that a floor of the law may begin with.
///
/// # Errors
/// As the database says, or when a stored event is unknown to this version.
pub async fn facts_of(tx: &mut Tx, cases: &[Reference]) -> Result<HashMap<Reference, Vec<Happened>>> {
    let rows = per_engine(
        "SELECT case_id, data FROM events WHERE name IN ('fact_recorded', 'authority_told') AND case_id IN
         (SELECT CAST(v AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)) AS v) ORDER BY case_id, seq",
        "SELECT case_id, data FROM events WHERE name IN ('fact_recorded', 'authority_told') AND case_id IN
         (SELECT value FROM json_each($1)) ORDER BY case_id, seq",
    )
    .bind(ids(cases))
    .all::<(i64, String)>(tx)
    .await?;
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
