//! One page of the log for those who may look at it: newest first, filtered by what the address bar says. Of a restricted
//! case outside its circle a line has the action and nothing else.

use super::objects::Known;
use crate::{
    app::{App, Error, FieldError, choice::Choice},
    domain::{
        audit::{AuditAction, Who},
        identity::{Reference, StaffId},
        rights::{Act, Actor, Place},
        time::Instant,
    },
    store::{
        audit::{self, Asked, Listed, PAGE, checkpoints},
        staff,
        vault::{Sealed, Vault},
    },
};
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use data_encoding::BASE64URL_NOPAD;

/// What the address bar or a form asks for, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only what this member of staff did: their number.
    pub person: String,
    /// Only this action: its code.
    pub action: String,
    /// A case's reference.
    pub case: String,
    /// The first day, `2026-11-24`.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Where the page before ended, as that page gave it.
    pub before: String,
}

/// One entry as the reader may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Its number; none for those who must not see from a gap that there is something else.
    pub number: Option<i64>,
    /// When.
    pub at: Instant,
    /// Whose doing: a name, or what kind of somebody; none where only the action may be told.
    pub who: Option<String>,
    /// What was done, in words.
    pub action: String,
    /// On which case.
    pub case: Option<Reference>,
    /// True where it is about a restricted case that the reader learns nothing of.
    pub walled: bool,
    /// On which thing: somebody by name, a product by its own, as far as it can be said in words.
    pub object: String,
    /// Names of the fields that changed.
    pub fields: String,
    /// From where.
    pub place: String,
}

/// The whole page.
#[derive(Debug, Clone)]
pub struct AuditPage {
    /// The moment the page speaks of.
    pub now: Instant,
    /// The zone of its dates.
    pub zone: Tz,
    /// What was asked for.
    pub filter: AuditFilter,
    /// What could not be understood of it.
    pub faults: Vec<FieldError>,
    /// The entries, newest first; none where the filter could not be understood.
    pub lines: Vec<AuditLine>,
    /// What to put into `before` for the next page.
    pub next: Option<String>,
    /// Who can be filtered by.
    pub people: Vec<Choice<StaffId>>,
    /// The last entry that a checkpoint seals, and when it did.
    pub sealed: Option<(i64, Instant)>,
}

/// One page.
///
/// # Errors
/// `NotFound` for those who may not see the log, or as the database says.
pub async fn load(app: &App, actor: &Actor, filter: &AuditFilter) -> Result<AuditPage, Error> {
    let (asked, mut faults) = asked(actor, filter, app.zone())?;
    let is_understood = faults.is_empty();
    let before = read_cursor(&app.vault, &filter.before);
    if before.is_none() && !filter.before.is_empty() {
        faults.push(FieldError::new(
            "entries",
            "This page of the log cannot be found any more; these are the newest entries",
        ));
    }
    let mut tx = app.db.read().await?;
    // something else than what was asked for would be taken for it
    let mut listed = if is_understood { audit::entries_before(&mut tx, &asked, before).await? } else { Vec::new() };
    let names = staff::staff_names(&mut tx).await?;
    let sealed = checkpoints::checkpoint_last(&mut tx).await?;
    let more = listed.len() > PAGE;
    listed.truncate(PAGE);
    let next = listed.last().filter(|_| more).map(|last| cursor(&app.vault, last.written.number)).transpose()?;
    let mut people: Vec<_> = names.iter().map(|(id, name)| Choice { id: *id, name: name.clone() }).collect();
    people.sort_by_key(|one| (one.name.to_lowercase(), one.id.0));
    let known = Known { staff: &names, products: &app.packs.shorts() };
    let lines = listed.into_iter().map(|one| line(one, asked.is_of_all(), &known)).collect();
    // to know how many entries there are, is to know how many are not shown
    let sealed = sealed.filter(|_| asked.is_of_all());
    Ok(AuditPage { now: app.now(), zone: app.zone(), filter: filter.clone(), faults, lines, next, people, sealed })
}

/// What a place in the log is sealed for.
const CURSOR: &str = "place in the audit log";

/// The place before an entry, for an address. Sealed: its number would tell how many entries there are that are not shown.
fn cursor(vault: &Vault, number: i64) -> Result<String, Error> {
    let Sealed { wrapped_key, cipher } = vault.seal(CURSOR, &number.to_be_bytes())?;
    Ok(format!("{}.{}", BASE64URL_NOPAD.encode(&wrapped_key), BASE64URL_NOPAD.encode(&cipher)))
}

