//! What comes back of the mails that left: which one a report speaks of.

use super::{Result, Tx, mails, mails::Mail, per_engine, sql};
use crate::domain::identity::{MailId, Reference};

/// The newest mail of ours with one of these Message-IDs.
///
/// # Errors
/// As the database says.
pub async fn mail_by_message_id(tx: &mut Tx, message_ids: &[String]) -> Result<Option<Mail>> {
    let found = per_engine(
        "SELECT MAX(id) FROM mails WHERE message_id IN (SELECT v FROM json_array_elements_text(CAST($1 AS JSON)) AS v)",
        "SELECT MAX(id) FROM mails WHERE message_id IN (SELECT value FROM json_each($1))",
    )
    .bind(serde_json::to_string(message_ids).unwrap_or_default())
    .one::<(Option<i64>,)>(tx)
    .await?;
    match found {
        (Some(id),) => mails::mail_get(tx, MailId(id)).await,
        (None,) => Ok(None),
    }
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
