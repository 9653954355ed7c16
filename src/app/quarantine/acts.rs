//! What staff decide about mail that waits: it belongs to a case, it is a case of its own, it is read once more, or it is
//! nothing. A case made of it counts from the moment the mail reached us, however long it waited.

use super::first_lines;
use crate::{
    app::{
        App, Error,
        desk::written,
        intake,
        intake::{Opened, Read, followed},
        mailroom::reads_only,
    },
    domain::{
        audit::AuditAction,
        case::Case,
        event::{By, Event},
        identity::{MessageId, Reference, normal_address},
        rights::{Act, Actor, Place},
        work::Work,
    },
    mail::{authenticity::Authenticity, classify::Guess, parse::Letter},
    store::{
        Tx, audit, cases, contents,
        contents::Content,
        jobs, messages,
        messages::{Message, MessageState, Waits},
        raws,
    },
};

/// A mail that somebody is deciding about, read before the transaction.
struct Decided {
    tx: Tx,
    message: Message,
    waits: Waits,
    letter: Letter,
    from: Authenticity,
    sender: Vec<u8>,
}

/// Locks a mail that waits, for somebody who may read it.
async fn decided(app: &App, actor: &Actor, id: MessageId) -> Result<Decided, Error> {
    let mut tx = app.db.read().await?;
    let (message, _) = theirs(actor, messages::message_waiting(&mut tx, id).await?)?;
    let raw = raws::message_raw(&mut tx, &app.vault, id).await?.unwrap_or_default();
    drop(tx);
    let Opened { letter, raw } = intake::opened(app, raw).await;
    let letter = letter.unwrap_or_else(|why| Letter {
        text: first_lines(&raw),
        over: None,
        subject: format!("A mail that could not be read: {why}"),
        ..Letter::default()
    });
    let sender = app.vault.digest("address", normal_address(&letter.address).as_bytes());
    let mut tx = app.db.begin().await?;
    let (_, waits) = theirs(actor, messages::message_waiting_lock(&mut tx, message.id).await?)?;
    let from = Authenticity::remembered(waits.dmarc, &letter.address);
    Ok(Decided { tx, message, waits, letter, from, sender })
}

fn theirs(actor: &Actor, found: Option<(Message, Waits)>) -> Result<(Message, Waits), Error> {
    let seen = |(m, _): &(Message, Waits)| actor.may(Act::SeeMail, place(m));
    changes(actor, found.filter(seen).ok_or(Error::NotFound)?)
}

/// Where a mail is decided about: nobody has looked at what could not be read, so it may be anything.
const fn place(message: &Message) -> Place<'_> {
    Place::of(message.product.as_str(), message.restricted || matches!(message.state, MessageState::Unreadable))
}

/// The mail that somebody sees, where they change something about it too.
fn changes(actor: &Actor, found: (Message, Waits)) -> Result<(Message, Waits), Error> {
    if actor.may(Act::WorkCases, &found.0.product) { Ok(found) } else { Err(reads_only()) }
}

/// The mail belongs to this case.
///
/// # Errors
/// `Invalid` where the case is none of the product's or may not have it; `NotFound` where the mail no longer waits.
pub async fn attach(app: &App, actor: &Actor, id: MessageId, to: &str) -> Result<Reference, Error> {
    let says = "Enter the reference of a case, for example R-10021";
    let to: Reference = to.trim().parse().map_err(|_| Error::field("to", says))?;
    let Decided { mut tx, message, letter, from, sender, waits } = decided(app, actor, id).await?;
    let visible =
        |case: &Case| case.erased.is_none() && actor.may_in_case(Act::SeeCases, &case.product, case.is_restricted());
    let case =
        followed(&mut tx, to).await?.filter(visible).ok_or_else(|| Error::field("to", "There is no such case"))?;
    if case.product != message.product {
        return Err(Error::field("to", "That case is of another product"));
    }
    // what could not be read counts as sealed until a responder has looked, who decides here
    if message.restricted && waits.near.is_some() && !case.is_restricted() {
        return Err(Error::field("to", "This mail may be restricted; it can only go to a restricted case"));
    }
    let place = if case.is_restricted() { Place::Behind(&message.product) } else { place(&message) };
    let reference = case.reference;
    intake::append(app, &mut tx, (&message, &sender), letter, &from, case).await?;
    finish(app, (actor, place), tx, AuditAction::MessageAttached, Some(reference), id).await?;
    Ok(reference)
}

