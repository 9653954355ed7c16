//! The accounts of people who work here, as the command line manages them: begun, reset, disabled; and their sessions. What
//! takes something from an account ends its sessions on every console in the same commit. Accounts with the same mailbox are
//! of one person.

use super::{App, Error, FieldError, account_links, account_mail, passwords, second_factor, sign_in};
use crate::{
    domain::{
        audit::{AuditAction, Entry},
        identity::{StaffId, mailbox_of, turns_writing},
        rights::{Doer, Role},
        sign_in::{AccountNews, LinkPurpose},
    },
    store::{
        Tx, audit, factors, grants,
        sessions::{self, Line},
        staff::{self, Account},
    },
};
use std::collections::HashMap;

/// The longest name of somebody, in characters.
const LONGEST_NAME: usize = 100;

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

/// What somebody new is there for, and whose account it is.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// What they may do, at least one.
    pub grants: Vec<Given>,
    /// Another account of the same person.
    pub same_as: Option<StaffId>,
}

/// A role that is to be given.
pub type Given = crate::domain::rights::Grant;

impl<R: Into<Given> + Clone> From<&[R]> for Access {
    fn from(roles: &[R]) -> Self {
        Self { grants: roles.iter().cloned().map(Into::into).collect(), same_as: None }
    }
}

/// Adds a member of staff who signs in with `email` and `password`.
///
/// # Errors
/// `Invalid` names what needs another look.
pub async fn create_user<R: Into<Given> + Clone>(
    app: &App,
    email: &str,
    name: &str,
    password: &str,
    roles: &[R],
) -> Result<StaffId, Error> {
    create(app, &Person { email, name, password }, &Access::from(roles)).await
}

/// The same with all that can be said of their access.
///
/// # Errors
/// `Invalid` names what needs another look.
pub async fn create(app: &App, person: &Person<'_>, access: &Access) -> Result<StaffId, Error> {
    let hash = checked(app, person, access).await?;
    let mut tx = app.db.begin().await?;
    let id = add(app, &mut tx, (person, &hash), access, None.into()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Adds a member of staff who sets their first password by a link that is mailed to them.
///
/// # Errors
/// `Invalid` names what needs another look.
pub async fn invite(app: &App, email: &str, name: &str, access: &Access) -> Result<StaffId, Error> {
    invite_by(app, app.db.begin().await?, (email, name), access, None.into()).await
}

/// The same on behalf of somebody, at the end of a transaction.
pub(super) async fn invite_by(
    app: &App,
    mut tx: Tx,
    (email, name): (&str, &str),
    access: &Access,
    by: Doer,
) -> Result<StaffId, Error> {
    let person = Person { email, name, password: "" };
    let faults = faults(app, &person, access);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let id = add(app, &mut tx, (&person, ""), access, by).await?;
    let account = staff::account_get(&mut tx, id).await?;
    account_links::keep(app, &mut tx, LinkPurpose::Invitation, account.as_ref()).await?;
    tx.commit().await?;
    app.wake();
    Ok(id)
}

/// What needs another look about somebody's name and address.
pub(super) fn person_faults(email: &str, name: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if email.trim().parse::<lettre::Address>().is_err() {
        faults.push(FieldError::new("email", "The mail address is not valid"));
    }
    faults.extend(name_fault(name).map(|says| FieldError::new("name", says)));
    faults
}

/// What needs another look about somebody new, their password apart.
fn faults(app: &App, person: &Person<'_>, access: &Access) -> Vec<FieldError> {
    let mut faults = person_faults(person.email, person.name);
    if access.grants.is_empty() {
        faults.push(FieldError::new("role", "Give at least one role"));
    }
    faults.extend(access.grants.iter().flat_map(|grant| misfits(app, grant)));
    faults
}

/// What is wrong with somebody's name: it stands in lists, in letters and in the log, where nothing may hide or turn what
/// follows it.
fn name_fault(name: &str) -> Option<&'static str> {
    let name = name.trim();
    if name.is_empty() {
        return Some("Enter the name");
    }
    if name.chars().count() > LONGEST_NAME {
        return Some("Shorten the name to 100 characters");
    }
    let hides = |c: char| c.is_control() || turns_writing(c) || matches!(c, '\u{2028}' | '\u{2029}');
    name.contains(hides).then_some("Type the name on one line, without marks that turn the direction of writing")
}

/// What is wrong with a role that is to be given.
pub(super) fn misfits(app: &App, grant: &Given) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if let Some(product) = &grant.product {
        if app.packs.get(product).is_none() {
            faults.push(FieldError::new("product", format!("There is no product called {product}")));
        }
        if grant.role.is_of_the_house() {
            faults.push(FieldError::new("product", "An administrator is one for all products; choose none"));
        }
    }
    if grant.until.is_some_and(|until| until <= app.now()) {
        faults.push(FieldError::new("until", "That day is over; enter a later one"));
    }
    faults
}

