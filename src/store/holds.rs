//! Holds: who may not be erased, known by a keyed digest of the account only, and which part of them, sealed.

use super::{
    Result, Tx, per_engine,
    row::known,
    sql,
    vault::{Sealed, Vault},
};
use crate::domain::{
    hold::Basis,
    identity::{HoldId, Reference, RunId, StaffId},
    time::Instant,
};

/// What the vault knows the part by that a hold is about.
pub(super) const SEALED_AS: &str = "held part";

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
    /// True where it is about a part, which `hold_part` gives; otherwise about everything.
    pub is_of_a_part: bool,
    /// True where its case is restricted now, or gone: nobody outside the circle may learn from what stays what it is about.
    pub is_walled: bool,
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
    is_of_a_part: bool,
    is_walled: bool,
}

impl Hold {
    /// True where what it is about may show nowhere: it counts as one on everything.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        self.is_walled || self.basis.is_secret()
    }
}

impl HoldRow {
    fn hold(self) -> Result<Hold> {
        Ok(Hold {
            id: HoldId(self.id),
            case: Reference(self.case_id),
            basis: known(Basis::from_code(&self.basis), "holds", self.id, "basis", &self.basis)?,
            product: self.product,
            subject: self.subject_digest,
            is_of_a_part: self.is_of_a_part,
            is_walled: self.is_walled,
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
            "SELECT id, product, case_id, subject_digest, basis, placed_by, placed_at, released_by, released_at,
                    cipher IS NOT NULL AS is_of_a_part,
                    NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = holds.case_id AND NOT c.restricted) AS is_walled
             FROM holds ",
            $rest
        )
    };
}

