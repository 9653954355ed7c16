//! When somebody is away: everybody says so of themselves. Meanwhile their deputies may do what they may.

use crate::{
    app::{App, Error, FieldError, people::last_moment, proving::proven},
    domain::{
        audit::{AuditAction, Entry},
        identity::StaffId,
        rights::Actor,
        time::Instant,
    },
    store::{Tx, audit, grants, staff},
};
use chrono_tz::Tz;
use std::collections::{BTreeSet, HashMap};

/// What somebody sees of their own absence.
#[derive(Debug, Clone)]
pub struct Absence {
    /// Since when and until when, now or later.
    pub away: Option<(Instant, Instant)>,
    /// Who stands in, as an administrator named them, and works here still.
    pub deputies: Vec<String>,
    /// The roles in which nobody does: "Agent for all products".
    pub alone: Vec<String>,
    /// For whom the reader stands in now.
    pub stands_in_for: Vec<StandIn>,
    /// The zone of its dates.
    pub zone: Tz,
}

/// A colleague whose work somebody does while they are away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// Their name.
    pub name: String,
    /// Until when, at the latest.
    pub until: Instant,
}

/// For whom the actor stands in now, by name.
pub(in crate::app) async fn standing_in(tx: &mut Tx, actor: &Actor) -> Result<Vec<StandIn>, Error> {
    if actor.grants.iter().all(|grant| grant.instead_of().is_none()) {
        return Ok(Vec::new());
    }
    let lent = grants::grants_lent_to(tx, actor.id).await?;
    Ok(lent.into_iter().map(|(name, until)| StandIn { name, until }).collect())
}

/// The absence of the actor.
///
/// # Errors
/// As the database says.
pub async fn load_absence(app: &App, actor: &Actor) -> Result<Absence, Error> {
    let mut tx = app.db.read().await?;
    let now = tx.db_now().await?;
    let away = grants::absence_get(&mut tx, actor.id).await?.filter(|(_, until)| *until > now);
    let here = staff::staff_all(&mut tx).await?;
    let here: HashMap<_, _> = here.into_iter().map(|one| (one.id, one.name)).collect();
    let called = |ids: BTreeSet<StaffId>| ids.iter().filter_map(|id| here.get(id).cloned()).collect();
    let counts = |one: &grants::Given| one.staff == actor.id && one.ends.is_none_or(|ends| ends > now);
    let own = grants::grants_all(&mut tx).await?.into_iter().filter(counts);
    let has_deputy = |one: &grants::Given| one.deputy.is_some_and(|deputy| here.contains_key(&deputy));
    let (lent, alone): (Vec<_>, Vec<_>) = own.partition(has_deputy);
    let deputies = called(lent.iter().filter_map(|one| one.deputy).collect());
    let place = |one: &grants::Given| one.product.as_ref().map_or("all products".to_owned(), |id| app.packs.short(id));
    let alone = alone.iter().map(|one| format!("{} for {}", one.role.label(), place(one))).collect();
    let stands_in_for = standing_in(&mut tx, actor).await?;
    Ok(Absence { away, deputies, alone, stands_in_for, zone: app.zone() })
}

/// The actor is away from the first day to the last one, both `2026-12-24`.
///
/// # Errors
/// `Invalid` where a day is none, or the last one is over or before the first; `Unproved` for a stale proof, since others
/// may then do what the actor may.
pub async fn set_absence(app: &App, actor: &Actor, from: &str, to: &str) -> Result<(), Error> {
    let mut faults = Vec::new();
    let mut day = |field, typed| {
        let last = last_moment(app, typed);
        if last.is_none() {
            faults.push(FieldError::new(field, "Enter a day, for example 2026-12-24"));
        }
        last
    };
    let (first, last) = (day("from", from), day("to", to));
    if let (Some(first), Some(last)) = (first, last) {
        if last < first {
            faults.push(FieldError::new("to", "The last day is before the first"));
        } else if last <= app.now() {
            faults.push(FieldError::new("to", "That day is over"));
        }
    }
    let (Some(first), Some(last), true) = (first, last, faults.is_empty()) else {
        return Err(Error::Invalid(faults));
    };
    proven(actor)?;
    // a day before the end of the first day is its beginning, but for the hour that a clock may be set
    let tx = app.db.begin().await?;
    said(app, tx, actor, Some((first_moment(app, from).unwrap_or(first), last))).await
}

/// The actor is back, or does not go away.
///
/// # Errors
/// `Invalid` where they said nothing of an absence that is not over; `Unproved` for a stale proof.
pub async fn end_absence(app: &App, actor: &Actor) -> Result<(), Error> {
    proven(actor)?;
    let mut tx = app.db.begin().await?;
    let now = tx.db_now().await?;
    if grants::absence_get(&mut tx, actor.id).await?.is_none_or(|(_, until)| until <= now) {
        return Err(Error::field("from", "You are not away, so there is nothing to end"));
    }
    said(app, tx, actor, None).await
}

/// Keeps what the actor said, writes it down, and commits.
async fn said(app: &App, mut tx: Tx, actor: &Actor, away: Option<(Instant, Instant)>) -> Result<(), Error> {
    grants::absence_set(&mut tx, actor.id, away).await?;
    let entry = Entry::new(app.now(), Some(actor.id), AuditAction::AbsenceSet).object(&actor.id.0.to_string());
    audit::entry_add(&mut tx, entry.fields(&["from", "to"]));
    tx.commit().await?;
    Ok(())
}

/// The moment after the end of the day before.
fn first_moment(app: &App, day: &str) -> Option<Instant> {
    let eve = day.trim().parse::<chrono::NaiveDate>().ok()?.pred_opt()?;
    Some(crate::domain::clock::period::end_of_day(eve, app.zone()).plus(1))
}
