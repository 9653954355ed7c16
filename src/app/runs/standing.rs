//! Approvals given ahead: granted by somebody who approves runs, for a product and one kind of run, until a day. A run
//! under one is asked for by somebody else, and is marked with it.

use crate::{
    app::{App, Error, FieldError, desk::written, proving::proven},
    domain::{
        audit::AuditAction,
        identity::{RunId, StaffId},
        rights::{Act, Actor, Place},
        standing::{LONGEST, Standing},
        time::{DAY, Instant},
    },
    store::{
        Tx, audit, staff,
        standing::{self, StandingApproval},
    },
};
use chrono::{NaiveDate, NaiveTime, TimeZone as _};

/// What the one who grants has typed.
#[derive(Debug, Clone, Default)]
pub struct Grant {
    /// The product's id.
    pub product: String,
    /// What may run under it, by its code.
    pub what: String,
    /// The last day, `YYYY-MM-DD`, in the product's zone.
    pub until: String,
    /// Why.
    pub reason: String,
}

/// A standing approval as the page shows it.
#[derive(Debug, Clone)]
pub struct StandingLine {
    /// Its number.
    pub id: i64,
    /// The product's short name.
    pub product: String,
    /// What may run under it.
    pub what: Standing,
    /// Why.
    pub reason: String,
    /// Who granted it.
    pub granted_by: String,
    /// When.
    pub granted_at: Instant,
    /// Its last day in the product's zone, in words.
    pub last_day: String,
    /// Who ended it before that, and when.
    pub ended: Option<(String, Instant)>,
    /// True while it holds.
    pub holds: bool,
    /// True where nothing begins under it because whoever granted it may no longer approve runs.
    pub lapsed: bool,
    /// True where the reader may end it.
    pub may_end: bool,
    /// How many runs began under it.
    pub uses: i64,
    /// When the last of them was asked for.
    pub last_used: Option<Instant>,
}

/// The standing approvals, newest first.
///
/// # Errors
/// `NotFound` for who sees no cases.
pub async fn load_standing(app: &App, actor: &Actor) -> Result<Vec<StandingLine>, Error> {
    if !actor.may(Act::SeeCases, Place::Somewhere) {
        return Err(Error::NotFound);
    }
    let mut tx = app.db.read().await?;
    let names = staff::staff_names(&mut tx).await?;
    let name = |id: StaffId| names.get(&id).cloned().unwrap_or_else(|| "somebody who left".to_owned());
    let now = tx.db_now().await?;
    let everybody = staff::staff_all(&mut tx).await?;
    let granter_may = |one: &StandingApproval| {
        everybody.iter().any(|by| by.id == one.granted_by && by.may(Act::ApproveRuns, &one.product))
    };
    let runs_on = |one: &StandingApproval| one.ended.is_none() && one.expires_at > now;
    let line = |one: StandingApproval| StandingLine {
        holds: runs_on(&one) && granter_may(&one),
        lapsed: runs_on(&one) && !granter_may(&one),
        may_end: runs_on(&one) && actor.may(Act::ApproveRuns, &one.product),
        id: one.id,
        product: app.packs.short(&one.product),
        what: one.what,
        reason: one.reason,
        granted_by: name(one.granted_by),
        granted_at: one.granted_at,
        last_day: one.expires_at.local(app.packs.zone(&one.product)).format("%-d %B %Y").to_string(),
        ended: one.ended.map(|(by, at)| (name(by), at)),
        uses: one.uses,
        last_used: one.last_used,
    };
    Ok(standing::standing_list(&mut tx, &actor.reach(Act::SeeCases)).await?.into_iter().map(line).collect())
}

