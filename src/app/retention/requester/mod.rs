//! The erasure of a requester from Recourse itself: what would go and what stays, asked for by one person, approved by
//! another, done by a job and looked at again. It is about cases, never about a person: a later mail of theirs is a new case.

mod decide;
mod perform;

use super::{apply::says as says_of, floor};
use crate::{
    app::{App, Error, desk},
    domain::{
        event::Event,
        identity::{Reference, StaffId},
        retention::{Fate, Held, Record, Standing, Stay, fate_asked},
        rights::{Act, Actor},
        time::Instant,
    },
    store::{
        Tx, cases, contents, events,
        requester_erasures::{self as erasures, ErasureState, RequesterErasure},
        retention::{self, Aside, Candidate, Gone, OfPerson},
        staff,
    },
};

pub use decide::{approve_requester_erasure, ask_requester_erasure, refuse_requester_erasure};
pub use perform::{RequesterErased, erase_requester};

/// The page.
#[derive(Debug, Clone)]
pub struct RequesterPage {
    /// The case on which it is asked for.
    pub reference: Reference,
    /// What it is about.
    pub kind: &'static str,
    /// The product's short name.
    pub product: String,
    /// The requester's cases with this product, and those merged with them, oldest first.
    pub lines: Vec<CaseLine>,
    /// Mail of theirs that belongs to no case.
    pub aside: Aside,
    /// What waits for a second person, or is under way.
    pub open: Option<OpenErasure>,
    /// Those that ended, newest first.
    pub past: Vec<PastErasure>,
    /// The zone of its dates.
    pub zone: chrono_tz::Tz,
}

/// One case of the requester.
#[derive(Debug, Clone)]
pub struct CaseLine {
    /// Which.
    pub reference: Reference,
    /// What it is about.
    pub kind: &'static str,
    /// Why it stays; none where it goes.
    pub stays: Option<String>,
    /// Raw mails, texts, and copies in mailboxes.
    pub holds: (i64, i64, i64),
}

/// How somebody may end an erasure that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Not at all.
    No,
    /// They approve such things, and may refuse it.
    Refuse,
    /// They asked for it, and may take it back.
    Withdraw,
}

/// An erasure that waits for a second person or is under way.
#[derive(Debug, Clone)]
pub struct OpenErasure {
    /// Its number.
    pub id: i64,
    /// Where it stands.
    pub state: ErasureState,
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Why, in their words.
    pub reason: String,
    /// Until when it can be approved.
    pub until: Instant,
    /// The cases that were to go when it was asked for.
    pub scope: Vec<Reference>,
    /// True where the reader may approve it.
    pub may_approve: bool,
    /// How the reader may end it.
    pub ending: Ending,
    /// True where the time to approve it is over.
    pub is_over: bool,
}

/// An erasure that ended.
#[derive(Debug, Clone)]
pub struct PastErasure {
    /// Its number.
    pub id: i64,
    /// Where it stands.
    pub state: ErasureState,
    /// Who asked, and who decided.
    pub by: (String, String),
    /// When it ended.
    pub at: Option<Instant>,
    /// How much went.
    pub gone: Gone,
}

/// An erasure in the list of those that wait.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The case on which it was asked for.
    pub reference: Reference,
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Where it stands.
    pub state: ErasureState,
}

/// What an erasure of the case's requester would take, and what stays and why.
///
/// # Errors
/// `NotFound` where there is no such case, or it is restricted.
pub async fn load_requester(app: &App, actor: &Actor, reference: Reference) -> Result<RequesterPage, Error> {
    let case = desk::look(app, actor, reference).await?;
    if case.is_restricted() {
        return Err(Error::NotFound);
    }
    let now = app.now();
    let mut tx = app.db.read().await?;
    let names = staff::staff_names(&mut tx).await?;
    let name = |id: StaffId| names.get(&id).cloned().unwrap_or_else(|| "somebody who left".to_owned());
    let found = judged(app, &mut tx, actor, reference, now).await?;
    let all = erasures::erasures_of(&mut tx, reference).await?;
    let ids: Vec<Reference> = found.iter().map(|(one, _)| one.case).collect();
    let aside = retention::aside_count(&mut tx, &ids).await?;
    let is_open = |one: &&RequesterErasure| matches!(one.state, ErasureState::Asked | ErasureState::Approved);
    let open = all.iter().find(is_open);
    let reason = match open {
        Some(open) => reason_of(app, &mut tx, open).await?,
        None => String::new(),
    };
    drop(tx);
    let zone = app.packs.zone(&case.product);
    let open = open.map(|one| OpenErasure {
        id: one.id,
        state: one.state,
        by: name(one.asked_by),
        at: one.asked_at,
        reason,
        until: one.expires_at,
        scope: one.scope.clone(),
        ending: match (actor.is(one.asked_by), actor.may(Act::ApproveRuns, case.place())) {
            (true, _) => Ending::Withdraw,
            (false, true) => Ending::Refuse,
            (false, false) => Ending::No,
        },
        may_approve: actor.second(one.asked_by, Act::ApproveRuns, case.place()).is_some(),
        is_over: one.expires_at <= now,
    });
    let past = all.iter().filter(|one| !is_open(one)).map(|one| PastErasure {
        id: one.id,
        state: one.state,
        by: (name(one.asked_by), one.decided.map(|(by, _)| name(by)).unwrap_or_default()),
        at: one.ended_at,
        gone: one.gone,
    });
    let past = past.collect();
    let line = |(one, fate): (OfPerson, Fate)| CaseLine {
        reference: one.case,
        kind: one.kind.label(),
        stays: if let Fate::Stays(stay) = fate { Some(says(&stay, zone)) } else { None },
        holds: (one.mails, one.texts, one.places),
    };
    Ok(RequesterPage {
        reference,
        kind: case.kind.label(),
        product: app.packs.short(&case.product),
        lines: found.into_iter().map(line).collect(),
        aside,
        open,
        past,
        zone,
    })
}

