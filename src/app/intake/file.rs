//! Files a mail that was read: into the case it answers, into a new one, into quarantine. Writes in the caller's
//! transaction and never commits.

use super::{Request, open_case};
use crate::{
    app::{App, Error, bounces, follow_ups},
    domain::{
        audit::AuditAction,
        case::{Case, Channel, State},
        event::{By, Event},
        identity::normal_address,
        mail::{Doubt, Verdict},
        secrets,
        work::Work,
    },
    mail::{authenticity::Authenticity, classify::Guess, parse::Letter},
    store::{
        Tx, audit, cases, contents,
        contents::{Content, File},
        follow_ups::FollowUp,
        jobs,
        mails::Mail,
        messages,
        messages::{Message, Waits},
        threads,
    },
};

use super::read::Read;

/// What is kept of a letter: all of its words, and of its files what the mail says of them.
pub(in crate::app) fn content_of(letter: Letter, from: &Authenticity) -> Content {
    let message_id = letter.given_id().unwrap_or_default().to_owned();
    let files = letter.files.into_iter().map(|file| File {
        name: file.name,
        media_type: file.media_type,
        encoded_size: i64::try_from(file.encoded_size).unwrap_or(i64::MAX),
        part: i64::try_from(file.part).unwrap_or_default(),
        content_id: file.content_id.unwrap_or_default(),
        what: file.what.code().to_owned(),
    });
    let mut remarks: Vec<String> = letter.problems.into_iter().map(|problem| problem.words).collect();
    remarks.extend(letter.protection.map(|protection| protection.in_words().to_owned()));
    Content {
        name: letter.name,
        address: letter.address,
        subject: letter.subject,
        text: letter.over.map_or(letter.text, |over| format!("This mail was not opened: {over}")),
        message_id,
        files: files.collect(),
        rich: letter.rich,
        trust: from.lines(),
        remarks,
        ..Content::default()
    }
}

/// A message and the digest of its sender's address.
type From<'a> = (&'a Message, &'a [u8]);

/// Adds the mail to a case. A person's answer moves the case back to us; an out-of-office note does not.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn append(
    app: &App,
    tx: &mut Tx,
    (message, sender): From<'_>,
    letter: Letter,
    from: &Authenticity,
    mut case: Case,
) -> Result<Read, Error> {
    let now = app.now();
    let automatic = !letter.automatic.is_empty();
    received(app, tx, (message, sender), letter, from, &mut case).await?;
    if !automatic && matches!(case.state, State::WaitingRequester | State::Resolved | State::Closed) {
        let event = Event::StateChanged { from: case.state, to: State::Open, outcome: None, reason: None };
        cases::case_record(tx, &mut case, By::System, now, event).await?;
    }
    cases::case_save(tx, &case).await?;
    audit::audit_append(tx, now, None, AuditAction::MessageAppended, Some(case.reference), "");
    Ok(Read::Appended(case.reference))
}

/// Adds a machine's report about a mail of ours to the case, and what follows from it.
///
/// # Errors
/// As the database says.
pub(super) async fn report(
    app: &App,
    tx: &mut Tx,
    (message, sender): From<'_>,
    letter: Letter,
    mut case: Case,
    mail: Mail,
) -> Result<Read, Error> {
    let report = letter.report.clone().unwrap_or_default();
    received(app, tx, (message, sender), letter, &Authenticity::default(), &mut case).await?;
    bounces::record(app, tx, &mut case, &mail, &report).await?;
    cases::case_save(tx, &case).await?;
    audit::audit_append(tx, app.now(), None, AuditAction::ReportAppended, Some(case.reference), "");
    Ok(Read::Appended(case.reference))
}

/// Adds a recipient's answer to the case it was told on. It is not the person's: it reopens nothing and answers nothing.
///
/// # Errors
/// As the database says.
pub(super) async fn from_recipient(
    app: &App,
    tx: &mut Tx,
    (message, sender): From<'_>,
    letter: Letter,
    from: &Authenticity,
    (mut case, told): (Case, FollowUp),
) -> Result<Read, Error> {
    let (now, reference, restricted) = (app.now(), case.reference, case.is_restricted());
    // no mail to the person may name it in its thread
    let content = Content { message_id: String::new(), ..content_of(letter, from) };
    let kept = contents::content_keep(tx, &app.vault, reference, restricted, "mail_in", &content, now).await?;
    let event = Event::MessageReceived { message: message.id, content: kept, automatic: true, dmarc: from.dmarc };
    cases::case_record(tx, &mut case, By::System, now, event).await?;
    follow_ups::answered(tx, &mut case, &told, now).await?;
    messages::message_read(tx, message.id, reference, restricted, sender).await?;
    cases::case_save(tx, &case).await?;
    audit::audit_append(tx, now, None, AuditAction::RecipientAnswered, Some(reference), &told.number);
    Ok(Read::Appended(reference))
}

