//! The link to a package in a mail: what it is made of, and how somebody who has no code, or lost it, gets one.

use super::{Code, addressee, code_hash};
use crate::{
    app::{App, Error, acknowledge, letters, subject::Known, verification},
    domain::{
        audit::AuditAction,
        case::Case,
        event::{By, Event, Purpose},
        identity::PackageId,
        time::MINUTE,
    },
    mail::compose::{self, Facts, Letter},
    store::{
        Tx, audit, cases, contents, contents::Content, packages, sessions::token_hash, vault::random, verifications,
    },
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
    let last = verifications::verification_last(&mut tx, package.id).await?;
    if last.is_some_and(|at| now.0 < at.plus(PAUSE).0) {
        return Ok(());
    }
    let known = contents::content_get(&mut tx, &app.vault, package.identity).await?.unwrap_or_default();
    let to = addressee(app, &mut tx, package.case, &Known::read(&known)).await?;
    // who has no address has the new code shown at their case's page
    let (name, address) = to.ok_or(Error::NotFound)?;
    let message_id = acknowledge::message_id(app, &case, Purpose::Verification)?;
    verifications::verification_ask(
        &mut tx,
        package.case,
        &verification::hash(app, &message_id),
        package.identity,
        Some(package.id),
        verification::VALID,
    )
    .await?;
    let at = app.now();
    cases::case_record(&mut tx, &mut case, By::Requester, at, Event::ExportCodeAsked { package: package.id }).await?;
    let language = letters::language_of(app, &case);
    let until = letters::when(app, &case, language, verification::valid_until(at));
    let facts = Facts { until, ..letters::facts(app, &case, "", language) };
    let written = compose::write(Letter::NewCode, language, &facts, "")?;
    let (subject, text, html) = (written.subject, written.text, written.html);
    let content = Content { name, address, subject, text, html, ..Content::default() };
    let purpose = Purpose::Verification;
    let queued = acknowledge::queue_as(app, &mut tx, &case, purpose, &message_id, &content, at).await?;
    cases::case_record(&mut tx, &mut case, By::System, at, queued).await?;
    cases::case_save(&mut tx, &case).await?;
    audit::audit_append(&mut tx, at, None, AuditAction::ExportCodeAsked, Some(package.case), "");
    tx.commit().await?;
    app.wake();
    Ok(())
}

/// Shows a new code for a package to somebody who just showed who they are on the page of their case, in the caller's
/// transaction; the code is nowhere but in the answer.
///
/// # Errors
/// `NotFound` where there is no such package; as the database says.
pub(in crate::app) async fn show_code(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    package: PackageId,
) -> Result<Code, Error> {
    let package = packages::package_get(tx, package).await?.ok_or(Error::NotFound)?;
    let (code, now) = (Code::new()?, app.now());
    // a link that nobody has, used up at once: codes are looked for among used links
    let (hash, about, valid) = (random::<32>()?, Some(package.id), verification::VALID);
    let asked = verifications::verification_ask(tx, case.reference, &hash, package.identity, about, valid).await?;
    verifications::verification_use(tx, asked, Some(&code_hash(app, &code))).await?;
    cases::case_record(tx, case, By::Requester, now, Event::ExportCodeShown { package: package.id }).await?;
    cases::case_save(tx, case).await?;
    audit::audit_append(tx, now, None, AuditAction::ExportCodeShown, Some(case.reference), "");
    Ok(code)
}
