//! Makes the secrets in a mail unreadable for good: in its words, in the case's face, and in the raw copy, which gets a
//! new key. Attachments are not looked into. The digests stay, so that the same mail is still known when it comes again.

use crate::{
    app::{
        App, Error,
        desk::{self, Desk},
        intake,
        proving::proven,
        reading,
    },
    domain::{
        audit::AuditAction,
        event::Event,
        identity::{MessageId, Reference},
        rights::Actor,
    },
    mail::redact::{self, Redacted},
    store::{cases, contents, events, raws},
};

/// Redacts one mail of the case; how many secrets it held.
///
/// # Errors
/// `Invalid` on `sure` where there is nothing to redact, or where the raw mail would still tell a secret; `Conflict` where others were quicker; `NotFound` where the
/// mail is not of this case; `Unproved` when the proof is stale.
pub async fn redact_message(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    message: MessageId,
) -> Result<usize, Error> {
    desk::look(app, actor, reference).await?;
    proven(actor)?;
    let mut tx = app.db.read().await?;
    reading::received(&mut tx, actor, reference, message).await?;
    let before = raws::message_raw(&mut tx, &app.vault, message).await?.ok_or(Error::NotFound)?;
    drop(tx);
    // reading a mail takes its time, and the transaction has to be short
    let written = tokio::task::spawn_blocking(move || (redact::redact(&before), before)).await;
    let unable = |why: &dyn std::fmt::Display| {
        Error::field("sure", format!("The stored mail could not be written anew ({why}); nothing was changed"))
    };
    let (redacted, before) = written.map_err(|_| unable(&"reading it failed"))?;
    let Redacted { raw, found: in_raw } = redacted.map_err(|why| unable(&why))?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let history = events::events_of(&mut desk.tx, reference).await?;
    let id = reading::content_of(&history, message).ok_or(Error::NotFound)?;
    let content = contents::content_get(&mut desk.tx, &app.vault, id).await?.ok_or(Error::NotFound)?;
    let (content, in_words) = reading::covered(content);
    let is_same = raws::message_raw(&mut desk.tx, &app.vault, message).await?.as_ref() == Some(&before);
    if !is_same || in_raw + in_words == 0 {
        return Err(Error::field("sure", "There is nothing left to redact in this mail"));
    }
    let (vault, restricted) = (&app.vault, desk.case.is_restricted());
    contents::content_replace(&mut desk.tx, vault, reference, restricted, id, &content).await?;
    raws::message_replace_raw(&mut desk.tx, vault, message, &raw).await?;
    // what came once more by another way says the same
    raws::duplicates_forget_raw(&mut desk.tx, reference).await?;
    if !restricted && let Some(first) = contents::content_first(&mut desk.tx, vault, reference).await? {
        let face = intake::face(app.packs.get(&desk.case.product), &first);
        cases::face_save(&mut desk.tx, reference, Some(&face)).await?;
    }
    // the same secret stands in the raw copy once for each version of the letter: people count what they read
    let count = if in_words > 0 { in_words } else { in_raw };
    let found = i64::try_from(count).unwrap_or(i64::MAX);
    desk.record(Event::MessageRedacted { message, content: id, found }).await?;
    desk.commit(AuditAction::MessageRedacted).await?;
    Ok(count)
}
