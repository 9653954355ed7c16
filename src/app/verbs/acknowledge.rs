//! Acknowledges a request by another way than mail: told on the phone, written in a letter.

use crate::{
    app::{
        App, Error,
        desk::{Desk, written},
    },
    domain::{audit::AuditAction, clock::Duty, event::Event, identity::Reference, rights::Actor},
};

/// Records that the person was told by phone or letter; meets the `acknowledge` clock.
///
/// # Errors
/// When it is not said how, the case is acknowledged already, or others were quicker.
pub async fn acknowledge_otherwise(
    app: &App,
    actor: &Actor,
    reference: Reference,
    seen: i64,
    how: &str,
) -> Result<(), Error> {
    let how = written("how", how, "Say how and to whom, for example: told on the phone")?;
    let mut desk = Desk::at(app, actor, reference, Some(seen)).await?;
    if desk.case.clocks.iter().all(|c| c.duty != Duty::Acknowledge || c.met.is_some()) {
        return Err(Error::field("how", "The case is acknowledged already"));
    }
    let how = desk.keep_reason(how).await?;
    desk.record(Event::AcknowledgedOtherwise { how }).await?;
    desk.commit(AuditAction::AcknowledgedOtherwise).await
}
