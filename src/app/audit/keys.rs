//! The public keys of checkpoints, for everybody.

use crate::{
    app::{App, Error},
    generation::receipt::{PublicKey, PublicKeys},
    store::{Db, audit::checkpoints},
};

/// Every key that ever signed a checkpoint.
///
/// # Errors
/// As the database says.
pub async fn public_keys(app: &App) -> Result<PublicKeys, Error> {
    public_keys_in(&app.db).await
}

/// The same from a database alone, for those who have no house around it.
///
/// # Errors
/// As the database says.
pub async fn public_keys_in(db: &Db) -> Result<PublicKeys, Error> {
    let keys = checkpoints::audit_keys(&mut db.read().await?).await?;
    let keys = keys.into_iter().map(|(id, key, from)| PublicKey::new(&id, &key, from.rfc3339(), None));
    Ok(PublicKeys { keys: keys.collect() })
}
