//! What staff do about a recipient: told by hand, confirmed, tried again, not told for a reason.

use super::{Reach, name, partner, record, tell};
use crate::{
    app::{
        App, Error,
        desk::{Desk, written},
    },
    domain::{
        audit::AuditAction,
        event::{By, Event},
        follow_up::{Standing, Step, Way},
        identity::{FollowUpId, Reference},
        rights::Actor,
        work::Work,
    },
    store::{follow_ups, jobs},
};

/// Does a step about one recipient of a case. A resolved case stays resolved.
///
/// # Errors
/// When the step does not lead on from here, a reason is missing, the configuration does not say any more how to reach the
/// recipient, or others were quicker.
pub async fn recipient_step(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    (id, step): (FollowUpId, Step),
    reason: &str,
) -> Result<(), Error> {
    if step == Step::Waived {
        written("reason", reason, "Say why this recipient need not be told; colleagues will read it")?;
    }
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    let found = follow_ups::follow_up_lock(&mut desk.tx, id).await?;
    let mut one = found.filter(|one| one.case == reference).ok_or(Error::NotFound)?;
    if !one.state.allows(step, one.way) {
        let says = format!("Nothing was done: it is “{}” by now", one.state.label().to_lowercase());
        return Err(Error::field("reason", says));
    }
    let (now, follow_up) = (desk.now, id);
    one.by = Some(actor.id);
    let event = match step {
        Step::Told => {
            (one.state, one.told_at, one.error) = (Standing::Told, Some(now), None);
            Event::RecipientTold { follow_up, way: Way::Hand }
        }
        Step::Confirmed => {
            one.told_at = one.told_at.or(Some(now));
            (one.state, one.confirmed_at, one.error) = (Standing::Confirmed, Some(now), None);
            Event::RecipientConfirmed { follow_up }
        }
        Step::Waived => {
            one.state = Standing::Waived;
            Event::RecipientWaived { follow_up, reason: desk.keep_reason(reason).await? }
        }
        Step::Again => {
            (one.state, one.error) = (Standing::Waiting, None);
            Event::RecipientRetried { follow_up }
        }
    };
    record(&mut desk.tx, &mut desk.case, &one, (By::Staff(actor.id), event), now).await?;
    if step == Step::Again {
        let recipient = one.recipient.clone().unwrap_or_default();
        match (one.way, partner(app, &one.product, &recipient).map(|partner| &partner.reach)) {
            (Way::Webhook, Some(Reach::Webhook(_))) => {
                jobs::job_enqueue(&mut desk.tx, &Work::TellRecipient { follow_up }, 0).await?;
            }
            (Way::Mail, Some(Reach::Mail(address))) => {
                let called = name(app, &one.product, &recipient);
                let (tx, case, by) = (&mut desk.tx, &mut desk.case, By::Staff(actor.id));
                tell::queue_mail(app, tx, case, &mut one, (&called, address), by, now).await?;
            }
            _ => {
                let says = "The configuration does not say any more how to reach it this way; tell it by hand";
                return Err(Error::field("reason", says));
            }
        }
    }
    desk.commit(action(step)).await
}

const fn action(step: Step) -> AuditAction {
    match step {
        Step::Told => AuditAction::RecipientToldByHand,
        Step::Confirmed => AuditAction::RecipientConfirmed,
        Step::Waived => AuditAction::RecipientWaived,
        Step::Again => AuditAction::RecipientTriedAgain,
    }
}
