//! Brings the database to this version's schema and says what was done.

use super::open;
use crate::{
    config::Config,
    store::{Clock, migrate as schema},
};

pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    let lock = open::lock(config)?;
    let db = open::database(config, Clock::System).await?;
    let before = schema::applied(&db).await?;
    open::migrated(&db, &lock).await?;
    match schema::applied(&db).await? {
        now if now == before => println!("The database is up to date (migration {now})."),
        now => println!("The database was brought from migration {before} to {now}."),
    }
    db.close().await;
    Ok(())
}
