//! Mail to the person of an account: handed over at once, never kept. News of what was changed about the account are told
//! by a job, so that nobody's account is changed behind their back. Says nothing of any case.

use super::{App, Error};
use crate::{
    domain::{identity::StaffId, sign_in::AccountNews, time::Instant, work::Work},
    mail::{
        compose::{self, Written},
        outbox::{Automatic, Letter, SendError},
    },
    store::{
        Tx, jobs,
        staff::{self, Account},
    },
};

/// What a mail to the person of an account came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It left, or there is nothing to send any more.
    Done,
    /// It did not, and is tried again.
    Later(String),
}

/// Hands a mail over; `number` makes its Message-ID, the same each time it is tried.
pub(super) async fn hand_over(app: &App, account: Account, written: Written, number: &str) -> Sent {
    let own = app.packs.iter().next().map(|pack| app.address_of(&pack.id)).unwrap_or_default();
    let domain = own.rsplit('@').next().unwrap_or("invalid").to_owned();
    let letter = Letter {
        sender: None,
        from: ("Recourse".to_owned(), own),
        to: (account.name, account.email),
        reply_to: None,
        subject: written.subject,
        text: written.text,
        html: written.html,
        message_id: format!("account.{}@{domain}", number.to_lowercase()),
        references: Vec::new(),
        automatic: Some(Automatic::Generated),
        date: app.now(),
    };
    match app.transport.send(&letter).await {
        Ok(()) => Sent::Done,
        Err(SendError::Refused(why) | SendError::Gone { says: why, .. }) => {
            tracing::warn!(%why, "a mail to the person of an account was refused");
            Sent::Done
        }
        Err(error) => Sent::Later(error.to_string()),
    }
}

/// Asks for the mail that tells somebody what was changed about their account, in the caller's transaction.
pub(super) async fn tell(tx: &mut Tx, staff: StaffId, news: AccountNews) -> Result<(), Error> {
    let at = tx.db_now().await?;
    jobs::job_enqueue(tx, &Work::SendAccountNews { staff, news, at }, 0).await?;
    Ok(())
}

/// Tells somebody what was changed about their account. Twice is the same mail twice.
///
/// # Errors
/// As the database says.
pub async fn send_account_news(app: &App, staff: StaffId, news: AccountNews, at: Instant) -> Result<Sent, Error> {
    let mut tx = app.db.read().await?;
    let account = staff::account_get(&mut tx, staff).await?.filter(|account| !account.is_disabled());
    let Some(account) = account else { return Ok(Sent::Done) };
    drop(tx);
    let when = at.in_words(app.zone());
    let link = format!("{}/account", app.settings.public_url);
    let written = compose::account_news(&account.name, news, &when, &link)?;
    let number = app.vault.digest("account news", format!("{} {} {}", staff.0, news.code(), at.0).as_bytes());
    Ok(hand_over(app, account, written, &data_encoding::BASE32_NOPAD.encode(&number[..20])).await)
}
