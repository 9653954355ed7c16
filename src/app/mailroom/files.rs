//! Attachments, decoded one at a time and only when somebody asks for one of an ordinary case.

use crate::{
    app::{App, Error},
    domain::{
        event::{Event, Recorded},
        identity::{MessageId, Reference},
        rights::{Act, Actor},
    },
    mail::parse,
    store::{events, messages},
};

/// An attachment, decoded for a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// A clean file name.
    pub name: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// Decodes one attachment of an ordinary case. Attachments of restricted cases are never decoded, for nobody.
///
/// # Errors
/// `NotFound` where there is none, or it is restricted.
pub async fn attachment(
    app: &App,
    actor: &Actor,
    reference: Reference,
    message: MessageId,
    part: i64,
) -> Result<Download, Error> {
    if !actor.may(Act::SeeCases) {
        return Err(Error::NotFound);
    }
    let mut tx = app.db.read().await?;
    let found = messages::message_get(&mut tx, message).await?.filter(|m| m.case == Some(reference) && !m.restricted);
    found.ok_or(Error::NotFound)?;
    let belongs = |r: &Recorded| matches!(&r.event, Event::MessageReceived { message: m, .. } if *m == message);
    if !events::events_of(&mut tx, reference).await?.iter().any(belongs) {
        return Err(Error::NotFound);
    }
    let raw = messages::message_raw(&mut tx, &app.vault, message).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let part = usize::try_from(part).map_err(|_| Error::NotFound)?;
    let decoded = tokio::task::spawn_blocking(move || parse::attachment(&raw, part)).await.ok().flatten();
    let (name, bytes) = decoded.ok_or(Error::NotFound)?;
    Ok(Download { name, bytes })
}
