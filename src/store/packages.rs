//! Packages of people's data: what is kept of them in the store of files, the links that open them, and their end.
//! Links are judged by the database's clock; unknown, ended and past ones are not told apart.

use super::{Result, Tx, package_parts::part_begin, per_engine, sql};
use crate::domain::{
    identity::{ContentId, PackageId, Reference, RunId},
    time::Instant,
};

/// One package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its row.
    pub id: PackageId,
    /// The run that made it.
    pub run: RunId,
    /// The case it answers.
    pub case: Reference,
    /// What the file of its first archive is called in the store; what those of others begin with.
    pub object: String,
    /// The content that holds what the person was verified by.
    pub identity: ContentId,
    /// When it was begun.
    pub made_at: Instant,
    /// The size of its archives in bytes; none until they were read back.
    pub bytes: Option<i64>,
    /// The archive's SHA-256 in hexadecimal; of several archives that of their digests, one after the other.
    pub sha256: Option<String>,
    /// What is in it, as JSON.
    pub manifest: Option<String>,
    /// Since when it may be fetched.
    pub released_at: Option<Instant>,
    /// Until when.
    pub expires_at: Option<Instant>,
    /// How often fetching was begun, of all its archives.
    pub downloads: i64,
    /// How often it may be, of each.
    pub most_downloads: i64,
    /// Since when nobody gets it any more.
    pub ended_at: Option<Instant>,
    /// When its file was destroyed.
    pub destroyed_at: Option<Instant>,
}

#[derive(sqlx::FromRow)]
struct PackageRow {
    id: i64,
    run_id: i64,
    case_id: i64,
    object: String,
    identity_id: i64,
    made_at: i64,
    bytes: Option<i64>,
    sha256: Option<String>,
    manifest: Option<String>,
    released_at: Option<i64>,
    expires_at: Option<i64>,
    downloads: i64,
    most_downloads: i64,
    ended_at: Option<i64>,
    destroyed_at: Option<i64>,
}

impl From<PackageRow> for Package {
    fn from(row: PackageRow) -> Self {
        Self {
            id: PackageId(row.id),
            run: RunId(row.run_id),
            case: Reference(row.case_id),
            object: row.object,
            identity: ContentId(row.identity_id),
            made_at: Instant(row.made_at),
            bytes: row.bytes,
            sha256: row.sha256,
            manifest: row.manifest,
            released_at: row.released_at.map(Instant),
            expires_at: row.expires_at.map(Instant),
            downloads: row.downloads,
            most_downloads: row.most_downloads,
            ended_at: row.ended_at.map(Instant),
            destroyed_at: row.destroyed_at.map(Instant),
        }
    }
}

/// The columns of a package, and whatever says which.
macro_rules! packages_where {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.run_id, p.case_id, p.object, p.identity_id, p.made_at, p.bytes, p.sha256, p.manifest,
             p.released_at, p.expires_at, p.downloads, p.most_downloads, p.ended_at, p.destroyed_at FROM packages p ",
            $rest
        )
    };
}

