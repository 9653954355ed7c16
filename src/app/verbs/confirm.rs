//! A responder confirms that a case is of its restricted kind. What its mails brought is destroyed then, as the product's
//! pack says, and the person is asked, once, to send nothing of the sort.

use crate::{
    app::{
        App, Error,
        acknowledge::Addressee,
        desk::{Desk, written},
        letters, material,
        proving::proven,
    },
    domain::{audit::AuditAction, event::Event, identity::Reference, rights::Actor},
    store::contents,
};

/// Confirms the kind of a restricted case.
///
/// # Errors
/// `Invalid` without a reason, or where the case is not restricted or is confirmed already; `Unproved` when the proof is
/// stale, since what the mails brought is destroyed; `Conflict` where others were quicker.
pub async fn confirm_restriction(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    reason: &str,
) -> Result<(), Error> {
    let reason = written("reason", reason, "Say what makes you sure of the kind, without describing the content")?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    if !desk.case.is_restricted() || desk.case.confirmed {
        return Err(Error::field(
            "reason",
            "There is nothing to confirm: the case is not restricted, or was confirmed",
        ));
    }
    proven(actor)?;
    let reason = desk.keep_reason(reason).await?;
    desk.record(Event::RestrictionConfirmed { reason }).await?;
    desk.take_up().await?;
    material::ask(&mut desk.tx, reference).await?;
    let kept = contents::contents_of(&mut desk.tx, &app.vault, reference).await?;
    let answers = kept.iter().map(|(_, c)| c.message_id.clone()).filter(|id| !id.is_empty()).collect();
    if let Some((_, first)) = kept.into_iter().next().filter(|(_, first)| !first.address.is_empty()) {
        let to = Addressee { name: first.name, address: first.address, answers };
        let told = letters::notice(app, &mut desk.tx, &desk.case, to, letters::Letter::NoMaterial, desk.now).await?;
        desk.record(told).await?;
    }
    desk.commit(AuditAction::RestrictionConfirmed).await
}
