//! Mail that waits for staff: because nothing proves that it belongs where it points, because there is too much of it
//! from one sender, or because it could not be read. Shown safely: as text, its files by name only, nothing decoded.

mod acts;

pub use crate::store::{contents::Content, messages::MessageState};
pub use acts::{attach, discard, is_decided, put_back, read_again, release};

use super::{App, Error, intake, intake::Opened, reading};
use crate::{
    domain::{
        audit::AuditAction,
        identity::{MessageId, Reference},
        mail::{Doubt, Verdict},
        rights::{Act, Actor, Place},
        time::Instant,
    },
    mail::authenticity::Authenticity,
    store::{
        Tx, audit, cases, messages,
        messages::{Message, Waits},
        raws,
    },
};
use std::collections::HashSet;

/// A mail that waits, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its row.
    pub id: MessageId,
    /// The product's id.
    pub product: String,
    /// The product's name in tables.
    pub short: String,
    /// When it reached us: where its clocks start once it is a case.
    pub received: Instant,
    /// Bytes of the raw mail.
    pub size: i64,
    /// What became of it.
    pub state: MessageState,
    /// Why it waits, or why it was discarded, in words.
    pub why: String,
    /// The case it points at; none where there is none, or where this person may not know of it.
    pub near: Option<Reference>,
    /// Who wrote, and the subject line; none where lists may not show them.
    pub face: Option<(String, String)>,
    /// True where only the circle may read it.
    pub walled: bool,
}

/// One mail that waits, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The list's facts.
    pub waiting: Waiting,
    /// What it says, nothing of its files decoded; none for those outside the circle.
    pub content: Option<Content>,
    /// True where a person has to decide about one thing more: the reader could not make a letter of it.
    pub unread: bool,
    /// True where the reader decides about it.
    pub decides: bool,
}

/// The mail that waits, newest first, below `before`; or what was discarded.
///
/// # Errors
/// `NotFound` for people without the right, or as the database says.
pub async fn list(app: &App, actor: &Actor, discarded: bool, before: i64, limit: i64) -> Result<Vec<Waiting>, Error> {
    if !actor.may(Act::SeeMail, Place::Somewhere) {
        return Err(Error::NotFound);
    }
    let mut tx = app.db.read().await?;
    let rows = messages::messages_waiting(&mut tx, &actor.reach(Act::SeeMail), discarded, before, limit).await?;
    lines(app, actor, &mut tx, rows).await
}

/// The mail that waits and points at this case. The caller has checked that the reader may see the case.
///
/// # Errors
/// As the database says.
pub async fn near(app: &App, actor: &Actor, tx: &mut Tx, case: Reference) -> Result<Vec<Waiting>, Error> {
    let mut rows = messages::messages_near(tx, case).await?;
    // somebody may have written to another product's address
    rows.retain(|(message, _)| actor.may(Act::SeeMail, &message.product));
    lines(app, actor, tx, rows).await
}

async fn lines(app: &App, actor: &Actor, tx: &mut Tx, rows: Vec<(Message, Waits)>) -> Result<Vec<Waiting>, Error> {
    let near: Vec<_> = rows.iter().filter_map(|(_, waits)| waits.near).collect();
    let seen: HashSet<_> = cases::cases_seen(tx, &near, &actor.sight(Act::SeeCases)).await?.into_iter().collect();
    Ok(rows.into_iter().map(|(message, waits)| line(app, actor, message, waits, &seen)).collect())
}

fn line(app: &App, actor: &Actor, message: Message, waits: Waits, seen: &HashSet<Reference>) -> Waiting {
    let circle = actor.may(Act::SeeRestricted, &message.product);
    let reason = message.reason.unwrap_or_default();
    let why = why(&reason);
    let hidden = message.restricted && !circle;
    Waiting {
        id: message.id,
        short: app.packs.short(&message.product),
        product: message.product,
        received: message.received,
        size: message.size,
        state: message.state,
        why,
        near: waits.near.filter(|near| seen.contains(near)),
        face: waits.face.filter(|_| !hidden),
        walled: message.restricted,
    }
}

/// Why a mail waits, in words; a reason that is no code is in words already.
#[must_use]
pub fn why(reason: &str) -> String {
    Doubt::from_code(reason).map_or_else(|| reason.to_owned(), |doubt| doubt.label().to_owned())
}

/// One mail that waits, for somebody to decide about. Reading what may be restricted is written down.
///
/// # Errors
/// `NotFound` where there is none, or as the database says.
pub async fn one(app: &App, actor: &Actor, id: MessageId) -> Result<Opening, Error> {
    let mut tx = app.db.read().await?;
    let theirs = |found: &(Message, Waits)| actor.may(Act::SeeMail, &found.0.product);
    let found = messages::message_waiting(&mut tx, id).await?.filter(theirs).ok_or(Error::NotFound)?;
    let by = actor.doing(Act::SeeRestricted, &found.0.product);
    // nobody has looked at what could not be read, so it may be anything
    let unread = found.0.state == MessageState::Unreadable;
    let (sealed, dmarc, near) = (found.0.restricted || unread, found.1.dmarc, found.1.near);
    let waiting = lines(app, actor, &mut tx, vec![found]).await?.pop().ok_or(Error::NotFound)?;
    let decides = actor.may(Act::WorkCases, &waiting.product);
    if sealed && !actor.may(Act::SeeRestricted, &waiting.product) {
        return Ok(Opening { waiting, content: None, unread, decides });
    }
    let raw = raws::message_raw(&mut tx, &app.vault, id).await?.unwrap_or_default();
    drop(tx);
    let content = content(app, dmarc, raw).await;
    if sealed {
        let mut tx = app.db.begin().await?;
        // on the case that it points at: who may not know of that learns nothing from the log either
        audit::audit_append(&mut tx, app.now(), by, AuditAction::UnreadMailViewed, near, &id.0.to_string());
        tx.commit().await?;
    }
    Ok(Opening { waiting, content: Some(reading::covered(content).0), unread, decides })
}

/// What a mail says, for reading; where no letter can be made of it, its first lines. Asks nobody: what is known of where
/// it comes from was found out when it arrived.
async fn content(app: &App, dmarc: Verdict, raw: Vec<u8>) -> Content {
    let Opened { letter, raw } = intake::opened(app, raw).await;
    match letter {
        Ok(letter) => {
            let from = Authenticity::remembered(dmarc, &letter.address);
            intake::content_of(letter, &from)
        }
        Err(why) => Content { text: first_lines(&raw), remarks: vec![why.to_string()], ..Content::default() },
    }
}

/// The first lines, headers and text, in plain characters: enough to decide by.
fn first_lines(raw: &[u8]) -> String {
    const BYTES: usize = 16_000;
    const LINES: usize = 120;
    let text = String::from_utf8_lossy(&raw[..raw.len().min(BYTES)]).replace("\r\n", "\n");
    let lines: Vec<_> = text.lines().take(LINES).collect();
    lines.join("\n").chars().map(|c| if c.is_control() && c != '\n' { '·' } else { c }).collect()
}
