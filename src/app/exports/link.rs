//! The link to a package in a mail: what it is made of, and how somebody who has no code, or lost it, gets one.

use super::address;
use crate::{
    app::{App, Error, acknowledge, subject::Known, verbs, verification},
    domain::{
        event::{By, Event},
        time::MINUTE,
    },
    store::{audit, cases, contents, packages, sessions::token_hash, verifications},
};

/// Where links lead, below the console's public address.
pub const PLACE: &str = "/copy";
/// How long after one link to a new code the next may be asked for, in milliseconds.
const PAUSE: i64 = 10 * MINUTE;

/// The token of the mail with this Message-ID: written down nowhere, as that of a verification.
fn token(app: &App, message_id: &str) -> String {
    data_encoding::BASE32_NOPAD.encode(&app.vault.digest("copy link", message_id.as_bytes())).to_lowercase()
}

/// The link of the mail with this Message-ID.
#[must_use]
pub fn link(app: &App, message_id: &str) -> String {
    format!("{}{PLACE}/{}", app.settings.public_url, token(app, message_id))
}

/// How the link of the mail with this Message-ID is stored.
#[must_use]
pub(super) fn hash(app: &App, message_id: &str) -> Vec<u8> {
    token_hash(&token(app, message_id))
}

/// Sends a new link for confirming, which shows a new code, to where the link to the package went; not more often than
/// every ten minutes, and the answer is the same.
///
/// # Errors
/// `NotFound` where the link to the package does not count.
pub async fn ask_code(app: &App, token: &str) -> Result<(), Error> {
    let hash = token_hash(token);
    let mut tx = app.db.read().await?;
    let package = packages::package_find(&mut tx, &hash).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let mut tx = app.db.begin().await?;
    let mut case = cases::case_lock(&mut tx, package.case).await?.ok_or(Error::NotFound)?;
    let package = packages::package_find(&mut tx, &hash).await?.ok_or(Error::NotFound)?;
    let now = tx.db_now().await?;
    let last = verifications::verification_last(&mut tx, package.case).await?;
    if last.is_some_and(|at| now.0 < at.plus(PAUSE).0) {
        return Ok(());
    }
    let content = contents::content_get(&mut tx, &app.vault, package.identity).await?.unwrap_or_default();
    let address = address(app, &mut tx, package.case, &Known::read(&content)).await?.ok_or(Error::NotFound)?;
    let message_id = acknowledge::message_id(app, &case)?;
    let verification = verifications::verification_ask(
        &mut tx,
        package.case,
        &verification::hash(app, &message_id),
        package.identity,
        verification::VALID,
    )
    .await?;
    let asked = Event::VerificationAsked { verification, identity: package.identity };
    let at = app.now();
    cases::case_record(&mut tx, &mut case, By::Requester, at, asked).await?;
    let queued = verbs::queue_link(app, &mut tx, &case, &address, &message_id, at).await?;
    cases::case_record(&mut tx, &mut case, By::System, at, queued).await?;
    cases::case_save(&mut tx, &case).await?;
    audit::audit_append(&mut tx, at, None, "export_code_asked", Some(package.case), "").await?;
    tx.commit().await?;
    app.wake();
    Ok(())
}
