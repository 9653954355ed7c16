//! Mail that came back. A report is believed where it names a mail of ours by its Message-ID, which holds 160 random bits,
//! or came to an address with the case's token; anything else may be anybody's and waits for staff.

use super::{
    App, Error, follow_ups,
    intake::{Place, followed},
};
use crate::{
    domain::{
        audit::AuditAction,
        case::Case,
        event::{By, Event, Purpose},
        follow_up::Trouble,
        identity::normal_address,
        mail::Doubt,
    },
    mail::{
        parse::Letter,
        report::{Recipient, Report},
        thread,
    },
    store::{Tx, audit, cases, mails, mails::Mail, messages::Message, returns, suppressions},
};

/// Where a report belongs.
///
/// # Errors
/// As the database says.
pub(super) async fn place(
    app: &App,
    tx: &mut Tx,
    message: &Message,
    letter: &Letter,
    report: &Report,
) -> Result<Place, Error> {
    let ids: Vec<_> = report.message_ids.iter().cloned().chain(letter.answers()).take(20).collect();
    let mut found = returns::mail_by_message_id(tx, &ids).await?;
    if found.is_none() {
        let key = app.reply_key();
        let named = letter.recipients.iter().find_map(|to| thread::read(&key, &message.product, thread::token_in(to)?));
        let digests = digests(app, report);
        found = match named {
            Some(case) => returns::mail_latest_to(tx, Some(case), &digests).await?,
            None => None,
        };
        if found.is_none() {
            // it names somebody we wrote to, as anybody could
            let near =
                returns::mail_latest_to(tx, None, &digests).await?.filter(|mail| mail.product == message.product);
            return Ok(match near {
                Some(mail) => Place::Doubtful(followed(tx, mail.case).await?.map(Box::new), Doubt::Unproven),
                None => Place::Nowhere,
            });
        }
    }
    let Some(mail) = found.filter(|mail| mail.product == message.product) else { return Ok(Place::Nowhere) };
    // nothing is added to what was erased
    let case = cases::case_lock(tx, mail.case).await?.filter(|case| case.erased.is_none());
    // another report of the same mail may have come first
    let mail = mails::mail_get(tx, mail.id).await?;
    Ok(case.zip(mail).map_or(Place::Nowhere, |(case, mail)| Place::Bounced(Box::new(case), Box::new(mail))))
}

fn digests(app: &App, report: &Report) -> Vec<Vec<u8>> {
    let digest = |r: &Recipient| app.vault.digest("address", normal_address(&r.address).as_bytes());
    report.recipients.iter().take(20).map(digest).collect()
}

/// Records what the report says of the mail: where it failed, the person was not told, so what the mail met is unmet
/// again, and an address that takes no mail is remembered.
///
/// # Errors
/// As the database says.
pub(super) async fn record(app: &App, tx: &mut Tx, case: &mut Case, mail: &Mail, report: &Report) -> Result<(), Error> {
    let now = app.now();
    let recipient = mail.recipient.as_deref();
    let Some(failed) = about(app, recipient, report) else { return Ok(()) };
    if mail.bounced.is_some() {
        return Ok(());
    }
    let status = match (&failed.status, failed.reply_code) {
        (Some(status), _) => format!("status {status}"),
        (None, Some(code)) => format!("answer {code}"),
        (None, None) => "without a status".to_owned(),
    };
    let (purpose, hard) = (mail.purpose, failed.hard);
    mails::mail_bounced(tx, mail.id, true, &status, now).await?;
    let event = Event::MailBounced { mail: mail.id, purpose, hard, status: status.clone() };
    cases::case_record(tx, case, By::System, now, event).await?;
    if let Some(recipient) = recipient.filter(|_| hard && is_gone(failed)) {
        suppressions::suppress(tx, recipient, &status, mail.id, now).await?;
        let (what, on) = (mail.id.0.to_string(), Some(case.reference));
        audit::audit_append(tx, now, None, AuditAction::AddressBlocked, on, &what);
    }
    if purpose == Purpose::Extension {
        // who was not told has the first end
        let clocks = super::desk::started(app, case, case.kind);
        cases::case_record(tx, case, By::System, now, clocks).await?;
    }
    if purpose == Purpose::Recipient {
        follow_ups::mail_failed(tx, case, mail.id, Trouble::Bounced, now).await?;
    }
    Ok(())
}

/// What the report says of the one this mail went to, where it says that it failed.
fn about<'r>(app: &App, recipient: Option<&[u8]>, report: &'r Report) -> Option<&'r Recipient> {
    let failed = || report.recipients.iter().filter(|r| r.action == "failed");
    let theirs = |r: &&Recipient| {
        let digest = app.vault.digest("address", normal_address(&r.address).as_bytes());
        recipient == Some(digest.as_slice())
    };
    // a mail has one recipient; after a forwarding the report names another address
    failed().find(theirs).or_else(|| failed().next())
}

/// True where the report says that the address itself takes no mail, and not that this mail was unwelcome.
fn is_gone(failed: &Recipient) -> bool {
    failed.status.as_deref().is_none_or(|status| status.starts_with("5.1.") || status == "5.2.1" || status == "5.0.0")
}
