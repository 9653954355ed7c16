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
/// When the text is too long, the case is erased, or not this person's to see.
pub async fn keep_draft(app: &App, actor: &Actor, reference: Reference, text: &str) -> Result<Instant, Error> {
    if text.len() > 100_000 {
        return Err(Error::field("text", "Shorten the text to 100,000 characters"));
    }
    let mut tx = app.db.begin().await?;
    let theirs = |case: &Case| actor.may_in_case(Act::WorkCases, &case.product, case.is_restricted());
    // locked, so that nothing is kept of a case that is erased meanwhile
    let case = cases::case_lock(&mut tx, reference).await?.filter(theirs).ok_or(Error::NotFound)?;
    if case.erased.is_some() {
        return Err(Error::field("text", "Everything of this case was erased; nothing can be written on it any more"));
    }
    let now = app.now();
    drafts::draft_keep(&mut tx, &app.vault, reference, actor.id, text, now).await?;
    tx.commit().await?;
    Ok(now)
}
