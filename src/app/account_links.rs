//! Links by mail: an invited person sets their first password, somebody who forgot theirs a new one. GET looks, POST uses
//! up; a link is for the account as it was when it was asked for, and leaves the second factor as it is. Whoever asks for
//! one learns nothing: an address without an account costs and answers the same.

use super::{
    App, Error,
    account_mail::{self, Sent},
    devices, passwords,
    sign_in::{self, Refused},
    tries::{Row, Rows, around},
};
use crate::{
    domain::{
        audit::AuditAction,
        identity::normal_address,
        sign_in::{AccountNews, LinkPurpose},
        time::{DAY, HOUR, MINUTE, SECOND},
        work::Work,
    },
    mail::compose,
    store::{
        Tx,
        account_links::{self as stored, Link},
        audit, jobs, sessions,
        sessions::token_hash,
        staff::{self, Account},
        vault::random,
    },
};

/// How long a link counts, in milliseconds.
const fn lasts(purpose: LinkPurpose) -> i64 {
    match purpose {
        LinkPurpose::Setup => HOUR,
        LinkPurpose::Invitation => 3 * DAY,
        LinkPurpose::Reset => 30 * MINUTE,
    }
}

/// How many mails an address can be sent before the next has to wait; the same for where they are asked for, and for all
/// strangers together, so that links never fill the outbox. Whoever asks in a browser that they signed in with waits for none
/// of these.
fn rows(app: &App, email: &str, client: &str, known: Option<&str>) -> Rows {
    let row = |domain: &str, data: &[u8], free, longest| {
        let key = app.vault.digest(domain, data);
        Row { key, free, longest }
    };
    let account = normal_address(email);
    let rest = if let Some(device) = known {
        let key = app.vault.digest_of("reset device", [account.as_bytes(), &[0], device.as_bytes()]);
        vec![Row { key, free: 3, longest: HOUR }]
    } else {
        let network = around(client).map(|network| row("reset network", &network.octets(), 30, HOUR));
        let all = row("reset strangers", b"", 60, 5 * SECOND);
        std::iter::once(row("reset", account.as_bytes(), 3, HOUR)).chain(network).chain([all]).collect()
    };
    Rows { client: row("reset client", client.as_bytes(), 10, HOUR), is_known: known.is_some(), rest }
}

/// The token of a link, made under the master key when it is kept and again when its mail leaves: written down nowhere.
fn token(app: &App, number: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(app.vault.derive(&format!("account link {number}")).as_slice())
}

/// Keeps a link, for nobody where there is no account, and the work of sending it.
pub(super) async fn keep(app: &App, tx: &mut Tx, purpose: LinkPurpose, account: Option<&Account>) -> Result<(), Error> {
    let number = data_encoding::BASE32_NOPAD.encode(&random::<20>()?);
    let hash = token_hash(&token(app, &number));
    let link = Link { purpose, staff: account.map(Account::staff) };
    let stamp = account.map_or(0, |account| account.stamp);
    let id = stored::link_keep(tx, (&number, &hash), link, stamp, lasts(purpose)).await?;
    jobs::job_enqueue(tx, &Work::SendAccountLink { link: id }, 0).await?;
    Ok(())
}

/// Somebody asks for a new password, in a browser that came with `device`. What they read is the same whether or not there is
/// an account.
///
/// # Errors
/// `Busy` after too many; `Other` as the database says.
pub async fn ask_reset(app: &App, email: &str, client: &str, device: Option<&str>) -> Result<(), Refused> {
    let mut tx = app.db.read().await?;
    let account = staff::account_by_email(&mut tx, email).await?.filter(|account| !account.is_disabled());
    let known = devices::known(&mut tx, account.as_ref(), device).await?;
    drop(tx);
    rows(app, email, client, known).count(app).await?;
    let mut tx = app.db.begin().await?;
    keep(app, &mut tx, LinkPurpose::Reset, account.as_ref()).await?;
    tx.commit().await?;
    app.wake();
    Ok(())
}

/// Sends the mail of a link, while it counts. Twice is the same mail twice.
///
/// # Errors
/// As the database says.
pub async fn send_account_link(app: &App, id: i64) -> Result<Sent, Error> {
    let mut tx = app.db.read().await?;
    let Some(number) = stored::link_number(&mut tx, id).await? else { return Ok(Sent::Done) };
    let token = token(app, &number);
    let Some(link) = stored::link_find(&mut tx, &token_hash(&token)).await? else { return Ok(Sent::Done) };
    let Some(staff) = link.staff else { return Ok(Sent::Done) };
    let Some(account) = staff::account_get(&mut tx, staff).await? else { return Ok(Sent::Done) };
    drop(tx);
    let address = format!("{}/password/{token}", app.settings.public_url);
    let written = compose::account_link(&account.name, link.purpose == LinkPurpose::Invitation, &address)?;
    Ok(account_mail::hand_over(app, account, written, &number).await)
}

/// The account of a link that counts.
///
/// # Errors
/// `NotFound` when it does not, whatever the reason.
pub async fn look_at_link(app: &App, token: &str) -> Result<Account, Error> {
    let mut tx = app.db.read().await?;
    account_of(&mut tx, token).await
}

async fn account_of(tx: &mut Tx, token: &str) -> Result<Account, Error> {
    let link = stored::link_find(tx, &token_hash(token)).await?;
    let staff = link.and_then(|link| link.staff).ok_or(Error::NotFound)?;
    staff::account_get(tx, staff).await?.ok_or(Error::NotFound)
}

/// Sets the password of a link's account, ends its sessions and forgets what strangers tried at it. The second factor stays,
/// and is asked for at the door. What the browser, which came with `device`, keeps to be known there: whoever has the mail
/// waits for no stranger.
///
/// # Errors
/// `NotFound` when the link does not count; `Invalid` when the password is not good enough.
pub async fn set_password(app: &App, token: &str, password: &str, device: Option<&str>) -> Result<String, Error> {
    let account = look_at_link(app, token).await?;
    if let Some(says) = passwords::fault(app, password, &[&account.email, &account.name]) {
        return Err(Error::field("password", says));
    }
    let hash = passwords::hashed(app, password).await?;
    let staff = account.staff();
    let mut tx = app.db.begin().await?;
    // held before the link is looked at: whatever else changes the account comes before or after, and ends the link
    staff::account_lock(&mut tx, staff).await?;
    account_of(&mut tx, token).await?;
    if !stored::link_use(&mut tx, &token_hash(token)).await? {
        return Err(Error::NotFound);
    }
    staff::password_set(&mut tx, staff, &hash).await?;
    sessions::sessions_end(&mut tx, staff, None).await?;
    sign_in::forgive(app, &mut tx, &account).await?;
    let device = devices::remember(&mut tx, staff, device).await?;
    audit::audit_append(&mut tx, app.now(), Some(staff), AuditAction::PasswordSetByLink, None, "");
    account_mail::tell(&mut tx, staff, AccountNews::PasswordSetByLink).await?;
    tx.commit().await?;
    app.wake();
    Ok(device)
}
