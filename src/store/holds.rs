//! Holds: who may not be erased, known by a keyed digest of the account only.

use super::{Result, Tx, per_engine, row::known, sql};
use crate::domain::{
    hold::Basis,
    identity::{HoldId, Reference, StaffId},
    time::Instant,
};

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its row.
    pub id: HoldId,
    /// The product whose account is held.
    pub product: String,
    /// The case it was placed on.
    pub case: Reference,
    /// The account, as a keyed digest.
    pub subject: Vec<u8>,
    /// Why it may not be erased.
    pub basis: Basis,
    /// Who placed it.
    pub placed_by: StaffId,
    /// When.
    pub placed_at: Instant,
    /// Who released it, and when; none while it stands.
    pub released: Option<(StaffId, Instant)>,
}

#[derive(sqlx::FromRow)]
struct HoldRow {
    id: i64,
    product: String,
    case_id: i64,
    subject_digest: Vec<u8>,
    basis: String,
    placed_by: i64,
    placed_at: i64,
    released_by: Option<i64>,
    released_at: Option<i64>,
}

impl HoldRow {
    fn hold(self) -> Result<Hold> {
        Ok(Hold {
            id: HoldId(self.id),
            case: Reference(self.case_id),
            basis: known(Basis::from_code(&self.basis), "holds", self.id, "basis", &self.basis)?,
            product: self.product,
            subject: self.subject_digest,
            placed_by: StaffId(self.placed_by),
            placed_at: Instant(self.placed_at),
            released: self.released_by.map(StaffId).zip(self.released_at.map(Instant)),
        })
    }
}

/// Every column of a hold, and what follows.
macro_rules! holds_where {
    ($rest:literal) => {
        concat!(
            "SELECT id, product, case_id, subject_digest, basis, placed_by, placed_at, released_by, released_at
             FROM holds ",
            $rest
        )
    };
}

/// Places a hold on one account.
///
/// # Errors
/// As the database says.
pub async fn hold_place(
    tx: &mut Tx,
    product: &str,
    case: Reference,
    subject: &[u8],
    basis: Basis,
    by: StaffId,
    at: Instant,
) -> Result<HoldId> {
    let (id,): (i64,) = sql("INSERT INTO holds (product, case_id, subject_digest, basis, placed_by, placed_at)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id")
    .bind(product)
    .bind(case)
    .bind(subject)
    .bind(basis.code())
    .bind(by)
    .bind(at)
    .one(tx)
    .await?;
    Ok(HoldId(id))
}

/// Releases a hold; false when it was released already.
///
/// # Errors
/// As the database says.
pub async fn hold_release(tx: &mut Tx, id: HoldId, by: StaffId, at: Instant) -> Result<bool> {
    let changed = sql("UPDATE holds SET released_by = $2, released_at = $3 WHERE id = $1 AND released_at IS NULL")
        .bind(id)
        .bind(by)
        .bind(at)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// The holds placed on a case, released ones too, oldest first. The caller has checked that the reader may see it.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn holds_of_case(tx: &mut Tx, case: Reference) -> Result<Vec<Hold>> {
    let rows = sql(holds_where!("WHERE case_id = $1 ORDER BY id")).bind(case).all::<HoldRow>(tx).await?;
    rows.into_iter().map(HoldRow::hold).collect()
}

/// The holds that stand on any of these accounts, whichever case they were placed on. For decisions, not for
/// screens: a case that somebody sees may be held by one that they do not see.
///
/// # Errors
/// As the database says, or when a stored code is unknown to this version.
pub async fn holds_on(tx: &mut Tx, product: &str, subjects: &[Vec<u8>]) -> Result<Vec<Hold>> {
    let hex: Vec<_> = subjects.iter().map(|digest| data_encoding::HEXLOWER.encode(digest)).collect();
    let rows = per_engine(
        holds_where!(
            "WHERE product = $1 AND released_at IS NULL AND subject_digest IN
             (SELECT decode(value, 'hex') FROM json_array_elements_text($2::JSON)) ORDER BY id"
        ),
        holds_where!(
            "WHERE product = $1 AND released_at IS NULL AND subject_digest IN
             (SELECT unhex(value) FROM json_each($2)) ORDER BY id"
        ),
    )
    .bind(product)
    .bind(serde_json::json!(hex).to_string())
    .all::<HoldRow>(tx)
    .await?;
    rows.into_iter().map(HoldRow::hold).collect()
}
