//! The first step of every mail, whichever way it came: the raw bytes are sealed, stored and committed before anybody
//! looks at them, and a job is asked to read them. Never opens or judges a mail.

use crate::{
    app::App,
    domain::{identity::MessageId, work::Work},
    store::{jobs, messages},
};

/// Why a message was not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// No pack has this id.
    #[error("there is no product '{0}'; the products are: {1}")]
    UnknownProduct(String, String),
    /// Larger than intake takes.
    #[error("the message has more than {0} bytes; raise mail.max_bytes to take it")]
    TooLarge(usize),
    /// The database could not keep it.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

/// Keeps a raw message, sealed, and asks for it to be read. Returns none when the very same message is kept already.
///
/// # Errors
/// When it could not be kept: then the mail server has to keep it.
pub async fn keep(app: &App, product: &str, raw: &[u8]) -> Result<Option<MessageId>, KeepError> {
    if app.packs.get(product).is_none() {
        let known = app.packs.iter().map(|p| p.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(KeepError::UnknownProduct(product.to_owned(), known));
    }
    if raw.len() > app.settings.max_message {
        return Err(KeepError::TooLarge(app.settings.max_message));
    }
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let kept = messages::message_keep(&mut tx, &app.vault, product, raw, now).await?;
    if let Some(message) = kept {
        jobs::job_enqueue(&mut tx, &Work::ReadMessage { message }, 0).await?;
    }
    tx.commit().await?;
    app.wake();
    Ok(kept)
}
