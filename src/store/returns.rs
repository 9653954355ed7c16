//! What comes back of the mails that left: which one a report speaks of.

use super::{Result, Tx, mails, mails::Mail, sql};
use crate::domain::identity::{MailId, Reference};

/// The mail of ours with one of these Message-IDs; with several, the first that is found.
///
/// # Errors
/// As the database says.
pub async fn mail_by_message_id(tx: &mut Tx, message_ids: &[String]) -> Result<Option<Mail>> {
    for message_id in message_ids {
        let found = sql("SELECT id FROM mails WHERE message_id = $1").bind(message_id).maybe::<(i64,)>(tx).await?;
        if let Some((id,)) = found {
            return mails::mail_get(tx, MailId(id)).await;
        }
    }
    Ok(None)
}

/// The newest mail that was handed over to one of these, of one case or of any.
///
/// # Errors
/// As the database says.
pub async fn mail_latest_to(tx: &mut Tx, case: Option<Reference>, recipients: &[Vec<u8>]) -> Result<Option<Mail>> {
    for recipient in recipients {
        let found = sql("SELECT id FROM mails WHERE recipient = $1 AND (case_id = $2 OR CAST($2 AS BIGINT) IS NULL)
             AND state <> 'queued' ORDER BY created_at DESC, id DESC LIMIT 1")
        .bind(recipient.clone())
        .bind(case)
        .maybe::<(i64,)>(tx)
        .await?;
        if let Some((id,)) = found {
            return mails::mail_get(tx, MailId(id)).await;
        }
    }
    Ok(None)
}
