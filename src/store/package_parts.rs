//! The archives of a package: the file of each, its size and digest, how often it was fetched.

use super::{Result, Tx, sql};
use crate::domain::identity::PackageId;

/// One archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackagePart {
    /// Its number, counted from 1.
    pub part: i64,
    /// What its file is called in the store.
    pub object: String,
    /// How many of its bytes lie there; the rest in the file of its end. None until it was read back.
    pub body: Option<i64>,
    /// Its size in bytes.
    pub bytes: Option<i64>,
    /// Its SHA-256 in hexadecimal.
    pub sha256: Option<String>,
    /// How often fetching it was begun.
    pub downloads: i64,
}

impl PackagePart {
    /// The names of everything that may lie in the store for it.
    #[must_use]
    pub fn objects(&self) -> [String; 2] {
        [self.object.clone(), end_of(&self.object)]
    }
}

/// What the file is called that holds the end of an archive whose file is called `object`.
#[must_use]
pub fn end_of(object: &str) -> String {
    format!("{object}-end")
}

/// Writes down that an archive is begun, before its file is. False where nobody is to have its package any more.
///
/// # Errors
/// As the database says.
pub async fn part_begin(tx: &mut Tx, package: PackageId, part: i64, object: &str) -> Result<bool> {
    let added = sql("INSERT INTO package_parts (package_id, part, object)
         SELECT id, $2, $3 FROM packages WHERE id = $1 AND ended_at IS NULL")
    .bind(package)
    .bind(part)
    .bind(object)
    .run(tx)
    .await?;
    Ok(added == 1)
}

/// The archive is complete and was read back.
///
/// # Errors
/// As the database says.
pub async fn part_complete(
    tx: &mut Tx,
    package: PackageId,
    part: i64,
    (body, bytes): (i64, i64),
    sha256: &str,
) -> Result<()> {
    sql("UPDATE package_parts SET body = $3, bytes = $4, sha256 = $5 WHERE package_id = $1 AND part = $2")
        .bind(package)
        .bind(part)
        .bind(body)
        .bind(bytes)
        .bind(sha256)
        .run(tx)
        .await?;
    Ok(())
}

/// The archives of a package, in order.
///
/// # Errors
/// As the database says.
pub async fn parts_of(tx: &mut Tx, package: PackageId) -> Result<Vec<PackagePart>> {
    type Row = (i64, String, Option<i64>, Option<i64>, Option<String>, i64);
    let rows = sql("SELECT part, object, body, bytes, sha256, downloads FROM package_parts WHERE package_id = $1
         ORDER BY part")
    .bind(package)
    .all::<Row>(tx)
    .await?;
    let part =
        |(part, object, body, bytes, sha256, downloads)| PackagePart { part, object, body, bytes, sha256, downloads };
    Ok(rows.into_iter().map(part).collect())
}

/// Counts one more fetching of an archive. False where there were as many already as there may be, or it is none.
///
/// # Errors
/// As the database says.
pub async fn part_fetch(tx: &mut Tx, package: PackageId, part: i64) -> Result<bool> {
    let changed = sql("UPDATE package_parts SET downloads = downloads + 1 WHERE package_id = $1 AND part = $2
         AND downloads < (SELECT most_downloads FROM packages WHERE id = $1)")
    .bind(package)
    .bind(part)
    .run(tx)
    .await?;
    if changed == 1 {
        sql("UPDATE packages SET downloads = downloads + 1 WHERE id = $1").bind(package).run(tx).await?;
    }
    Ok(changed == 1)
}

/// Takes a fetching back that could not be served.
///
/// # Errors
/// As the database says.
pub async fn part_unfetch(tx: &mut Tx, package: PackageId, part: i64) -> Result<()> {
    for text in [
        "UPDATE package_parts SET downloads = downloads - 1 WHERE package_id = $1 AND part = $2",
        "UPDATE packages SET downloads = downloads - 1 WHERE id = $1 AND $2 > 0",
    ] {
        sql(text).bind(package).bind(part).run(tx).await?;
    }
    Ok(())
}
