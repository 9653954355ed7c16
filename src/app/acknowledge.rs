//! Puts mails to the requester into the outbox: the acknowledgement, and what staff write.

use super::{App, Error, letters, pickup};
use crate::{
    domain::{
        case::Case,
        clock::{Duty, Layer, binding_of},
        event::{Event, Purpose},
        identity::{Reference, normal_address},
        time::Instant,
        work::Work,
    },
    mail::{
        compose::{self, DueLine, Facts, Letter, Written},
        language::moment,
        thread,
    },
    store::{Tx, contents, contents::Content, jobs, mails, threads, vault::random},
};

/// Whom a mail goes to, and which of their mails it answers.
#[derive(Debug, Clone, Default)]
pub struct Addressee {
    /// As they call themselves; may be empty.
    pub name: String,
    /// Their address.
    pub address: String,
    /// The Message-IDs of their mails on the case, oldest first.
    pub answers: Vec<String>,
}

/// Writes the acknowledgement of a case and queues it; the event has to be recorded by the caller.
///
/// # Errors
/// As the database says, or when the text cannot be written.
pub async fn acknowledge(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    to: Addressee,
    subject: &str,
    now: Instant,
) -> Result<Event, Error> {
    let language = letters::language_of(app, case);
    let zone = app.packs.zone(&case.product);
    let due = |duty| {
        binding_of(&case.clocks, duty).map(|clock| DueLine {
            duty,
            layer: clock.layer,
            when: moment(language, clock.due, clock.zone.unwrap_or(zone)),
            // why we aim at a number is ours to know; where a promise or a law stands is theirs
            source: match clock.layer {
                Layer::Target => String::new(),
                Layer::Law | Layer::Promise => clock.source.split(':').next().unwrap_or_default().to_owned(),
            },
        })
    };
    let dues = [due(Duty::Acknowledge), due(Duty::Resolve)].into_iter().flatten().collect();
    let facts = Facts { dues, ..letters::facts(app, case, &to.name, language) };
    let written = compose::write(Letter::Acknowledgement, language, &facts, subject)?;
    queue(app, tx, case, Purpose::Acknowledgement, to, written, now).await
}

/// Whom letters of the case go to, and the subject line they answer: the address of whoever wrote first, or nobody's where
/// the case has a page that they are put on. None where there is neither.
///
/// # Errors
/// As the database says.
pub async fn addressee(app: &App, tx: &mut Tx, case: &Case) -> Result<Option<(Addressee, String)>, Error> {
    let kept = contents::contents_of(tx, &app.vault, case.reference).await?;
    let answers = kept.iter().map(|(_, c)| c.message_id.clone()).filter(|id| !id.is_empty()).collect();
    let Some((_, first)) = kept.into_iter().next() else { return Ok(None) };
    if first.address.is_empty() && !pickup::has_page(tx, case).await? {
        return Ok(None);
    }
    Ok(Some((Addressee { name: first.name, address: first.address, answers }, first.subject)))
}

/// Puts a letter on the case's page where the person has no address; else queues a mail to the requester: its text, its row with a fixed Message-ID, the thread it belongs to, the job that
/// sends it. Returns the event that the caller has to record.
///
/// # Errors
/// As the database says.
pub async fn queue(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    purpose: Purpose,
    to: Addressee,
    written: Written,
    now: Instant,
) -> Result<Event, Error> {
    if to.address.is_empty() {
        return pickup::keep_letter(app, tx, case, purpose, written, String::new(), now).await;
    }
    let mut references = mails::message_ids_of(tx, case.reference).await?;
    references.extend(to.answers);
    let Written { subject, text, html } = written;
    let content = Content { name: to.name, address: to.address, subject, text, html, references, ..Content::default() };
    let message_id = message_id(app, case, purpose)?;
    queue_as(app, tx, case, purpose, &message_id, &content, now).await
}

/// A new Message-ID for a mail of the case: nobody can guess it. What may be answered has the case's token in it.
///
/// # Errors
/// When there is no randomness.
pub fn message_id(app: &App, case: &Case, purpose: Purpose) -> Result<String, Error> {
    let address = app.address_of(&case.product);
    let domain = address.rsplit('@').next().unwrap_or("invalid");
    Ok(thread::message_id(random::<20>()?, token(app, &case.product, case.reference, purpose).as_deref(), domain))
}

/// The case's token, for mails that may be answered.
#[must_use]
pub fn token(app: &App, product: &str, case: Reference, purpose: Purpose) -> Option<String> {
    purpose.may_be_answered().then(|| thread::make(&app.reply_key(), product, case))?
}

/// Queues a mail that is complete, under this Message-ID. Returns the event that the caller has to record.
///
/// # Errors
/// As the database says.
pub async fn queue_as(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    purpose: Purpose,
    message_id: &str,
    content: &Content,
    now: Instant,
) -> Result<Event, Error> {
    let address = normal_address(&content.address);
    let domain = address.rsplit('@').next().unwrap_or_default();
    let kept =
        contents::content_keep(tx, &app.vault, case.reference, case.is_restricted(), "mail_out", content, now).await?;
    let mail = mails::NewMail {
        case: case.reference,
        product: &case.product,
        purpose,
        message_id,
        content: kept,
        recipient: app.vault.digest("address", address.as_bytes()),
        domain: app.vault.digest("domain", domain.as_bytes()),
        at: now,
    };
    let mail = mails::mail_queue(tx, &mail).await?;
    threads::thread_remember(tx, &app.vault, case.reference, message_id, true).await?;
    jobs::job_enqueue(tx, &Work::SendMail { mail }, 0).await?;
    Ok(Event::MailQueued { mail, content: kept, purpose })
}