/// The accounts that something was sealed of, and what says which accounts.
macro_rules! sealed_of {
    ($subjects:literal) => {
        concat!(
            "SELECT DISTINCT s.subject_digest FROM sealed_subjects s JOIN runs r ON r.id = s.run_id
             WHERE r.product = $1 AND s.subject_digest IN (",
            $subjects,
            ") ORDER BY 1"
        )
    };
}

/// The runs of accounts that something was held back from, and what says which accounts.
macro_rules! held_back {
    ($subjects:literal) => {
        concat!(
            "SELECT DISTINCT h.run_id FROM held_back h
             WHERE h.product = $1 AND h.subject_digest IN (",
            $subjects,
            ") AND NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.product = h.product AND t.subject_digest = h.subject_digest
                AND t.run_id > h.run_id)
             ORDER BY h.run_id"
        )
    };
}

/// A hold on one account that is to be placed.
#[derive(Debug, Clone, Copy)]
pub struct NewHold<'a> {
    /// The product.
    pub product: &'a str,
    /// The case it is placed on.
    pub case: Reference,
    /// The account, as a keyed digest.
    pub subject: &'a [u8],
    /// Why.
    pub basis: Basis,
    /// What it is about, to be sealed; none for everything.
    pub part: Option<&'a [u8]>,
    /// Who places it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// Places a hold on one account.
///
/// # Errors
/// As the database says, or when there is no randomness to seal with.
pub async fn hold_place(tx: &mut Tx, vault: &Vault, new: &NewHold<'_>) -> Result<HoldId> {
    let sealed = new.part.map(|part| vault.seal(SEALED_AS, part)).transpose()?;
    let (id,): (i64,) =
        sql("INSERT INTO holds (product, case_id, subject_digest, basis, placed_by, placed_at, wrapped_key, cipher)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id")
        .bind(new.product)
        .bind(new.case)
        .bind(new.subject)
        .bind(new.basis.code())
        .bind(new.by)
        .bind(new.at)
        .bind(sealed.as_ref().map(|sealed| sealed.wrapped_key.clone()))
        .bind(sealed.map(|sealed| sealed.cipher))
        .one(tx)
        .await?;
    Ok(HoldId(id))
}

/// What a hold is about; none where it is about everything, or was released.
///
/// # Errors
/// As the database says, or when it does not open.
pub async fn hold_part(tx: &mut Tx, vault: &Vault, id: HoldId) -> Result<Option<Vec<u8>>> {
    let row = sql("SELECT wrapped_key, cipher FROM holds WHERE id = $1")
        .bind(id)
        .maybe::<(Option<Vec<u8>>, Option<Vec<u8>>)>(tx)
        .await?;
    match row {
        Some((Some(wrapped_key), Some(cipher))) => Ok(Some(vault.open(SEALED_AS, &Sealed { wrapped_key, cipher })?)),
        _ => Ok(None),
    }
}

/// Releases a hold and forgets what part it was about; false when it was released already.
///
/// # Errors
/// As the database says.
pub async fn hold_release(tx: &mut Tx, id: HoldId, by: StaffId, at: Instant) -> Result<bool> {
    let changed = sql("UPDATE holds SET released_by = $2, released_at = $3, wrapped_key = NULL, cipher = NULL
         WHERE id = $1 AND released_at IS NULL")
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
    .bind(in_hex(subjects))
    .all::<HoldRow>(tx)
    .await?;
    rows.into_iter().map(HoldRow::hold).collect()
}

/// Remembers which accounts a case is about.
///
/// # Errors
/// As the database says.
pub async fn case_accounts_keep(tx: &mut Tx, case: Reference, subjects: &[Vec<u8>]) -> Result<()> {
    per_engine(
        "INSERT INTO case_accounts (case_id, subject_digest)
         SELECT CAST($1 AS BIGINT), decode(value, 'hex') FROM json_array_elements_text($2::JSON) WHERE TRUE ON CONFLICT DO NOTHING",
        "INSERT INTO case_accounts (case_id, subject_digest)
         SELECT $1, unhex(value) FROM json_each($2) WHERE TRUE ON CONFLICT DO NOTHING",
    )
    .bind(case)
    .bind(in_hex(subjects))
    .run(tx)
    .await?;
    Ok(())
}

/// The accounts that runs of a case erased, sealed something of, or left something of because of a hold.
///
/// # Errors
/// As the database says.
pub async fn subjects_erased(tx: &mut Tx, case: Reference) -> Result<Vec<Vec<u8>>> {
    let rows = sql("SELECT t.subject_digest FROM tombstones t JOIN runs r ON r.id = t.run_id WHERE r.case_id = $1
         UNION SELECT h.subject_digest FROM held_back h JOIN runs r ON r.id = h.run_id WHERE r.case_id = $1
         UNION SELECT s.subject_digest FROM sealed_subjects s JOIN runs r ON r.id = s.run_id WHERE r.case_id = $1");
    Ok(rows.bind(case).all::<(Vec<u8>,)>(tx).await?.into_iter().map(|(digest,)| digest).collect())
}

/// Those of the accounts that something of a product was sealed of.
///
/// # Errors
/// As the database says.
pub async fn subjects_sealed(tx: &mut Tx, product: &str, subjects: &[Vec<u8>]) -> Result<Vec<Vec<u8>>> {
    let rows = per_engine(
        sealed_of!("SELECT decode(value, 'hex') FROM json_array_elements_text($2::JSON)"),
        sealed_of!("SELECT unhex(value) FROM json_each($2)"),
    );
    let rows = rows.bind(product).bind(in_hex(subjects)).all::<(Vec<u8>,)>(tx).await?;
    Ok(rows.into_iter().map(|(digest,)| digest).collect())
}

/// An erasure of one account.
#[derive(Debug, Clone, Copy)]
pub struct ErasureOf<'a> {
    /// The product.
    pub product: &'a str,
    /// The account, as a keyed digest.
    pub subject: &'a [u8],
    /// The run.
    pub run: RunId,
    /// Its case.
    pub case: Reference,
    /// What it is limited to, as a keyed digest; none where it is not.
    pub limits: Option<&'a [u8]>,
}

/// Remembers that a hold kept something of an account back from an erasure.
///
/// # Errors
/// As the database says.
pub async fn held_back_keep(tx: &mut Tx, of: &ErasureOf<'_>) -> Result<()> {
    sql("INSERT INTO held_back (product, subject_digest, run_id, limits) VALUES ($1, $2, $3, $4)
         ON CONFLICT (product, subject_digest, run_id) DO NOTHING")
    .bind(of.product)
    .bind(of.subject)
    .bind(of.run)
    .bind(of.limits)
    .run(tx)
    .await?;
    Ok(())
}

/// Forgets what a hold had kept back from earlier erasures of the same case: this one was of all that the account has, or of
/// the same part.
///
/// # Errors
/// As the database says.
pub async fn held_back_forget(tx: &mut Tx, of: &ErasureOf<'_>) -> Result<()> {
    sql("DELETE FROM held_back WHERE product = $1 AND subject_digest = $2 AND run_id < $3
         AND run_id IN (SELECT id FROM runs WHERE case_id = $4) AND ($5 OR limits = $6)")
    .bind(of.product)
    .bind(of.subject)
    .bind(of.run)
    .bind(of.case)
    .bind(of.limits.is_none())
    .bind(of.limits)
    .run(tx)
    .await?;
    Ok(())
}

/// The runs that a hold kept something of these accounts back from, and that nothing followed which took it: neither an
/// erasure of all that the account has, nor one of the same part on the same case.
///
/// # Errors
/// As the database says.
pub async fn held_back_from(tx: &mut Tx, product: &str, subjects: &[Vec<u8>]) -> Result<Vec<RunId>> {
    let rows = per_engine(
        held_back!("SELECT decode(value, 'hex') FROM json_array_elements_text($2::JSON)"),
        held_back!("SELECT unhex(value) FROM json_each($2)"),
    );
    let rows = rows.bind(product).bind(in_hex(subjects)).all::<(i64,)>(tx).await?;
    Ok(rows.into_iter().map(|(run,)| RunId(run)).collect())
}

/// Digests as a JSON array of hexadecimal texts.
fn in_hex(digests: &[Vec<u8>]) -> String {
    let hex: Vec<_> = digests.iter().map(|digest| data_encoding::HEXLOWER.encode(digest)).collect();
    serde_json::json!(hex).to_string()
}
