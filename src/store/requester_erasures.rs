//! Erasures of requesters from here: who asked, who decided, which cases, and how much went. Ids and counts only.

use super::{Result, Tx, per_engine, retention::Gone, row::known, sql};
use crate::domain::{
    codes::codes,
    identity::{Reference, StaffId},
    rights::Sight,
    time::Instant,
};

codes! {
    /// Where an erasure stands.
    ErasureState {
        Asked "asked" "waits for a second person",
        Approved "approved" "is being done",
        Refused "refused" "was refused",
        Lapsed "lapsed" "was not done, since whoever approved it may no longer",
        Done "done" "is done and verified",
        Overtaken "overtaken" "ended with its case",
    }
}

/// An erasure of a requester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequesterErasure {
    /// Its number.
    pub id: i64,
    /// The product.
    pub product: String,
    /// The case on which it was asked for.
    pub case: Reference,
    /// The cases that it is about.
    pub scope: Vec<Reference>,
    /// Where it stands.
    pub state: ErasureState,
    /// Who asked.
    pub asked_by: StaffId,
    /// When.
    pub asked_at: Instant,
    /// Until when it can be approved.
    pub expires_at: Instant,
    /// Who decided, and when.
    pub decided: Option<(StaffId, Instant)>,
    /// How much went so far.
    pub gone: Gone,
    /// When it was verified.
    pub ended_at: Option<Instant>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    product: String,
    case_id: i64,
    scope: String,
    state: String,
    asked_by: i64,
    asked_at: i64,
    expires_at: i64,
    decided_by: Option<i64>,
    decided_at: Option<i64>,
    done: Option<String>,
    ended_at: Option<i64>,
}

impl Row {
    fn erasure(self) -> Result<RequesterErasure> {
        let bad = |column, e: &serde_json::Error| super::Error::BadRow {
            table: "requester_erasures",
            row: self.id,
            column,
            says: e.to_string(),
        };
        let scope: Vec<i64> = serde_json::from_str(&self.scope).map_err(|e| bad("scope", &e))?;
        let gone = self.done.as_deref().map(serde_json::from_str).transpose().map_err(|e| bad("done", &e))?;
        Ok(RequesterErasure {
            state: known(ErasureState::from_code(&self.state), "requester_erasures", self.id, "state", &self.state)?,
            id: self.id,
            product: self.product,
            case: Reference(self.case_id),
            scope: scope.into_iter().map(Reference).collect(),
            asked_by: StaffId(self.asked_by),
            asked_at: Instant(self.asked_at),
            expires_at: Instant(self.expires_at),
            decided: self.decided_by.map(StaffId).zip(self.decided_at.map(Instant)),
            gone: gone.unwrap_or_default(),
            ended_at: self.ended_at.map(Instant),
        })
    }
}

/// Every column of an erasure, and which.
macro_rules! erasures_where {
    ($rest:literal) => {
        concat!(
            "SELECT id, product, case_id, scope, state, asked_by, asked_at, expires_at, decided_by, decided_at, done, ended_at
             FROM requester_erasures ",
            $rest
        )
    };
}

/// Keeps that somebody asked; its number. None where one of this case waits or is under way.
///
/// # Errors
/// As the database says.
pub async fn erasure_ask(
    tx: &mut Tx,
    (product, case): (&str, Reference),
    scope: &[Reference],
    by: StaffId,
    at: Instant,
    expires_at: Instant,
) -> Result<Option<i64>> {
    let scope = serde_json::json!(scope.iter().map(|case| case.0).collect::<Vec<_>>()).to_string();
    let row = sql("INSERT INTO requester_erasures (product, case_id, scope, state, asked_by, asked_at, expires_at)
         VALUES ($1, $2, $3, 'asked', $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id")
    .bind(product)
    .bind(case)
    .bind(scope)
    .bind(by)
    .bind(at)
    .bind(expires_at)
    .maybe::<(i64,)>(tx)
    .await?;
    Ok(row.map(|(id,)| id))
}

/// One erasure, locked for the rest of the transaction.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn erasure_lock(tx: &mut Tx, id: i64) -> Result<Option<RequesterErasure>> {
    let row = per_engine(erasures_where!("WHERE id = $1 FOR UPDATE"), erasures_where!("WHERE id = $1"));
    row.bind(id).maybe::<Row>(tx).await?.map(Row::erasure).transpose()
}

/// One erasure.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn erasure_get(tx: &mut Tx, id: i64) -> Result<Option<RequesterErasure>> {
    sql(erasures_where!("WHERE id = $1")).bind(id).maybe::<Row>(tx).await?.map(Row::erasure).transpose()
}

