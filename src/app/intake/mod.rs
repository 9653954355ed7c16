//! Mail becomes cases. First the raw message is kept and committed, whatever it is (`keep`); then a job reads it and
//! opens a case (`open`) or appends to the one it answers. Reading may run twice without doing anything twice.

mod keep;
mod open;

pub use keep::{KeepError, keep};
pub(super) use open::{Request, face, open_case};

use super::{App, Error};
use crate::{
    domain::{
        case::{Case, Channel, State},
        event::{By, Event},
        identity::{MessageId, Reference, normal_address},
        kind::Kind,
        mail::Verdict,
    },
    mail::{
        classify::Guess,
        parse::{self, Letter, Limits, Unreadable},
    },
    store::{
        Tx, audit, cases, contents,
        contents::{Content, File},
        messages,
        messages::{Message, MessageState},
        threads,
    },
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What reading a message came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// It opened this case.
    Opened(Reference),
    /// It was added to this case.
    Appended(Reference),
    /// It waits for staff among the mail that could not be read.
    SetAside,
    /// Nothing was left to do.
    Already,
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
    let raw = messages::message_raw(&mut tx, &app.vault, id).await?.unwrap_or_default();
    drop(tx);
    let limits = Limits { bytes: app.settings.max_message, ..Limits::default() };
    let parsed = tokio::task::spawn_blocking(move || {
        let parse = || {
            super::failpoint::failpoint("parsing");
            parse::read(&raw, &limits)
        };
        let letter = catch_unwind(AssertUnwindSafe(parse)).unwrap_or(Err(Unreadable::Failed));
        (letter, raw)
    })
    .await;
    let (letter, raw) = parsed.unwrap_or((Err(Unreadable::Failed), Vec::new()));
    super::failpoint::failpoint("read-before-commit");
    match letter {
        Ok(letter) => take_in(app, &message, letter, &raw).await,
        Err(why) => {
            let mut tx = app.db.begin().await?;
            messages::message_set_aside(&mut tx, id, MessageState::Unreadable, &why.to_string()).await?;
            tx.commit().await?;
            Ok(Read::SetAside)
        }
    }
}

/// What the message says, whichever way it travelled: the same words sent once arrive as one message.
fn content_digest(app: &App, letter: &Letter, raw: &[u8]) -> Option<Vec<u8>> {
    let id = letter.given_id()?;
    let (_, body) = crate::mail::outline::split(raw);
    let mut data = format!("{id}\n{}\n{}\n", normal_address(&letter.address), letter.subject).into_bytes();
    data.extend(body.trim_ascii().iter().filter(|b| **b != b'\r'));
    Some(app.vault.digest("message content", &data))
}

async fn take_in(app: &App, message: &Message, letter: Letter, raw: &[u8]) -> Result<Read, Error> {
    let pack = app.packs.get(&message.product);
    let guess = match pack {
        Some(pack) => app.classifier.guess(pack, &letter.subject, &letter.text),
        None => Guess { kind: Kind::Inquiry, rule: "unsure".to_owned() },
    };
    let digest = content_digest(app, &letter, raw);
    let mut tx = app.db.begin().await?;
    if !messages::message_lock(&mut tx, message.id).await? {
        return Ok(Read::Already);
    }
    if let Some(digest) = digest
        && !messages::message_claim_content(&mut tx, message.id, &message.product, digest).await?
    {
        messages::message_set_aside(&mut tx, message.id, MessageState::Duplicate, "the same message came before")
            .await?;
        tx.commit().await?;
        return Ok(Read::Already);
    }
    let read = match answered(app, &mut tx, message, &letter).await? {
        // what may be of a restricted kind never lands in an ordinary case, where everybody would read it
        Answered::Case(case) if case.is_restricted() || !guess.kind.is_restricted() => {
            append(app, &mut tx, message, letter, *case).await?
        }
        // nor does what speaks of a restricted case, whoever sent it: it quotes what was written there
        Answered::Behind(kind) if !guess.kind.is_restricted() => {
            open(app, &mut tx, message, letter, Guess { kind, rule: "thread of a restricted case".to_owned() }).await?
        }
        _ => open(app, &mut tx, message, letter, guess).await?,
    };
    super::failpoint::failpoint("intake-before-commit");
    tx.commit().await?;
    super::failpoint::failpoint("intake-after-commit");
    app.wake();
    Ok(read)
}

/// What a mail answers.
enum Answered {
    /// This case: it goes there.
    Case(Box<Case>),
    /// A restricted case of this kind, but the sender is not its requester.
    Behind(Kind),
    /// Nothing we know of.
    Nothing,
}

