//! Reads a kept message once: opens the sealed bytes, reads them, finds out where they come from, and has them filed in
//! one transaction. Whatever a mail does to its reader, the raw bytes stay and staff see it.

use super::{
    file::{append, from_recipient, open, quarantine, report},
    thread::{Place, place},
};
use crate::{
    app::{App, Error, bounces, failpoint::failpoint, material},
    domain::{
        audit::AuditAction,
        identity::{MessageId, Reference, normal_address},
        kind::Kind,
        mail::Doubt,
        time::HOUR,
    },
    mail::{
        authenticity::Authenticity,
        classify::Guess,
        outline,
        parse::{self, Letter, Limits, Unreadable},
    },
    store::{
        audit, messages,
        messages::{Message, MessageState},
        raws,
    },
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

/// How long reading one message may take before it is set aside.
const LONGEST: Duration = Duration::from_secs(30);

/// What reading a message came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// It opened this case.
    Opened(Reference),
    /// It was added to this case.
    Appended(Reference),
    /// It waits for staff: nothing proves that it belongs where it points, or there is too much of it.
    Quarantined(Doubt),
    /// It waits for staff among the mail that could not be read.
    SetAside,
    /// Nothing was left to do.
    Already,
}

/// A message as it was sent, opened and read.
pub struct Opened {
    /// What it says.
    pub letter: Result<Letter, Unreadable>,
    /// The raw bytes.
    pub raw: Vec<u8>,
}

/// Reads raw bytes, apart from everything else: a mail that breaks its reader breaks nothing else.
pub async fn opened(app: &App, raw: Vec<u8>) -> Opened {
    let limits = Limits { bytes: app.settings.max_message, ..Limits::default() };
    let reading = tokio::task::spawn_blocking(move || {
        let parse = || {
            failpoint("parsing");
            parse::read(&raw, &limits)
        };
        let letter = catch_unwind(AssertUnwindSafe(parse)).unwrap_or(Err(Unreadable::Failed));
        Opened { letter, raw }
    });
    let failed = || Opened { letter: Err(Unreadable::Failed), raw: Vec::new() };
    tokio::time::timeout(LONGEST, reading).await.map_or_else(|_| failed(), |read| read.unwrap_or_else(|_| failed()))
}

/// Reads a kept message.
///
/// # Errors
/// When the database or the vault fails; the message stays as it was.
pub async fn read(app: &App, id: MessageId) -> Result<Read, Error> {
    let mut tx = app.db.read().await?;
    let Some(message) = messages::message_get(&mut tx, id).await? else { return Ok(Read::Already) };
    if !matches!(message.state, MessageState::Stored | MessageState::Unreadable) {
        return Ok(Read::Already);
    }
    let raw = raws::message_raw(&mut tx, &app.vault, id).await?.unwrap_or_default();
    drop(tx);
    let Opened { letter, raw } = opened(app, raw).await;
    let letter = match letter {
        Ok(letter) => letter,
        Err(why) => {
            failpoint("read-before-commit");
            let mut tx = app.db.begin().await?;
            if !messages::message_lock(&mut tx, id).await? {
                return Ok(Read::Already);
            }
            messages::message_set_aside(&mut tx, id, MessageState::Unreadable, &why.to_string()).await?;
            audit::audit_append(&mut tx, app.now(), None, AuditAction::MessageSetAside, None, &id.0.to_string());
            tx.commit().await?;
            return Ok(Read::SetAside);
        }
    };
    let from = app.checker.check(&raw).await.about(&letter.address);
    failpoint("read-before-commit");
    take_in(app, &message, letter, &from, &raw).await
}

/// What a letter to the product asks for.
pub(in crate::app) fn guess(app: &App, product: &str, letter: &Letter) -> Guess {
    let Some(pack) = app.packs.get(product) else {
        return Guess { kind: Kind::Inquiry, rule: "unsure".to_owned() };
    };
    app.classifier.guess(pack, app.settings.kind_of(product, &letter.recipients), &letter.subject, &letter.text)
}

