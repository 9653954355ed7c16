//! Letters to people without an address: kept with the case, where its page shows them. Nothing is queued, and nothing
//! can come back: the letter has arrived once it can be read there.

use crate::{
    app::{App, Error},
    domain::{
        case::Case,
        event::{Event, Purpose},
        time::Instant,
    },
    mail::compose::{Written, for_page},
    store::{Tx, contents, contents::Content, pickups},
};

/// True where letters of the case are put on its page: it has one, and is not restricted. Of a restricted case the page
/// shows nothing but where it stands.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn has_page(tx: &mut Tx, case: &Case) -> Result<bool, Error> {
    Ok(!case.is_restricted() && pickups::pickup_is_there(tx, case.reference).await?)
}

/// Keeps a letter for the person to read. `message_id` is what its link is made from, where it has one. Returns the event
/// that the caller has to record.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn keep_letter(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    purpose: Purpose,
    written: Written,
    message_id: String,
    now: Instant,
) -> Result<Event, Error> {
    let Written { subject, text, .. } = written;
    let content = Content { subject, text: for_page(&text), message_id, ..Content::default() };
    let restricted = case.is_restricted();
    let kept = contents::content_keep(tx, &app.vault, case.reference, restricted, "letter_kept", &content, now).await?;
    Ok(Event::LetterKept { content: kept, purpose })
}
