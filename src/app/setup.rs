//! The first account: made by whoever has the link that a console without accounts prints when it starts. There is no
//! default account, and once there is any account no link of this kind counts.

use super::{
    App, Error,
    staff::{Access, Person, add, checked},
};
use crate::{
    domain::{rights::Role, sign_in::LinkPurpose, time::HOUR},
    store::{
        account_links::{self, Link},
        sessions::token_hash,
        staff,
        vault::random,
    },
};

/// What the first person is there for, until there are others.
const FIRST: [Role; 4] = [Role::Officer, Role::Lead, Role::Responder, Role::Admin];
/// How long the link counts, in milliseconds.
const LASTS: i64 = HOUR;

/// The token of a new link, while nobody has an account.
///
/// # Errors
/// As the database says.
pub async fn begin_setup(app: &App) -> Result<Option<String>, Error> {
    let mut tx = app.db.begin().await?;
    if !staff::staff_is_empty(&mut tx).await? {
        return Ok(None);
    }
    let token = data_encoding::BASE64URL_NOPAD.encode(&random::<32>()?);
    let number = data_encoding::BASE32_NOPAD.encode(&random::<20>()?);
    let link = Link { purpose: LinkPurpose::Setup, staff: None };
    account_links::link_keep(&mut tx, (&number, &token_hash(&token)), link, 0, LASTS).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// Whether the link counts.
///
/// # Errors
/// `NotFound` when it does not, whatever the reason.
pub async fn look_at_setup(app: &App, token: &str) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let counts = account_links::link_find(&mut tx, &token_hash(token)).await?;
    let is_setup = counts.is_some_and(|link| link.purpose == LinkPurpose::Setup);
    if is_setup && staff::staff_seems_empty(&mut tx).await? { Ok(()) } else { Err(Error::NotFound) }
}

/// Makes the first account. Of several at once one does.
///
/// # Errors
/// `NotFound` when the link does not count; `Invalid` names what needs another look.
pub async fn make_first_account(app: &App, token: &str, person: &Person<'_>) -> Result<(), Error> {
    look_at_setup(app, token).await?;
    let access = Access::from(&FIRST[..]);
    let hash = checked(app, person, &access).await?;
    let mut tx = app.db.begin().await?;
    // held until the end: whoever comes second finds somebody here
    if !staff::staff_is_empty(&mut tx).await? || !account_links::link_use(&mut tx, &token_hash(token)).await? {
        return Err(Error::NotFound);
    }
    add(app, &mut tx, (person, &hash), &access, None.into()).await?;
    tx.commit().await?;
    Ok(())
}
