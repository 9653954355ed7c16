//! What staff see of packages: counts, the manifest and how far the person is with it. Never what is in them.

use crate::{
    app::Error,
    domain::{
        identity::{PackageId, Reference, RunId},
        time::Instant,
    },
    generation::export::Copied,
    store::{Tx, package_parts, packages, packages::Package},
};

/// A package as a case shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageLine {
    /// Its number.
    pub id: PackageId,
    /// The run that made it.
    pub run: RunId,
    /// Until when it may be fetched.
    pub until: Instant,
    /// How often its archives were fetched, and how often each may be.
    pub fetched: (i64, i64),
    /// How many archives it has.
    pub parts: usize,
    /// True while the link works.
    pub works: bool,
    /// True where it was ended before its time.
    pub ended: bool,
    /// When its file was destroyed.
    pub destroyed: Option<Instant>,
}

/// A package as its run shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct PackageView {
    /// The size of its archives in bytes.
    pub bytes: i64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// What is in it.
    pub copied: Option<Copied>,
    /// When its file was destroyed.
    pub destroyed: Option<Instant>,
}

impl PackageView {
    /// Rows that are in it.
    #[must_use]
    pub fn rows(&self) -> i64 {
        self.copied.as_ref().map_or(0, |copied| copied.tables.iter().map(|table| table.rows).sum())
    }
}

/// The packages of a case that were released, newest first. The caller has checked that the reader may see the case.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn of_case(tx: &mut Tx, case: Reference) -> Result<Vec<PackageLine>, Error> {
    let now = tx.db_now().await?;
    let line = |(package, parts): (Package, usize)| {
        let until = package.expires_at.unwrap_or(Instant(0));
        let works = package.ended_at.is_none() && until.0 > now.0;
        PackageLine {
            id: package.id,
            run: package.run,
            until,
            fetched: (package.downloads, package.most_downloads),
            parts,
            works,
            ended: package.ended_at.is_some_and(|at| at.0 < until.0),
            destroyed: package.destroyed_at,
        }
    };
    let mut lines = Vec::new();
    for package in packages::packages_of_case(tx, case).await? {
        let parts = package_parts::parts_of(tx, package.id).await?.len();
        lines.push(line((package, parts)));
    }
    Ok(lines)
}

/// The package of a run, once it is complete. The caller has checked that the reader may see the run.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn of_run(tx: &mut Tx, run: RunId) -> Result<Option<PackageView>, Error> {
    let package = packages::package_shown(tx, run).await?;
    Ok(package.map(|package| PackageView {
        bytes: package.bytes.unwrap_or_default(),
        sha256: package.sha256.unwrap_or_default(),
        copied: package.manifest.and_then(|text| serde_json::from_str(&text).ok()),
        destroyed: package.destroyed_at,
    }))
}