async fn received(
    app: &App,
    tx: &mut Tx,
    (message, sender): From<'_>,
    letter: Letter,
    from: &Authenticity,
    case: &mut Case,
) -> Result<(), Error> {
    let (now, automatic, dmarc) = (app.now(), !letter.automatic.is_empty() || letter.report.is_some(), from.dmarc);
    let content = content_of(letter, from);
    let (reference, restricted) = (case.reference, case.is_restricted());
    let kept = contents::content_keep(tx, &app.vault, reference, restricted, "mail_in", &content, now).await?;
    let event = Event::MessageReceived { message: message.id, content: kept, automatic, dmarc };
    cases::case_record(tx, case, By::Requester, now, event).await?;
    if !content.message_id.is_empty() {
        threads::thread_remember(tx, &app.vault, reference, &content.message_id, false).await?;
    }
    messages::message_read(tx, message.id, reference, restricted, sender).await?;
    if case.confirmed && case.is_restricted() {
        jobs::job_enqueue(tx, &Work::DisposeMaterial { message: message.id }, 0).await?;
    }
    Ok(())
}

/// Opens a case of its own for the mail. Only a person's mail is acknowledged.
///
/// # Errors
/// As the database says.
pub(in crate::app) async fn open(
    app: &App,
    tx: &mut Tx,
    (message, sender): From<'_>,
    letter: Letter,
    from: &Authenticity,
    guess: Guess,
) -> Result<Read, Error> {
    let now = app.now();
    let automatic = !letter.automatic.is_empty() || letter.report.is_some();
    let (dmarc, over) = (from.dmarc, letter.over.is_some());
    let content = content_of(letter, from);
    let message_id = content.message_id.clone();
    // it comes from ourselves, or is a mail of ours that came back under another name: nobody is answered
    let own = normal_address(&content.address) == normal_address(&app.address_of(&message.product))
        || threads::thread_is_ours(tx, &app.vault, &message_id).await?;
    let request = Request {
        product: &message.product,
        kind: guess.kind,
        rule: guess.rule,
        channel: Channel::Mail,
        received: message.received,
        by: By::System,
        content,
        purpose: "mail_in",
        access: None,
        acknowledge: !automatic && !own,
        unopened: over,
    };
    let event = |content| Event::MessageReceived { message: message.id, content, automatic, dmarc };
    let case = open_case(app, tx, request, By::Requester, event, now).await?;
    if !message_id.is_empty() {
        threads::thread_remember(tx, &app.vault, case.reference, &message_id, false).await?;
    }
    messages::message_read(tx, message.id, case.reference, case.is_restricted(), sender).await?;
    audit::audit_append(tx, now, None, AuditAction::CaseOpened, Some(case.reference), "");
    Ok(Read::Opened(case.reference))
}

/// Puts the mail where staff decide about it, and says so on the case it points at. Nothing of it is quoted anywhere.
///
/// # Errors
/// As the database says.
pub(super) async fn quarantine(
    app: &App,
    tx: &mut Tx,
    (message, sender): From<'_>,
    letter: &Letter,
    near: Option<Case>,
    why: Doubt,
    dmarc: Verdict,
) -> Result<Read, Error> {
    let restricted = near.as_ref().is_some_and(Case::is_restricted);
    let cut = |text: &str| text.chars().take(200).collect::<String>();
    let who = if letter.name.is_empty() { &letter.address } else { &letter.name };
    let face = (!restricted).then(|| (cut(who), cut(&secrets::masked(&letter.subject))));
    let reference = near.as_ref().map(|case| case.reference);
    let waits = Waits { near: reference, face, dmarc };
    messages::message_quarantine(tx, message.id, sender, restricted, why, waits).await?;
    if let Some(mut case) = near {
        let event = Event::MessageQuarantined { message: message.id, why };
        cases::case_record(tx, &mut case, By::System, app.now(), event).await?;
        cases::case_save(tx, &case).await?;
    }
    audit::audit_append(tx, app.now(), None, AuditAction::MessageQuarantined, reference, "");
    Ok(Read::Quarantined(why))
}
