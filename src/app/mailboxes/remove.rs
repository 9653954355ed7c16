//! Removes the mail servers' own copies of a message that nobody may keep. Touches no other message, and nothing where the
//! numbers of a folder mean something else by now.

use super::{Trouble, Watched};
use crate::{
    app::App,
    domain::{audit::AuditAction, identity::MessageId},
    mail::inbox::Mailbox,
    store::{
        audit,
        mailbox_copies::{self as copies, Copied},
        messages,
    },
};

/// What became of the servers' copies of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removal {
    /// How many are gone.
    pub removed: usize,
    /// How many cannot be found again, and have to be looked for by somebody at the mailbox.
    pub left: usize,
}

/// Removes every copy of the message in the mailboxes that are read, and says so of each in the log. May be called again
/// after an error. Touches the outside: never inside a transaction.
///
/// # Errors
/// When a mailbox or the database fails; what was removed before stays removed.
pub async fn remove_copies(app: &App, message: MessageId) -> Result<Removal, Trouble> {
    let mut tx = app.db.read().await?;
    let copies = copies::copies_of(&mut tx, message).await?;
    let case = messages::message_get(&mut tx, message).await?.and_then(|message| message.case);
    drop(tx);
    let mut removal = Removal::default();
    for copy in copies {
        if !remove(app, &copy).await? {
            removal.left += 1;
            continue;
        }
        let mut tx = app.db.begin().await?;
        copies::copy_remove(&mut tx, copy.place()).await?;
        let what = format!("message {}: removed 1", message.0);
        audit::audit_append(&mut tx, app.now(), None, AuditAction::MailboxCopiesRemoved, case, &what);
        tx.commit().await?;
        removal.removed += 1;
    }
    Ok(removal)
}

/// False where the copy cannot be found again.
async fn remove(app: &App, copy: &Copied) -> Result<bool, Trouble> {
    let is_it = |w: &&Watched| w.product == copy.product && w.name == copy.name && w.folder == copy.folder;
    let Some(watched) = app.settings.mailboxes.iter().find(is_it) else { return Ok(false) };
    let (folder, life, uid) = match (&copy.moved_to, copy.moved_validity, copy.moved_uid) {
        (None, ..) => (&copy.folder, copy.uid_validity, copy.uid),
        (Some(folder), Some(life), Some(uid)) => (folder, life, uid),
        (Some(_), ..) => return Ok(false),
    };
    let Ok(uid) = u32::try_from(uid) else { return Ok(false) };
    let mut mailbox = Mailbox::connect(&watched.server).await?;
    let is_same = i64::from(mailbox.open(folder).await?.uid_validity) == life;
    let is_gone = is_same && mailbox.remove(uid).await?;
    mailbox.leave().await;
    Ok(is_gone)
}
