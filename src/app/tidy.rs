//! Forgets what has no use any more: ended sessions, spent throttles, finished jobs, past ticks, retired data keys.

use super::{App, Error};
use crate::{
    domain::time::DAY,
    store::{account_links, ceremonies, devices, jobs, keyring, outflow, sessions, throttles},
};

/// Forgets it, a few hundred rows a transaction.
///
/// # Errors
/// As the database says.
pub async fn tidy_up(app: &App) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    sessions::sessions_forget(&mut tx).await?;
    ceremonies::ceremonies_forget(&mut tx).await?;
    throttles::throttles_forget(&mut tx).await?;
    account_links::links_forget(&mut tx).await?;
    devices::devices_forget(&mut tx).await?;
    keyring::contents_keys_forget(&mut tx).await?;
    let now = tx.db_now().await?;
    outflow::outflow_forget(&mut tx, now).await?;
    jobs::ticks_forget(&mut tx, now.plus(-2 * DAY)).await?;
    tx.commit().await?;
    loop {
        let mut tx = app.db.begin().await?;
        let gone = jobs::jobs_forget(&mut tx, now.plus(-3 * DAY)).await?;
        tx.commit().await?;
        if gone < 500 {
            break;
        }
    }
    app.db.give_back().await?;
    Ok(())
}
