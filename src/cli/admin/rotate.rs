//! Changes the master key, and the data key where that is asked for. Each step is whole before the next begins, and can be
//! begun again.

use crate::{
    app::key_change,
    cli::open,
    config::Config,
    store::{Clock, Db, keyring, lockfile::Lockfile, master::MasterKey},
};
use anyhow::{Context as _, bail};

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
    let turn =
        Lockfile::at(&MasterKey::lock_file(&file)).with_context(|| format!("the folder of {}", file.display()))?;
    if !turn.try_alone()? {
        bail!("the master key is being changed by another command; let it end first");
    }
    keyring::keyring(db, &old)
        .await?
        .with_context(|| format!("the key file {} is not this database’s", file.display()))?;
    if contents && !is_alone(lock, db).await? {
        bail!("a console is running; stop every console before the contents get another key");
    }
    let (new, kept) = old.prepare_change(&file)?;
    key_change::change_master(db, &old, &new).await?;
    MasterKey::replace_file(&file, new.id())?;
    println!("The master key is {} now, in {}.", new.id(), file.display());
    println!("The old one is in {}: backups of before need it. Destroy it when they are gone.", kept.display());
    println!("Copy the new one to every other machine with a console; those that run need it at their next start.");
    if contents {
        let Some(left) = key_change::change_contents_key(db, &new).await? else {
            bail!("a console was started meanwhile; stop every console and ask again, what is done already stays");
        };
        println!("Everything sealed has another key.");
        if left > 0 {
            println!("The old one stays, wrapped, until the last package of before is destroyed.");
        }
    }
    Ok(())
}

/// True where nobody else works here.
async fn is_alone(lock: &Lockfile, db: &Db) -> anyhow::Result<bool> {
    Ok(lock.try_alone()? && key_change::is_alone(db).await?)
}
