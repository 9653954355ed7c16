//! The second factor: enrolling an authenticator, giving its code, a recovery code or a passkey, new recovery codes. Each
//! counts once, and too many wrong ones have to wait: in the session or browser that they come from, or with all strangers
//! who have the password. What a passkey is worth is `passkeys`.

use super::{
    App, Error, account_mail, authenticator,
    authenticator::Offer,
    devices, passkeys,
    proving::proven,
    sessions::{self, Session, SessionToken},
    sign_in::{Refused, arrived},
    tries::busy,
};
use crate::{
    domain::{
        audit::AuditAction,
        identity::StaffId,
        sign_in::{AccountNews, Stage},
        time::MINUTE,
    },
    store::{
        Tx, audit, factors, passkeys as kept, sessions as stored,
        staff::{self, Account},
        throttles,
        vault::random,
    },
};

/// Wrong codes that cost nothing, and the longest wait after more of them: some hundred guesses a day, of a million, for
/// somebody who has the password already.
const FREE: i64 = 5;
const LONGEST: i64 = 15 * MINUTE;
/// How many recovery codes somebody gets.
const CODES: usize = 10;

/// What somebody gives to show who they are.
#[derive(Clone, Copy)]
pub enum Factor<'a> {
    /// A code of an authenticator, or a recovery code.
    Code(&'a str),
    /// What the browser answered to the challenge of a passkey.
    Passkey(&'a str),
}

/// A code that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    Authenticator,
    Recovery,
}

/// True when somebody has a second factor.
pub(super) async fn is_armed(tx: &mut Tx, staff: StaffId) -> Result<bool, Error> {
    let has_authenticator = factors::authenticator_since(tx, staff).await?.is_some();
    Ok(has_authenticator || !kept::passkeys_of(tx, staff).await?.is_empty())
}

/// The row in which a try counts. Whoever is in, or has no factor that could be guessed, counts for their session alone; at
/// the door a browser in which the person has signed in before counts for itself, so that strangers who have the password
/// keep nobody out.
async fn row(app: &App, tx: &mut Tx, session: &Session, device: Option<&str>) -> Result<Vec<u8>, Error> {
    if session.stage == Stage::Full || !session.is_armed {
        return Ok(app.vault.digest("second factor of session", &session.id.to_be_bytes()));
    }
    let account = account(tx, session).await?;
    let staff = account.staff();
    Ok(match devices::known(tx, Some(&account), device).await? {
        Some(device) => app.vault.digest_of("second factor in", [&staff.0.to_be_bytes()[..], device.as_bytes()]),
        None => of_strangers(app, staff),
    })
}

fn of_strangers(app: &App, staff: StaffId) -> Vec<u8> {
    app.vault.digest("second factor", &staff.0.to_be_bytes())
}

/// Forgets what strangers tried who had the password: it is another one now, or the factors are.
pub(super) async fn forgive(app: &App, tx: &mut Tx, staff: StaffId) -> Result<(), Error> {
    Ok(throttles::throttle_clear(tx, &of_strangers(app, staff)).await?)
}

fn code_hash(app: &App, staff: StaffId, code: &str) -> Vec<u8> {
    app.vault.digest_of("recovery code", [&staff.0.to_be_bytes()[..], code.as_bytes()])
}

/// Counts the try, and uses up what was given in a browser, which came with `device`, if it is a factor of the session's
/// person.
pub(super) async fn use_factor(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    factor: Factor<'_>,
    device: Option<&str>,
) -> Result<(), Refused> {
    // whatever else changes the account, or disables it, comes before or after; everybody holds it first, so that no two wait
    // for each other
    staff::account_lock(tx, session.actor.id).await?;
    match factor {
        Factor::Code(typed) => use_code(app, tx, session, typed, device).await,
        Factor::Passkey(typed) => passkeys::use_passkey(app, tx, session, typed).await,
    }
}

