//! Acts that cannot be taken back need a proof of who acts that is at most ten minutes old. Verbs ask `proven`; the page
//! that asks for the proof calls `prove`, and the form is repeated.

use super::{
    App, Error, passkeys, passwords,
    second_factor::{self, Factor},
    sessions::{self, Session, SessionToken},
    sign_in::Refused,
    tries::busy,
};
use crate::{
    domain::{
        audit::AuditAction,
        rights::Actor,
        sign_in::{Proof, Stage},
        time::MINUTE,
    },
    store::{audit, factors, passkeys as kept, staff, throttles},
};

/// The one question: has the actor proved lately who they are?
///
/// # Errors
/// `Unproved` when not.
pub fn proven(actor: &Actor) -> Result<(), Error> {
    match actor.proof {
        Proof::Fresh => Ok(()),
        Proof::Stale => Err(Error::Unproved),
    }
}

/// What somebody can prove themselves with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    /// A passkey, at this console's address.
    pub passkey: bool,
    /// The code of an authenticator; otherwise only a recovery code counts.
    pub authenticator: bool,
    /// Their password, because they have no second factor at all.
    pub password: bool,
}

/// What the person of a session can prove themselves with.
///
/// # Errors
/// As the database says.
pub async fn means_of(app: &App, session: &Session) -> Result<Means, Error> {
    let mut tx = app.db.read().await?;
    let staff = session.actor.id;
    let authenticator = factors::authenticator_since(&mut tx, staff).await?.is_some();
    let keys = kept::passkeys_of(&mut tx, staff).await?;
    let passkey = passkeys::why_not(app).is_none() && keys.iter().any(|key| key.doubted().is_none());
    Ok(Means { passkey, authenticator, password: !authenticator && keys.is_empty() })
}

/// Wrong passwords that cost nothing, and the longest wait after more of them.
const FREE: i64 = 5;
const LONGEST: i64 = 15 * MINUTE;

/// Proves by a factor or, for somebody without one, by the password typed as a code: the session goes on under a new token.
///
/// # Errors
/// As `Refused` tells them apart; `NotFound` for half a session, which becomes whole at the door alone.
pub async fn prove(app: &App, session: &Session, factor: Factor<'_>) -> Result<SessionToken, Refused> {
    if session.stage != Stage::Full {
        return Err(Error::NotFound.into());
    }
    let staff = session.actor.id;
    let by_password = match factor {
        Factor::Code(typed) if means_of(app, session).await?.password => {
            password(app, session, typed).await?;
            true
        }
        _ => false,
    };
    let mut tx = app.db.begin().await?;
    if !by_password {
        match second_factor::use_factor(app, &mut tx, session, factor, None).await {
            Ok(()) => {}
            Err(Refused::Wrong) => {
                second_factor::keep_try(app, tx, staff).await?;
                return Err(Refused::Wrong);
            }
            Err(refused) => return Err(refused),
        }
    }
    let token = sessions::renew(&mut tx, session).await?;
    audit::audit_append(&mut tx, app.now(), Some(staff), AuditAction::ProvedAgain, None, "");
    tx.commit().await?;
    Ok(token)
}

/// Whether `typed` is the password of the session's person; tries are counted before they are made, for this session alone.
pub(super) async fn password(app: &App, session: &Session, typed: &str) -> Result<(), Refused> {
    let staff = session.actor.id;
    let key = app.vault.digest("password again", &session.id.to_be_bytes());
    let mut tx = app.db.begin().await?;
    let waits = throttles::throttle_try(&mut tx, &key, FREE, LONGEST).await?;
    if waits > 0 {
        return Err(busy(waits));
    }
    let account = staff::account_get(&mut tx, staff).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    if !passwords::fits(app, typed, Some(&account.password_hash)).await? {
        let mut tx = app.db.begin().await?;
        audit::audit_append(&mut tx, app.now(), Some(staff), AuditAction::PasswordWrong, None, "");
        tx.commit().await?;
        return Err(Refused::Wrong);
    }
    let mut tx = app.db.begin().await?;
    throttles::throttle_clear(&mut tx, &key).await?;
    tx.commit().await?;
    Ok(())
}
