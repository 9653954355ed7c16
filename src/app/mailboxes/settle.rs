//! Tells the mailbox what is kept, by a flag or a move: only ever after the commit, from what is written down. So a crash in
//! between is made up for by the next visit, and telling twice does no harm.

use super::{Trouble, Visit, visit::BATCH};
use crate::{
    app::failpoint::failpoint,
    mail::inbox::Then,
    store::mailbox_copies::{self as copies, Moved},
};
use std::collections::HashMap;

impl Visit {
    /// Tells the mailbox of everything kept that it does not know of. Where it refuses, reading goes on and the mail room
    /// says so.
    pub(super) async fn settle(&mut self) -> Result<(), Trouble> {
        if self.watched.then == Then::Leave {
            return Ok(());
        }
        let (life, limit) = (i64::from(self.uid_validity), i64::try_from(BATCH).unwrap_or(i64::MAX));
        loop {
            let mut tx = self.app.db.read().await?;
            let kept = copies::copies_unsettled(&mut tx, self.held.id, life, limit).await?;
            drop(tx);
            let uids: Vec<_> = kept.into_iter().filter_map(|uid| u32::try_from(uid).ok()).collect();
            if uids.is_empty() {
                return Ok(());
            }
            failpoint("mailbox-before-flag");
            let numbers = match self.mailbox.settle(&uids, &self.watched.then).await {
                Ok(numbers) => numbers,
                Err(error) if error.leaves_the_connection() => {
                    self.untold = Some(error);
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            };
            failpoint("mailbox-after-flag");
            self.settled(&uids, &numbers).await?;
        }
    }

    async fn settled(&self, uids: &[u32], numbers: &[(u32, u32, u32)]) -> Result<(), Trouble> {
        let numbers: HashMap<_, _> =
            numbers.iter().map(|(old, life, new)| (*old, (i64::from(*life), i64::from(*new)))).collect();
        let mut tx = self.app.db.begin().await?;
        for uid in uids {
            let moved = match &self.watched.then {
                Then::Move(folder) => Some(Moved { folder: folder.clone(), number: numbers.get(uid).copied() }),
                Then::Leave | Then::Flag => None,
            };
            copies::copy_settle(&mut tx, self.place(*uid), moved.as_ref()).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
