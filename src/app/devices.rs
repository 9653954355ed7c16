//! A browser in which somebody has signed in keeps a secret of its own beside the session's, for longer (device cookies,
//! as OWASP has them): it opens nothing, but who comes with it does not wait for what strangers tried.

use super::Error;
use crate::{
    domain::identity::StaffId,
    store::{Tx, devices, staff::Account, vault::random},
};

/// The name of the browser's cookie.
pub const COOKIE: &str = "__Host-recourse-device";
/// For how many seconds the browser keeps it.
pub const SECONDS: i64 = devices::REMEMBERED / 1_000;

/// The secret that a browser came with, if the person of this account has signed in with it before. Looks as long where there
/// is no such account.
pub(super) async fn known<'a>(
    tx: &mut Tx,
    account: Option<&Account>,
    secret: Option<&'a str>,
) -> Result<Option<&'a str>, Error> {
    let staff = account.map_or(StaffId(0), Account::staff);
    match secret {
        Some(secret) => Ok(devices::device_is_known(tx, staff, secret).await?.then_some(secret)),
        None => Ok(None),
    }
}

/// Remembers the browser of somebody who is in, under a secret that is another each time: 256 random bits. `before` is the
/// one that the browser came with.
pub(super) async fn remember(tx: &mut Tx, staff: StaffId, before: Option<&str>) -> Result<String, Error> {
    let secret = data_encoding::BASE64URL_NOPAD.encode(&random::<32>()?);
    devices::device_remember(tx, staff, before, &secret).await?;
    Ok(secret)
}
