//! Tells a recipient: by a mail of the outbox, or by a signed POST to its webhook, which is tried again under the same
//! number until it is taken. A crash between the two leaves a second message with the number of the first.

use super::{Handed, Partner, Reach, name, partner, record};
use crate::{
    app::{App, Error, acknowledge, failpoint::failpoint},
    domain::{
        audit::AuditAction,
        case::Case,
        event::{By, Event, Purpose},
        follow_up::{Standing, Trouble, Way},
        identity::FollowUpId,
        time::{Instant, SECOND},
    },
    mail::{
        compose,
        signed::{self, Posted},
    },
    store::{
        Tx, audit, cases,
        contents::Content,
        follow_ups::{self, FollowUp},
    },
};

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Nothing is left to do.
    Done,
    /// It should be tried again; says why.
    Later(String),
}

/// Queues the mail that tells a recipient, called so and at this address, and notes it as the follow-up's latest.
pub(super) async fn queue_mail(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    one: &mut FollowUp,
    (called, address): (&str, &str),
    by: By,
    now: Instant,
) -> Result<(), Error> {
    let known = follow_ups::follow_up_known_by(tx, &app.vault, one.id).await?;
    let handed = Handed::read(known.as_deref());
    let zone = app.packs.zone(&case.product);
    let notice = compose::Notice {
        head: app.letterhead(&case.product),
        recipient: called.to_owned(),
        did: one.did,
        uses: handed.uses.unwrap_or_default(),
        since: one.made_at.in_words(zone),
        number: one.number.clone(),
        reference: case.reference.to_string(),
    };
    let written = compose::notice(&notice)?;
    let message_id = acknowledge::message_id(app, case, Purpose::Recipient)?;
    let content = Content {
        name: called.to_owned(),
        address: address.to_owned(),
        subject: written.subject,
        text: written.text,
        html: written.html,
        ..Content::default()
    };
    let queued = acknowledge::queue_as(app, tx, case, Purpose::Recipient, &message_id, &content, now).await?;
    if let Event::MailQueued { mail, .. } = queued {
        one.mail = Some(mail);
    }
    follow_ups::follow_up_save(tx, one, now).await?;
    Ok(cases::case_record(tx, case, by, now, queued).await?)
}

/// Tells a recipient by its webhook. On the `last` try one that cannot be told is left to staff. May run twice.
///
/// # Errors
/// When our own database fails.
pub async fn tell_recipient(app: &App, id: FollowUpId, last: bool) -> Result<Told, Error> {
    let mut tx = app.db.read().await?;
    let Some(one) = follow_ups::follow_up_get(&mut tx, id).await? else { return Ok(Told::Done) };
    if one.state != Standing::Waiting || one.way != Way::Webhook {
        return Ok(Told::Done);
    }
    let known = follow_ups::follow_up_known_by(&mut tx, &app.vault, id).await?;
    drop(tx);
    let recipient = one.recipient.clone().unwrap_or_default();
    let Some(Partner { reach: Reach::Webhook(hook), .. }) = partner(app, &one.product, &recipient) else {
        return settle(app, &one, None, Some((Trouble::Unconfigured, Trouble::Unconfigured.label()))).await;
    };
    let body = body(app, &one, &Handed::read(known.as_deref()));
    failpoint("recipient-before-effect");
    let posted = signed::post(hook, &one.number, &body, app.now().0 / SECOND).await;
    failpoint("recipient-after-effect");
    match posted {
        Posted::Taken(confirmed) => settle(app, &one, Some(confirmed), None).await,
        Posted::Refused(why) if last => settle(app, &one, None, Some((Trouble::Refused, &why))).await,
        Posted::Unreachable(why) if last => settle(app, &one, None, Some((Trouble::Unreachable, &why))).await,
        Posted::Refused(why) | Posted::Unreachable(why) => {
            let called = name(app, &one.product, &recipient);
            Ok(Told::Later(format!("{called} was not told: {why}")))
        }
    }
}

/// What a recipient's machine is told: by what it knows the person, what was done, and where an answer goes.
fn body(app: &App, one: &FollowUp, handed: &Handed) -> String {
    let subject: Vec<_> = handed
        .known_by
        .iter()
        .map(|identity| serde_json::json!({ "kind": identity.kind, "value": identity.value }))
        .collect();
    serde_json::json!({
        "id": one.number,
        "event": "recipient_notice",
        "product": one.product,
        "recipient": one.recipient,
        "case": one.case.to_string(),
        "action": one.did.code(),
        "use": handed.uses,
        "subject": subject,
        "done_at": one.made_at.rfc3339(),
        "callback": format!("{}/intake/recipients", app.settings.public_url),
    })
    .to_string()
}

/// Writes down what came of a try, unless somebody was quicker.
async fn settle(
    app: &App,
    was: &FollowUp,
    taken: Option<bool>,
    failed: Option<(Trouble, &str)>,
) -> Result<Told, Error> {
    let mut tx = app.db.begin().await?;
    let Some(mut case) = cases::case_lock(&mut tx, was.case).await? else { return Ok(Told::Done) };
    let waits = |one: &FollowUp| one.state == Standing::Waiting;
    let Some(mut one) = follow_ups::follow_up_lock(&mut tx, was.id).await?.filter(waits) else {
        return Ok(Told::Done);
    };
    let (now, follow_up) = (app.now(), one.id);
    if let Some((why, says)) = failed {
        one.state = Standing::Failed;
        one.error = Some(says.to_owned());
        record(&mut tx, &mut case, &one, (By::System, Event::RecipientFailed { follow_up, why }), now).await?;
    } else {
        one.state = Standing::Told;
        one.told_at = Some(now);
        one.by = None;
        one.error = None;
        let told = Event::RecipientTold { follow_up, way: one.way };
        record(&mut tx, &mut case, &one, (By::System, told), now).await?;
    }
    if taken == Some(true) {
        one.state = Standing::Confirmed;
        one.confirmed_at = Some(now);
        record(&mut tx, &mut case, &one, (By::System, Event::RecipientConfirmed { follow_up }), now).await?;
    }
    cases::case_save(&mut tx, &case).await?;
    let what = format!("{} {}", one.number, one.state.code());
    audit::audit_append(&mut tx, now, None, AuditAction::RecipientTold, Some(one.case), &what);
    tx.commit().await?;
    Ok(Told::Done)
}
