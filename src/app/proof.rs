//! What a case's page says of the person's identity and of holds. The caller has checked that the reader may see the
//! case.

use super::{App, Error, held, subject};
use crate::{
    domain::{
        case::Case,
        event::{Event, Recorded},
        hold::Basis,
        identity::{HoldId, Identity, StaffId},
        rights::{Act, Actor},
        time::Instant,
    },
    store::{Tx, contents, holds},
};
use std::collections::HashMap;

/// How sure we are that the person is the holder of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Nobody asked yet.
    Missing,
    /// Asked, and not confirmed yet.
    Asked(Instant),
    /// Verified.
    Verified {
        /// Since when.
        at: Instant,
        /// The member of staff who decided it; none where the link was used.
        by: Option<String>,
        /// What the person is looked up by.
        identities: Vec<Identity>,
    },
}

/// A hold that stands on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its number.
    pub id: HoldId,
    /// Why the data has to stay.
    pub basis: Basis,
    /// What it is about, in words; empty for everything.
    pub part: Vec<String>,
    /// When it was placed.
    pub at: Instant,
    /// Who placed it.
    pub by: String,
    /// True where the reader may release it: as another person than who placed it.
    pub may_release: bool,
}

/// How sure we are of the case's person.
///
/// # Errors
/// As the database says, or when something sealed does not open.
pub(super) async fn proof(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    events: &[Recorded],
    names: &HashMap<StaffId, String>,
) -> Result<Proof, Error> {
    let asked = |recorded: &&Recorded| matches!(recorded.event, Event::VerificationAsked { .. });
    let Some(verified) = case.verified else {
        return Ok(events.iter().rfind(asked).map_or(Proof::Missing, |recorded| Proof::Asked(recorded.at)));
    };
    let content = contents::content_get(tx, &app.vault, verified.identity).await?.unwrap_or_default();
    let by = verified.by.map(|id| name(names, id));
    Ok(Proof::Verified { at: verified.at, by, identities: subject::Known::read(&content).identities })
}

/// The holds that stand on the case, oldest first.
///
/// # Errors
/// As the database says.
pub(super) async fn held(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    case: &Case,
    names: &HashMap<StaffId, String>,
) -> Result<Vec<Held>, Error> {
    let holds = holds::holds_of_case(tx, case.reference).await?;
    let secret = actor.may(Act::SeeSecretHolds, &case.product);
    let standing = holds.into_iter().filter(|hold| hold.released.is_none() && (secret || !hold.basis.is_secret()));
    let mut lines = Vec::new();
    for hold in standing {
        lines.push(Held {
            id: hold.id,
            basis: hold.basis,
            part: held::part_of(app, tx, &hold).await?.in_full(),
            at: hold.placed_at,
            by: name(names, hold.placed_by),
            may_release: actor.second(hold.placed_by, hold.basis.needs(), case.place()).is_some(),
        });
    }
    Ok(lines)
}

/// The events of a case of `product` that this person may know of: nobody outside the circle learns of a secret hold, neither source nor count.
#[must_use]
pub(super) fn open_to(actor: &Actor, product: &str, events: Vec<Recorded>) -> Vec<Recorded> {
    if actor.may(Act::SeeSecretHolds, product) {
        return events;
    }
    let placed = |recorded: &Recorded| match recorded.event {
        Event::HoldPlaced { hold, basis, .. } if basis.is_secret() => Some(hold),
        _ => None,
    };
    let secret: Vec<_> = events.iter().filter_map(placed).collect();
    let is_secret = |event: &Event| match event {
        Event::HoldPlaced { hold, .. } | Event::HoldReleased { hold, .. } => secret.contains(hold),
        _ => false,
    };
    events.into_iter().filter(|recorded| !is_secret(&recorded.event)).collect()
}

fn name(names: &HashMap<StaffId, String>, id: StaffId) -> String {
    names.get(&id).cloned().unwrap_or_else(|| "somebody who left".to_owned())
}
