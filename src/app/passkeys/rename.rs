//! One's own passkeys can be called something else.

use super::{
    super::{App, Error, proving::proven, sessions::Session},
    named,
};
use crate::{
    domain::{audit::AuditAction, identity::PasskeyId},
    store::{audit, passkeys},
};

/// Calls a passkey of one's own something else.
///
/// # Errors
/// `Invalid` without a name, and where there is no such one any more; when the proof is stale.
pub async fn rename_passkey(app: &App, session: &Session, id: PasskeyId, typed: &str) -> Result<(), Error> {
    proven(&session.actor)?;
    let (staff, name) = (session.actor.id, named(typed));
    if name.is_empty() {
        return Err(Error::field("name", "Type what you call the passkey"));
    }
    let mut tx = app.db.begin().await?;
    if !passkeys::passkey_rename(&mut tx, staff, id, &name).await? {
        return Err(Error::field("passkeys", "You have no such passkey any more: it is removed already"));
    }
    audit::audit_append(&mut tx, app.now(), Some(staff), AuditAction::PasskeyRenamed, None, "");
    tx.commit().await?;
    Ok(())
}