/// The hash of the password of somebody new, once everything about them is as it should be.
pub(super) async fn checked(app: &App, person: &Person<'_>, access: &Access) -> Result<String, Error> {
    let mut faults = faults(app, person, access);
    if let Some(says) = passwords::fault(app, person.password, &[person.email, person.name]) {
        faults.push(FieldError::new("password", says));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    passwords::hashed(app, person.password).await
}

/// Adds somebody, in the caller's transaction. Every account with the same mailbox is of the same person.
pub(super) async fn add(
    app: &App,
    tx: &mut Tx,
    (person, hash): (&Person<'_>, &str),
    access: &Access,
    by: Doer,
) -> Result<StaffId, Error> {
    let now = app.now();
    staff::people_lock(tx).await?;
    let everybody = staff::colleagues(tx).await?;
    let id = staff::staff_add(tx, person.email, person.name.trim(), hash, now).await?;
    let id = id.ok_or_else(|| Error::field("email", "Somebody has this address already"))?;
    for grant in &access.grants {
        grants::grant_give(tx, &given(id, grant, None), now).await?;
    }
    let mailbox = mailbox_of(person.email);
    let same = everybody.iter().filter(|one| mailbox_of(&one.email) == mailbox).map(staff::Colleague::staff);
    for same in same.chain(access.same_as) {
        grants::person_join(tx, id, same).await?;
    }
    audit::audit_append(tx, now, by, AuditAction::StaffAdded, None, &id.0.to_string());
    Ok(id)
}

/// Says of accounts with the same mailbox that they are of one person, as every new one is from the beginning: for those of
/// before anybody asked. How many were joined.
///
/// # Errors
/// As the database says; none was joined then.
pub async fn join_mailboxes(app: &App) -> Result<usize, Error> {
    if twins(&staff::colleagues(&mut app.db.read().await?).await?).is_empty() {
        return Ok(0);
    }
    let mut tx = app.db.begin().await?;
    staff::people_lock(&mut tx).await?;
    let twins = twins(&staff::colleagues(&mut tx).await?);
    for (one, other) in &twins {
        grants::person_join(&mut tx, *one, *other).await?;
        person_joined(app, &mut tx, None.into(), (*one, *other));
    }
    tx.commit().await?;
    Ok(twins.len())
}

/// Accounts with the mailbox of another one that count as somebody else's, each with that one.
fn twins(everybody: &[staff::Colleague]) -> Vec<(StaffId, StaffId)> {
    let mut first = HashMap::new();
    let twin = |one: &staff::Colleague| {
        let first = *first.entry(mailbox_of(&one.email)).or_insert((one.staff(), one.person()));
        (first.1 != one.person()).then_some((one.staff(), first.0))
    };
    everybody.iter().filter_map(twin).collect()
}

/// Writes down that an account is of the person of another one.
pub(super) fn person_joined(app: &App, tx: &mut Tx, by: Doer, (one, other): (StaffId, StaffId)) {
    let entry = Entry::new(app.now(), by, AuditAction::PersonJoined).object(&format!("{} {}", one.0, other.0));
    audit::entry_add(tx, entry.fields(&["person"]));
}

/// A role as it is kept.
pub(super) fn given(staff: StaffId, grant: &Given, deputy: Option<StaffId>) -> grants::Given {
    let Given { role, product, until, .. } = grant.clone();
    grants::Given { id: 0, staff, role, product, ends: until, deputy }
}

/// What a role is called in the audit log: codes of ours.
pub(super) fn object_of(staff: StaffId, role: Role, product: Option<&str>) -> String {
    format!("{} {} {}", staff.0, role.code(), product.unwrap_or("all"))
}

/// Gives somebody roles; where they have one for the same product, its end becomes this one.
///
/// # Errors
/// When nobody has the address, or a role does not fit; they got none then.
pub async fn grant(app: &App, email: &str, wanted: &[Given]) -> Result<(), Error> {
    let faults: Vec<_> = wanted.iter().flat_map(|one| misfits(app, one)).collect();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let (mut tx, account) = account(app, email).await?;
    let staff = account.staff();
    let before = grants::grants_all(&mut tx).await?;
    for one in wanted {
        let is_same = |old: &&grants::Given| old.staff == staff && old.role == one.role && old.product == one.product;
        let deputy = before.iter().find(is_same).and_then(|old| old.deputy);
        grants::grant_give(&mut tx, &given(staff, one, deputy), app.now()).await?;
        let what = (staff, one.role, one.product.as_deref());
        role_changed(app, &mut tx, None.into(), AuditAction::RoleGranted, what).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Takes roles away, whenever they end.
///
/// # Errors
/// When nobody has the address, or they do not have one of the roles; they have all of them still then.
pub async fn revoke(app: &App, email: &str, taken: &[Given]) -> Result<(), Error> {
    let (mut tx, account) = account(app, email).await?;
    for one in taken {
        let what = (account.staff(), one.role, one.product.as_deref());
        if !grants::grant_take(&mut tx, what.0, what.1, what.2).await? {
            let place = what.2.unwrap_or("all products");
            let says = format!("They are not {} for {place}; nothing was taken", one.role.code());
            return Err(Error::field("role", says));
        }
        role_changed(app, &mut tx, None.into(), AuditAction::RoleTaken, what).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Writes down that somebody's roles changed, and ends their sessions on every console.
pub(super) async fn role_changed(
    app: &App,
    tx: &mut Tx,
    by: Doer,
    action: AuditAction,
    (staff, role, product): (StaffId, Role, Option<&str>),
) -> Result<(), Error> {
    sessions::sessions_end(tx, staff, None).await?;
    let fields = if action == AuditAction::RoleGranted { &["role", "until", "deputy"][..] } else { &["role"] };
    let entry = Entry::new(app.now(), by, action).object(&object_of(staff, role, product)).fields(fields);
    audit::entry_add(tx, entry);
    Ok(())
}

/// Whether somebody is left who manages people and goes on doing so.
///
/// # Errors
/// As the database says.
pub async fn has_admin(app: &App) -> Result<bool, Error> {
    Ok(grants::admins(&mut app.db.read().await?).await? > 0)
}

async fn account(app: &App, email: &str) -> Result<(Tx, Account), Error> {
    let mut tx = app.db.begin().await?;
    let found = staff::account_by_email(&mut tx, email).await?;
    let account = found.ok_or_else(|| Error::field("email", "Nobody has an account with this address"))?;
    Ok((tx, account))
}

/// Writes down what was done to an account, ends its sessions, and commits; how many sessions.
pub(super) async fn done(app: &App, mut tx: Tx, by: Doer, staff: StaffId, action: AuditAction) -> Result<u64, Error> {
    let ended = sessions::sessions_end(&mut tx, staff, None).await?;
    audit::audit_append(&mut tx, app.now(), by, action, None, &staff.0.to_string());
    tx.commit().await?;
    app.wake();
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
    sign_in::forgive(app, &mut tx, &account).await?;
    account_mail::tell(&mut tx, account.staff(), AccountNews::PasswordReset).await?;
    done(app, tx, None.into(), account.staff(), AuditAction::PasswordReset).await.map(|_| ())
}

/// Forgets every second factor of somebody who lost theirs; at the next sign-in they enrol another.
///
/// # Errors
/// When nobody has the address.
pub async fn reset_factors(app: &App, email: &str) -> Result<(), Error> {
    let (tx, account) = account(app, email).await?;
    without_factors(app, tx, None.into(), account.staff()).await
}

/// Forgets every second factor of somebody, and what strangers tried at them, ends their sessions, tells them, and commits.
pub(super) async fn without_factors(app: &App, mut tx: Tx, by: Doer, staff: StaffId) -> Result<(), Error> {
    staff::stamp_move(&mut tx, staff).await?;
    factors::factors_forget(&mut tx, staff).await?;
    second_factor::forgive(app, &mut tx, staff).await?;
    account_mail::tell(&mut tx, staff, AccountNews::FactorsReset).await?;
    done(app, tx, by, staff, AuditAction::SecondFactorReset).await.map(|_| ())
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
    done(app, tx, None.into(), account.staff(), action).await.map(|_| ())
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
    done(app, tx, None.into(), account.staff(), AuditAction::SessionsKilled).await
}
