//! Messages of a mailbox: fetched, kept, and the cursor moved, a few in one transaction: of a backlog each would wait for
//! the disk alone. What cannot be taken over is noted with its reason, and the next one has its turn.

use super::{Trouble, Visit};
use crate::{
    app::{
        failpoint::failpoint,
        intake::{self, KeepError},
        material,
    },
    domain::{
        mail::Came,
        time::{Instant, MINUTE},
    },
    mail::inbox::{Arrived, Error, LARGEST, Listed, Then},
    store::{mailbox_copies as copies, mailboxes},
};

/// After how many connections that ended over a message the next one has its turn.
const CUTS: i64 = 3;
/// How large a message counts whose size the server does not say, in bytes: decides how long it may take.
const UNSAID: u32 = 32 << 20;
/// How many messages, and about how many bytes of them, are kept by one transaction.
const TOGETHER: usize = 8;
const BYTES_TOGETHER: usize = 1 << 20;

/// A message that was fetched and is to be kept.
pub(super) struct InHand {
    uid: u32,
    arrived: Arrived,
    /// How many are behind it.
    waiting: usize,
}

impl Visit {
    /// Takes over the message `uid`; `listed` is none where the server did not say its size, which some do not of messages
    /// that they cannot show: whether it is there, only asking for it tells. `waiting` are behind it.
    pub(super) async fn take_over(&mut self, uid: u32, listed: Option<Listed>, waiting: usize) -> Result<(), Trouble> {
        let listed = listed.unwrap_or(Listed { uid, size: UNSAID });
        if usize::try_from(listed.size).unwrap_or(usize::MAX) > LARGEST {
            return self.leave_behind(uid, &KeepError::TooLarge.to_string(), Again::Never, waiting).await;
        }
        match self.mailbox.fetch(listed).await {
            Ok(Some(arrived)) => self.hold(InHand { uid, arrived, waiting }).await,
            Ok(None) => self.pass(uid, waiting).await,
            Err(error) => {
                if error.may_lie_in_the_message() {
                    let again = match error {
                        Error::Cut(_) | Error::Bye(_) => Again::HereFirst,
                        _ => Again::Later,
                    };
                    self.leave_behind(uid, &error.to_string(), again, waiting).await?;
                }
                if error.leaves_the_connection() { Ok(()) } else { Err(error.into()) }
            }
        }
    }

    async fn hold(&mut self, message: InHand) -> Result<(), Trouble> {
        self.in_hand.push(message);
        let bytes: usize = self.in_hand.iter().map(|held| held.arrived.raw.len()).sum();
        if self.in_hand.len() < TOGETHER && bytes < BYTES_TOGETHER { Ok(()) } else { self.keep().await }
    }

    /// Keeps what is in hand, in order.
    pub(super) async fn keep(&mut self) -> Result<(), Trouble> {
        let messages = std::mem::take(&mut self.in_hand);
        let Some(last) = messages.last().map(|last| (last.uid, last.waiting)) else { return Ok(()) };
        let (now, product) = (self.app.now(), &self.watched.product);
        let mut tx = self.app.db.begin().await?;
        for InHand { uid, arrived, .. } in messages {
            // clocks run from when it reached us, not from when we looked; a mailbox may say anything, but nothing comes from the future
            let received = arrived.at.map_or(now, |at| Instant(at).min(now));
            let kept = intake::keep_in(&self.app, &mut tx, product, arrived.raw, Came::Imap, received).await?;
            copies::copy_keep(&mut tx, self.place(uid), kept.message, self.watched.then == Then::Leave).await?;
            if !kept.is_new {
                material::again(&mut tx, kept.message).await?;
            }
        }
        let (uid, waiting) = last;
        self.advance(&mut tx, uid, waiting).await?;
        failpoint("mailbox-before-commit");
        tx.commit().await?;
        failpoint("mailbox-after-commit");
        self.cursor = self.cursor.max(uid);
        self.app.wake();
        Ok(())
    }

    /// The message is in the folder no more: somebody else removed it.
    async fn pass(&mut self, uid: u32, waiting: usize) -> Result<(), Trouble> {
        self.keep().await?;
        let mut tx = self.app.db.begin().await?;
        copies::copy_forget(&mut tx, self.place(uid)).await?;
        self.advance(&mut tx, uid, waiting).await?;
        tx.commit().await?;
        self.cursor = self.cursor.max(uid);
        Ok(())
    }

    async fn leave_behind(&mut self, uid: u32, why: &str, again: Again, waiting: usize) -> Result<(), Trouble> {
        self.keep().await?;
        let place = self.place(uid);
        let mut tx = self.app.db.begin().await?;
        let tries = copies::copy_tries(&mut tx, place).await? + 1;
        let now = tx.db_now().await?;
        let at = (again != Again::Never).then(|| now.plus(pause(tries)));
        copies::copy_leave(&mut tx, place, why, at).await?;
        let goes_on = again != Again::HereFirst || tries >= CUTS;
        if goes_on {
            self.advance(&mut tx, uid, waiting).await?;
        }
        tx.commit().await?;
        if goes_on {
            self.cursor = self.cursor.max(uid);
        }
        let (product, name, folder) = (&self.watched.product, &self.watched.name, &self.watched.folder);
        tracing::warn!(product, name, folder, uid, tries, "a message could not be taken over: {why}");
        Ok(())
    }

    async fn advance(&self, tx: &mut crate::store::Tx, uid: u32, waiting: usize) -> Result<(), Trouble> {
        let waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
        let is_ours = mailboxes::mailbox_advance(tx, &self.held, i64::from(uid), waiting).await?;
        if is_ours { Ok(()) } else { Err(Trouble::Lost) }
    }
}

/// When a message that could not be taken over is tried again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    /// At once, before any other: the connection ended, and that says little of the message. Later where it goes on.
    HereFirst,
    /// While others go first.
    Later,
    /// Never.
    Never,
}

/// How long to wait after the `tries`-th try: four times as long each time, from a minute to six hours.
fn pause(tries: i64) -> i64 {
    let power = u32::try_from((tries - 1).clamp(0, 6)).unwrap_or_default();
    (MINUTE * 4_i64.pow(power)).min(360 * MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_tried_again_ever_more_seldom() {
        let minutes: Vec<_> = (1..=7).map(|tries| pause(tries) / MINUTE).collect();
        assert_eq!(minutes, [1, 4, 16, 64, 256, 360, 360]);
        assert_eq!(pause(i64::MAX) / MINUTE, 360);
    }
}