/// The erasures that were asked for on a case, newest first, ten at most.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn erasures_of(tx: &mut Tx, case: Reference) -> Result<Vec<RequesterErasure>> {
    let rows = sql(erasures_where!("WHERE case_id = $1 ORDER BY id DESC LIMIT 10")).bind(case).all::<Row>(tx).await?;
    rows.into_iter().map(Row::erasure).collect()
}

/// The erasures that wait for a second person or are under way, of cases that `sight` shows, oldest first, a hundred at most.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn erasures_open(tx: &mut Tx, sight: &Sight) -> Result<Vec<RequesterErasure>> {
    let text = erasures_where!(
        "WHERE state IN ('asked', 'approved') AND EXISTS (SELECT 1 FROM cases c WHERE c.id = case_id AND SEEN(c.product)
         AND (NOT c.restricted OR CIRCLE(c.product))) ORDER BY id LIMIT 100"
    );
    let rows = sql(text).seen_by(sight).all::<Row>(tx).await?;
    rows.into_iter().map(Row::erasure).collect()
}

/// The erasures that were approved and have not ended, oldest first, a hundred at most.
///
/// # Errors
/// As the database says.
pub async fn erasures_approved(tx: &mut Tx) -> Result<Vec<i64>> {
    let rows = sql("SELECT id FROM requester_erasures WHERE state = 'approved' ORDER BY id LIMIT 100");
    Ok(rows.all::<(i64,)>(tx).await?.into_iter().map(|(id,)| id).collect())
}

/// Somebody decided; false where somebody had already.
///
/// # Errors
/// As the database says.
pub async fn erasure_decide(tx: &mut Tx, id: i64, state: ErasureState, by: StaffId, at: Instant) -> Result<bool> {
    let changed = sql("UPDATE requester_erasures SET state = $2, decided_by = $3, decided_at = $4,
         ended_at = CASE WHEN $2 = 'refused' THEN $4 ELSE ended_at END WHERE id = $1 AND state = 'asked'")
    .bind(id)
    .bind(state.code())
    .bind(by)
    .bind(at)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Whoever approved it may no longer: it ends, and nothing goes.
///
/// # Errors
/// As the database says.
pub async fn erasure_lapse(tx: &mut Tx, id: i64, at: Instant) -> Result<()> {
    let text = "UPDATE requester_erasures SET state = 'lapsed', ended_at = $2 WHERE id = $1 AND state = 'approved'";
    sql(text).bind(id).bind(at).run(tx).await?;
    Ok(())
}

/// So much is gone by now; with `ended`, it was looked again and nothing was left.
///
/// # Errors
/// As the database says.
pub async fn erasure_progress(tx: &mut Tx, id: i64, gone: Gone, ended: Option<Instant>) -> Result<()> {
    sql("UPDATE requester_erasures SET done = $2, ended_at = $3,
         state = CASE WHEN CAST($3 AS BIGINT) IS NULL THEN state ELSE 'done' END WHERE id = $1 AND state = 'approved'")
    .bind(id)
    .bind(serde_json::to_string(&gone).unwrap_or_default())
    .bind(ended)
    .run(tx)
    .await?;
    Ok(())
}
