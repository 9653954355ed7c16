//! The door: address and password. An unknown address, a disabled account and a wrong password look and take the same.
//! Tries are counted before they are made, on all consoles together: for the account, for where they come from, for all
//! strangers. Nobody is locked out for good, and whose browser they signed in with before waits for no stranger.

use super::{
    App, Error, devices, passwords, second_factor,
    sessions::{HALF, SessionToken, WHOLE},
    tries::{Row, Rows, around},
};
use crate::{
    domain::{
        audit::AuditAction,
        identity::{StaffId, normal_address},
        sign_in::{SecondFactor, Stage},
        time::{MINUTE, SECOND},
    },
    store::{
        Tx, audit, sessions,
        staff::{self, Account},
        throttles,
    },
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
    /// What the browser was given when somebody signed in with it before.
    pub device: Option<&'a str>,
    /// The token of the session that the browser has; it ends where another begins.
    pub session: Option<&'a str>,
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

/// The rows in which a try counts. In a browser in which the person has signed in before it counts for that browser, so
/// that strangers, who see the same whether or not there is an account, keep nobody out.
fn rows(app: &App, typed: &Typed<'_>, known: Option<&str>) -> Rows {
    let client = app.vault.digest("sign-in client", typed.client.as_bytes());
    let client = Row { key: client, free: 30, longest: 5 * MINUTE };
    let account = normal_address(typed.email);
    let rest = if let Some(device) = known {
        let key = app.vault.digest_of("sign-in device", [account.as_bytes(), &[0], device.as_bytes()]);
        vec![Row { key, free: 10, longest: 15 * MINUTE }]
    } else {
        let key = of_account(app, &account);
        let mut rest = vec![Row { key, free: 5, longest: 15 * MINUTE }];
        if let Some(network) = around(typed.client) {
            let key = app.vault.digest("sign-in network", &network.octets());
            rest.push(Row { key, free: 100, longest: 5 * MINUTE });
        }
        rest.push(Row { key: app.vault.digest("sign-in strangers", b""), free: 300, longest: 5 * SECOND });
        rest
    };
    Rows { client, is_known: known.is_some(), rest }
}

fn of_account(app: &App, account: &str) -> Vec<u8> {
    app.vault.digest("sign-in", account.as_bytes())
}

/// Forgets what strangers tried at an account: its password is another one now.
pub(super) async fn forgive(app: &App, tx: &mut Tx, account: &Account) -> Result<(), Error> {
    throttles::throttle_clear(tx, &of_account(app, &normal_address(&account.email))).await?;
    second_factor::forgive(app, tx, account.staff()).await
}

/// Signs in: a whole session, or half of one where a second factor has to follow.
///
/// # Errors
/// As `Refused` tells them apart.
pub async fn sign_in(app: &App, typed: Typed<'_>) -> Result<SessionToken, Refused> {
    let mut tx = app.db.read().await?;
    let found = staff::account_by_email(&mut tx, typed.email).await?.filter(|account| !account.is_disabled());
    let known = devices::known(&mut tx, found.as_ref(), typed.device).await?;
    drop(tx);
    let rows = rows(app, &typed, known);
    let counted = rows.count(app).await?;
    let stored = found.as_ref().map(|account| account.password_hash.as_str());
    let fits = passwords::fits(app, typed.password, stored).await?;
    let Some(found) = found.as_ref().filter(|_| fits) else {
        slowed(app, &rows, typed.email, found.as_ref().map(Account::staff)).await?;
        return Err(Refused::Wrong);
    };
    let renewed = if passwords::is_outdated(&found.password_hash) {
        Some(passwords::hashed(app, typed.password).await?)
    } else {
        None
    };
    let staff = found.staff();
    let mut tx = app.db.begin().await?;
    // the account may have been disabled, or its password changed, while this one was hashed
    staff::account_lock(&mut tx, staff).await?;
    let still = staff::account_get(&mut tx, staff).await?;
    if still.is_none_or(|account| account.is_disabled() || account.stamp != found.stamp) {
        return Err(Refused::Wrong);
    }
    rows.forget(&mut tx, &counted).await?;
    if let Some(hash) = renewed {
        staff::password_rehash(&mut tx, staff, &found.password_hash, &hash).await?;
    }
    // what this browser was signed in to before is not left open behind its back
    if let Some(former) = typed.session
        && let Some(whose) = sessions::session_end(&mut tx, former).await?
    {
        audit::audit_append(&mut tx, app.now(), Some(whose), AuditAction::SignedOut, None, "");
    }
    let token = begin(app, &mut tx, staff, &typed).await?;
    tx.commit().await?;
    Ok(token)
}

/// Begins the session of somebody whose password was right.
async fn begin(app: &App, tx: &mut Tx, staff: StaffId, typed: &Typed<'_>) -> Result<SessionToken, Error> {
    let is_armed = second_factor::is_armed(tx, staff).await?;
    let is_half = is_armed || app.settings.second_factor == SecondFactor::Required;
    let token = SessionToken::new(if is_half { Stage::Half } else { Stage::Full })?;
    let lasts = if is_half { HALF } else { WHOLE };
    sessions::session_start(tx, token.as_str(), staff, token.stage, typed.client, lasts).await?;
    if is_half {
        audit::audit_append(tx, app.now(), Some(staff), AuditAction::PasswordGiven, None, "");
        return Ok(token);
    }
    arrived(app, tx, staff, typed.device, token).await
}

/// Somebody is in: the browser, which came with `device`, is remembered, and gets to know so with the session's token.
pub(super) async fn arrived(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    device: Option<&str>,
    token: SessionToken,
) -> Result<SessionToken, Error> {
    staff::staff_arrived(tx, staff).await?;
    audit::audit_append(tx, app.now(), Some(staff), AuditAction::SignedIn, None, "");
    Ok(token.in_browser(devices::remember(tx, staff, device).await?))
}

/// Writes down that tries are slowed from now on, at most as often as somebody is made to wait: of what was typed a keyed
/// digest, by which entries can be compared, and whose account it is, where it is anybody's.
async fn slowed(app: &App, rows: &Rows, email: &str, staff: Option<StaffId>) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let waits = rows.wait(&mut tx).await?;
    drop(tx);
    if waits > 0 {
        let digest = app.vault.digest("sign-in slowed", normal_address(email).as_bytes());
        let digest = format!("digest {}", data_encoding::HEXLOWER.encode(&digest[..8]));
        let object = staff.map_or_else(|| digest.clone(), |staff| format!("{digest} {}", staff.0));
        let mut tx = app.db.begin().await?;
        audit::audit_append(&mut tx, app.now(), None, AuditAction::SignInSlowed, None, &object);
        tx.commit().await?;
    }
    Ok(())
}
