//! Watches the mailboxes: one task and one connection a folder, so that the trouble of one holds up no other. Goes on for
//! ever after trouble, ever more slowly, and ends in good order when the process is asked to stop. Holds no rule.

use crate::{
    app::{
        App,
        mailboxes::{self, Trouble, Visit, Watched},
    },
    store::{Error, vault::random},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

/// The longest pause after trouble.
const LONGEST: Duration = Duration::from_mins(5);
/// How long ending may take.
const GRACE: Duration = Duration::from_secs(10);

/// What one console's postman goes by.
struct Round {
    app: App,
    token: Vec<u8>,
    /// Milliseconds.
    lease: i64,
}

/// Watches every configured folder until `stop` turns true. `lease`, in milliseconds, is how long another console waits
/// before it takes over from one that vanished.
pub async fn run(app: App, lease: i64, mut stop: watch::Receiver<bool>) {
    if app.settings.mailboxes.is_empty() {
        return;
    }
    let token = match random::<16>() {
        Ok(token) => token.to_vec(),
        Err(error) => return tracing::error!(%error, "no mailbox is watched"),
    };
    let round = Arc::new(Round { app, token, lease });
    let mut tasks = JoinSet::new();
    for watched in round.app.settings.mailboxes.clone() {
        tasks.spawn(attend(Arc::clone(&round), watched, stop.clone()));
    }
    while !*stop.borrow() {
        let beat = Duration::from_millis(u64::try_from(lease / 3).unwrap_or(1_000));
        tokio::select! {
            () = sleep(beat) => {}
            _ = stop.changed() => {}
        }
        if let Err(error) = mailboxes::keep_leases(&round.app, &round.token, lease).await {
            tracing::warn!(%error, "the leases of the mailboxes could not be kept");
        }
    }
    let ended = timeout(GRACE, async { while tasks.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        tasks.shutdown().await;
    }
    if let Err(error) = mailboxes::give_back(&round.app, &round.token).await {
        tracing::warn!(%error, "the mailboxes could not be given back; their leases will run out");
    }
}

/// One folder, for as long as the process lives.
async fn attend(round: Arc<Round>, watched: Watched, mut stop: watch::Receiver<bool>) {
    let mut failures = 0;
    while !*stop.borrow() {
        let mut is_well = false;
        let pause = match visit(&round, &watched, &mut stop, &mut is_well).await {
            // the lease of a console that vanished runs out within this time
            Ok(()) | Err(Trouble::Lost) => elsewhere(round.lease),
            Err(trouble) => {
                failures = if is_well { 1 } else { failures + 1 };
                let (product, name, folder) = (&watched.product, &watched.name, &watched.folder);
                tracing::warn!(product, name, folder, failures, "a mailbox could not be read: {trouble}");
                back_off(failures)
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            // also where it was asked for long ago
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Reads the folder until there is trouble or the process is to stop. Does nothing while another console reads it.
async fn visit(
    round: &Round,
    watched: &Watched,
    stop: &mut watch::Receiver<bool>,
    is_well: &mut bool,
) -> Result<(), Trouble> {
    let Some((held, cursor)) = mailboxes::take(&round.app, watched, &round.token, round.lease).await? else {
        return Ok(());
    };
    let read = async {
        let mut visit = Visit::begin(&round.app, watched, held.clone(), cursor).await?;
        loop {
            visit.turn(|| *stop.borrow()).await?;
            *is_well = true;
            if *stop.borrow() {
                visit.leave().await;
                return Ok(());
            }
            tokio::select! {
                waited = visit.wait() => waited?,
                // in the middle of IDLE there is nothing to say; the connection ends
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
        }
    };
    let ended = read.await;
    if let Err(trouble) = &ended {
        note(round, &held, trouble).await;
    }
    ended
}

async fn note(round: &Round, held: &crate::store::mailboxes::Held, trouble: &Trouble) {
    let noted: Result<(), Error> = mailboxes::failed(&round.app, held, trouble).await;
    if let Err(error) = noted {
        tracing::warn!(%error, "the trouble of a mailbox could not be written down");
    }
}

/// How long to leave a folder alone that another console reads.
fn elsewhere(lease: i64) -> Duration {
    Duration::from_millis(u64::try_from(lease / 2).unwrap_or(1_000))
}

/// How long to wait after so many failures in a row: doubling from a second to five minutes, half of it by chance, so that
/// fifty mailboxes of one server do not come back together.
fn back_off(failures: u32) -> Duration {
    let whole = Duration::from_secs(1 << failures.saturating_sub(1).min(9)).min(LONGEST);
    // without randomness they come back together
    let chance = random::<2>().map_or(0, u16::from_le_bytes);
    whole / 2 + whole.mul_f64(f64::from(chance) / f64::from(u16::MAX)) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes_and_are_spread() {
        for (failures, whole) in [(1, 1), (2, 2), (5, 16), (9, 256), (10, 300), (u32::MAX, 300)] {
            let whole = Duration::from_secs(whole);
            let pauses: Vec<_> = (0..200).map(|_| back_off(failures)).collect();
            assert!(pauses.iter().all(|p| (whole / 2..=whole).contains(p)), "{failures}");
            let (min, max) = (pauses.iter().min().copied(), pauses.iter().max().copied());
            assert!(max > min.map(|min| min + whole / 4), "{failures}: {min:?} to {max:?}");
        }
    }
}
