//! One's own passkeys can be removed, but for the last factor where one is required.

use super::super::{
    App, Error, account_mail,
    proving::proven,
    second_factor,
    sessions::{self, Session, SessionToken},
};
use crate::{
    domain::{
        audit::AuditAction,
        identity::PasskeyId,
        sign_in::{AccountNews, SecondFactor},
    },
    store::{audit, factors, passkeys, sessions as stored, staff},
};

/// Removes a passkey of one's own: the session goes on under a new token, all others of the person end. Whoever has no factor
/// left has no recovery codes either.
///
/// # Errors
/// `NotFound` where there is no such one; when the proof is stale; when it is the last factor that proves anything, and one
/// is required.
pub async fn remove_passkey(app: &App, session: &Session, id: PasskeyId) -> Result<SessionToken, Error> {
    proven(&session.actor)?;
    let staff = session.actor.id;
    let mut tx = app.db.begin().await?;
    // of two that are removed at the same time one is the last
    staff::account_lock(&mut tx, staff).await?;
    let kept = passkeys::passkeys_of(&mut tx, staff).await?;
    let has_another = kept.iter().any(|line| line.id() != id && line.doubted().is_none())
        || factors::authenticator_since(&mut tx, staff).await?.is_some();
    if !passkeys::passkey_remove(&mut tx, staff, id).await? {
        return Err(Error::NotFound);
    }
    if !has_another && app.settings.second_factor == SecondFactor::Required {
        return Err(Error::field("passkeys", "This is your last second factor. Add another one, then remove it"));
    }
    if !second_factor::is_armed(&mut tx, staff).await? {
        factors::recovery_forget(&mut tx, staff).await?;
    }
    staff::stamp_move(&mut tx, staff).await?;
    let token = sessions::renew(&mut tx, session).await?;
    stored::sessions_end(&mut tx, staff, Some(session.id)).await?;
    audit::audit_append(&mut tx, app.now(), Some(staff), AuditAction::PasskeyRemoved, None, "");
    account_mail::tell(&mut tx, staff, AccountNews::PasskeyRemoved).await?;
    tx.commit().await?;
    app.wake();
    Ok(token)
}
