//! The accounts of people who work here, as the command line manages them: begun, reset, disabled; and their sessions. What
//! takes something from an account ends its sessions on every console in the same commit.

use super::{App, Error, FieldError, account_links, passwords, sign_in};
use crate::{
    domain::{audit::AuditAction, identity::StaffId, rights::Role, sign_in::LinkPurpose},
    store::{
        Tx, audit, factors,
        sessions::{self, Line},
        staff::{self, Account},
    },
};

/// Whom an account is for.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The address they sign in with.
    pub email: &'a str,
    /// Their name.
    pub name: &'a str,
    /// Their first password.
    pub password: &'a str,
}

/// Adds a member of staff who signs in with `email` and `password`.
///
/// # Errors
/// `Invalid` names what needs another look.
pub async fn create_user(app: &App, email: &str, name: &str, password: &str, roles: &[Role]) -> Result<StaffId, Error> {
    let person = Person { email, name, password };
    let hash = checked(app, &person, roles).await?;
    let mut tx = app.db.begin().await?;
    let id = add(app, &mut tx, &person, &hash, roles).await?;
    tx.commit().await?;
    Ok(id)
}

/// Adds a member of staff who sets their first password by a link that is mailed to them.
///
/// # Errors
/// `Invalid` names what needs another look.
pub async fn invite(app: &App, email: &str, name: &str, roles: &[Role]) -> Result<StaffId, Error> {
    let person = Person { email, name, password: "" };
    let faults = faults(&person, roles);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let mut tx = app.db.begin().await?;
    let id = add(app, &mut tx, &person, "", roles).await?;
    let account = staff::account_get(&mut tx, id).await?;
    account_links::keep(app, &mut tx, LinkPurpose::Invitation, account.as_ref()).await?;
    tx.commit().await?;
    app.wake();
    Ok(id)
}

/// What needs another look about somebody new, their password apart.
fn faults(person: &Person<'_>, roles: &[Role]) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if person.email.trim().parse::<lettre::Address>().is_err() {
        faults.push(FieldError::new("email", "The mail address is not valid"));
    }
    if person.name.trim().is_empty() || person.name.chars().any(char::is_control) {
        faults.push(FieldError::new("name", "The name is empty or not on one line"));
    }
    if roles.is_empty() {
        faults.push(FieldError::new("role", "Give at least one role: officer, lead, agent or responder"));
    }
    faults
}

/// The hash of the password of somebody new, once everything about them is as it should be.
pub(super) async fn checked(app: &App, person: &Person<'_>, roles: &[Role]) -> Result<String, Error> {
    let mut faults = faults(person, roles);
    if let Some(says) = passwords::fault(app, person.password, &[person.email, person.name]) {
        faults.push(FieldError::new("password", says));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    passwords::hashed(app, person.password).await
}

/// Adds somebody who was checked.
pub(super) async fn add(
    app: &App,
    tx: &mut Tx,
    person: &Person<'_>,
    hash: &str,
    roles: &[Role],
) -> Result<StaffId, Error> {
    let now = app.now();
    let id = staff::staff_add(tx, person.email, person.name.trim(), hash, roles, now).await?;
    let id = id.ok_or_else(|| Error::field("email", "Somebody signs in with this address already"))?;
    audit::audit_append(tx, now, None, AuditAction::StaffAdded, None, &id.0.to_string());
    Ok(id)
}

/// The account of an address, in a transaction.
async fn account(app: &App, email: &str) -> Result<(Tx, Account), Error> {
    let mut tx = app.db.begin().await?;
    let found = staff::account_by_email(&mut tx, email).await?;
    let account = found.ok_or_else(|| Error::field("email", "Nobody has an account with this address"))?;
    Ok((tx, account))
}

/// Writes down what was done to an account, ends its sessions, and commits; how many sessions.
async fn done(app: &App, mut tx: Tx, staff: StaffId, action: AuditAction) -> Result<u64, Error> {
    let ended = sessions::sessions_end(&mut tx, staff, None).await?;
    audit::audit_append(&mut tx, app.now(), None, action, None, &staff.0.to_string());
    tx.commit().await?;
    Ok(ended)
}

/// Sets a password, and forgets what strangers tried at the one before. The second factor stays.
///
/// # Errors
/// When nobody has the address, or the password is not good enough.
pub async fn reset_password(app: &App, email: &str, password: &str) -> Result<(), Error> {
    let (tx, account) = account(app, email).await?;
    drop(tx);
    if let Some(says) = passwords::fault(app, password, &[&account.email, &account.name]) {
        return Err(Error::field("password", says));
    }
    let hash = passwords::hashed(app, password).await?;
    let mut tx = app.db.begin().await?;
    staff::password_set(&mut tx, account.staff(), &hash).await?;
    sign_in::forgive(app, &mut tx, &account.email).await?;
    done(app, tx, account.staff(), AuditAction::PasswordReset).await.map(|_| ())
}

/// Forgets every second factor of somebody who lost theirs; at the next sign-in they enrol another.
///
/// # Errors
/// When nobody has the address.
pub async fn reset_factors(app: &App, email: &str) -> Result<(), Error> {
    let (mut tx, account) = account(app, email).await?;
    factors::factors_forget(&mut tx, account.staff()).await?;
    staff::stamp_move(&mut tx, account.staff()).await?;
    done(app, tx, account.staff(), AuditAction::SecondFactorReset).await.map(|_| ())
}

/// Lets nobody sign in with an account, or its person again.
///
/// # Errors
/// When nobody has the address, or it stands so already.
pub async fn disable(app: &App, email: &str, is_off: bool) -> Result<(), Error> {
    let (mut tx, account) = account(app, email).await?;
    let at = is_off.then(|| app.now());
    if !staff::staff_disable(&mut tx, account.staff(), at).await? {
        return Err(Error::field("email", if is_off { "It is disabled already" } else { "It is not disabled" }));
    }
    let action = if is_off { AuditAction::StaffDisabled } else { AuditAction::StaffEnabled };
    done(app, tx, account.staff(), action).await.map(|_| ())
}

/// The sessions of an address.
///
/// # Errors
/// When nobody has the address.
pub async fn sessions_of(app: &App, email: &str) -> Result<Vec<Line>, Error> {
    let (mut tx, account) = account(app, email).await?;
    Ok(sessions::sessions_of(&mut tx, account.staff()).await?)
}

/// Ends every session of an address; how many.
///
/// # Errors
/// When nobody has the address.
pub async fn end_sessions(app: &App, email: &str) -> Result<u64, Error> {
    let (tx, account) = account(app, email).await?;
    done(app, tx, account.staff(), AuditAction::SessionsKilled).await
}
