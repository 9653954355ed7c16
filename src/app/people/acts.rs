//! What an administrator does to accounts. Nobody gives themselves a role, and one administrator always stays.

use super::{last_moment, may_manage};
use crate::{
    app::{
        App, Error, FieldError,
        proving::proven,
        staff::{self as accounts, Access, Given, given, misfits, person_faults, person_joined, role_changed},
    },
    domain::{
        audit::AuditAction,
        identity::{StaffId, mailbox_of},
        rights::{Act, Actor, Doer, Place, Role},
    },
    store::{Tx, grants, sessions, staff},
};

/// A role as an administrator has typed it.
#[derive(Debug, Clone, Default)]
pub struct GrantTyped {
    /// The role's code.
    pub role: String,
    /// The product's id; empty for all.
    pub product: String,
    /// The last day; empty for no end.
    pub until: String,
    /// The account that stands in; empty for nobody.
    pub deputy: String,
}

/// Somebody new as an administrator has typed it.
#[derive(Debug, Clone, Default)]
pub struct Invited {
    /// The address they will sign in with.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their first role.
    pub grant: GrantTyped,
    /// The account of the same person; empty where it is their first.
    pub same_as: String,
}

impl GrantTyped {
    fn read(&self, app: &App) -> Result<Given, Error> {
        let mut faults = Vec::new();
        let role = Role::from_code(&self.role);
        if role.is_none() {
            faults.push(FieldError::new("role", "Choose a role"));
        }
        let day = self.until.trim();
        let until = last_moment(app, day);
        if until.is_none() && !day.is_empty() {
            let says = "Enter the last day, for example 2026-12-31, or leave it empty";
            faults.push(FieldError::new("until", says));
        }
        let product = Some(self.product.clone()).filter(|id| !id.is_empty());
        // what else does not fit shows whatever the role is
        let grant = Given { product, until, ..Given::everywhere(role.unwrap_or(Role::Agent)) };
        faults.extend(misfits(app, &grant));
        if faults.is_empty() { Ok(grant) } else { Err(Error::Invalid(faults)) }
    }
}

fn doing(actor: &Actor) -> Doer {
    actor.doing(Act::ManagePeople, Place::Everywhere)
}

/// An account's number, as a form sends it.
fn number(field: &'static str, typed: &str) -> Result<Option<StaffId>, Error> {
    match typed.trim() {
        "" => Ok(None),
        id => id.parse().map(|id| Some(StaffId(id))).map_err(|_| Error::field(field, "Choose one of the list")),
    }
}

