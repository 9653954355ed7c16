//! Another master key, and another key for sealed contents. What digests and links are made with stays. Cut off anywhere, the
//! database opens with the master key whose name stands in it, and the same command goes on. Knows no file.

use super::{Error, failpoint::failpoint};
use crate::{
    domain::audit::AuditAction,
    store::{Db, audit, keyring, master::MasterKey},
};

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

/// Whether another process works on this database; asked over a pool of one connection.
///
/// # Errors
/// As the database says.
pub async fn is_in_use(db: &Db) -> Result<bool, Error> {
    let mut tx = db.read().await?;
    Ok(keyring::others_at_work(&mut tx).await? > 0)
}

/// Takes everything sealed over by a new data key. Nobody else may work meanwhile: a console of before would go on sealing
/// with the old one. Retired keys are kept for the packages of before, as many as are answered, until those are destroyed.
///
/// # Errors
/// As the database says, or when something sealed does not open.
pub async fn change_contents_key(db: &Db, master: &MasterKey) -> Result<i64, Error> {
    let mut tx = db.begin().await?;
    keyring::contents_key_add(&mut tx, master, db.now()).await?;
    tx.commit().await?;
    failpoint("contents-key-added");
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
    let mut tx = db.begin().await?;
    let now = db.now();
    keyring::contents_keys_retire(&mut tx, now).await?;
    let left = keyring::contents_keys_forget(&mut tx).await?;
    audit::audit_append(&mut tx, now, None, AuditAction::DataKeyChanged, None, vault.key_id());
    tx.commit().await?;
    Ok(left)
}
