//! Brings the database to this program's schema, forward only, and refuses one that is newer.

use super::{Db, Result, audit, engine::per_engine, sql};
use sqlx::migrate::{MigrateError, Migrator};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A newer program has been here.
    #[error(
        "the database was made by a newer version of recourse (its migration {0} is unknown here); run that version"
    )]
    Newer(i64),
    /// A migration that was applied is not the one this program carries.
    #[error(
        "migration {0} in the database differs from the one this program carries; restore a backup or use the program that wrote it"
    )]
    Different(i64),
    /// A migration failed.
    #[error("migrating failed, nothing of the step was kept: {0}")]
    Failed(MigrateError),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] super::Error),
}

/// The number of the newest migration this program knows.
#[must_use]
pub fn newest() -> i64 {
    SQLITE.iter().map(|m| m.version).max().unwrap_or_default()
}

/// The number of the newest migration that was applied; 0 for an empty database.
///
/// # Errors
/// As the database says.
pub async fn applied(db: &Db) -> Result<i64> {
    let mut tx = db.read().await?;
    let known = per_engine(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'",
        "SELECT COUNT(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'",
    );
    if known.one::<(i64,)>(&mut tx).await?.0 == 0 {
        return Ok(0);
    }
    let newest = sql("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success");
    Ok(newest.one::<(i64,)>(&mut tx).await?.0)
}

/// Applies what is missing.
///
/// # Errors
/// When a migration fails or the database is newer than this program.
pub async fn run(db: &Db) -> std::result::Result<(), SchemaError> {
    let done = match (db.sqlite_writer(), db.postgres_pool()) {
        (Some(pool), _) => SQLITE.run(pool).await,
        (_, Some(pool)) => POSTGRES.run(pool).await,
        (None, None) => Ok(()),
    };
    done.map_err(|e| match e {
        MigrateError::VersionMissing(version) => SchemaError::Newer(version),
        MigrateError::VersionMismatch(version) => SchemaError::Different(version),
        other => SchemaError::Failed(other),
    })?;
    Ok(audit::chain_begin(db).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_have_the_same_migrations() {
        let names = |m: &Migrator| m.iter().map(|m| (m.version, m.description.to_string())).collect::<Vec<_>>();
        assert_eq!(names(&SQLITE), names(&POSTGRES));
    }
}
