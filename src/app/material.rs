//! What people send with a report about sexual content of minors or intimate images must not be held here longer than
//! counsel says. Once a responder confirms the kind, the files, the raw mail and the mailbox's own copy go, as the product's
//! pack says; what stays of a file is its name, its size and a keyed digest. Nothing is decoded or shown on the way.

use super::{App, Error, failpoint::failpoint, intake::followed, mailboxes};
use crate::{
    domain::{
        audit::AuditAction,
        case::Case,
        event::{By, Event, Recorded},
        identity::{ContentId, MessageId, Reference},
        policy::{Disposal, ProductPack},
        work::Work,
    },
    mail::parse,
    store::{self, Tx, audit, cases, contents, contents::Content, events, jobs, messages, raws},
};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposed {
    /// Nothing is left to do.
    Done,
    /// A mailbox could not be reached; says why.
    Later(String),
}

/// What the product's pack says goes.
pub(super) fn goes(app: &App, product: &str) -> Vec<Disposal> {
    app.packs.get(product).map(|pack: &ProductPack| pack.restricted.dispose.clone()).unwrap_or_default()
}

/// Asks for every mail of a confirmed case to be disposed of, in the caller's transaction.
///
/// # Errors
/// As the database says.
pub(super) async fn ask(tx: &mut Tx, case: Reference) -> Result<(), Error> {
    for message in messages::messages_of(tx, case).await? {
        jobs::job_enqueue(tx, &Work::DisposeMaterial { message }, 0).await?;
    }
    Ok(())
}

/// Disposes of what one mail brought. May run twice.
///
/// # Errors
/// When the database or the vault fails.
pub async fn dispose(app: &App, id: MessageId) -> Result<Disposed, Error> {
    let mut tx = app.db.read().await?;
    let message = messages::message_get(&mut tx, id).await?;
    let Some((message, reference)) = message.and_then(|m| m.case.map(|case| (m, case))) else {
        return Ok(Disposed::Done);
    };
    let raw = raws::message_raw(&mut tx, &app.vault, id).await?;
    drop(tx);
    let goes = goes(app, &message.product);
    let (files, raw_too) = (goes.contains(&Disposal::Files), goes.contains(&Disposal::Raw));
    if let Some(raw) = raw.filter(|_| files || raw_too) {
        // reading a mail takes its time, and the transaction has to be short
        let bare = tokio::task::spawn_blocking(move || parse::without_files(&raw)).await;
        let bare = bare.map_err(|_| Error::NotAllowed("the raw mail could not be taken apart".to_owned()))?;
        failpoint("material-before-commit");
        let mut tx = app.db.begin().await?;
        let case = cases::case_lock(&mut tx, reference).await?.ok_or(Error::NotFound)?;
        if !is_confirmed(&mut tx, reference).await? {
            return Ok(Disposed::Done);
        }
        let kept = (!raw_too).then_some(bare.text.as_slice());
        record(app, &mut tx, case, id, &bare, kept).await?;
        tx.commit().await?;
        failpoint("material-after-commit");
    }
    let mut tx = app.db.begin().await?;
    let gone = goes.contains(&Disposal::Mailbox) && is_confirmed(&mut tx, reference).await?;
    drop(tx);
    if !gone {
        return Ok(Disposed::Done);
    }
    match mailboxes::remove_copies(app, id).await {
        Ok(removal) if removal.left == 0 => Ok(Disposed::Done),
        Ok(removal) => {
            let mut tx = app.db.begin().await?;
            let what = format!("message {}: left {}", id.0, removal.left);
            audit::audit_append(&mut tx, app.now(), None, AuditAction::MailboxCopiesRemoved, Some(reference), &what);
            tx.commit().await?;
            Ok(Disposed::Done)
        }
        Err(trouble) => Ok(Disposed::Later(trouble.to_string())),
    }
}

/// True where a responder confirmed the kind of the case, or of the one that goes on in its place.
async fn is_confirmed(tx: &mut Tx, reference: Reference) -> store::Result<bool> {
    let Some(own) = cases::case_get(tx, reference).await? else { return Ok(false) };
    let sure = |case: &Case| case.confirmed && case.is_restricted();
    Ok(sure(&own) || (own.merged.is_some() && followed(tx, reference).await?.is_some_and(|case| sure(&case))))
}

/// A mail that is known came once more, by another way or at another place: where its case is confirmed, that copy goes too.
///
/// # Errors
/// As the database says.
pub(super) async fn again(tx: &mut Tx, message: MessageId) -> store::Result<()> {
    let case = messages::message_get(tx, message).await?.and_then(|message| message.case);
    let Some(case) = case else { return Ok(()) };
    if is_confirmed(tx, case).await? {
        jobs::job_enqueue(tx, &Work::DisposeMaterial { message }, 0).await?;
    }
    Ok(())
}

/// Replaces the raw copy, keeps what stays of the files, and says so.
async fn record(
    app: &App,
    tx: &mut Tx,
    mut case: Case,
    id: MessageId,
    bare: &parse::Bare,
    kept: Option<&[u8]>,
) -> Result<(), Error> {
    let (now, reference) = (app.now(), case.reference);
    let history = events::events_of(tx, reference).await?;
    raws::duplicates_forget_raw(tx, reference).await?;
    let Some(content) = content_of(&history, id) else { return Ok(()) };
    let received = contents::content_get(tx, &app.vault, content).await?.unwrap_or_default();
    let digest = |part: i64| {
        let found = bare.bodies.iter().find(|(n, _)| i64::try_from(*n).is_ok_and(|n| n == part));
        found.map(|(_, body)| data_encoding::HEXLOWER.encode(&app.vault.digest("material", body))).unwrap_or_default()
    };
    let line = |f: &contents::File| format!("{}, {} bytes as sent, {}", f.name, f.encoded_size, digest(f.part));
    let stays = Content {
        text: received.files.iter().map(line).collect::<Vec<_>>().join("\n"),
        files: received.files.clone(),
        ..Content::default()
    };
    let stays = contents::content_keep(tx, &app.vault, reference, true, "material", &stays, now).await?;
    let without = Content { files: Vec::new(), ..received };
    contents::content_replace(tx, &app.vault, reference, true, content, &without).await?;
    match kept {
        Some(text) => raws::message_replace_raw(tx, &app.vault, id, text).await?,
        None => raws::message_forget_raw(tx, id).await?,
    }
    cases::case_record(tx, &mut case, By::System, now, Event::MaterialDisposed { message: id, content: stays }).await?;
    cases::case_save(tx, &case).await?;
    audit::audit_append(tx, now, None, AuditAction::MaterialDisposed, Some(reference), &id.0.to_string());
    Ok(())
}

/// The content of a mail of the case, where it was not disposed of yet.
fn content_of(history: &[Recorded], id: MessageId) -> Option<ContentId> {
    let gone = |r: &Recorded| matches!(&r.event, Event::MaterialDisposed { message, .. } if *message == id);
    if history.iter().any(gone) {
        return None;
    }
    history.iter().find_map(|r| match &r.event {
        Event::MessageReceived { message, content, .. } if *message == id => Some(*content),
        _ => None,
    })
}
