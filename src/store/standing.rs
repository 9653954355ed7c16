//! Standing approvals: who gave one for what, until when, how often it was used.

use super::{Result, Tx, row::known, sql};
use crate::domain::{identity::StaffId, rights::Reach, standing::Standing, time::Instant};

/// A standing approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingApproval {
    /// Its row.
    pub id: i64,
    /// The product whose runs it is for.
    pub product: String,
    /// What may run under it.
    pub what: Standing,
    /// Why, in the words of who granted it.
    pub reason: String,
    /// Who granted it.
    pub granted_by: StaffId,
    /// When.
    pub granted_at: Instant,
    /// Its last moment.
    pub expires_at: Instant,
    /// Who ended it before that, and when.
    pub ended: Option<(StaffId, Instant)>,
    /// How many runs began under it.
    pub uses: i64,
    /// When the last of them was planned.
    pub last_used: Option<Instant>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    product: String,
    what: String,
    reason: String,
    granted_by: i64,
    granted_at: i64,
    expires_at: i64,
    ended_by: Option<i64>,
    ended_at: Option<i64>,
    uses: i64,
    last_used: Option<i64>,
}

/// Every column of a standing approval with its use, and what follows.
macro_rules! standing_where {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.product, s.what, s.reason, s.granted_by, s.granted_at, s.expires_at, s.ended_by, s.ended_at,
             (SELECT COUNT(*) FROM runs r WHERE r.standing_id = s.id) AS uses,
             (SELECT MAX(r.asked_at) FROM runs r WHERE r.standing_id = s.id) AS last_used
             FROM standing_approvals s ",
            $rest
        )
    };
}

impl Row {
    fn approval(self) -> Result<StandingApproval> {
        Ok(StandingApproval {
            id: self.id,
            what: known(Standing::from_code(&self.what), "standing_approvals", self.id, "what", &self.what)?,
            product: self.product,
            reason: self.reason,
            granted_by: StaffId(self.granted_by),
            granted_at: Instant(self.granted_at),
            expires_at: Instant(self.expires_at),
            ended: self.ended_by.map(StaffId).zip(self.ended_at.map(Instant)),
            uses: self.uses,
            last_used: self.last_used.map(Instant),
        })
    }
}

/// Keeps a standing approval; its number.
///
/// # Errors
/// As the database says.
pub async fn standing_grant(
    tx: &mut Tx,
    product: &str,
    what: Standing,
    reason: &str,
    by: StaffId,
    at: Instant,
    expires_at: Instant,
) -> Result<i64> {
    let (id,): (i64,) =
        sql("INSERT INTO standing_approvals (product, what, reason, granted_by, granted_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id")
        .bind(product)
        .bind(what.code())
        .bind(reason)
        .bind(by)
        .bind(at)
        .bind(expires_at)
        .one(tx)
        .await?;
    Ok(id)
}

/// Ends a standing approval; false where it had ended, or there is none.
///
/// # Errors
/// As the database says.
pub async fn standing_end(tx: &mut Tx, id: i64, by: StaffId, at: Instant) -> Result<bool> {
    let ended = sql("UPDATE standing_approvals SET ended_by = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL")
        .bind(id)
        .bind(by)
        .bind(at)
        .run(tx)
        .await?;
    Ok(ended == 1)
}

/// One standing approval.
///
/// # Errors
/// As the database says.
pub async fn standing_get(tx: &mut Tx, id: i64) -> Result<Option<StandingApproval>> {
    let row = sql(standing_where!("WHERE s.id = $1")).bind(id).maybe::<Row>(tx).await?;
    row.map(Row::approval).transpose()
}

/// Standing approvals that hold now by the database's clock, the one that holds longest first.
///
/// # Errors
/// As the database says.
pub async fn standing_in_force(tx: &mut Tx, product: &str, what: Standing) -> Result<Vec<StandingApproval>> {
    let now = tx.db_now().await?;
    let text = standing_where!(
        "WHERE s.product = $1 AND s.what = $2 AND s.ended_at IS NULL AND s.expires_at > $3 ORDER BY s.expires_at DESC, s.id LIMIT 20"
    );
    sql(text).bind(product).bind(what.code()).bind(now).all::<Row>(tx).await?.into_iter().map(Row::approval).collect()
}

/// The last hundred standing approvals of the products in `seen`, newest first.
///
/// # Errors
/// As the database says.
pub async fn standing_list(tx: &mut Tx, seen: &Reach) -> Result<Vec<StandingApproval>> {
    let rows = sql(standing_where!("WHERE SEEN(s.product) ORDER BY s.id DESC LIMIT 100"))
        .within("SEEN", seen)
        .all::<Row>(tx)
        .await?;
    rows.into_iter().map(Row::approval).collect()
}
