//! Has checkpoints of the audit log signed while the console runs, and one when it stops. Goes on after trouble: what one
//! checkpoint misses the next one seals.

use crate::{
    app::{
        App,
        audit::{self, Notary, Sealed},
    },
    domain::time::{Instant, MINUTE},
    store::{Error, audit::entry_last},
};
use std::time::Duration;
use tokio::{sync::watch, time::sleep};

/// How often the log is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// When there is a checkpoint at the latest.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// After so many entries.
    pub entries: i64,
    /// After so many minutes, where there is an entry.
    pub minutes: i64,
}

/// Works until `stop` turns true; returns which entry it sealed last. Goes by its own last checkpoint and not by those of
/// other consoles, whose files may lie where anybody can change them.
pub async fn run(app: App, notary: Notary, pace: Pace, mut stop: watch::Receiver<bool>) -> i64 {
    let (mut sealed, mut at) = (0, None);
    while !*stop.borrow() {
        match is_due(&app, pace, sealed, at).await {
            Ok(true) => {
                (sealed, at) = (seal(&app, &notary, sealed).await, Some(app.now()));
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the audit log could not be looked at"),
        }
        tokio::select! {
            () = sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
    sealed
}

/// A checkpoint of whatever was written since entry `last`; returns which entry is sealed now.
pub async fn seal(app: &App, notary: &Notary, last: i64) -> i64 {
    match audit::seal(&app.db, notary, last, app.now()).await {
        Ok(Sealed::Entry(number)) => {
            tracing::debug!(number, "the audit log has a checkpoint");
            number
        }
        Ok(Sealed::Already) => last,
        Err(error) => {
            let file = notary.file().display();
            tracing::error!(%error, "a checkpoint of the audit log could not be written to {file}; it is tried again");
            last
        }
    }
}

async fn is_due(app: &App, pace: Pace, sealed: i64, at: Option<Instant>) -> Result<bool, Error> {
    let number = entry_last(&mut app.db.read().await?).await?.map_or(0, |(number, _)| number);
    let is_old = at.is_none_or(|at| app.now().since(at) >= pace.minutes * MINUTE);
    Ok(number > sealed && (is_old || number - sealed >= pace.entries))
}
