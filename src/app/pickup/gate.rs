//! Whether a code and a PIN open a case's page. Each try is counted before it is made, by the code that was typed and by
//! where it comes from; a code that does not exist, a wrong PIN and a page that ended look and take the same.

use super::access::{code_hash, pin_hash};
use crate::{
    app::{App, Error, intake},
    domain::{case::Case, identity::Reference, time::MINUTE},
    store::{Tx, pickups, throttles},
};

/// What somebody typed to open a page; not printed.
#[derive(Clone, Copy)]
pub struct Key<'a> {
    /// The case's code, however it was written down.
    pub code: &'a str,
    /// The PIN.
    pub pin: &'a str,
}

/// Where a request comes from, as far as it is known: a network address, shortened.
#[derive(Debug, Clone, Copy)]
pub struct Client<'a>(pub &'a str);

/// Why a page does not open.
#[derive(Debug)]
pub enum Refused {
    /// Code and PIN open nothing together; never said why.
    Wrong,
    /// Too many tries: wait so many seconds. Nobody is ever locked out for good.
    Busy(i64),
    /// The house has a problem, or what was asked for has a fault.
    Other(Error),
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// Tries for one code that cost nothing, and the longest wait after more of them, in milliseconds. Of a million PINs that
/// leaves a stranger who knows the code some hundred a day.
const FREE: i64 = 5;
const LONGEST: i64 = 15 * MINUTE;
/// The same for one client, whatever codes it tries; several people may share one address.
const CLIENT_FREE: i64 = 30;
const CLIENT_LONGEST: i64 = 5 * MINUTE;

/// The case behind a code and PIN, locked in a transaction of its own, or the one that goes on in its place.
///
/// # Errors
/// As `Refused` tells them apart; a failed try is written down.
pub(super) async fn open(app: &App, client: Client<'_>, key: Key<'_>) -> Result<(Tx, Case), Refused> {
    let code = code_hash(app, key.code);
    let by_code = app.vault.digest("case code tried", &code);
    let by_client = app.vault.digest("case client", client.0.as_bytes());
    let mut tx = app.db.begin().await?;
    // in one order for everybody, so that no two wait for each other
    let waits = throttles::throttle_try(&mut tx, &by_client, CLIENT_FREE, CLIENT_LONGEST).await?;
    let waits = if waits > 0 { waits } else { throttles::throttle_try(&mut tx, &by_code, FREE, LONGEST).await? };
    if waits > 0 {
        // who asks again and again while a code has to wait counts for where they come from
        tx.commit().await?;
        return Err(Refused::Busy((waits + 999) / 1_000));
    }
    let found = pickups::pickup_find(&mut tx, &code).await?;
    // the same work where there is no such code
    let case = found.as_ref().map_or(Reference(0), |pickup| pickup.case);
    let typed = pin_hash(app, case, key.pin);
    if found.is_none_or(|pickup| pickup.pin_hash != typed) {
        tx.commit().await?;
        return Err(Refused::Wrong);
    }
    throttles::throttle_clear(&mut tx, &by_code).await?;
    // somebody with a case of their own gets no more tries at others
    throttles::throttle_spare(&mut tx, &by_client).await?;
    tx.commit().await?;
    let mut tx = app.db.begin().await?;
    let case = intake::followed(&mut tx, case).await?.filter(|case| case.erased.is_none()).ok_or(Refused::Wrong)?;
    Ok((tx, case))
}
