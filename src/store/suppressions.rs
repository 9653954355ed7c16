//! Addresses that mail bounced from for good, as keyed digests: what nobody reads is not sent again, unless the law asks
//! for a try. Never holds an address.

use super::{Result, Tx, sql};
use crate::domain::{identity::MailId, time::Instant};

/// That an address takes no mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Since when.
    pub since: Instant,
    /// What its server said, as a status: 5.1.1.
    pub status: String,
    /// The mail that showed it.
    pub mail: MailId,
}

/// Remembers that an address takes no mail; what is known already stays as it is.
///
/// # Errors
/// As the database says.
pub async fn suppress(tx: &mut Tx, recipient: &[u8], status: &str, mail: MailId, at: Instant) -> Result<()> {
    sql("INSERT INTO suppressions (recipient, since, status, mail_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
        .bind(recipient.to_vec())
        .bind(at)
        .bind(status)
        .bind(mail)
        .run(tx)
        .await?;
    Ok(())
}

/// What is known of an address.
///
/// # Errors
/// As the database says.
pub async fn suppression(tx: &mut Tx, recipient: &[u8]) -> Result<Option<Suppression>> {
    let row = sql("SELECT since, status, mail_id FROM suppressions WHERE recipient = $1")
        .bind(recipient.to_vec())
        .maybe::<(i64, String, i64)>(tx)
        .await?;
    Ok(row.map(|(since, status, mail)| Suppression { since: Instant(since), status, mail: MailId(mail) }))
}

/// Forgets that an address takes no mail; false when nobody knew.
///
/// # Errors
/// As the database says.
pub async fn suppression_lift(tx: &mut Tx, recipient: &[u8]) -> Result<bool> {
    let gone = sql("DELETE FROM suppressions WHERE recipient = $1").bind(recipient.to_vec()).run(tx).await?;
    Ok(gone == 1)
}