async fn use_code(app: &App, tx: &mut Tx, session: &Session, typed: &str, device: Option<&str>) -> Result<(), Refused> {
    let staff = session.actor.id;
    let key = row(app, tx, session, device).await?;
    let waits = throttles::throttle_try(tx, &key, FREE, LONGEST).await?;
    if waits > 0 {
        return Err(busy(waits));
    }
    let code: String = typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let now = tx.db_now().await?;
    let given = if code.len() == 6 {
        let secret = factors::authenticator_secret(tx, &app.vault, staff).await?;
        let step = secret.and_then(|secret| authenticator::step_of(&secret, &code, now));
        let counts = match step {
            Some(step) => factors::authenticator_step(tx, staff, step).await?,
            None => false,
        };
        counts.then_some(Given::Authenticator)
    } else {
        let counts = factors::recovery_use(tx, staff, &code_hash(app, staff, &code), now).await?;
        counts.then_some(Given::Recovery)
    };
    let Some(given) = given else { return Err(Refused::Wrong) };
    throttles::throttle_clear(tx, &key).await?;
    if given == Given::Recovery {
        let left = factors::recovery_left(tx, staff).await?;
        audit::audit_append(tx, app.now(), Some(staff), AuditAction::RecoveryCodeUsed, None, &left.to_string());
    }
    Ok(())
}

/// Keeps a try that was wrong: it counts.
pub(super) async fn keep_try(app: &App, mut tx: Tx, staff: StaffId) -> Result<(), Error> {
    audit::audit_append(&mut tx, app.now(), Some(staff), AuditAction::SecondFactorWrong, None, "");
    tx.commit().await?;
    app.wake();
    Ok(())
}

/// Gives the factor that was missing: the session is whole, under a new token.
///
/// # Errors
/// As `Refused` tells them apart.
pub async fn give_factor(
    app: &App,
    session: &Session,
    factor: Factor<'_>,
    device: Option<&str>,
) -> Result<SessionToken, Refused> {
    let staff = session.actor.id;
    let mut tx = app.db.begin().await?;
    match use_factor(app, &mut tx, session, factor, device).await {
        Ok(()) => {}
        Err(Refused::Wrong) => {
            keep_try(app, tx, staff).await?;
            return Err(Refused::Wrong);
        }
        Err(refused) => return Err(refused),
    }
    let token = sessions::renew(&mut tx, session).await?;
    let token = arrived(app, &mut tx, staff, device, token).await?;
    tx.commit().await?;
    Ok(token)
}

/// The authenticator that this session is offered: the same until the account changes, or the person proves again who they
/// are.
///
/// # Errors
/// When somebody who has a factor has not given it, or their proof is stale: the secret is theirs to see.
pub async fn offer_authenticator(app: &App, session: &Session) -> Result<Offer, Error> {
    may_enrol(session)?;
    if session.stage == Stage::Full {
        proven(&session.actor)?;
    }
    let mut tx = app.db.read().await?;
    let account = account(&mut tx, session).await?;
    authenticator::offer(&offered(app, session, &account), &account.email)
}

/// Enrols the offered authenticator once a code of it shows that it works: the session is whole, under a new token, all
/// others of the person end, and there are new recovery codes, shown once.
///
/// # Errors
/// As `Refused` tells them apart; when somebody who has a factor has not given it, or their proof is stale.
pub async fn enrol_authenticator(
    app: &App,
    session: &Session,
    typed: &str,
    device: Option<&str>,
) -> Result<(SessionToken, Vec<String>), Refused> {
    may_add(session)?;
    let staff = session.actor.id;
    let mut tx = app.db.begin().await?;
    staff::account_lock(&mut tx, staff).await?;
    let key = row(app, &mut tx, session, device).await?;
    let waits = throttles::throttle_try(&mut tx, &key, FREE, LONGEST).await?;
    if waits > 0 {
        return Err(busy(waits));
    }
    let account = account(&mut tx, session).await?;
    let (secret, now) = (offered(app, session, &account), tx.db_now().await?);
    let code: String = typed.chars().filter(char::is_ascii_digit).collect();
    let Some(step) = authenticator::step_of(&secret, &code, now) else {
        tx.commit().await?;
        return Err(Refused::Wrong);
    };
    throttles::throttle_clear(&mut tx, &key).await?;
    factors::authenticator_set(&mut tx, &app.vault, staff, &secret, step, now).await?;
    let codes = fresh_codes(app, &mut tx, staff).await?;
    let (action, news) = (AuditAction::AuthenticatorEnrolled, AccountNews::AuthenticatorSet);
    let token = enrolled(app, &mut tx, session, (action, news), device).await?;
    tx.commit().await?;
    app.wake();
    Ok((token, codes))
}

