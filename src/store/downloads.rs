//! Each fetching of a package: an address of its own that goes on where it broke off, for a while.

use super::{
    Result, Tx,
    package_parts::part_unfetch,
    sql,
    vault::{Sealed, Vault},
};
use crate::domain::identity::{DownloadId, PackageId};

/// One fetching, while it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Its row.
    pub id: DownloadId,
    /// What is fetched.
    pub package: PackageId,
    /// Which of the package's archives, counted from 1, and how many there are.
    pub part: (i64, i64),
    /// The file in the store: the archive's own, or the one that a password opens.
    pub object: String,
    /// How many bytes lie there; the rest in the file of its end.
    pub body: i64,
    /// True where a password opens it.
    pub locked: bool,
    /// The size of the archive in bytes; none while it is made.
    pub bytes: Option<i64>,
    /// The archive's SHA-256 in hexadecimal.
    pub sha256: Option<String>,
}

pub(super) const SEALED_AS: &str = "download password";

/// Begins a fetching of an archive that counts for `valid` milliseconds; with the file to be made and the password that opens it,
/// where it is to be locked.
///
/// # Errors
/// As the database says, or when sealing fails.
pub async fn download_begin(
    tx: &mut Tx,
    vault: &Vault,
    (package, part): (PackageId, i64),
    ticket_hash: &[u8],
    locked: Option<(&str, &str)>,
    valid: i64,
) -> Result<DownloadId> {
    let now = tx.db_now().await?;
    let sealed = locked.map(|(_, password)| vault.seal(SEALED_AS, password.as_bytes())).transpose()?;
    let (wrapped_key, cipher) = sealed.map(|sealed| (sealed.wrapped_key, sealed.cipher)).unzip();
    let (id,): (i64,) =
        sql("INSERT INTO downloads (package_id, ticket_hash, object, wrapped_key, cipher, made_at, expires_at, part)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id")
        .bind(package)
        .bind(ticket_hash)
        .bind(locked.map(|(object, _)| object))
        .bind(wrapped_key)
        .bind(cipher)
        .bind(now)
        .bind(now.plus(valid))
        .bind(part)
        .one(tx)
        .await?;
    Ok(DownloadId(id))
}

#[derive(sqlx::FromRow)]
struct DownloadRow {
    id: i64,
    package_id: i64,
    part: i64,
    of: i64,
    own: String,
    object: Option<String>,
    body: Option<i64>,
    own_bytes: Option<i64>,
    own_sha256: Option<String>,
    bytes: Option<i64>,
    sha256: Option<String>,
}

impl From<DownloadRow> for Download {
    fn from(row: DownloadRow) -> Self {
        let locked = row.object.is_some();
        let (bytes, sha256) = if locked { (row.bytes, row.sha256) } else { (row.own_bytes, row.own_sha256) };
        let body = if locked { bytes } else { row.body }.unwrap_or_default();
        let (object, part) = (row.object.unwrap_or(row.own), (row.part, row.of));
        Self { id: DownloadId(row.id), package: PackageId(row.package_id), part, object, body, locked, bytes, sha256 }
    }
}

/// The columns of a download with its archive, and whatever says which.
macro_rules! downloads_where {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.package_id, d.part, a.object AS own, d.object, a.body, a.bytes AS own_bytes,
             a.sha256 AS own_sha256, d.bytes, d.sha256,
             (SELECT COUNT(*) FROM package_parts o WHERE o.package_id = d.package_id) AS of
             FROM downloads d JOIN packages p ON p.id = d.package_id
             JOIN package_parts a ON a.package_id = d.package_id AND a.part = d.part
             WHERE p.ended_at IS NULL AND p.expires_at > $2 AND d.expires_at > $2 AND ",
            $rest
        )
    };
}

/// The fetching with this ticket, while it and its package count.
///
/// # Errors
/// As the database says.
pub async fn download_find(tx: &mut Tx, ticket_hash: &[u8]) -> Result<Option<Download>> {
    let now = tx.db_now().await?;
    let row = sql(downloads_where!("d.ticket_hash = $1")).bind(ticket_hash).bind(now).maybe::<DownloadRow>(tx).await?;
    Ok(row.map(Download::from))
}

/// A fetching whose locked file has still to be made, with its password; none where nothing is left to do.
///
/// # Errors
/// As the database says, or when the password does not open.
pub async fn download_to_lock(tx: &mut Tx, vault: &Vault, id: DownloadId) -> Result<Option<(Download, String)>> {
    let now = tx.db_now().await?;
    let row =
        sql(downloads_where!("d.id = $1 AND d.bytes IS NULL")).bind(id).bind(now).maybe::<DownloadRow>(tx).await?;
    let Some(row) = row else { return Ok(None) };
    let sealed = sql("SELECT wrapped_key, cipher FROM downloads WHERE id = $1")
        .bind(id)
        .one::<(Option<Vec<u8>>, Option<Vec<u8>>)>(tx)
        .await?;
    let (Some(wrapped_key), Some(cipher)) = sealed else { return Ok(None) };
    let password = vault.open(SEALED_AS, &Sealed { wrapped_key, cipher })?;
    Ok(Some((row.into(), String::from_utf8_lossy(&password).into_owned())))
}

/// The locked file is made; its password is forgotten. False where nobody is to have it any more: whoever made it
/// removes it.
///
/// # Errors
/// As the database says.
pub async fn download_locked(tx: &mut Tx, id: DownloadId, bytes: i64, sha256: &str) -> Result<bool> {
    let now = tx.db_now().await?;
    let changed = sql("UPDATE downloads SET bytes = $2, sha256 = $3, wrapped_key = NULL, cipher = NULL
         WHERE id = $1 AND expires_at > $4
         AND EXISTS (SELECT 1 FROM packages p WHERE p.id = package_id AND p.ended_at IS NULL)")
    .bind(id)
    .bind(bytes)
    .bind(sha256)
    .bind(now)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// The locked file could not be made: its password is forgotten, and the fetching does not count.
///
/// # Errors
/// As the database says.
pub async fn download_failed(tx: &mut Tx, download: &Download) -> Result<()> {
    let gone = sql("DELETE FROM downloads WHERE id = $1 AND bytes IS NULL").bind(download.id).run(tx).await?;
    if gone == 1 {
        part_unfetch(tx, download.package, download.part.0).await?;
    }
    Ok(())
}

/// Fetchings whose time is over, with the file that was made for each; at most two hundred.
///
/// # Errors
/// As the database says.
pub async fn downloads_over(tx: &mut Tx) -> Result<Vec<(DownloadId, Option<String>)>> {
    let now = tx.db_now().await?;
    let rows = sql("SELECT id, object FROM downloads WHERE expires_at <= $1 ORDER BY id LIMIT 200")
        .bind(now)
        .all::<(i64, Option<String>)>(tx)
        .await?;
    Ok(rows.into_iter().map(|(id, object)| (DownloadId(id), object)).collect())
}

/// Forgets a fetching.
///
/// # Errors
/// As the database says.
pub async fn download_forget(tx: &mut Tx, id: DownloadId) -> Result<()> {
    sql("DELETE FROM downloads WHERE id = $1").bind(id).run(tx).await?;
    Ok(())
}

/// The files that were made for fetchings of a package.
///
/// # Errors
/// As the database says.
pub async fn downloads_objects(tx: &mut Tx, package: PackageId) -> Result<Vec<String>> {
    let rows = sql("SELECT object FROM downloads WHERE package_id = $1 AND object IS NOT NULL")
        .bind(package)
        .all::<(String,)>(tx)
        .await?;
    Ok(rows.into_iter().map(|(object,)| object).collect())
}
