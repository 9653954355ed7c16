//! What only time had to do: backups that have run out are written down, and with them goes what could still have found
//! those who were erased.

use super::record;
use crate::{
    app::{App, Error},
    domain::{
        audit::AuditAction,
        event::{By, Event},
        follow_up::Standing,
    },
    store::{audit, cases, follow_ups, runs::replay},
};

/// Closes backups whose date is reached, then destroys the keys of erased accounts whose time is over. May run twice.
///
/// # Errors
/// As the database says.
pub async fn end_follow_ups(app: &App) -> Result<(), Error> {
    let now = app.now();
    loop {
        let over = follow_ups::follow_ups_over(&mut app.db.read().await?, now).await?;
        if over.is_empty() {
            break;
        }
        for was in over {
            let mut tx = app.db.begin().await?;
            let Some(mut case) = cases::case_lock(&mut tx, was.case).await? else { return Err(Error::NotFound) };
            let found = follow_ups::follow_up_lock(&mut tx, was.id).await?;
            let Some(mut one) = found.filter(|one| one.state.is_open()) else { continue };
            one.state = Standing::Over;
            let event = Event::BackupsExpired { follow_up: one.id };
            record(&mut tx, &mut case, &one, (By::System, event), now).await?;
            cases::case_save(&mut tx, &case).await?;
            audit::audit_append(&mut tx, now, None, AuditAction::BackupsExpired, Some(one.case), "");
            tx.commit().await?;
        }
    }
    loop {
        let mut tx = app.db.begin().await?;
        let gone = replay::replays_forget(&mut tx, now).await?;
        tx.commit().await?;
        if gone == 0 {
            return Ok(());
        }
    }
}
