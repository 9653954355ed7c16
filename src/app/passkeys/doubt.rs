//! A passkey whose count of signatures went back may have a copy: it proves nothing any more, the person's sessions end, and
//! they are told by mail. Nothing on the screen says so to whoever used it.

use super::super::{App, Error, account_mail, sessions::Session, sign_in::Refused};
use crate::{
    domain::{
        audit::AuditAction,
        sign_in::{AccountNews, Stage},
    },
    store::{Tx, audit, passkeys, sessions, staff},
};

/// Doubts it; what the one who used it is told.
pub(super) async fn doubt(app: &App, tx: &mut Tx, session: &Session, credential: &[u8]) -> Refused {
    match doubted(app, tx, session, credential).await {
        Ok(()) => Refused::Wrong,
        Err(error) => Refused::Other(error),
    }
}

async fn doubted(app: &App, tx: &mut Tx, session: &Session, credential: &[u8]) -> Result<(), Error> {
    let staff = session.actor.id;
    let at = tx.db_now().await?;
    if !passkeys::passkey_doubt(tx, staff, credential, at).await? {
        return Ok(());
    }
    staff::stamp_move(tx, staff).await?;
    // whoever used it may be the copy's holder: what they have goes too, unless it opens nothing yet
    let keep = (session.stage == Stage::Half).then_some(session.id);
    sessions::sessions_end(tx, staff, keep).await?;
    audit::audit_append(tx, app.now(), Some(staff), AuditAction::PasskeyDoubted, None, "");
    account_mail::tell(tx, staff, AccountNews::PasskeyDoubted).await
}
