//! Helpers for tests: a house on either engine with a hand-moved clock, and the check of the arrows between rooms.

mod alarms;
mod arrows;
mod audit;
mod awkward;
mod browser;
mod clockwork;
mod company;
mod consents;
pub(crate) mod dovecot;
mod exports;
mod follow_ups;
pub(crate) mod generation;
pub(crate) mod house;
mod jobs;
mod letters;
mod mailboxes;
pub(crate) mod maria;
pub(crate) mod meddler;
mod objects;
mod outbox;
mod people;
mod pickup;
mod policy;
mod posted;
pub(crate) mod postgres;
mod reading;
mod retention;
mod rights;
mod ruled_out;
mod runs;
pub(crate) mod s3;
pub(crate) mod smtp;
mod story;
mod threads;
mod verification;
mod wall;
mod well_known;

/// Writes each test once and runs it on `SQLite` and on `PostgreSQL`.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($house:ident: House) $body:block)+) => { $(
        $(#[$doc])*
        mod $name {
            use super::*;
            async fn test($house: crate::testing::house::House) $body
            #[tokio::test]
            async fn sqlite() { test(crate::testing::house::House::sqlite().await).await; }
            #[tokio::test]
            async fn postgres() { test(crate::testing::house::House::postgres().await).await; }
        }
    )+ };
}
pub(crate) use on_both;