/// The entry before which a page begins; none for whatever [`cursor`] did not make.
fn read_cursor(vault: &Vault, typed: &str) -> Option<i64> {
    let (wrapped_key, cipher) = typed.split_once('.')?;
    let bytes = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).ok();
    let plain = vault.open(CURSOR, &Sealed { wrapped_key: bytes(wrapped_key)?, cipher: bytes(cipher)? }).ok()?;
    Some(i64::from_be_bytes(plain.try_into().ok()?))
}

/// What a filter means for this reader, and what of it could not be understood.
///
/// # Errors
/// `NotFound` for those who may not see the log.
pub(super) fn asked(actor: &Actor, filter: &AuditFilter, zone: Tz) -> Result<(Asked, Vec<FieldError>), Error> {
    if !actor.may(Act::SeeAudit, Place::Somewhere) {
        return Err(Error::NotFound);
    }
    let mut faults = Vec::new();
    let case = filter.case.trim();
    let reference = case.parse().ok().or_else(|| case.parse().ok().map(Reference));
    if reference.is_none() && !case.is_empty() {
        faults.push(FieldError::new("case", "Enter a case’s reference, for example R-10021"));
    }
    let mut day = |field, typed: &str| {
        let day = NaiveDate::parse_from_str(typed.trim(), "%Y-%m-%d").ok();
        if day.is_none() && !typed.trim().is_empty() {
            faults.push(FieldError::new(field, "Enter a day, for example 2026-11-24"));
        }
        day
    };
    let (from, to) = (day("from", &filter.from), day("to", &filter.to));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        faults.push(FieldError::new("to", "The last day is before the first; change one of them"));
    }
    let person = filter.person.parse().ok().map(StaffId);
    if person.is_none() && !filter.person.is_empty() {
        faults.push(FieldError::new("person", "There is no such person; choose one of the list, or anybody"));
    }
    let action = AuditAction::from_code(&filter.action);
    if action.is_none() && !filter.action.is_empty() {
        faults.push(FieldError::new("action", "There is no such action; choose one of the list, or any"));
    }
    let asked = Asked {
        reader: Some(actor.id),
        sight: actor.sight(Act::SeeAudit),
        secret: actor.reach(Act::SeeSecretHolds),
        staff: person,
        action,
        case: reference,
        from: from.and_then(|day| start(day, zone)),
        until: to.and_then(|day| start(day.succ_opt()?, zone)),
    };
    Ok((asked, faults))
}

/// The first moment of a day; the earlier one where the clock was set back over midnight.
fn start(day: NaiveDate, zone: Tz) -> Option<Instant> {
    let midnight = day.and_time(NaiveTime::MIN);
    // where the clock was set forward over midnight the day begins an hour later
    let local = midnight.and_local_timezone(zone).earliest();
    let later = || (midnight + chrono::TimeDelta::hours(1)).and_local_timezone(zone).earliest();
    local.or_else(later).map(|moment| Instant::of(&moment))
}

/// An entry as the reader may see it.
pub(super) fn line(listed: Listed, numbers: bool, known: &Known<'_>) -> AuditLine {
    let Listed { written, walled, .. } = listed;
    let kind = AuditAction::from_code(&written.action);
    let action = kind.map_or_else(|| written.action.clone(), |action| action.label().to_owned());
    let (number, at) = (Some(written.number).filter(|_| numbers), Instant(written.at));
    if walled {
        let (object, fields, place) = (String::new(), String::new(), String::new());
        return AuditLine { number, at, who: None, action, case: None, walled, object, fields, place };
    }
    let (object, instead_of) = written.instead_of();
    let object = kind.map_or_else(|| object.to_owned(), |action| known.object(action, object));
    let instead_of = instead_of.map(|of| format!(", instead of {}", known.name(of)));
    let staff = written.staff.map(|id| known.name(StaffId(id)));
    let who = staff.unwrap_or_else(|| Who::from_code(&written.who).map_or(written.who, |who| who.label().to_owned()));
    AuditLine {
        number,
        at,
        who: Some(who + instead_of.as_deref().unwrap_or_default()),
        action,
        case: written.case.map(Reference),
        walled,
        object,
        fields: written.fields,
        place: written.place,
    }
}
