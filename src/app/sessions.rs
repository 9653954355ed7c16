//! Signing in and out. An unknown address and a wrong password look and take the same.

use super::{App, Error, passwords};
use crate::{
    domain::{
        audit::AuditAction,
        identity::normal_address,
        rights::Actor,
        time::{HOUR, MINUTE, SECOND},
    },
    store::{audit, sessions, staff, throttles, vault::random},
};

/// The name of the session cookie.
pub const COOKIE: &str = "__Host-recourse";
/// How long a session lasts at most.
pub const SESSION_HOURS: i64 = 12;
const IDLE: i64 = HOUR;

/// A new session's secret; goes into the cookie and nowhere else.
pub struct SessionToken(String);

impl SessionToken {
    /// The secret itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why somebody was not signed in.
#[derive(Debug)]
pub enum SignInError {
    /// Unknown address or wrong password; never told apart.
    Wrong,
    /// Too many tries; wait a minute.
    Busy,
    /// The house has a problem.
    Other(Error),
}

impl<E: Into<Error>> From<E> for SignInError {
    fn from(error: E) -> Self {
        match error.into() {
            Error::Busy => Self::Busy,
            other => Self::Other(other),
        }
    }
}

/// Failures that cost nothing, and the longest wait after more of them. Nobody is ever locked out for good.
const FREE_TRIES: i64 = 5;
const LONGEST_WAIT: i64 = 60 * SECOND;

/// Signs in.
///
/// # Errors
/// As `SignInError` tells them apart.
pub async fn sign_in(app: &App, email: &str, password: &str) -> Result<SessionToken, SignInError> {
    let key = app.vault.digest("sign-in", normal_address(email).as_bytes());
    let mut tx = app.db.read().await?;
    let waiting = throttles::throttle_wait(&mut tx, &key).await?;
    let found = staff::staff_by_email(&mut tx, email).await?;
    drop(tx);
    if waiting > 0 {
        return Err(SignInError::Busy);
    }
    let fits = password.len() <= passwords::LONGEST
        && passwords::fits(app, password, found.as_ref().map(|(_, hash)| hash.as_str())).await?;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some((id, _)) = found.filter(|_| fits) else {
        if throttles::throttle_fail(&mut tx, &key, FREE_TRIES, LONGEST_WAIT).await? {
            let whom = data_encoding::HEXLOWER.encode(&key[..8]);
            audit::audit_append(&mut tx, now, None, AuditAction::SignInFailed, None, &whom);
        }
        tx.commit().await?;
        return Err(SignInError::Wrong);
    };
    let token = data_encoding::BASE64URL_NOPAD.encode(&random::<32>()?);
    throttles::throttle_clear(&mut tx, &key).await?;
    sessions::session_start(&mut tx, &token, id, IDLE, SESSION_HOURS * HOUR).await?;
    audit::audit_append(&mut tx, now, Some(id), AuditAction::SignedIn, None, "");
    tx.commit().await?;
    Ok(SessionToken(token))
}

/// Ends a session.
///
/// # Errors
/// As the database says.
pub async fn sign_out(app: &App, token: &str) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    sessions::session_end(&mut tx, token).await?;
    tx.commit().await?;
    Ok(())
}

/// Whose session a token is. Moves the idle end on, at most once a minute, so that reading stays reading.
///
/// # Errors
/// As the database says.
pub async fn actor_of(app: &App, token: &str) -> Result<Option<Actor>, Error> {
    let mut tx = app.db.read().await?;
    let Some((id, idle_until)) = sessions::session_find(&mut tx, token).await? else { return Ok(None) };
    let actor = staff::actor_get(&mut tx, id).await?;
    let now = tx.db_now().await?;
    drop(tx);
    if actor.is_some() && idle_until.since(now) < IDLE - MINUTE {
        let mut tx = app.db.begin().await?;
        sessions::session_touch(&mut tx, token, IDLE).await?;
        tx.commit().await?;
    }
    Ok(actor)
}
