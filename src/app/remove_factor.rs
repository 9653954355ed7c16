//! A passkey of one's own, or the authenticator, can be removed, but for the last factor where one is required.

use super::{
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
    store::{
        audit, factors,
        passkeys::{self, Line},
        sessions as stored, staff,
    },
};

/// A factor that is to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// This passkey.
    Passkey(PasskeyId),
    /// The authenticator.
    Authenticator,
}

impl Which {
    /// True where another factor would be left that proves something.
    pub(super) fn leaves_another(self, has_authenticator: bool, passkeys: &[Line]) -> bool {
        let counts = |line: &Line| self != Self::Passkey(line.id()) && line.doubted().is_none();
        (has_authenticator && self != Self::Authenticator) || passkeys.iter().any(counts)
    }
}

/// Removes a factor of one's own: the session goes on under a new token, all others of the person end. Whoever has no factor
/// left has no recovery codes either.
///
/// # Errors
/// `Invalid` where there is no such one any more, and when it is the last factor that proves anything, and one is required;
/// when the proof is stale.
pub async fn remove_factor(app: &App, session: &Session, which: Which) -> Result<SessionToken, Error> {
    proven(&session.actor)?;
    let staff = session.actor.id;
    let mut tx = app.db.begin().await?;
    // of two that are removed at the same time one is the last
    staff::account_lock(&mut tx, staff).await?;
    let has_authenticator = factors::authenticator_since(&mut tx, staff).await?.is_some();
    let leaves_another = which.leaves_another(has_authenticator, &passkeys::passkeys_of(&mut tx, staff).await?);
    let (is_gone, field, action, news) = match which {
        Which::Passkey(id) => {
            let is_gone = passkeys::passkey_remove(&mut tx, staff, id).await?;
            (is_gone, "passkeys", AuditAction::PasskeyRemoved, AccountNews::PasskeyRemoved)
        }
        Which::Authenticator => {
            let is_gone = factors::authenticator_remove(&mut tx, staff).await?;
            (is_gone, "authenticator", AuditAction::AuthenticatorRemoved, AccountNews::AuthenticatorRemoved)
        }
    };
    if !is_gone {
        return Err(Error::field(field, "You have no such second factor any more: it is removed already"));
    }
    if !leaves_another && app.settings.second_factor == SecondFactor::Required {
        return Err(Error::field(field, "This is your last second factor. Add another one, then remove it"));
    }
    if !second_factor::is_armed(&mut tx, staff).await? {
        factors::recovery_forget(&mut tx, staff).await?;
    }
    staff::stamp_move(&mut tx, staff).await?;
    let token = sessions::renew(&mut tx, session).await?;
    stored::sessions_end(&mut tx, staff, Some(session.id)).await?;
    audit::audit_append(&mut tx, app.now(), Some(staff), action, None, "");
    account_mail::tell(&mut tx, staff, news).await?;
    tx.commit().await?;
    app.wake();
    Ok(token)
}