/// Writes down that a package is begun, and its first archive, before the file is; whatever the run had begun before is ended.
///
/// # Errors
/// As the database says.
pub async fn package_begin(
    tx: &mut Tx,
    run: RunId,
    case: Reference,
    object: &str,
    identity: ContentId,
) -> Result<PackageId> {
    packages_end(tx, run).await?;
    let now = tx.db_now().await?;
    let (id,): (i64,) = sql("INSERT INTO packages (run_id, case_id, object, identity_id, made_at)
         VALUES ($1, $2, $3, $4, $5) RETURNING id")
    .bind(run)
    .bind(case)
    .bind(object)
    .bind(identity)
    .bind(now)
    .one(tx)
    .await?;
    part_begin(tx, PackageId(id), 1, object).await?;
    Ok(PackageId(id))
}

/// Its files are complete and were read back.
///
/// # Errors
/// As the database says.
pub async fn package_complete(tx: &mut Tx, id: PackageId, bytes: i64, sha256: &str, manifest: &str) -> Result<()> {
    sql("UPDATE packages SET bytes = $2, sha256 = $3, manifest = $4 WHERE id = $1")
        .bind(id)
        .bind(bytes)
        .bind(sha256)
        .bind(manifest)
        .run(tx)
        .await?;
    Ok(())
}

/// Opens the way to a complete package for `valid` milliseconds and `most` fetchings. Returns until when.
///
/// # Errors
/// As the database says.
pub async fn package_release(tx: &mut Tx, id: PackageId, token_hash: &[u8], valid: i64, most: i64) -> Result<Instant> {
    let now = tx.db_now().await?;
    sql("UPDATE packages SET token_hash = $2, released_at = $3, expires_at = $4, most_downloads = $5
         WHERE id = $1 AND sha256 IS NOT NULL AND ended_at IS NULL")
    .bind(id)
    .bind(token_hash)
    .bind(now)
    .bind(now.plus(valid))
    .bind(most)
    .run(tx)
    .await?;
    Ok(now.plus(valid))
}

/// The package that a link with this hash leads to, while it counts.
///
/// # Errors
/// As the database says.
pub async fn package_find(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Package>> {
    let now = tx.db_now().await?;
    let row = sql(packages_where!("WHERE p.token_hash = $1 AND p.ended_at IS NULL AND p.expires_at > $2"))
        .bind(token_hash)
        .bind(now)
        .maybe::<PackageRow>(tx)
        .await?;
    Ok(row.map(Package::from))
}

/// One package.
///
/// # Errors
/// As the database says.
pub async fn package_get(tx: &mut Tx, id: PackageId) -> Result<Option<Package>> {
    Ok(sql(packages_where!("WHERE p.id = $1")).bind(id).maybe::<PackageRow>(tx).await?.map(Package::from))
}

/// The run's package that nobody gave up; locked for the rest of the transaction.
///
/// # Errors
/// As the database says.
pub async fn package_of_run(tx: &mut Tx, run: RunId) -> Result<Option<Package>> {
    let row = per_engine(
        packages_where!("WHERE p.run_id = $1 AND p.ended_at IS NULL ORDER BY p.id DESC LIMIT 1 FOR UPDATE"),
        packages_where!("WHERE p.run_id = $1 AND p.ended_at IS NULL ORDER BY p.id DESC LIMIT 1"),
    )
    .bind(run)
    .maybe::<PackageRow>(tx)
    .await?;
    Ok(row.map(Package::from))
}

/// The run's last package that was complete, whatever became of it; to be read.
///
/// # Errors
/// As the database says.
pub async fn package_shown(tx: &mut Tx, run: RunId) -> Result<Option<Package>> {
    let row = sql(packages_where!("WHERE p.run_id = $1 AND p.sha256 IS NOT NULL ORDER BY p.id DESC LIMIT 1"))
        .bind(run)
        .maybe::<PackageRow>(tx)
        .await?;
    Ok(row.map(Package::from))
}

/// The packages of a case that were released, newest first, at most twenty.
///
/// # Errors
/// As the database says.
pub async fn packages_of_case(tx: &mut Tx, case: Reference) -> Result<Vec<Package>> {
    let text = packages_where!("WHERE p.case_id = $1 AND p.released_at IS NOT NULL ORDER BY p.id DESC LIMIT 20");
    Ok(sql(text).bind(case).all::<PackageRow>(tx).await?.into_iter().map(Package::from).collect())
}

/// Nobody gets the package from now on. False where that was so already.
///
/// # Errors
/// As the database says.
pub async fn package_end(tx: &mut Tx, id: PackageId) -> Result<bool> {
    let now = tx.db_now().await?;
    let changed =
        sql("UPDATE packages SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL").bind(id).bind(now).run(tx).await?;
    Ok(changed == 1)
}

/// Nobody gets any package of the run that was not released.
///
/// # Errors
/// As the database says.
pub async fn packages_end(tx: &mut Tx, run: RunId) -> Result<()> {
    let now = tx.db_now().await?;
    sql("UPDATE packages SET ended_at = $2 WHERE run_id = $1 AND ended_at IS NULL AND released_at IS NULL")
        .bind(run)
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// Packages whose file is to be destroyed: ended, or their time is over; at most two hundred.
///
/// # Errors
/// As the database says.
pub async fn packages_over(tx: &mut Tx) -> Result<Vec<PackageId>> {
    let now = tx.db_now().await?;
    let rows = sql("SELECT id FROM packages WHERE destroyed_at IS NULL AND (ended_at IS NOT NULL OR expires_at <= $1)
         ORDER BY id LIMIT 200")
    .bind(now)
    .all::<(i64,)>(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| PackageId(id)).collect())
}

/// The file is gone; so is what was in it.
///
/// # Errors
/// As the database says.
pub async fn package_destroyed(tx: &mut Tx, id: PackageId) -> Result<()> {
    let now = tx.db_now().await?;
    sql("UPDATE packages SET destroyed_at = $2, ended_at = COALESCE(ended_at, $2), token_hash = NULL WHERE id = $1")
        .bind(id)
        .bind(now)
        .run(tx)
        .await?;
    sql("DELETE FROM downloads WHERE package_id = $1").bind(id).run(tx).await?;
    Ok(())
}
