//! Secrets in a mail's words: covered wherever it is shown, and shown for one view to somebody who asks, which is
//! written down.

use super::received;
use crate::{
    app::{App, Error},
    domain::{
        audit::AuditAction,
        identity::{MessageId, Reference},
        rights::{Act, Actor},
        secrets,
    },
    store::{audit, contents, contents::Content},
};

/// A mail's words as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which mail.
    pub message: MessageId,
    /// The subject line.
    pub subject: String,
    /// The whole text.
    pub text: String,
}

/// The words of a mail with their secrets covered, and how many there were.
#[must_use]
pub fn covered(mut content: Content) -> (Content, usize) {
    let (subject, text) = (secrets::find(&content.subject), secrets::find(&content.text));
    content.subject = secrets::mask(&content.subject, &subject);
    content.text = secrets::mask(&content.text, &text);
    (content, subject.len() + text.len())
}

/// A mail's words with their secrets, for one view; the audit says who saw them.
///
/// # Errors
/// `NotFound` where the mail is not this person's to see.
pub async fn show_secrets(app: &App, actor: &Actor, reference: Reference, message: MessageId) -> Result<Shown, Error> {
    let mut tx = app.db.begin().await?;
    let (case, id) = received(&mut tx, actor, reference, message).await?;
    if !actor.may(Act::WorkCases, &case.product) {
        return Err(Error::NotAllowed("Secrets are shown to those who work on the case.".to_owned()));
    }
    let content = contents::content_get(&mut tx, &app.vault, id).await?.ok_or(Error::NotFound)?;
    let object = message.0.to_string();
    audit::audit_append(
        &mut tx,
        app.now(),
        actor.doing(Act::WorkCases, case.place()),
        AuditAction::SecretShown,
        Some(reference),
        &object,
    );
    tx.commit().await?;
    Ok(Shown { message, subject: content.subject, text: content.text })
}
