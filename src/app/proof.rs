//! What a case's page says of the person's identity and of holds. The caller has checked that the reader may see the
//! case.

use super::{App, Error, subject};
use crate::{
    domain::{
        case::Case,
        event::{Event, Recorded},
        hold::Basis,
        identity::{HoldId, Identity, StaffId},
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
    /// When it was placed.
    pub at: Instant,
    /// Who placed it, and so may not release it.
    pub by: (StaffId, String),
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
    Ok(Proof::Verified { at: verified.at, by, identities: subject::identities(&content) })
}

/// The holds that stand on the case, oldest first.
///
/// # Errors
/// As the database says.
pub(super) async fn held(tx: &mut Tx, case: &Case, names: &HashMap<StaffId, String>) -> Result<Vec<Held>, Error> {
    let holds = holds::holds_of_case(tx, case.reference).await?;
    let standing = holds.into_iter().filter(|hold| hold.released.is_none());
    let line = |hold: holds::Hold| Held {
        id: hold.id,
        basis: hold.basis,
        at: hold.placed_at,
        by: (hold.placed_by, name(names, hold.placed_by)),
    };
    Ok(standing.map(line).collect())
}

fn name(names: &HashMap<StaffId, String>, id: StaffId) -> String {
    names.get(&id).cloned().unwrap_or_else(|| "somebody who left".to_owned())
}