/// The mail is a case of its own. Its clocks count from the moment it reached us.
///
/// # Errors
/// `NotFound` where the mail no longer waits, or as the database says.
pub async fn release(app: &App, actor: &Actor, id: MessageId) -> Result<Reference, Error> {
    let Decided { mut tx, message, letter, from, sender, waits } = decided(app, actor, id).await?;
    let mut guess = intake::guess(app, &message.product, &letter);
    // it speaks of a restricted case: it quotes what was written there
    if let Some(near) = waits.near.filter(|_| message.restricted && !guess.kind.is_restricted()) {
        let kind = cases::case_get(&mut tx, near).await?.map_or(guess.kind, |case| case.kind);
        guess = Guess { kind, rule: "thread of a restricted case".to_owned() };
    }
    let read = intake::open(app, &mut tx, (&message, &sender), letter, &from, guess).await?;
    let Read::Opened(reference) = read else { return Err(Error::NotFound) };
    finish(app, (actor, place(&message)), tx, AuditAction::MessageReleased, Some(reference), id).await?;
    Ok(reference)
}

/// The mail is nothing that anybody has to answer. It stays, and can be put back.
///
/// # Errors
/// `Invalid` without a reason; `NotFound` where the mail no longer waits.
pub async fn discard(app: &App, actor: &Actor, id: MessageId, reason: &str) -> Result<(), Error> {
    let reason = written("reason", reason, "Say why nobody has to answer this mail")?;
    let mut tx = app.db.begin().await?;
    let (message, waits) = theirs(actor, messages::message_waiting_lock(&mut tx, id).await?)?;
    if message.state == MessageState::Discarded {
        return Err(Error::NotFound);
    }
    messages::message_set_aside(&mut tx, id, MessageState::Discarded, reason).await?;
    let near = match waits.near {
        Some(near) => followed(&mut tx, near).await?,
        None => None,
    };
    if let Some(mut case) = near.filter(|case| case.erased.is_none()) {
        let (now, by) = (app.now(), By::Staff(actor.id));
        let text = Content { text: reason.to_owned(), ..Content::default() };
        let (reference, restricted) = (case.reference, case.is_restricted());
        let kept = contents::content_keep(&mut tx, &app.vault, reference, restricted, "reason", &text, now).await?;
        cases::case_record(&mut tx, &mut case, by, now, Event::MessageDiscarded { message: id, reason: kept }).await?;
        cases::case_save(&mut tx, &case).await?;
        return finish(app, (actor, place(&message)), tx, AuditAction::MessageDiscarded, Some(reference), id).await;
    }
    finish(app, (actor, place(&message)), tx, AuditAction::MessageDiscarded, waits.near, id).await
}

/// A discarded mail waits again.
///
/// # Errors
/// `NotFound` where it was not discarded.
pub async fn put_back(app: &App, actor: &Actor, id: MessageId) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    let (message, waits) = theirs(actor, messages::message_waiting_lock(&mut tx, id).await?)?;
    // its bytes may be gone, since its time was over
    if message.state != MessageState::Discarded || raws::message_is_forgotten(&mut tx, id).await? {
        return Err(Error::NotFound);
    }
    let why = "it was discarded and put back";
    messages::message_set_aside(&mut tx, id, MessageState::Quarantined, why).await?;
    finish(app, (actor, place(&message)), tx, AuditAction::MessagePutBack, waits.near, id).await
}

/// True where somebody has decided about the mail, and the actor would have seen it: a form about it comes late.
///
/// # Errors
/// As the database says.
pub async fn is_decided(app: &App, actor: &Actor, id: MessageId) -> Result<bool, Error> {
    let mut tx = app.db.read().await?;
    let found = messages::message_get(&mut tx, id).await?;
    Ok(found
        .is_some_and(|message| actor.may(Act::WorkCases, &message.product) && actor.may(Act::SeeMail, place(&message))))
}

/// Has a mail that could not be read read again.
///
/// # Errors
/// `NotFound` where there is none, or as the database says.
pub async fn read_again(app: &App, actor: &Actor, id: MessageId) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    let theirs = |m: &Message| m.state == MessageState::Unreadable && actor.may(Act::SeeMail, &m.product);
    let message = messages::message_get(&mut tx, id).await?.filter(theirs).ok_or(Error::NotFound)?;
    if !actor.may(Act::WorkCases, &message.product) {
        return Err(reads_only());
    }
    jobs::job_enqueue(&mut tx, &Work::ReadMessage { message: id }, 0).await?;
    finish(app, (actor, Place::from(&message.product)), tx, AuditAction::MessageReadAgain, None, id).await
}

async fn finish(
    app: &App,
    (actor, place): (&Actor, Place<'_>),
    mut tx: Tx,
    action: AuditAction,
    case: Option<Reference>,
    id: MessageId,
) -> Result<(), Error> {
    audit::audit_append(&mut tx, app.now(), actor.doing(Act::WorkCases, place), action, case, &id.0.to_string());
    tx.commit().await?;
    app.wake();
    Ok(())
}
