//! Keeps what somebody has begun to write, so that it survives a closed tab.

use crate::{
    app::{App, Error},
    domain::{
        case::Case,
        identity::Reference,
        rights::{Act, Actor},
        time::Instant,
    },
    store::{cases, drafts},
};

/// Keeps the draft of one person on one case; returns when.
///
/// # Errors
/// When the text is too long or the case is not this person's to see.
pub async fn keep_draft(app: &App, actor: &Actor, reference: Reference, text: &str) -> Result<Instant, Error> {
    if text.len() > 100_000 {
        return Err(Error::field("text", "Shorten the text to 100,000 characters"));
    }
    let mut tx = app.db.begin().await?;
    let theirs = |case: &Case| actor.may_in_case(Act::WorkCases, &case.product, case.is_restricted());
    cases::case_get(&mut tx, reference).await?.filter(theirs).ok_or(Error::NotFound)?;
    let now = app.now();
    drafts::draft_keep(&mut tx, &app.vault, reference, actor.id, text, now).await?;
    tx.commit().await?;
    Ok(now)
}
