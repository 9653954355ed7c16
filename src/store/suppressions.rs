//! Addresses that mail did not reach for good, as keyed digests.

use super::{Result, Tx, sql};
use crate::domain::{identity::MailId, time::Instant};

/// Remembers that the address takes no mail.
///
/// # Errors
/// As the database says.
pub async fn suppress(tx: &mut Tx, recipient: &[u8], status: &str, mail: MailId, at: Instant) -> Result<()> {
    sql("INSERT INTO suppressions (recipient, since, status, mail_id) VALUES ($1, $2, $3, $4) ON CONFLICT (recipient) DO NOTHING")
        .bind(recipient)
        .bind(at)
        .bind(status)
        .bind(mail)
        .run(tx)
        .await?;
    Ok(())
}
