//! One connection to one folder, from the login to the first trouble: everything above the cursor is taken over in order,
//! then the folder is waited on. Holds no transaction while it talks to the server.

use super::{Trouble, Watched, take_over::InHand};
use crate::{
    app::App,
    mail::inbox::{Error, Listed, Mailbox},
    store::{
        mailbox_copies::{self as copies, Place},
        mailboxes::{self, Cursor, Held},
    },
};
use std::collections::HashMap;

/// How many messages are asked about, and told of, at once.
pub(super) const BATCH: usize = 100;

/// A folder that is being read. Of no use any more after an error.
pub struct Visit {
    pub(super) app: App,
    pub(super) watched: Watched,
    pub(super) held: Held,
    pub(super) mailbox: Mailbox,
    pub(super) uid_validity: u32,
    pub(super) cursor: u32,
    /// Fetched, and kept with the next ones.
    pub(super) in_hand: Vec<InHand>,
    /// Why the mailbox would not be told of what is kept.
    pub(super) untold: Option<Error>,
}

impl Visit {
    /// Connects, logs in and opens the folder. Where the folder began a new life all of it is looked at again: what is kept
    /// already is known by its bytes.
    ///
    /// # Errors
    /// When the server or the database fails, or the folder was lost to another console.
    pub async fn begin(app: &App, watched: &Watched, held: Held, cursor: Cursor) -> Result<Self, Trouble> {
        let mut mailbox = Mailbox::connect(&watched.server).await?;
        let opened = mailbox.open(&watched.folder).await?;
        let life = i64::from(opened.uid_validity);
        let mut after = u32::try_from(cursor.uid).unwrap_or(u32::MAX);
        if cursor.uid_validity != Some(life) {
            let mut tx = app.db.begin().await?;
            if !mailboxes::mailbox_begin(&mut tx, &held, life).await? {
                return Err(Trouble::Lost);
            }
            tx.commit().await?;
            after = 0;
        }
        Ok(Self {
            app: app.clone(),
            watched: watched.clone(),
            held,
            mailbox,
            uid_validity: opened.uid_validity,
            cursor: after,
            in_hand: Vec::new(),
            untold: None,
        })
    }

    /// Takes over what is new and what is due again, and tells the mailbox. Ends early, in good order, once `stop` says so.
    ///
    /// # Errors
    /// When the server or the database fails, or the folder was lost to another console.
    pub async fn turn(&mut self, stop: impl Fn() -> bool) -> Result<(), Trouble> {
        let ended = self.go_through(stop).await;
        // also where the connection ended: what was fetched over it was fetched once
        let kept = self.keep().await;
        ended.and(kept)
    }

    async fn go_through(&mut self, stop: impl Fn() -> bool) -> Result<(), Trouble> {
        // what was kept before a crash has not been told yet
        self.untold = None;
        self.settle().await?;
        let new = self.mailbox.above(self.cursor).await?;
        self.seen(new.len()).await?;
        self.try_again(new.len()).await?;
        let mut waiting = new.len();
        for batch in new.chunks(BATCH) {
            let sizes = self.sizes(batch).await?;
            for uid in batch {
                if stop() {
                    return Ok(());
                }
                waiting -= 1;
                self.take_over(*uid, sizes.get(uid).copied(), waiting).await?;
            }
            self.keep().await?;
            self.settle().await?;
        }
        self.seen(0).await
    }

    /// Waits until the folder changes or is to be looked at anyway.
    ///
    /// # Errors
    /// When the connection fails.
    pub async fn wait(&mut self) -> Result<(), Trouble> {
        Ok(self.mailbox.wait(self.watched.poll).await?)
    }

    /// Says good-bye to the server.
    pub async fn leave(self) {
        self.mailbox.leave().await;
    }

    /// What could not be taken over earlier and is due again.
    async fn try_again(&mut self, waiting: usize) -> Result<(), Trouble> {
        let life = i64::from(self.uid_validity);
        let mut tx = self.app.db.read().await?;
        let now = tx.db_now().await?;
        let due = copies::copies_due(&mut tx, self.held.id, life, now, 20).await?;
        drop(tx);
        let cursor = self.cursor;
        for uid in due.into_iter().filter_map(|uid| u32::try_from(uid).ok()).filter(|uid| *uid <= cursor) {
            self.take_over(uid, None, waiting).await?;
        }
        self.keep().await
    }

    async fn sizes(&mut self, uids: &[u32]) -> Result<HashMap<u32, Listed>, Trouble> {
        let (Some(first), Some(last)) = (uids.first(), uids.last()) else { return Ok(HashMap::new()) };
        let listed = self.mailbox.sizes(*first, *last).await?;
        Ok(listed.into_iter().map(|listed| (listed.uid, listed)).collect())
    }

    /// Writes down that the folder was looked at.
    async fn seen(&self, waiting: usize) -> Result<(), Trouble> {
        let mut tx = self.app.db.begin().await?;
        let waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
        if !mailboxes::mailbox_seen(&mut tx, &self.held, waiting, self.app.now()).await? {
            return Err(Trouble::Lost);
        }
        if let Some(untold) = &self.untold {
            mailboxes::mailbox_failed(&mut tx, &self.held, &untold.to_string(), self.app.now()).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub(super) fn place(&self, uid: u32) -> Place {
        Place { mailbox: self.held.id, uid_validity: i64::from(self.uid_validity), uid: i64::from(uid) }
    }
}
