//! What comes back: a mail that was accepted, failed or bounced, a recipient's answer by mail, its confirmation by a signed
//! POST. Whoever cannot sign with a recipient's own key learns nothing, not even whether a number is known.

use super::{Handed, Reach, partner, record};
use crate::{
    app::{App, Error},
    domain::{
        audit::AuditAction,
        case::Case,
        event::{By, Event, Purpose},
        follow_up::{Standing, Trouble, Way},
        identity::{MailId, Reference},
        time::{Instant, SECOND},
    },
    mail::{compose, signed},
    store::{
        Tx, audit, cases,
        contents::Content,
        follow_ups::{self, FollowUp},
        mails::Mail,
    },
};
use serde::Deserialize;

/// What became of a POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It is written down, now or since before.
    Noted,
    /// It is not signed by who it says, too old, or about nothing we know.
    Unknown,
    /// It is signed, but does not say that it is done, or about something that is over.
    Useless,
}

/// What a recipient posts; whatever else it says is nobody's.
#[derive(Deserialize)]
struct Said {
    id: String,
    #[serde(default)]
    confirmed: bool,
}

/// True for what could be a number of ours; a database is asked for nothing else, and some refuse a NUL with an error.
fn is_number(id: &str) -> bool {
    id.len() <= 64 && id.bytes().all(|b| b.is_ascii_graphic())
}

/// Takes what a recipient's machine posts, with the header that signs it.
///
/// # Errors
/// As the database says.
pub async fn hear(app: &App, header: &str, body: &[u8]) -> Result<Heard, Error> {
    let said = serde_json::from_slice::<Said>(body).ok().filter(|said| is_number(&said.id));
    let mut tx = app.db.read().await?;
    let known = match &said {
        Some(said) => follow_ups::follow_up_by_number(&mut tx, &said.id).await?,
        None => None,
    };
    drop(tx);
    let hook = known.as_ref().and_then(|one| match &partner(app, &one.product, one.recipient.as_deref()?)?.reach {
        Reach::Webhook(hook) => Some(hook),
        Reach::Mail(_) | Reach::Never => None,
    });
    // what is not known takes as long
    let secret = hook.map_or("nobody's key", |hook| hook.secret.as_str());
    let is_signed = signed::is_signed(secret, header, body, app.now().0 / SECOND);
    let (Some(was), Some(said), true) = (known.filter(|_| hook.is_some()), said, is_signed) else {
        return Ok(Heard::Unknown);
    };
    if !said.confirmed {
        return Ok(Heard::Useless);
    }
    let mut tx = app.db.begin().await?;
    let Some(mut case) = cases::case_lock(&mut tx, was.case).await? else { return Ok(Heard::Unknown) };
    let Some(mut one) = follow_ups::follow_up_lock(&mut tx, was.id).await? else { return Ok(Heard::Unknown) };
    match one.state {
        Standing::Confirmed => return Ok(Heard::Noted),
        Standing::Waiting | Standing::Failed | Standing::Told => {}
        Standing::Waived | Standing::Over => return Ok(Heard::Useless),
    }
    let (now, follow_up) = (app.now(), one.id);
    one.state = Standing::Confirmed;
    one.told_at = one.told_at.or(Some(now));
    one.confirmed_at = Some(now);
    one.error = None;
    record(&mut tx, &mut case, &one, (By::System, Event::RecipientConfirmed { follow_up }), now).await?;
    cases::case_save(&mut tx, &case).await?;
    audit::audit_append(&mut tx, now, None, AuditAction::RecipientConfirmed, Some(one.case), &one.number);
    tx.commit().await?;
    Ok(Heard::Noted)
}

/// A mail to a recipient as it leaves, with what the recipient knows the person by; none where nobody has to be told any
/// more. Any other mail stays as it is.
pub(in crate::app) async fn filled(
    app: &App,
    tx: &mut Tx,
    mail: &Mail,
    content: Content,
) -> Result<Option<Content>, Error> {
    if mail.purpose != Purpose::Recipient {
        return Ok(Some(content));
    }
    let waits = |one: &FollowUp| one.state.is_open();
    let Some(one) = follow_ups::follow_up_of_mail(tx, mail.id).await?.filter(waits) else { return Ok(None) };
    let known = follow_ups::follow_up_known_by(tx, &app.vault, one.id).await?;
    let known_by = Handed::read(known.as_deref()).known_by;
    let (text, html) = compose::with_known_by(&content.text, &content.html, &known_by);
    Ok(Some(Content { text, html, ..content }))
}

/// The mail server took a mail to a recipient.
pub(in crate::app) async fn mail_accepted(
    tx: &mut Tx,
    case: &mut Case,
    mail: MailId,
    now: Instant,
) -> Result<(), Error> {
    let Some(mut one) = follow_ups::follow_up_of_mail(tx, mail).await?.filter(|one| one.state.is_open()) else {
        return Ok(());
    };
    (one.state, one.told_at, one.by, one.error) = (Standing::Told, Some(now), None, None);
    let told = Event::RecipientTold { follow_up: one.id, way: Way::Mail };
    record(tx, case, &one, (By::System, told), now).await
}

/// A mail to a recipient did not leave, or came back.
pub(in crate::app) async fn mail_failed(
    tx: &mut Tx,
    case: &mut Case,
    mail: MailId,
    why: Trouble,
    now: Instant,
) -> Result<(), Error> {
    // whoever was told by hand knows it, whatever becomes of a mail
    let may_fail = |one: &FollowUp| one.state.is_open() || (one.state == Standing::Told && one.by.is_none());
    let Some(mut one) = follow_ups::follow_up_of_mail(tx, mail).await?.filter(may_fail) else { return Ok(()) };
    (one.state, one.told_at, one.error) = (Standing::Failed, None, Some(why.label().to_owned()));
    record(tx, case, &one, (By::System, Event::RecipientFailed { follow_up: one.id, why }), now).await
}

/// The recipient of a case that has this address, by its keyed digest.
pub(in crate::app) async fn from_recipient(
    tx: &mut Tx,
    case: Reference,
    sender: &[u8],
) -> Result<Option<FollowUp>, Error> {
    Ok(follow_ups::follow_up_to(tx, case, sender).await?)
}

/// A recipient answered by mail; whether that confirms anything is for staff to say.
pub(in crate::app) async fn answered(tx: &mut Tx, case: &mut Case, one: &FollowUp, now: Instant) -> Result<(), Error> {
    let event = Event::RecipientAnswered { follow_up: one.id };
    Ok(cases::case_record(tx, case, By::System, now, event).await?)
}