/// What whoever asked gave as the reason.
async fn reason_of(app: &App, tx: &mut Tx, open: &RequesterErasure) -> Result<String, Error> {
    let history = events::events_of(tx, open.case).await?;
    let asked = history.iter().rev().find_map(|one| match one.event {
        Event::RequesterErasureAsked { erasure, reason } if erasure == open.id => Some(reason),
        _ => None,
    });
    let texts = contents::contents_get(tx, &app.vault, asked.as_slice()).await?;
    Ok(texts.into_values().next().map(|content| content.text).unwrap_or_default())
}

/// The erasures that wait or are under way, of cases that the actor sees, oldest first.
///
/// # Errors
/// As the database says.
pub async fn load_waiting(app: &App, actor: &Actor) -> Result<Vec<Waiting>, Error> {
    waiting(&mut app.db.read().await?, actor).await
}

/// The same, for a page that looks at more.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn waiting(tx: &mut Tx, actor: &Actor) -> Result<Vec<Waiting>, Error> {
    let open = erasures::erasures_open(tx, &actor.sight(Act::SeeCases)).await?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let names = staff::staff_names(tx).await?;
    let line = |one: RequesterErasure| Waiting {
        reference: one.case,
        by: names.get(&one.asked_by).cloned().unwrap_or_else(|| "somebody who left".to_owned()),
        at: one.asked_at,
        state: one.state,
    };
    Ok(open.into_iter().map(line).collect())
}

/// The requester's cases that the actor may know of, each with what becomes of it.
async fn judged(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    reference: Reference,
    now: Instant,
) -> Result<Vec<(OfPerson, Fate)>, Error> {
    let found = retention::of_person(tx, reference, &actor.reach(Act::SeeRestricted)).await?;
    with_fates(app, tx, found, now).await
}

/// Each case with what becomes of it.
async fn with_fates(
    app: &App,
    tx: &mut Tx,
    found: Vec<OfPerson>,
    now: Instant,
) -> Result<Vec<(OfPerson, Fate)>, Error> {
    let Some(first) = found.first() else { return Ok(Vec::new()) };
    let product = cases::case_get(tx, first.case).await?.map(|case| case.product).unwrap_or_default();
    let ids: Vec<Reference> = found.iter().map(|one| one.case).collect();
    let facts = retention::facts_of(tx, &ids).await?;
    let zone = app.packs.zone(&product);
    let judge = |one: OfPerson| {
        let happened = facts.get(&one.case).map(Vec::as_slice).unwrap_or_default();
        let candidate = one.resolved.map(|resolved| Candidate {
            case: one.case,
            product: product.clone(),
            kind: one.kind,
            jurisdiction: one.jurisdiction.clone(),
            received: one.received,
            resolved,
        });
        let standing = Standing {
            closed: one.resolved,
            restricted: one.restricted,
            // where both stand, the one that can be seen explains all there is to see
            held: match (one.held, one.held_secretly) {
                (true, _) => Held::Openly,
                (false, true) => Held::Secretly,
                (false, false) => Held::No,
            },
            unfinished: one.unfinished,
            floor: candidate.and_then(|candidate| floor(app, &candidate, Record::Case, happened)),
        };
        let fate = fate_asked(zone, &standing, now);
        (one, fate)
    };
    Ok(found.into_iter().map(judge).collect())
}

/// Why a case stays, in words that fit whoever reads them.
fn says(stay: &Stay, zone: chrono_tz::Tz) -> String {
    match stay {
        Stay::Open => "it is open".to_owned(),
        Stay::Restricted => "it is restricted, and ends by a decision of its own".to_owned(),
        Stay::Held => "a hold stands".to_owned(),
        Stay::Law(Some(floor)) => {
            format!("until {}, by {}", floor.until.local(zone).format("%-d %B %Y"), floor.citation)
        }
        // in the same words, so that they tell nobody of a secret hold
        Stay::Law(None) | Stay::Unfinished => {
            "something of it is still to be done (a run, a mail, a copy, a recipient, backups that have to run out), or law asks for it".to_owned()
        }
        Stay::Kept => "nobody gave a period".to_owned(),
    }
}

/// How much went, for an entry of the audit log.
fn says_gone(gone: Gone) -> String {
    says_of(Record::Case, gone)
}
