//! Attachments, decoded one at a time and only when somebody asks for one of an ordinary case.

use crate::{
    app::{App, Error, reading},
    domain::{
        identity::{MessageId, Reference},
        rights::Actor,
    },
    mail::parse,
    store::{messages, raws},
};

/// An attachment, decoded for a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// A clean file name.
    pub name: String,
    /// The type by its own first bytes, whatever the mail says; of most files only that they are bytes.
    pub media_type: &'static str,
    /// The content.
    pub bytes: Vec<u8>,
}

/// What may be named to a browser: nothing in which anything can run.
const NAMED: [&str; 8] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "application/zip",
    "audio/mpeg",
    "video/mp4",
    "application/gzip",
];

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
    let mut tx = app.db.read().await?;
    let (case, _) = reading::received(&mut tx, actor, reference, message).await?;
    let stored = messages::message_get(&mut tx, message).await?.ok_or(Error::NotFound)?;
    if case.is_restricted() || stored.restricted {
        return Err(Error::NotFound);
    }
    let raw = raws::message_raw(&mut tx, &app.vault, message).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let part = usize::try_from(part).map_err(|_| Error::NotFound)?;
    let decoded = tokio::task::spawn_blocking(move || parse::attachment(&raw, part)).await.ok().flatten();
    let (name, bytes) = decoded.ok_or(Error::NotFound)?;
    Ok(Download { name, media_type: media_type(&bytes), bytes })
}

/// What the first bytes say, where that may be said.
fn media_type(bytes: &[u8]) -> &'static str {
    let sniffed = infer::get(bytes).map(|kind| kind.mime_type()).unwrap_or_default();
    NAMED.into_iter().find(|named| *named == sniffed).unwrap_or("application/octet-stream")
}