/// Invites somebody: they get a link to set their password.
///
/// # Errors
/// `NotFound` for who manages no people; `Invalid` names what needs another look, also where it is the actor; `Unproved`
/// for a stale proof.
pub async fn invite_person(app: &App, actor: &Actor, typed: &Invited) -> Result<StaffId, Error> {
    may_manage(actor)?;
    let (grant, same_as) = (typed.grant.read(app), number("same_as", &typed.same_as));
    let mut faults = person_faults(&typed.email, &typed.name);
    for refused in [grant.as_ref().err(), same_as.as_ref().err()].into_iter().flatten() {
        if let Error::Invalid(fields) = refused {
            faults.extend(fields.iter().cloned());
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let (grant, same_as) = (grant?, same_as?);
    let access = Access { grants: vec![grant], same_as };
    let (mut tx, actor) = begin(app, actor).await?;
    if let Some(same) = same_as {
        known(&mut tx, "same_as", same).await?;
    }
    proven(&actor)?;
    let says = "Nobody gives themselves a role; another administrator has to invite this account of yours";
    if same_as.is_some_and(|same| actor.is(same)) {
        return Err(Error::field("same_as", says));
    }
    let mailbox = mailbox_of(&typed.email);
    let is_own = |one: &staff::Colleague| actor.is(one.staff()) && mailbox_of(&one.email) == mailbox;
    if staff::colleagues(&mut tx).await?.iter().any(is_own) {
        return Err(Error::field("email", says));
    }
    accounts::invite_by(app, tx, (&typed.email, &typed.name), &access, doing(&actor)).await
}

async fn known(tx: &mut Tx, field: &'static str, id: StaffId) -> Result<(), Error> {
    let found = staff::account_get(tx, id).await?;
    found.map(|_| ()).ok_or_else(|| Error::field(field, "Choose one of the list"))
}

/// The actor as they are now, where they manage people still, in a transaction until the end of which nobody else does.
async fn begin(app: &App, actor: &Actor) -> Result<(Tx, Actor), Error> {
    may_manage(actor)?;
    let mut tx = app.db.begin().await?;
    // one at a time: of two administrators who take the role from each other one stays
    staff::people_lock(&mut tx).await?;
    let now = staff::actor_get(&mut tx, actor.id).await?.ok_or(Error::NotFound)?;
    may_manage(&now)?;
    Ok((tx, Actor { proof: actor.proof, ..now }))
}

/// The same for what is done to an account, by an administrator who has just proved who they are.
async fn at(app: &App, actor: &Actor, id: StaffId) -> Result<(Tx, Actor), Error> {
    let (mut tx, actor) = begin(app, actor).await?;
    staff::account_get(&mut tx, id).await?.ok_or(Error::NotFound)?;
    proven(&actor)?;
    Ok((tx, actor))
}

/// Gives somebody a role, or gives it another end or deputy.
///
/// # Errors
/// `NotFound` for who manages no people; `Invalid` where the role does not fit, it is one's own account, or the deputy is
/// the same person; `Unproved` for a stale proof.
pub async fn give_role(app: &App, actor: &Actor, id: StaffId, typed: &GrantTyped) -> Result<(), Error> {
    may_manage(actor)?;
    let (grant, deputy) = (typed.read(app)?, number("deputy", &typed.deputy)?);
    let (mut tx, actor) = at(app, actor, id).await?;
    if actor.is(id) {
        return Err(Error::field("role", "Nobody gives themselves a role; another administrator has to do it"));
    }
    if let Some(deputy) = deputy {
        let everybody = staff::colleagues(&mut tx).await?;
        let find = |id| everybody.iter().find(|one| one.staff() == id);
        let stands_in = find(deputy).ok_or_else(|| Error::field("deputy", "Choose one of the list"))?;
        if find(id).is_some_and(|one| one.person() == stands_in.person()) {
            return Err(Error::field("deputy", "Somebody else has to stand in"));
        }
        if stands_in.is_disabled() {
            return Err(Error::field("deputy", "Nobody signs in with that account; choose another one"));
        }
        if actor.is(deputy) {
            return Err(Error::field("deputy", "Nobody makes themselves a deputy; another administrator has to do it"));
        }
    }
    let before = grants::admins(&mut tx).await?;
    grants::grant_give(&mut tx, &given(id, &grant, deputy), app.now()).await?;
    admin_stays(&mut tx, before, "role").await?;
    let what = (id, grant.role, grant.product.as_deref());
    role_changed(app, &mut tx, doing(&actor), AuditAction::RoleGranted, what).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a role away.
///
/// # Errors
/// `NotFound` for who manages no people; `Invalid` where they do not have it, or nobody would manage people any more;
/// `Unproved` for a stale proof.
pub async fn take_role(app: &App, actor: &Actor, id: StaffId, role: Role, product: Option<&str>) -> Result<(), Error> {
    let (mut tx, actor) = at(app, actor, id).await?;
    let before = grants::admins(&mut tx).await?;
    if !grants::grant_take(&mut tx, id, role, product).await? {
        return Err(Error::field("roles", "They do not have this role any more; nothing was done"));
    }
    admin_stays(&mut tx, before, "role").await?;
    role_changed(app, &mut tx, doing(&actor), AuditAction::RoleTaken, (id, role, product)).await?;
    tx.commit().await?;
    Ok(())
}

/// Somebody has to be left who manages people, and goes on doing so; where nobody was, this act takes nothing away.
async fn admin_stays(tx: &mut Tx, before: i64, field: &'static str) -> Result<(), Error> {
    if before == 0 || grants::admins(tx).await? > 0 {
        return Ok(());
    }
    Err(Error::field(field, "This is the last administrator without an end; make somebody else one first"))
}

/// Lets nobody sign in with an account any more.
///
/// # Errors
/// `NotFound` for who manages no people; `Invalid` where it stands so already, is one's own, or nobody would manage people
/// any more; `Unproved` for a stale proof.
pub async fn disable_person(app: &App, actor: &Actor, id: StaffId) -> Result<(), Error> {
    let (mut tx, actor) = at(app, actor, id).await?;
    if actor.is(id) {
        return Err(Error::field("disable", "Nobody disables themselves; another administrator has to do it"));
    }
    let before = grants::admins(&mut tx).await?;
    if !staff::staff_disable(&mut tx, id, Some(app.now())).await? {
        return Err(Error::field("disable", "It is disabled already"));
    }
    admin_stays(&mut tx, before, "disable").await?;
    accounts::done(app, tx, doing(&actor), id, AuditAction::StaffDisabled).await.map(|_| ())
}

/// Lets somebody sign in again.
///
/// # Errors
/// As `disable_person`.
pub async fn enable_person(app: &App, actor: &Actor, id: StaffId) -> Result<(), Error> {
    let (mut tx, actor) = at(app, actor, id).await?;
    if !staff::staff_disable(&mut tx, id, None).await? {
        return Err(Error::field("disable", "It is not disabled"));
    }
    accounts::done(app, tx, doing(&actor), id, AuditAction::StaffEnabled).await.map(|_| ())
}

/// Ends every session of an account, on every console; how many.
///
/// # Errors
/// `NotFound` for who manages no people, `Unproved` for a stale proof.
pub async fn end_sessions_of(app: &App, actor: &Actor, id: StaffId) -> Result<u64, Error> {
    let (tx, actor) = at(app, actor, id).await?;
    accounts::done(app, tx, doing(&actor), id, AuditAction::SessionsKilled).await
}

/// Forgets every second factor of somebody who lost theirs; at the next sign-in they enrol another.
///
/// # Errors
/// `NotFound` for who manages no people; `Invalid` for one's own; `Unproved` for a stale proof.
pub async fn reset_factors_of(app: &App, actor: &Actor, id: StaffId) -> Result<(), Error> {
    let (tx, actor) = at(app, actor, id).await?;
    if actor.is(id) {
        let says = "Your own second factor is changed on the page of your account";
        return Err(Error::field("factor", says));
    }
    accounts::without_factors(app, tx, doing(&actor), id).await
}

/// Says that two accounts are of one person, who then counts as one wherever two have to agree.
///
/// # Errors
/// `NotFound` for who manages no people; `Invalid` without another account, and where both are of one person already;
/// `Unproved` for a stale proof.
pub async fn join_person(app: &App, actor: &Actor, id: StaffId, other: &str) -> Result<(), Error> {
    may_manage(actor)?;
    let other = number("other", other)?.filter(|other| *other != id);
    let other = other.ok_or_else(|| Error::field("other", "Choose the other account"))?;
    let (mut tx, actor) = at(app, actor, id).await?;
    known(&mut tx, "other", other).await?;
    let everybody = staff::colleagues(&mut tx).await?;
    let person = |id| everybody.iter().find(|one| one.staff() == id).map(staff::Colleague::person);
    if person(id) == person(other) {
        return Err(Error::field("other", "Both accounts count as one person already"));
    }
    grants::person_join(&mut tx, id, other).await?;
    sessions::sessions_end(&mut tx, id, None).await?;
    person_joined(app, &mut tx, doing(&actor), (id, other));
    tx.commit().await?;
    Ok(())
}
