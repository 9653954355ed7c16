//! Links by which the first account is made, an invited person begins, or a password is set anew. Only hashes of their
//! tokens are kept. A link counts once, for a while, and for the account as it was when the link was made.

use super::{Result, Tx, row::known, sql};
use crate::domain::{identity::StaffId, sign_in::LinkPurpose};

/// A link that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What it lets somebody do.
    pub purpose: LinkPurpose,
    /// For whom; nobody at the first start.
    pub staff: Option<StaffId>,
}

/// Keeps a link, by its number and the hash of its token, for so many milliseconds; its row.
///
/// # Errors
/// As the database says.
pub async fn link_keep(tx: &mut Tx, (number, hash): (&str, &[u8]), link: Link, stamp: i64, lasts: i64) -> Result<i64> {
    let now = tx.db_now().await?;
    let text = "INSERT INTO account_links (number, token_hash, purpose, staff_id, stamp, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    let row = sql(text).bind(number).bind(hash).bind(link.purpose.code()).bind(link.staff).bind(stamp);
    let (id,): (i64,) = row.bind(now.plus(lasts)).one(tx).await?;
    Ok(id)
}

/// The number of a link that was neither used nor forgotten.
///
/// # Errors
/// As the database says.
pub async fn link_number(tx: &mut Tx, id: i64) -> Result<Option<String>> {
    let row = sql("SELECT number FROM account_links WHERE id = $1").bind(id).maybe::<(String,)>(tx).await?;
    Ok(row.map(|(number,)| number))
}

/// The link, while it counts: not used, not over, its account neither changed nor disabled since.
///
/// # Errors
/// As the database says.
pub async fn link_find(tx: &mut Tx, hash: &[u8]) -> Result<Option<Link>> {
    let now = tx.db_now().await?;
    let text = "SELECT l.purpose, l.staff_id FROM account_links l LEFT JOIN staff s ON s.id = l.staff_id
         WHERE l.token_hash = $1 AND l.ends_at > $2
         AND (l.purpose = 'setup' OR (s.id IS NOT NULL AND s.stamp = l.stamp AND s.disabled_at IS NULL))";
    let row = sql(text).bind(hash).bind(now).maybe::<(String, Option<i64>)>(tx).await?;
    row.map(|(purpose, staff)| {
        let row = staff.unwrap_or_default();
        let purpose = known(LinkPurpose::from_code(&purpose), "account_links", row, "purpose", &purpose)?;
        Ok(Link { purpose, staff: staff.map(StaffId) })
    })
    .transpose()
}

/// Uses a link up: false for the second of two.
///
/// # Errors
/// As the database says.
pub async fn link_use(tx: &mut Tx, hash: &[u8]) -> Result<bool> {
    Ok(sql("DELETE FROM account_links WHERE token_hash = $1").bind(hash).run(tx).await? > 0)
}

/// Forgets links whose time is over.
///
/// # Errors
/// As the database says.
pub async fn links_forget(tx: &mut Tx) -> Result<u64> {
    let now = tx.db_now().await?;
    sql("DELETE FROM account_links WHERE ends_at < $1").bind(now).run(tx).await
}
