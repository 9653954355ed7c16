//! The mailboxes as the mail room shows them: of each configured folder whether it is read, when somebody last looked, how
//! many wait, and what is wrong. Of no mail a word.

use crate::{
    app::{App, Error},
    domain::{rights::Reach, time::Instant},
    store::{Tx, mailboxes},
};

/// How a folder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody looked yet.
    New,
    /// A console is connected.
    Connected,
    /// No console is connected at this moment.
    Waiting,
    /// It cannot be read since then.
    Failing(Instant),
}

/// A folder that is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// The product's name in tables.
    pub product: String,
    /// What the configuration calls the mailbox.
    pub name: String,
    /// The folder.
    pub folder: String,
    /// How it stands.
    pub standing: Standing,
    /// The last look.
    pub looked: Option<Instant>,
    /// How many messages were still to be fetched then.
    pub waiting: i64,
    /// What is wrong and what to do.
    pub trouble: Option<String>,
    /// How many messages could not be fetched, and why one of them could not.
    pub left_behind: Option<(i64, String)>,
}

/// Every configured folder of the products in `seen`, by product and name.
pub(in crate::app) async fn folders(app: &App, tx: &mut Tx, seen: &Reach) -> Result<Vec<Folder>, Error> {
    if app.settings.mailboxes.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = mailboxes::mailboxes_all(tx).await?;
    let folder = |watched: &crate::app::mailboxes::Watched| {
        let is_it = |row: &mailboxes::Mailbox| {
            row.product == watched.product && row.name == watched.name && row.folder == watched.folder
        };
        let row = rows.iter().position(is_it).map(|at| rows.swap_remove(at));
        let standing = match &row {
            Some(row) => match (row.failed_at, row.is_held, row.seen_at) {
                (Some(since), _, _) => Standing::Failing(Instant(since)),
                (None, true, Some(_)) => Standing::Connected,
                (None, false, Some(_)) => Standing::Waiting,
                (None, _, None) => Standing::New,
            },
            None => Standing::New,
        };
        Folder {
            product: app.packs.short(&watched.product),
            name: watched.name.clone(),
            folder: watched.folder.clone(),
            standing,
            looked: row.as_ref().and_then(|row| row.seen_at).map(Instant),
            waiting: row.as_ref().map_or(0, |row| row.waiting),
            left_behind: row
                .as_ref()
                .filter(|row| row.left_behind > 0)
                .map(|row| (row.left_behind, row.left_because.clone().unwrap_or_default())),
            trouble: row.and_then(|row| row.error),
        }
    };
    Ok(app.settings.mailboxes.iter().filter(|watched| seen.holds(&watched.product)).map(folder).collect())
}
