//! The link in a verification mail: what it is made of, whether it still counts, and what pressing its button does.
//! Nobody signs in here: whoever holds the link is the person at the address on record.

use super::{
    App, Error, alarms, desk,
    exports::{self, Code},
    failpoint::failpoint,
};
use crate::{
    domain::{
        audit::AuditAction,
        case::{Case, State},
        clock::fact::{Fact, Trigger},
        event::{By, Event},
        run::RunKind,
        time::{HOUR, Instant},
    },
    store::{Tx, audit, cases, sessions::token_hash, verifications},
};

/// How long a link counts, in milliseconds.
pub const VALID: i64 = 72 * HOUR;
/// Where links lead, below the console's public address.
pub const PLACE: &str = "/verify";

/// The token of the mail with this Message-ID. It is written down nowhere: it is made from the Message-ID, which holds
/// 160 random bits, under the master key, when the link is asked for and whenever its mail is handed over. So neither
/// our database nor anybody who reads the case has it.
fn token(app: &App, message_id: &str) -> String {
    data_encoding::BASE32_NOPAD.encode(&app.vault.digest("verification link", message_id.as_bytes())).to_lowercase()
}

/// The link of the mail with this Message-ID.
#[must_use]
pub fn link(app: &App, message_id: &str) -> String {
    format!("{}{PLACE}/{}", app.settings.public_url, token(app, message_id))
}

/// How the link of the mail with this Message-ID is stored.
#[must_use]
pub fn hash(app: &App, message_id: &str) -> Vec<u8> {
    token_hash(&token(app, message_id))
}

/// The last moment of a link that is asked for now.
#[must_use]
pub const fn valid_until(now: Instant) -> Instant {
    now.plus(VALID)
}

/// What a link asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Whether a request is the person's.
    Confirm,
    /// Whether they want a new code for their copy.
    NewCode,
}

/// What the link asks for, while it counts. Changes nothing, so that programs that look at mail use nothing up.
///
/// # Errors
/// As the database says.
pub async fn counts(app: &App, token: &str) -> Result<Option<Asks>, Error> {
    let mut tx = app.db.read().await?;
    let found = verifications::verification_find(&mut tx, &token_hash(token)).await?;
    Ok(found.map(|link| if link.package.is_some() { Asks::NewCode } else { Asks::Confirm }))
}

/// The person confirms: once, in time, while the case is open. A case that waited for them is ours again. Who asked for
/// a copy is given the code that opens it: now, and never again. A link for a new code shows one and verifies nothing.
///
/// # Errors
/// `NotFound` where the link does not count, for whichever reason.
pub async fn confirm_verification(app: &App, token: &str) -> Result<Option<Code>, Error> {
    let hash = token_hash(token);
    // strangers who guess never reach for the lock
    let mut tx = app.db.read().await?;
    let asked = verifications::verification_find(&mut tx, &hash).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let mut case = cases::case_lock(&mut tx, asked.case).await?.ok_or(Error::NotFound)?;
    // somebody may have been quicker until the case was locked
    let asked = verifications::verification_find(&mut tx, &hash).await?.ok_or(Error::NotFound)?;
    let shows = asked.package.is_some() || case.kind.run() == Some(RunKind::Export);
    let code = if shows { Some(Code::new()?) } else { None };
    let hash = code.as_ref().map(|code| exports::code_hash(app, code));
    verifications::verification_use(&mut tx, asked.id, hash.as_deref()).await?;
    let happened = match asked.package {
        Some(package) => Event::ExportCodeShown { package },
        None => Event::VerificationConfirmed { verification: asked.id, identity: asked.identity },
    };
    cases::case_record(&mut tx, &mut case, By::Requester, now, happened).await?;
    if asked.package.is_none() {
        if case.state == State::WaitingRequester {
            let event = Event::StateChanged { from: case.state, to: State::Open, outcome: None, reason: None };
            cases::case_record(&mut tx, &mut case, By::System, now, event).await?;
        }
        identified(app, &mut tx, &mut case, By::System, now).await?;
    }
    cases::case_save(&mut tx, &case).await?;
    let done = match asked.package {
        Some(_) => AuditAction::ExportCodeShown,
        None => AuditAction::VerificationConfirmed,
    };
    audit::audit_append(&mut tx, now, None, done, Some(case.reference), "");
    failpoint("verb-before-commit");
    tx.commit().await?;
    app.wake();
    Ok(code)
}

/// Who the person is was asked, and is known now: clocks that stood still for it run on.
///
/// # Errors
/// As the database says.
pub(super) async fn identified(app: &App, tx: &mut Tx, case: &mut Case, by: By, now: Instant) -> Result<(), Error> {
    let is_open = case.facts().stretches(Trigger::Identity).last().is_some_and(|(_, end)| end.is_none());
    if !is_open {
        return Ok(());
    }
    let learned = Event::FactRecorded { fact: Fact::IdentityReceived, at: now, note: None };
    cases::case_record(tx, case, by, now, learned).await?;
    let (started, before) = (desk::started(app, case, case.kind), case.clocks.clone());
    cases::case_record(tx, case, By::System, now, started).await?;
    alarms::raise_urgent(app, tx, case, &before, now).await
}