/// The case a mail answers: its thread or the reference in its subject names it, **and** the sender is its
/// requester; or it is a machine's report about a mail we sent, whose Message-ID only its readers know. Anybody
/// else's mail opens a case of its own.
async fn answered(app: &App, tx: &mut Tx, message: &Message, letter: &Letter) -> Result<Answered, Error> {
    let sender = app.vault.digest("address", normal_address(&letter.address).as_bytes());
    let mut named = Vec::new();
    for id in letter.answers() {
        if let Some((reference, ours)) = threads::thread_find(tx, &app.vault, &id).await? {
            named.push((reference, ours && !letter.automatic.is_empty()));
            break;
        }
    }
    let words = letter.subject.split(['[', ']', ' ']);
    named.extend(words.filter_map(|word| word.parse().ok()).map(|reference| (reference, false)));
    let mut behind = None;
    for (reference, is_report) in named {
        let is_requester = cases::requester_digest(tx, reference).await?.as_ref() == Some(&sender);
        let Some(case) = cases::case_lock(tx, reference).await?.filter(|case| case.product == message.product) else {
            continue;
        };
        if is_requester || is_report {
            return Ok(Answered::Case(Box::new(case)));
        }
        if case.is_restricted() {
            behind = Some(case.kind);
        }
    }
    Ok(behind.map_or(Answered::Nothing, Answered::Behind))
}

/// What is kept of a letter, its own id, and whether a machine wrote it.
fn content_of(letter: Letter) -> (Content, Option<String>, bool) {
    let message_id = letter.given_id().map(str::to_owned);
    let automatic = !letter.automatic.is_empty();
    let files = letter.files.into_iter().map(|file| File {
        name: file.name,
        media_type: file.media_type,
        encoded_size: i64::try_from(file.encoded_size).unwrap_or(i64::MAX),
        part: i64::try_from(file.part).unwrap_or_default(),
    });
    let content = Content {
        name: letter.name,
        address: letter.address,
        subject: letter.subject,
        text: letter.text,
        message_id: message_id.clone().unwrap_or_default(),
        files: files.collect(),
        ..Content::default()
    };
    (content, message_id, automatic)
}

async fn append(app: &App, tx: &mut Tx, message: &Message, letter: Letter, mut case: Case) -> Result<Read, Error> {
    let now = app.now();
    let (content, message_id, automatic) = content_of(letter);
    let (reference, restricted) = (case.reference, case.is_restricted());
    let content = contents::content_keep(tx, &app.vault, reference, restricted, "mail_in", &content, now).await?;
    let event = Event::MessageReceived { message: message.id, content, automatic, dmarc: Verdict::Unknown };
    cases::case_record(tx, &mut case, By::Requester, now, event).await?;
    // an answer, unlike an out-of-office note, moves the case back to us
    if !automatic && matches!(case.state, State::WaitingRequester | State::Resolved | State::Closed) {
        let event = Event::StateChanged { from: case.state, to: State::Open, outcome: None, reason: None };
        cases::case_record(tx, &mut case, By::System, now, event).await?;
    }
    if let Some(id) = message_id {
        threads::thread_remember(tx, &app.vault, reference, &id, false).await?;
    }
    messages::message_read(tx, message.id, reference, restricted).await?;
    cases::case_save(tx, &case).await?;
    audit::audit_append(tx, now, None, "message_appended", Some(reference), "").await?;
    Ok(Read::Appended(reference))
}

async fn open(app: &App, tx: &mut Tx, message: &Message, letter: Letter, guess: Guess) -> Result<Read, Error> {
    let now = app.now();
    let (content, message_id, automatic) = content_of(letter);
    let own = normal_address(&content.address) == normal_address(&app.address_of(&message.product));
    let request = Request {
        product: &message.product,
        kind: guess.kind,
        rule: guess.rule,
        channel: Channel::Mail,
        received: message.received,
        by: By::System,
        content,
        purpose: "mail_in",
        acknowledge: !automatic && !own,
    };
    let event = |content| Event::MessageReceived { message: message.id, content, automatic, dmarc: Verdict::Unknown };
    let case = open_case(app, tx, request, By::Requester, event, now).await?;
    if let Some(id) = message_id {
        threads::thread_remember(tx, &app.vault, case.reference, &id, false).await?;
    }
    messages::message_read(tx, message.id, case.reference, case.is_restricted()).await?;
    audit::audit_append(tx, now, None, "case_opened", Some(case.reference), "").await?;
    Ok(Read::Opened(case.reference))
}
