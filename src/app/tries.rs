//! Tries that are counted before they are made, on all consoles together. Each counts for where it comes from, whatever
//! else it has to wait for; for what it is about, and for all strangers together, only when it is made. Knows no passwords.

use super::{App, Error, sign_in::Refused};
use crate::store::{Tx, throttles};
use std::net::Ipv6Addr;

/// A row of tries: how many cost nothing, and the longest wait after more of them, in milliseconds.
pub(super) struct Row {
    pub key: Vec<u8>,
    pub free: i64,
    pub longest: i64,
}

/// The rows in which a try counts, in one order for everybody, so that no two wait for each other; what most tries share
/// comes last and is held shortest.
pub(super) struct Rows {
    /// Of where the try comes from.
    pub client: Row,
    /// True for who does not wait for what others do at the same address; they count there all the same.
    pub is_known: bool,
    /// What the try is about.
    pub rest: Vec<Row>,
}

/// The widest network that one customer may have around an address of version 6, of which `client` is the narrowest: without
/// a row for it whoever has one could make all strangers wait. None where an address is one place and no more.
pub(super) fn around(client: &str) -> Option<Ipv6Addr> {
    client.parse::<Ipv6Addr>().ok().map(|address| Ipv6Addr::from_bits(address.to_bits() >> 80 << 80))
}

/// A try that may be made.
pub(super) struct Counted {
    /// False where the client's row was waiting, and counted nothing.
    client: bool,
}

impl Rows {
    fn all(&self) -> impl Iterator<Item = &Row> {
        std::iter::once(&self.client).filter(|_| !self.is_known).chain(&self.rest)
    }

    /// How many milliseconds somebody has to wait who would try now.
    pub async fn wait(&self, tx: &mut Tx) -> Result<i64, Error> {
        let mut longest = 0;
        for row in self.all() {
            longest = longest.max(throttles::throttle_wait(tx, &row.key).await?);
        }
        Ok(longest)
    }

    /// Counts a try. Who has to wait is told so by a reader: what they then cost is a row of their own.
    ///
    /// # Errors
    /// `Busy` who has to wait; `Other` as the database says.
    pub async fn count(&self, app: &App) -> Result<Counted, Refused> {
        let mut tx = app.db.read().await?;
        let own = throttles::throttle_wait(&mut tx, &self.client.key).await?;
        if own > 0 && !self.is_known {
            return Err(busy(own));
        }
        let waits = self.wait(&mut tx).await?;
        drop(tx);
        let mut tx = app.db.begin().await?;
        let own = counted(&mut tx, &self.client).await?;
        if own > 0 && !self.is_known {
            return Err(busy(own));
        }
        let waits = if waits > 0 { waits } else { counted_all(&mut tx, &self.rest).await? };
        tx.commit().await?;
        if waits > 0 { Err(busy(waits)) } else { Ok(Counted { client: own == 0 }) }
    }

    /// Forgets what was counted, after it succeeded: what others share keeps the failures of before.
    pub async fn forget(&self, tx: &mut Tx, counted: &Counted) -> Result<(), Error> {
        if counted.client {
            throttles::throttle_spare(tx, &self.client.key).await?;
        }
        for (at, row) in self.rest.iter().enumerate() {
            if at == 0 {
                throttles::throttle_clear(tx, &row.key).await?;
            } else {
                throttles::throttle_spare(tx, &row.key).await?;
            }
        }
        Ok(())
    }
}

async fn counted(tx: &mut Tx, row: &Row) -> Result<i64, Error> {
    Ok(throttles::throttle_try(tx, &row.key, row.free, row.longest).await?)
}

/// Counts in each row, or in none where one has to wait; how long.
async fn counted_all(tx: &mut Tx, rows: &[Row]) -> Result<i64, Error> {
    for (at, row) in rows.iter().enumerate() {
        let waits = counted(tx, row).await?;
        if waits > 0 {
            for before in &rows[..at] {
                throttles::throttle_spare(tx, &before.key).await?;
            }
            return Ok(waits);
        }
    }
    Ok(0)
}

/// What somebody is told who has to wait so many milliseconds.
pub(super) const fn busy(waits: i64) -> Refused {
    Refused::Busy((waits + 999) / 1_000)
}
