//! Mailboxes that we read: a message is kept, committed, and only then does its mailbox learn of it. A folder is read by one
//! console at a time (`take`), from a cursor of its own (`visit`), whatever others mark as seen. A message that cannot be
//! taken over is noted, shown and tried again; it holds up nothing.

mod remove;
mod settle;
mod take_over;
mod visit;

pub use remove::{Removal, remove_copies};
pub use visit::Visit;

use super::{App, intake::KeepError};
use crate::{
    mail::inbox::{self, Server, Then},
    store::{
        self,
        mailboxes::{self, Cursor, Held},
    },
};
use std::time::Duration;

/// A folder that is watched.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The product its mail is for.
    pub product: String,
    /// What the configuration calls the mailbox.
    pub name: String,
    /// Where it is.
    pub server: Server,
    /// The folder.
    pub folder: String,
    /// What happens there to what is kept.
    pub then: Then,
    /// How often to look where the server says nothing by itself.
    pub poll: Duration,
}

/// Why a visit ended.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The mailbox, in words for the operator.
    #[error(transparent)]
    Mailbox(#[from] inbox::Error),
    /// Our own database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A message could not be kept.
    #[error(transparent)]
    Keep(KeepError),
    /// Another console reads this folder now.
    #[error("another console reads this folder now")]
    Lost,
}

impl From<KeepError> for Trouble {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Store(error) => Self::Store(error),
            other => Self::Keep(other),
        }
    }
}

/// Takes the folder for this console, `lease` milliseconds long; none while another one has it.
///
/// # Errors
/// As the database says.
pub async fn take(
    app: &App,
    watched: &Watched,
    token: &[u8],
    lease: i64,
) -> Result<Option<(Held, Cursor)>, store::Error> {
    let mut tx = app.db.begin().await?;
    let id = mailboxes::mailbox_of(&mut tx, &watched.product, &watched.name, &watched.folder).await?;
    let held = Held { id, token: token.to_vec() };
    let cursor = mailboxes::mailbox_take(&mut tx, &held, lease).await?;
    tx.commit().await?;
    Ok(cursor.map(|cursor| (held, cursor)))
}

/// Writes down why the folder could not be read, for the mail room. What is wrong with our own database cannot be.
///
/// # Errors
/// As the database says.
pub async fn failed(app: &App, held: &Held, trouble: &Trouble) -> Result<(), store::Error> {
    if !matches!(trouble, Trouble::Mailbox(_) | Trouble::Keep(_)) {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    mailboxes::mailbox_failed(&mut tx, held, &trouble.to_string(), app.now()).await?;
    tx.commit().await
}

/// Keeps the leases of this console for `lease` milliseconds more.
///
/// # Errors
/// As the database says.
pub async fn keep_leases(app: &App, token: &[u8], lease: i64) -> Result<(), store::Error> {
    let mut tx = app.db.begin().await?;
    mailboxes::mailboxes_extend(&mut tx, token, lease).await?;
    tx.commit().await
}

/// Lets other consoles read what this one read.
///
/// # Errors
/// As the database says.
pub async fn give_back(app: &App, token: &[u8]) -> Result<(), store::Error> {
    let mut tx = app.db.begin().await?;
    mailboxes::mailboxes_release(&mut tx, token).await?;
    tx.commit().await
}
