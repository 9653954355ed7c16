//! The HTML version of a mail, cleaned, when somebody asks for it. Never of a restricted case, and never anything that
//! the mail does not hold itself.

use super::received;
use crate::{
    app::{App, Error},
    domain::{
        identity::{MessageId, Reference},
        rights::Actor,
    },
    mail::rich,
    store::{messages, raws},
};

pub use crate::mail::rich::Rich;

/// The HTML version of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// It has one.
    Html(Rich),
    /// It is larger or more tangled than a letter can be; its text is all there is to see.
    TooMuch,
    /// It has none.
    None,
}

/// The HTML version of an ordinary case's mail, its own pictures only where they were asked for.
///
/// # Errors
/// `NotFound` where there is no such mail, it is not this person's to see, or its case is restricted.
pub async fn html(
    app: &App,
    actor: &Actor,
    reference: Reference,
    message: MessageId,
    with_pictures: bool,
) -> Result<Version, Error> {
    let mut tx = app.db.read().await?;
    let (case, _) = received(&mut tx, actor, reference, message).await?;
    let stored = messages::message_get(&mut tx, message).await?.ok_or(Error::NotFound)?;
    if case.is_restricted() || stored.restricted {
        return Err(Error::NotFound);
    }
    let raw = raws::message_raw(&mut tx, &app.vault, message).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let read = tokio::task::spawn_blocking(move || rich::rich(&raw, with_pictures)).await;
    Ok(match read {
        Ok(Ok(Some(rich))) => Version::Html(rich),
        Ok(Ok(None)) => Version::None,
        Ok(Err(_)) | Err(_) => Version::TooMuch,
    })
}