/// A factor was added: what was made for the account before is worth nothing, the session goes on whole under a new token,
/// all others end, and the person is told.
pub(super) async fn enrolled(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    (action, news): (AuditAction, AccountNews),
    device: Option<&str>,
) -> Result<SessionToken, Error> {
    let staff = session.actor.id;
    staff::stamp_move(tx, staff).await?;
    let token = sessions::renew(tx, session).await?;
    stored::sessions_end(tx, staff, Some(session.id)).await?;
    audit::audit_append(tx, app.now(), Some(staff), action, None, "");
    account_mail::tell(tx, staff, news).await?;
    if session.stage == Stage::Half {
        return arrived(app, tx, staff, device, token).await;
    }
    Ok(token)
}

/// New recovery codes in place of those before, shown once: the session goes on under a new token, all others of the person
/// end, and with them what was begun by a link.
///
/// # Errors
/// When the proof is stale, the session has ended, or there is no second factor that they could stand in for.
pub async fn renew_recovery_codes(app: &App, session: &Session) -> Result<(SessionToken, Vec<String>), Error> {
    proven(&session.actor)?;
    if !session.is_armed {
        return Err(Error::field("codes", "Set up a second factor first"));
    }
    let staff = session.actor.id;
    let mut tx = app.db.begin().await?;
    staff::stamp_move(&mut tx, staff).await?;
    let token = sessions::renew(&mut tx, session).await?;
    stored::sessions_end(&mut tx, staff, Some(session.id)).await?;
    let codes = fresh_codes(app, &mut tx, staff).await?;
    audit::audit_append(&mut tx, app.now(), Some(staff), AuditAction::RecoveryCodesRenewed, None, "");
    account_mail::tell(&mut tx, staff, AccountNews::CodesRenewed).await?;
    tx.commit().await?;
    app.wake();
    Ok((token, codes))
}

/// Ten codes of 50 random bits, kept as keyed digests.
pub(super) async fn fresh_codes(app: &App, tx: &mut Tx, staff: StaffId) -> Result<Vec<String>, Error> {
    let (mut shown, mut kept) = (Vec::new(), Vec::new());
    for _ in 0..CODES {
        let code = data_encoding::BASE32_NOPAD.encode(&random::<7>()?)[..10].to_owned();
        kept.push(code_hash(app, staff, &code));
        shown.push(format!("{}-{}", &code[..5], &code[5..]));
    }
    factors::recovery_set(tx, staff, &kept).await?;
    Ok(shown)
}

/// Whoever has a factor enrols another one only after giving it.
fn may_enrol(session: &Session) -> Result<(), Error> {
    if session.stage == Stage::Half && session.is_armed { Err(Error::NotFound) } else { Ok(()) }
}

/// Whoever is in proves lately who they are before they add a factor.
pub(super) fn may_add(session: &Session) -> Result<(), Error> {
    may_enrol(session)?;
    if session.is_armed || session.stage == Stage::Full { proven(&session.actor) } else { Ok(()) }
}

async fn account(tx: &mut Tx, session: &Session) -> Result<Account, Error> {
    staff::account_get(tx, session.actor.id).await?.ok_or(Error::NotFound)
}

fn offered(app: &App, session: &Session, account: &Account) -> Vec<u8> {
    authenticator::secret_for(app, session, account.stamp)
}
