//! One's own account: what its page shows, and a new password.

use super::{
    App, Error, FieldError, account_mail, devices, passkeys, passwords,
    proving::{password, proven},
    remove_factor::Which,
    sessions::{self, Session, SessionToken},
    sign_in::{self, Refused},
};
use crate::{
    domain::{
        audit::AuditAction,
        sign_in::{AccountNews, SecondFactor},
        time::Instant,
    },
    store::{audit, factors, passkeys as kept, sessions as stored, staff},
};

pub use crate::store::sessions::Line;

/// What the page of an account shows.
#[derive(Debug, Clone)]
pub struct AccountPage {
    /// The address the person signs in with.
    pub email: String,
    /// Since when there is an authenticator.
    pub authenticator: Option<Instant>,
    /// Passkeys, the oldest first.
    pub passkeys: Vec<passkeys::Line>,
    /// Why passkeys cannot be used at this console's address, where they cannot.
    pub why_no_passkeys: Option<&'static str>,
    /// How many recovery codes are left.
    pub codes_left: i64,
    /// True where nobody gets in without a second factor.
    pub is_required: bool,
    /// True where the person proved a short while ago who they are, and is not asked before a change.
    pub is_proven: bool,
    /// Sessions, the one used last first.
    pub sessions: Vec<stored::Line>,
}

impl AccountPage {
    /// True where something would be left, or need not be, if this factor were removed.
    #[must_use]
    pub fn may_remove(&self, which: Which) -> bool {
        !self.is_required || which.leaves_another(self.authenticator.is_some(), &self.passkeys)
    }

    /// True when there is a second factor.
    #[must_use]
    pub fn is_armed(&self) -> bool {
        self.authenticator.is_some() || !self.passkeys.is_empty()
    }
}

/// The page of one's own account.
///
/// # Errors
/// As the database says.
pub async fn load_account(app: &App, session: &Session) -> Result<AccountPage, Error> {
    let staff = session.actor.id;
    let mut tx = app.db.read().await?;
    let account = staff::account_get(&mut tx, staff).await?.ok_or(Error::NotFound)?;
    Ok(AccountPage {
        email: account.email,
        authenticator: factors::authenticator_since(&mut tx, staff).await?,
        passkeys: kept::passkeys_of(&mut tx, staff).await?,
        why_no_passkeys: passkeys::why_not(app),
        codes_left: factors::recovery_left(&mut tx, staff).await?,
        is_required: app.settings.second_factor == SecondFactor::Required,
        is_proven: proven(&session.actor).is_ok(),
        sessions: stored::sessions_of(&mut tx, staff).await?,
    })
}

/// Changes one's own password, for whoever knows the old one: the session goes on under a new token, all others end, and what
/// strangers tried is forgotten. Of the browsers that were remembered only this one, which came with `device`, is.
///
/// # Errors
/// As `Refused` tells them apart: `Wrong` where the old password is another, `Other` with `Invalid` where one is missing or
/// the new one is not good enough.
pub async fn change_password(
    app: &App,
    session: &Session,
    old: &str,
    new: &str,
    device: Option<&str>,
) -> Result<SessionToken, Refused> {
    proven(&session.actor)?;
    let staff = session.actor.id;
    let mut tx = app.db.read().await?;
    let account = staff::account_get(&mut tx, staff).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let mut faults = Vec::new();
    if old.is_empty() {
        faults.push(FieldError::new("old", "Enter the password you have"));
    }
    if let Some(says) = passwords::fault(app, new, &[&account.email, &account.name]) {
        faults.push(FieldError::new("new", says));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults).into());
    }
    password(app, session, old).await?;
    let hash = passwords::hashed(app, new).await?;
    let mut tx = app.db.begin().await?;
    staff::password_set(&mut tx, staff, &hash).await?;
    sign_in::forgive(app, &mut tx, &account).await?;
    let token = sessions::renew(&mut tx, session).await?;
    let token = token.in_browser(devices::remember(&mut tx, staff, device).await?);
    stored::sessions_end(&mut tx, staff, Some(session.id)).await?;
    audit::audit_append(&mut tx, app.now(), Some(staff), AuditAction::PasswordChanged, None, "");
    account_mail::tell(&mut tx, staff, AccountNews::PasswordChanged).await?;
    tx.commit().await?;
    app.wake();
    Ok(token)
}
