//! Changes the master key, and the data key where that is asked for. Each step is whole before the next begins, and can be
//! begun again.

use crate::{
    app::key_change,
    cli::open,
    config::Config,
    store::{Clock, Db, keyring, lockfile::Lockfile, master::MasterKey},
};
use anyhow::{Context as _, bail};
use std::time::Duration;
use tokio::time::sleep;

/// Makes a new key beside the old one, has the database take it, and puts it into the old one's place.
pub async fn rotate_key(config: &Config, contents: bool) -> anyhow::Result<()> {
    let lock = open::lock(config)?;
    let db = open::database(config, Clock::System).await?;
    open::migrated(&db, &lock).await?;
    db.close().await;
    // one connection, so that every other one is somebody else's
    let mut alone = config.clone();
    alone.database.connections = 1;
    let db = open::database(&alone, Clock::System).await?;
    let done = rotate(config, &lock, &db, contents).await;
    db.close().await;
    done
}

async fn rotate(config: &Config, lock: &Lockfile, db: &Db, contents: bool) -> anyhow::Result<()> {
    let file = config.key_file();
    let old = open::master(&file, db).await?;
    keyring::keyring(db, &old)
        .await?
        .with_context(|| format!("the key file {} is not this database’s", file.display()))?;
    if contents && !is_alone(lock, db).await? {
        bail!("a console is running; stop every console before the contents get another key");
    }
    let next = MasterKey::next_file(&file);
    // one that was made before the command was cut off is as new as another
    let new = if next.exists() { MasterKey::open_file(&next)? } else { MasterKey::create_file(&next)? };
    key_change::change_master(db, &old, &new).await?;
    let kept = MasterKey::replace_file(&file, old.id())?;
    println!("The master key is {} now, in {}.", new.id(), file.display());
    println!("The old one is in {}: backups of before need it. Destroy it when they are gone.", kept.display());
    println!("Copy the new one to every other machine with a console; those that run need it at their next start.");
    if contents {
        let left = key_change::change_contents_key(db, &new).await?;
        println!("Everything sealed has another key.");
        if left > 0 {
            println!("The old one stays, wrapped, until the last package of before is destroyed.");
        }
    }
    Ok(())
}

/// True where nobody else works here. A server takes a moment to notice that a connection has ended.
async fn is_alone(lock: &Lockfile, db: &Db) -> anyhow::Result<bool> {
    if !lock.try_alone()? {
        return Ok(false);
    }
    for _ in 0..20 {
        if !key_change::is_in_use(db).await? {
            return Ok(true);
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}
