//! Takes the files out of raw mail that stays: a mail at a time, read and written anew outside of any other transaction.

use crate::{
    app::{App, Error},
    domain::{
        identity::{MessageId, Reference},
        retention::Record,
    },
    mail::parse,
    store::{raws, retention},
};

/// Writes the raw mails of these cases anew without their files; the cases of which all were. A mail that cannot be taken apart
/// keeps its case waiting until its raw mail goes whole, and no other one. May run twice: a mail without files stays as it is.
///
/// # Errors
/// As the database says.
pub(super) async fn strip(app: &App, cases: &[Reference]) -> Result<Vec<Reference>, Error> {
    let mut stripped = cases.to_vec();
    if cases.is_empty() {
        return Ok(stripped);
    }
    let mut tx = app.db.read().await?;
    let messages = raws::messages_with_raw(&mut tx, cases).await?;
    drop(tx);
    for (case, message) in messages {
        if !strip_one(app, case, message).await? {
            tracing::warn!(
                message = message.0,
                "a raw mail could not be taken apart; its files stay until it goes whole"
            );
            stripped.retain(|one| *one != case);
        }
    }
    Ok(stripped)
}

/// False where the mail cannot be taken apart.
async fn strip_one(app: &App, case: Reference, message: MessageId) -> Result<bool, Error> {
    let mut tx = app.db.read().await?;
    let raw = raws::message_raw(&mut tx, &app.vault, message).await?;
    drop(tx);
    let Some(raw) = raw else { return Ok(true) };
    let Ok(bare) = tokio::task::spawn_blocking(move || parse::without_files(&raw)).await else { return Ok(false) };
    if bare.bodies.is_empty() {
        return Ok(true);
    }
    let mut tx = app.db.begin().await?;
    // somebody may have placed a hold meanwhile
    if retention::still_free(&mut tx, Record::Attachment, &[case]).await?.is_empty() {
        return Ok(false);
    }
    raws::message_replace_raw(&mut tx, &app.vault, message, &bare.text).await?;
    tx.commit().await?;
    Ok(true)
}
