//! The door: address and password. An unknown address, a disabled account and a wrong password look and take the same.
//! Tries are counted before they are made, on all consoles together: for the account, for where they come from, for all
//! strangers. Nobody is locked out for good, and who comes from where they signed in before waits for no stranger.

use super::{
    App, Error, passwords,
    sessions::{HALF, SessionToken, WHOLE},
};
use crate::{
    domain::{
        audit::AuditAction,
        identity::{StaffId, normal_address},
        sign_in::{SecondFactor, Stage},
        time::{MINUTE, SECOND},
    },
    store::{Tx, audit, known_places, sessions, staff, throttles},
};

/// What somebody typed at the door, and where they come from.
#[derive(Clone, Copy)]
pub struct Typed<'a> {
    /// The address.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// A network address, shortened.
    pub client: &'a str,
}

/// Why somebody was not let in.
#[derive(Debug)]
pub enum Refused {
    /// It does not fit; never said why.
    Wrong,
    /// Too many tries: wait so many seconds.
    Busy(i64),
    /// The house has a problem, or what was asked for has a fault.
    Other(Error),
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        match error.into() {
            Error::Busy => Self::Busy(5),
            other => Self::Other(other),
        }
    }
}

/// A row of tries: how many cost nothing, and the longest wait after more of them, in milliseconds.
struct Row {
    key: Vec<u8>,
    free: i64,
    longest: i64,
}

/// The rows in which a try counts, in one order for everybody, so that no two wait for each other.
fn rows(app: &App, typed: &Typed<'_>, is_known: bool) -> Vec<Row> {
    let account = normal_address(typed.email);
    if is_known {
        return vec![Row { key: place(app, &account, typed.client), free: 10, longest: MINUTE }];
    }
    vec![
        Row { key: app.vault.digest("sign-in strangers", b""), free: 300, longest: 5 * SECOND },
        Row { key: app.vault.digest("sign-in client", typed.client.as_bytes()), free: 30, longest: 5 * MINUTE },
        Row { key: app.vault.digest("sign-in", account.as_bytes()), free: 5, longest: 15 * MINUTE },
    ]
}

fn place(app: &App, account: &str, client: &str) -> Vec<u8> {
    app.vault.digest_of("sign-in place", [account.as_bytes(), &[0], client.as_bytes()])
}

/// Signs in: a whole session, or half of one where a second factor has to follow.
///
/// # Errors
/// As `Refused` tells them apart.
pub async fn sign_in(app: &App, typed: Typed<'_>) -> Result<SessionToken, Refused> {
    let account = normal_address(typed.email);
    let mut tx = app.db.read().await?;
    let found = staff::account_by_email(&mut tx, typed.email).await?.filter(|account| !account.is_disabled());
    let is_known = known_places::place_is_known(&mut tx, &place(app, &account, typed.client)).await?;
    drop(tx);
    let rows = rows(app, &typed, is_known);
    count(app, &rows).await?;
    let stored = found.as_ref().map(|account| account.password_hash.as_str());
    let fits = passwords::fits(app, typed.password, stored).await?;
    let Some(found) = found.filter(|_| fits) else {
        slowed(app, &rows).await?;
        return Err(Refused::Wrong);
    };
    let renewed = if passwords::is_outdated(&found.password_hash) {
        Some(passwords::hashed(app, typed.password).await?)
    } else {
        None
    };
    let staff = found.staff();
    let mut tx = app.db.begin().await?;
    match rows.as_slice() {
        [all, client, account] => {
            throttles::throttle_spare(&mut tx, &all.key).await?;
            throttles::throttle_spare(&mut tx, &client.key).await?;
            throttles::throttle_clear(&mut tx, &account.key).await?;
        }
        known => {
            for row in known {
                throttles::throttle_clear(&mut tx, &row.key).await?;
            }
        }
    }
    if let Some(hash) = renewed {
        staff::password_rehash(&mut tx, staff, &found.password_hash, &hash).await?;
    }
    // the account may have been disabled, or its password changed, while this one was hashed
    staff::account_lock(&mut tx, staff).await?;
    let still = staff::account_get(&mut tx, staff).await?;
    if still.is_none_or(|account| account.is_disabled() || account.stamp != found.stamp) {
        return Err(Refused::Wrong);
    }
    let token = begin(app, &mut tx, staff, &account, typed.client).await?;
    tx.commit().await?;
    Ok(token)
}

/// Begins the session of somebody whose password was right.
async fn begin(app: &App, tx: &mut Tx, staff: StaffId, account: &str, client: &str) -> Result<SessionToken, Error> {
    let is_armed = super::second_factor::is_armed(tx, staff).await?;
    let is_half = is_armed || app.settings.second_factor == SecondFactor::Required;
    let token = SessionToken::new(if is_half { Stage::Half } else { Stage::Full })?;
    let lasts = if is_half { HALF } else { WHOLE };
    sessions::session_start(tx, token.as_str(), staff, token.stage, client, lasts).await?;
    if is_half {
        audit::audit_append(tx, app.now(), Some(staff), AuditAction::PasswordGiven, None, "");
    } else {
        arrived(app, tx, staff, account, client).await?;
    }
    Ok(token)
}

/// Somebody is in: remembers from where.
pub(super) async fn arrived(app: &App, tx: &mut Tx, staff: StaffId, email: &str, client: &str) -> Result<(), Error> {
    known_places::place_remember(tx, staff, &place(app, &normal_address(email), client)).await?;
    staff::staff_arrived(tx, staff).await?;
    audit::audit_append(tx, app.now(), Some(staff), AuditAction::SignedIn, None, "");
    Ok(())
}

/// Counts a try in each row, or in none where one of them has to wait.
async fn count(app: &App, rows: &[Row]) -> Result<(), Refused> {
    let mut tx = app.db.begin().await?;
    for row in rows {
        let waits = throttles::throttle_try(&mut tx, &row.key, row.free, row.longest).await?;
        if waits > 0 {
            return Err(Refused::Busy((waits + 999) / 1_000));
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Writes down that tries are slowed from now on: at most as often as somebody is made to wait.
async fn slowed(app: &App, rows: &[Row]) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let mut waits = false;
    for row in rows {
        waits |= throttles::throttle_wait(&mut tx, &row.key).await? > 0;
    }
    drop(tx);
    if waits {
        let mut tx = app.db.begin().await?;
        audit::audit_append(&mut tx, app.now(), None, AuditAction::SignInSlowed, None, "");
        tx.commit().await?;
    }
    Ok(())
}