/// What the message says, whichever way it travelled: the same words sent once arrive as one message.
fn content_digest(app: &App, letter: &Letter, raw: &[u8]) -> Option<Vec<u8>> {
    let id = letter.given_id()?;
    let (_, body) = outline::split(raw);
    let head = format!("{id}\n{}\n{}\n", normal_address(&letter.address), letter.subject);
    // in pieces: a mail may be large
    let lines = body.trim_ascii().split(|b| *b == b'\r');
    Some(app.vault.digest_of("message content", std::iter::once(head.as_bytes()).chain(lines)))
}

async fn take_in(
    app: &App,
    message: &Message,
    mut letter: Letter,
    from: &Authenticity,
    raw: &[u8],
) -> Result<Read, Error> {
    let guess = guess(app, &message.product, &letter);
    let digest = content_digest(app, &letter, raw);
    let sender = app.vault.digest("address", normal_address(&letter.address).as_bytes());
    let mut tx = app.db.begin().await?;
    if !messages::message_lock(&mut tx, message.id).await? {
        return Ok(Read::Already);
    }
    if let Some(digest) = digest
        && let Some(first) = messages::message_claim_content(&mut tx, message.id, &message.product, digest).await?
    {
        messages::message_duplicate(&mut tx, message.id, first, &sender).await?;
        // what was destroyed here does not come back because somebody imports it once more
        if raws::message_is_forgotten(&mut tx, first).await? {
            raws::messages_forget_raw(&mut tx, &[message.id]).await?;
        }
        material::again(&mut tx, message.id).await?;
        tx.commit().await?;
        return Ok(Read::Already);
    }
    let mut place = match &letter.report {
        Some(report) => bounces::place(app, &mut tx, message, &letter, report).await?,
        None => place(app, &mut tx, message, &letter, from.dmarc, &sender).await?,
    };
    match &place {
        // a report repeats what it could not deliver: what it says of its mail counts, its own words are nobody's
        Place::Bounced(case, _) if guess.kind.is_restricted() && !case.is_restricted() => {
            letter.text.clear();
            letter.text.push_str("A delivery report. Its words are not shown: they may speak of a restricted matter.");
            letter.files.clear();
        }
        Place::Bounced(..) => {}
        // what may be of a restricted kind never lands in an ordinary case, where everybody would read it; nor does it wait
        Place::Case(case) if guess.kind.is_restricted() && case.is_restricted() => {}
        _ if guess.kind.is_restricted() => place = Place::Nowhere,
        // one recipient may answer for many people in an hour
        Place::Recipient(..) => {}
        _ if !letter.address.is_empty() => {
            let most = app.settings.mail.per_sender;
            let until = message.received;
            if messages::messages_by_sender(&mut tx, &sender, until.plus(-HOUR), until, most).await? >= most {
                let near = match place {
                    Place::Case(case) => Some(case),
                    Place::Doubtful(near, _) => near,
                    Place::Bounced(..) | Place::Recipient(..) | Place::Nowhere => None,
                };
                place = Place::Doubtful(near, Doubt::Many);
            }
        }
        _ => {}
    }
    let message = (message, sender.as_slice());
    let read = match place {
        Place::Case(case) => append(app, &mut tx, message, letter, from, *case).await?,
        Place::Recipient(case, told) => from_recipient(app, &mut tx, message, letter, from, (*case, *told)).await?,
        Place::Bounced(case, mail) => report(app, &mut tx, message, letter, *case, *mail).await?,
        Place::Doubtful(near, why) => {
            quarantine(app, &mut tx, message, &letter, near.map(|case| *case), why, from.dmarc).await?
        }
        Place::Nowhere => open(app, &mut tx, message, letter, from, guess).await?,
    };
    failpoint("intake-before-commit");
    tx.commit().await?;
    failpoint("intake-after-commit");
    app.wake();
    Ok(read)
}
