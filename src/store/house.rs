//! Facts of the whole database: which key seals it, and whether it is a demo.

use super::{Db, Result, sql};

/// The id of the key that seals this database; none before the first start.
///
/// # Errors
/// As the database says.
pub async fn key_id(db: &Db) -> Result<Option<String>> {
    let mut tx = db.read().await?;
    Ok(sql("SELECT key_id FROM house WHERE one = 1").maybe::<(String,)>(&mut tx).await?.map(|(id,)| id))
}

/// Remembers the key; where two consoles start at once, the first one's stays.
///
/// # Errors
/// As the database says.
pub async fn key_remember(db: &Db, id: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    sql("INSERT INTO house (one, key_id) VALUES (1, $1) ON CONFLICT (one) DO NOTHING").bind(id).run(&mut tx).await?;
    tx.commit().await
}
