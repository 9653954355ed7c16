//! Another master key, and another key for sealed contents. What digests and links are made with stays. Cut off anywhere, the
//! database opens with the master key whose name stands in it, and the same command goes on. Knows no file.

use super::{Error, failpoint::failpoint};
use crate::{
    domain::audit::AuditAction,
    store::{Db, audit, keyring, master::MasterKey},
};
use std::time::Duration;
use tokio::time::sleep;

/// Wraps the data keys by another master key, in one transaction. Consoles that run have the data keys already and need the
/// new master key at their next start. False where this is the master key already.
///
/// # Errors
/// As the database says, or when the old key is not this database's.
pub async fn change_master(db: &Db, old: &MasterKey, new: &MasterKey) -> Result<bool, Error> {
    let mut tx = db.begin().await?;
    if keyring::master_id_lock(&mut tx).await?.as_deref() == Some(new.id()) {
        return Ok(false);
    }
    keyring::keys_rewrap(&mut tx, old, new).await?;
    let what = format!("{} to {}", old.id(), new.id());
    audit::audit_append(&mut tx, db.now(), None, AuditAction::MasterKeyChanged, None, &what);
    failpoint("master-before-commit");
    tx.commit().await?;
    failpoint("master-changed");
    Ok(true)
}

/// True where no other process works on this database; asked over a pool of one connection. A server takes a moment to notice
/// that a connection has ended.
///
/// # Errors
/// As the database says.
pub async fn is_alone(db: &Db) -> Result<bool, Error> {
    for _ in 0..20 {
        let mut tx = db.read().await?;
        if keyring::others_at_work(&mut tx).await? == 0 {
            return Ok(true);
        }
        drop(tx);
        sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}

/// Takes everything sealed over by a new data key. Nobody else may work meanwhile: a console that opened the keys before the
/// new one was among them would go on sealing with the old one. None where somebody does, and the old key stays; asked again,
/// it goes on. Retired keys are kept for the packages of before, as many as are answered, until those are destroyed.
///
/// # Errors
/// As the database says, or when something sealed does not open.
pub async fn change_contents_key(db: &Db, master: &MasterKey) -> Result<Option<i64>, Error> {
    let mut tx = db.begin().await?;
    keyring::contents_key_add(&mut tx, master, db.now()).await?;
    tx.commit().await?;
    failpoint("contents-key-added");
    // whoever comes from now on has the new key too; whoever came before it, and what they sealed, is seen now
    if !is_alone(db).await? {
        return Ok(None);
    }
    let vault = keyring::keyring(db, master).await?.ok_or(Error::NotFound)?;
    for place in keyring::PLACES {
        let mut after = i64::MIN;
        loop {
            let mut tx = db.begin().await?;
            let last = place.take_over(&mut tx, &vault, after).await?;
            tx.commit().await?;
            failpoint("contents-key-portion");
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
    }
    // one whose connections had been cut off may be back
    if !is_alone(db).await? {
        return Ok(None);
    }
    let mut tx = db.begin().await?;
    keyring::contents_keys_retire(&mut tx).await?;
    let left = keyring::contents_keys_forget(&mut tx).await?;
    audit::audit_append(&mut tx, db.now(), None, AuditAction::DataKeyChanged, None, vault.key_id());
    tx.commit().await?;
    Ok(Some(left))
}
