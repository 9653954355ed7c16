//! Gives a case its page, and the page a new PIN. The code and the PIN are in the answer alone, this once.

use super::access::{Access, code_hash, pin_hash};
use crate::{
    app::{App, Error, desk::Desk},
    domain::{
        audit::AuditAction,
        case::Case,
        event::{By, Event},
        identity::Reference,
        rights::Actor,
        time::Instant,
    },
    store::{Tx, cases, pickups},
};

/// Where people open their case's page, below the console's public address.
const PLACE_OF_PAGE: &str = "/case";

/// The whole address of the page, as staff tell it.
#[must_use]
pub fn place(app: &App) -> String {
    format!("{}{PLACE_OF_PAGE}", app.settings.public_url)
}

/// Gives a case a page in the caller's transaction; the case is saved by the caller.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn give(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    access: &Access,
    by: By,
    now: Instant,
) -> Result<(), Error> {
    keep(app, tx, case.reference, access, now).await?;
    Ok(cases::case_record(tx, case, by, now, Event::PageGiven).await?)
}

async fn keep(app: &App, tx: &mut Tx, case: Reference, access: &Access, now: Instant) -> Result<(), Error> {
    let pin = pin_hash(app, case, &access.pin);
    if let Some(code) = &access.code {
        return Ok(pickups::pickup_keep(tx, case, &code_hash(app, code), &pin, now).await?);
    }
    if pickups::pickup_renew(tx, case, &pin, now).await? {
        return Ok(());
    }
    Err(Error::field("page", "This case has no page; its person is answered by mail"))
}

/// Makes a new PIN for the case's page, and with `code` a new code too. The old ones end at once.
///
/// # Errors
/// When the case has no page, or others were quicker.
pub async fn renew_page(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    code: bool,
) -> Result<Access, Error> {
    let access = if code { Access::new()? } else { Access::with_new_pin()? };
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    if !pickups::pickup_is_there(&mut desk.tx, reference).await? {
        return Err(Error::field("page", "This case has no page; its person is answered by mail"));
    }
    keep(app, &mut desk.tx, reference, &access, desk.now).await?;
    desk.record(Event::PageRenewed { code }).await?;
    desk.commit(AuditAction::PageRenewed).await?;
    Ok(access)
}
