//! The people who work here, as an administrator manages them: who may do what where and until when, who stands in for
//! whom, whose accounts are of one person. What changes somebody's roles ends their sessions on every console.

mod absence;
mod acts;

pub(in crate::app) use absence::standing_in;
pub use absence::{Absence, StandIn, end_absence, load_absence, set_absence};
pub use acts::{
    GrantTyped, Invited, disable_person, enable_person, end_sessions_of, give_role, invite_person, join_person,
    reset_factors_of, take_role,
};

use super::{App, Error, choice::Choice, choice::products};
use crate::{
    domain::{
        clock::period::end_of_day,
        identity::StaffId,
        rights::{Act, Actor, Place, Reach, Role},
        time::Instant,
    },
    store::{grants, sessions, staff, staff::Colleague},
};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::HashMap;

/// A role that somebody has, or had until it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantLine {
    /// The role.
    pub role: Role,
    /// The product's id; none for all.
    pub product: Option<String>,
    /// The product's name in tables, or "all products".
    pub place: String,
    /// Until when.
    pub ends: Option<Instant>,
    /// True once it has ended.
    pub is_over: bool,
    /// Who stands in while they are away.
    pub deputy: Option<String>,
}

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They sign in.
    Works,
    /// They have no password yet.
    Invited,
    /// Nobody signs in with it.
    Disabled,
}

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// Their account.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// Where the account stands.
    pub standing: Standing,
    /// True when they have a second factor.
    pub is_armed: bool,
    /// When they last signed in.
    pub signed_in: Option<Instant>,
    /// Until when they are away, where they are.
    pub away_until: Option<Instant>,
    /// Their roles.
    pub grants: Vec<GrantLine>,
}

/// The list of people.
#[derive(Debug, Clone)]
pub struct People {
    /// By name.
    pub lines: Vec<PersonLine>,
    /// Every product, for the form that invites.
    pub products: Vec<Choice<String>>,
    /// The moment the page speaks of.
    pub now: Instant,
    /// The zone of its dates.
    pub zone: Tz,
}

/// The page of one person.
#[derive(Debug, Clone)]
pub struct PersonPage {
    /// Who they are.
    pub line: PersonLine,
    /// Other accounts of the same person.
    pub same: Vec<Choice<StaffId>>,
    /// Everybody else.
    pub others: Vec<Choice<StaffId>>,
    /// How many sessions they have now.
    pub sessions: usize,
    /// Since when and until when they are away, now or later.
    pub away: Option<(Instant, Instant)>,
    /// True where the reader looks at an account of their own.
    pub is_own: bool,
    /// Every product.
    pub products: Vec<Choice<String>>,
    /// The moment the page speaks of.
    pub now: Instant,
    /// The zone of its dates.
    pub zone: Tz,
}

/// Everybody who works or worked here.
///
/// # Errors
/// `NotFound` for who manages no people, or as the database says.
pub async fn load_people(app: &App, actor: &Actor) -> Result<People, Error> {
    may_manage(actor)?;
    let (lines, now) = lines(app).await?;
    let lines = lines.into_iter().map(|(line, _)| line).collect();
    Ok(People { lines, products: products(app, &Reach::Everywhere), now, zone: app.zone() })
}

/// One of them.
///
/// # Errors
/// `NotFound` for who manages no people and where there is no such account, or as the database says.
pub async fn load_person(app: &App, actor: &Actor, id: StaffId) -> Result<PersonPage, Error> {
    may_manage(actor)?;
    let (lines, now) = lines(app).await?;
    let mut tx = app.db.read().await?;
    let sessions = sessions::sessions_of(&mut tx, id).await?.len();
    drop(tx);
    let (line, of) = lines.iter().find(|(line, _)| line.id == id).cloned().ok_or(Error::NotFound)?;
    let choice =
        |(line, _): &(PersonLine, Colleague)| Choice { id: line.id, name: format!("{}, {}", line.name, line.email) };
    let (same, others): (Vec<_>, Vec<_>) =
        lines.iter().filter(|(one, _)| one.id != id).partition(|(_, one)| one.person() == of.person());
    Ok(PersonPage {
        line,
        same: same.into_iter().map(choice).collect(),
        others: others.into_iter().filter(|(one, _)| one.standing != Standing::Disabled).map(choice).collect(),
        sessions,
        away: of.away().filter(|(_, until)| *until > now),
        is_own: actor.is(id),
        products: products(app, &Reach::Everywhere),
        now,
        zone: app.zone(),
    })
}

/// Every account as a line, and the database's clock, by which roles end.
async fn lines(app: &App) -> Result<(Vec<(PersonLine, Colleague)>, Instant), Error> {
    let mut tx = app.db.read().await?;
    let now = tx.db_now().await?;
    let everybody = staff::colleagues(&mut tx).await?;
    let names: HashMap<_, _> = everybody.iter().map(|one| (one.staff(), one.name.clone())).collect();
    let mut given: HashMap<StaffId, Vec<GrantLine>> = HashMap::new();
    for grant in grants::grants_all(&mut tx).await? {
        let place = grant.product.as_ref().map_or_else(|| "all products".to_owned(), |id| app.packs.short(id));
        given.entry(grant.staff).or_default().push(GrantLine {
            role: grant.role,
            place,
            product: grant.product,
            ends: grant.ends,
            is_over: grant.ends.is_some_and(|ends| ends <= now),
            deputy: grant.deputy.and_then(|id| names.get(&id).cloned()),
        });
    }
    let line = |one: &Colleague| PersonLine {
        id: one.staff(),
        name: one.name.clone(),
        email: one.email.clone(),
        standing: match (one.is_disabled(), one.has_password) {
            (true, _) => Standing::Disabled,
            (false, false) => Standing::Invited,
            (false, true) => Standing::Works,
        },
        is_armed: one.is_armed,
        signed_in: one.signed_in(),
        away_until: one.away().filter(|(from, until)| *from <= now && now < *until).map(|(_, until)| until),
        grants: given.get(&one.staff()).cloned().unwrap_or_default(),
    };
    Ok((everybody.into_iter().map(|one| (line(&one), one)).collect(), now))
}

fn may_manage(actor: &Actor) -> Result<(), Error> {
    if actor.may(Act::ManagePeople, Place::Everywhere) { Ok(()) } else { Err(Error::NotFound) }
}

/// The last moment of a day `2026-12-31` in the house's zone.
#[must_use]
pub fn last_moment(app: &App, day: &str) -> Option<Instant> {
    Some(end_of_day(day.trim().parse::<NaiveDate>().ok()?, app.zone()))
}
