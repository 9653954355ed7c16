//! What a page needs of a mail to show it: its text with secrets covered, its HTML version for a frame, and the secrets
//! for one view. Looks at the stored mail only when somebody asks for it; of a restricted case nothing is ever decoded.

mod html;
mod pieces;
mod secrets;

pub use html::{Rich, Version, html};
pub use pieces::{Piece, pieces};
pub use secrets::{Shown, covered, show_secrets};

use super::Error;
use crate::{
    domain::{
        case::Case,
        event::{Event, Recorded},
        identity::{ContentId, MessageId, Reference},
        rights::{Act, Actor},
    },
    store::{Tx, cases, events},
};

/// The case and the words of a mail that belongs to it, for somebody who may see both.
///
/// # Errors
/// `NotFound` where there is no such mail in the case, or it is not this person's to see.
pub(super) async fn received(
    tx: &mut Tx,
    actor: &Actor,
    reference: Reference,
    message: MessageId,
) -> Result<(Case, ContentId), Error> {
    let theirs = |case: &Case| actor.may_in_case(Act::SeeCases, &case.product, case.is_restricted());
    let case = cases::case_get(tx, reference).await?.filter(theirs).ok_or(Error::NotFound)?;
    let content = content_of(&events::events_of(tx, reference).await?, message).ok_or(Error::NotFound)?;
    Ok((case, content))
}

/// Where the words of a mail are kept.
pub(super) fn content_of(events: &[Recorded], message: MessageId) -> Option<ContentId> {
    events.iter().find_map(|recorded| match &recorded.event {
        Event::MessageReceived { message: received, content, .. } if *received == message => Some(*content),
        _ => None,
    })
}
