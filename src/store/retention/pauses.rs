//! Products whose records the schedule leaves alone, since somebody said so.

use crate::{
    domain::{identity::StaffId, time::Instant},
    store::{Result, Tx, sql},
};

/// That the schedule leaves a product alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// The product.
    pub product: String,
    /// Who said so.
    pub by: StaffId,
    /// When.
    pub at: Instant,
    /// Why; about no person.
    pub reason: String,
}

/// Every pause.
///
/// # Errors
/// As the database says.
pub async fn pauses(tx: &mut Tx) -> Result<Vec<Pause>> {
    let rows = sql("SELECT product, by_id, at, reason FROM retention_pauses ORDER BY product")
        .all::<(String, i64, i64, String)>(tx)
        .await?;
    let pause = |(product, by, at, reason)| Pause { product, by: StaffId(by), at: Instant(at), reason };
    Ok(rows.into_iter().map(pause).collect())
}

/// Pauses a product; false where it is paused already.
///
/// # Errors
/// As the database says.
pub async fn pause(tx: &mut Tx, pause: &Pause) -> Result<bool> {
    let kept =
        sql("INSERT INTO retention_pauses (product, by_id, at, reason) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            .bind(&pause.product)
            .bind(pause.by)
            .bind(pause.at)
            .bind(&pause.reason)
            .run(tx)
            .await?;
    Ok(kept == 1)
}

/// Ends a product's pause; false where there is none.
///
/// # Errors
/// As the database says.
pub async fn resume(tx: &mut Tx, product: &str) -> Result<bool> {
    Ok(sql("DELETE FROM retention_pauses WHERE product = $1").bind(product).run(tx).await? == 1)
}
