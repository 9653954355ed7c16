//! The first step of every mail, whichever way it came: the raw bytes are sealed, stored and committed before anybody
//! looks at them, and a job is asked to read them. Never opens or judges a mail.

use crate::{
    app::App,
    domain::{identity::MessageId, mail::Came, time::Instant, work::Work},
    mail::inbox::LARGEST,
    store::{Tx, jobs, messages},
};

/// Why a message was not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// No pack has this id.
    #[error("there is no product '{0}'; the products are: {1}")]
    UnknownProduct(String, String),
    /// Larger than one row of the database may be.
    #[error("the message has more than {LARGEST} bytes, the most that can be kept")]
    TooLarge,
    /// The database could not keep it.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

/// A message that is kept once the transaction commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its row.
    pub message: MessageId,
    /// False when the very same bytes were kept before.
    pub is_new: bool,
}

/// Keeps a raw message that comes now, sealed, and asks for it to be read. Returns none when the very same message is kept
/// already. Takes the bytes themselves where the caller has no use for them any more: then they are in memory once.
///
/// # Errors
/// When it could not be kept: then the mail server has to keep it.
pub async fn keep(
    app: &App,
    product: &str,
    raw: impl Into<Vec<u8>>,
    came: Came,
) -> Result<Option<MessageId>, KeepError> {
    let raw = raw.into();
    fit(app, product, &raw)?;
    let mut tx = app.db.begin().await?;
    let kept = keep_in(app, &mut tx, product, raw, came, app.now()).await?;
    tx.commit().await?;
    app.wake();
    Ok(kept.is_new.then_some(kept.message))
}

/// Keeps a raw message that reached us at `received`, in the caller's transaction; the caller commits, wakes the runner, and
/// only then tells anybody that it is kept.
///
/// # Errors
/// When it cannot be kept.
pub async fn keep_in(
    app: &App,
    tx: &mut Tx,
    product: &str,
    raw: Vec<u8>,
    came: Came,
    received: Instant,
) -> Result<Kept, KeepError> {
    fit(app, product, &raw)?;
    let (message, is_new) = messages::message_keep(tx, &app.vault, product, raw, came, received).await?;
    if is_new {
        jobs::job_enqueue(tx, &Work::ReadMessage { message }, 0).await?;
    }
    Ok(Kept { message, is_new })
}

fn fit(app: &App, product: &str, raw: &[u8]) -> Result<(), KeepError> {
    if app.packs.get(product).is_none() {
        let known = app.packs.iter().map(|p| p.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(KeepError::UnknownProduct(product.to_owned(), known));
    }
    if raw.len() > LARGEST { Err(KeepError::TooLarge) } else { Ok(()) }
}