/// Grants a standing approval.
///
/// # Errors
/// When the actor does not approve runs, or a field is missing or says nothing that can be.
pub async fn grant_standing(app: &App, actor: &Actor, grant: &Grant) -> Result<i64, Error> {
    may_grant(actor, Place::Somewhere)?;
    proven(actor)?;
    let mut faults = Vec::new();
    if app.packs.get(&grant.product).is_none() || !actor.may(Act::SeeCases, &grant.product) {
        faults.push(FieldError::new("product", "Choose a product"));
    }
    let what = Standing::from_code(&grant.what);
    if what.is_none() {
        faults.push(FieldError::new("what", "Choose what may run under it"));
    }
    let until = last_moment(app, &grant.product, &grant.until);
    let latest = app.now().plus(LONGEST);
    match until {
        None => faults.push(FieldError::new("until", "Enter the last day, for example 2026-12-31")),
        Some(until) if until <= app.now() => {
            faults.push(FieldError::new("until", "That day is over; enter a later one"));
        }
        Some(until) if until > latest.plus(DAY) => {
            faults.push(FieldError::new("until", "Enter a day within the next 90 days; it can be granted again then"));
        }
        Some(_) => {}
    }
    let reason = written("reason", &grant.reason, "Say why; colleagues and auditors will read it");
    if let Err(Error::Invalid(fields)) = &reason {
        faults.extend(fields.iter().cloned());
    }
    let (Some(what), Some(until), Ok(reason)) = (what, until, reason) else { return Err(Error::Invalid(faults)) };
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    may_grant(actor, Place::Product(&grant.product))?;
    let mut tx = app.db.begin().await?;
    let now = app.now();
    let id = standing::standing_grant(&mut tx, &grant.product, what, reason, actor.id, now, until).await?;
    let says = format!("{id} {} {}", grant.product, what.code());
    audit::audit_append(
        &mut tx,
        now,
        actor.doing(Act::ApproveRuns, &grant.product),
        AuditAction::StandingApprovalGranted,
        None,
        &says,
    );
    tx.commit().await?;
    Ok(id)
}

/// Ends a standing approval at once; runs that wait to begin under it stop.
///
/// # Errors
/// When the actor does not approve runs, or it has ended.
pub async fn end_standing(app: &App, actor: &Actor, id: i64) -> Result<(), Error> {
    may_grant(actor, Place::Somewhere)?;
    let mut tx = app.db.begin().await?;
    let theirs = |one: &StandingApproval| actor.may(Act::SeeCases, &one.product);
    let one = standing::standing_get(&mut tx, id).await?.filter(theirs).ok_or(Error::NotFound)?;
    may_grant(actor, Place::Product(&one.product))?;
    if !standing::standing_end(&mut tx, id, actor.id, app.now()).await? {
        return Err(Error::field("end", "It has ended already"));
    }
    audit::audit_append(
        &mut tx,
        app.now(),
        actor.doing(Act::ApproveRuns, &one.product),
        AuditAction::StandingApprovalEnded,
        None,
        &id.to_string(),
    );
    tx.commit().await?;
    Ok(())
}

fn may_grant(actor: &Actor, place: Place<'_>) -> Result<(), Error> {
    if actor.may(Act::ApproveRuns, place) {
        return Ok(());
    }
    Err(Error::NotAllowed(
        "Your role does not approve runs. A grievance officer or the data protection lead does.".into(),
    ))
}

/// The end of a day in the product's zone.
fn last_moment(app: &App, product: &str, day: &str) -> Option<Instant> {
    let end = day.trim().parse::<NaiveDate>().ok()?.succ_opt()?.and_time(NaiveTime::MIN);
    let at = app.packs.zone(product).from_local_datetime(&end).earliest()?;
    Some(Instant(at.timestamp_millis() - 1))
}

/// The standing approval that a run asked for by `asked` may begin under now: in force, given by somebody else, who
/// still approves runs.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn standing_for(
    tx: &mut Tx,
    product: &str,
    what: Standing,
    asked: StaffId,
) -> Result<Option<StandingApproval>, Error> {
    for one in standing::standing_in_force(tx, product, what).await? {
        let granted = staff::actor_get(tx, one.granted_by).await?;
        if granted.is_some_and(|by| by.second(asked, Act::ApproveRuns, product).is_some()) {
            return Ok(Some(one));
        }
    }
    Ok(None)
}

/// What the log says of a run that a standing approval let go ahead: which approval, and who granted it.
pub(super) fn approved_ahead(run: RunId, approval: &StandingApproval) -> String {
    format!("{run}: standing approval {} of staff {}", approval.id, approval.granted_by.0)
}

/// True while the standing approval that a run was marked with holds.
///
/// # Errors
/// As the database says.
pub(super) async fn still_stands(tx: &mut Tx, id: i64) -> Result<bool, Error> {
    let now = tx.db_now().await?;
    let one = standing::standing_get(tx, id).await?;
    Ok(one.is_some_and(|one| one.ended.is_none() && one.expires_at > now))
}
