//! Mail becomes cases. First the raw message is kept and committed, whatever it is; then a job reads it and opens
//! a case or appends to the one it answers. Reading may run twice without doing anything twice.

use super::{
    App, Error,
    acknowledge::{self, Addressee},
};
use crate::{
    domain::{
        case::{Case, Channel, State},
        event::{By, Event},
        identity::{MessageId, Reference, normal_address},
        kind::Kind,
        policy::ProductPack,
        time::Instant,
        work::Work,
    },
    mail::{
        classify::Guess,
        parse::{self, Letter, Limits, Unreadable},
    },
    store::{
        Tx, audit, cases,
        cases::Face,
        contents,
        contents::{Content, File},
        jobs, messages,
        messages::{Message, MessageState},
        threads,
    },
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a message was not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// No pack has this id.
    #[error("there is no product '{0}'; the products are: {1}")]
    UnknownProduct(String, String),
    /// Larger than intake takes.
    #[error("the message has more than {0} bytes; raise mail.max_bytes to take it")]
    TooLarge(usize),
    /// The database could not keep it.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

/// Keeps a raw message, sealed, and asks for it to be read. Returns none when the very same message is kept already.
///
/// # Errors
/// When it could not be kept: then the mail server has to keep it.
pub async fn keep(app: &App, product: &str, raw: &[u8]) -> Result<Option<MessageId>, KeepError> {
    if app.packs.get(product).is_none() {
        let known = app.packs.iter().map(|p| p.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(KeepError::UnknownProduct(product.to_owned(), known));
    }
    if raw.len() > app.settings.max_message {
        return Err(KeepError::TooLarge(app.settings.max_message));
    }
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let kept = messages::message_keep(&mut tx, &app.vault, product, raw, now).await?;
    if let Some(message) = kept {
        jobs::job_enqueue(&mut tx, &Work::ReadMessage { message }, 0).await?;
    }
    tx.commit().await?;
    app.wake();
    Ok(kept)
}

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
    let event = Event::MessageReceived { message: message.id, content, automatic };
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
    let event = |content| Event::MessageReceived { message: message.id, content, automatic };
    let case = open_case(app, tx, request, By::Requester, event, now).await?;
    if let Some(id) = message_id {
        threads::thread_remember(tx, &app.vault, case.reference, &id, false).await?;
    }
    messages::message_read(tx, message.id, case.reference, case.is_restricted()).await?;
    audit::audit_append(tx, now, None, "case_opened", Some(case.reference), "").await?;
    Ok(Read::Opened(case.reference))
}

/// What a case is opened from, whichever way it came.
pub(super) struct Request<'a> {
    pub product: &'a str,
    pub kind: Kind,
    pub rule: String,
    pub channel: Channel,
    pub received: Instant,
    pub by: By,
    pub content: Content,
    pub purpose: &'static str,
    /// True where a mail may tell the person.
    pub acknowledge: bool,
}

/// Opens a case: its events, clocks, face and acknowledgement, all in the caller's transaction.
pub(super) async fn open_case(
    app: &App,
    tx: &mut Tx,
    request: Request<'_>,
    told_by: By,
    told: impl FnOnce(crate::domain::identity::ContentId) -> Event,
    now: Instant,
) -> Result<Case, Error> {
    let Request { product, kind, rule, channel, received, by, content, purpose, acknowledge } = request;
    let digest =
        (!content.address.is_empty()).then(|| app.vault.digest("address", normal_address(&content.address).as_bytes()));
    let opened = Event::CaseOpened { kind, channel, received, rule };
    let mut case = cases::case_open(tx, product, digest, by, now, opened).await?;
    let restricted = case.is_restricted();
    let kept = contents::content_keep(tx, &app.vault, case.reference, restricted, purpose, &content, now).await?;
    cases::case_record(tx, &mut case, told_by, now, told(kept)).await?;
    let pack = app.packs.get(product);
    let clocks = super::desk::started(app, &case, kind);
    cases::case_record(tx, &mut case, By::System, now, clocks).await?;
    super::alarms::raise_urgent(app, tx, &mut case, &[], now).await?;
    if acknowledge && !content.address.is_empty() {
        let answers = Some(content.message_id.clone()).filter(|id| !id.is_empty()).into_iter().collect();
        let to = Addressee { name: content.name.clone(), address: content.address.clone(), answers };
        let queued = acknowledge::acknowledge(app, tx, &case, to, &content.subject, now).await?;
        cases::case_record(tx, &mut case, By::System, now, queued).await?;
    }
    if !restricted {
        cases::face_save(tx, case.reference, Some(&face(pack, &content))).await?;
    }
    cases::case_save(tx, &case).await?;
    Ok(case)
}

/// What lists show of an ordinary case, and what its search finds: who wrote, from which address, and the subject line, or the first words where the line is one
/// that the policy told everybody to use.
pub(super) fn face(pack: Option<&ProductPack>, content: &Content) -> Face {
    let who = [&content.name, &content.address].into_iter().find(|s| !s.is_empty());
    let is_common =
        pack.is_some_and(|p| p.subjects.iter().any(|rule| rule.line.eq_ignore_ascii_case(content.subject.trim())));
    let words = content.text.split_whitespace().take(40).collect::<Vec<_>>().join(" ");
    let about =
        if content.subject.is_empty() || (is_common && !words.is_empty()) { words } else { content.subject.clone() };
    let cut = |text: &str| text.chars().take(200).collect::<String>();
    let address = cut(&content.address);
    let who = who.map_or_else(|| "Somebody without a name".to_owned(), |s| cut(s));
    Face { who, address, about: cut(&about) }
}
