//! Tests of the generation room on real engines: each is written once and runs on `SQLite` and on `PostgreSQL`.

mod bucket;
mod choosing;
mod erasing;
mod exporting;
mod limits;
mod opened;
mod others;
mod packing;
mod warnings;
pub(crate) mod world;

/// Writes each test once and runs it on a `SQLite` and on a `PostgreSQL` generation database.
macro_rules! on_both_engines {
    ($($(#[$doc:meta])* async fn $name:ident($on:ident: On) $body:block)+) => { $(
        $(#[$doc])*
        mod $name {
            use super::*;
            async fn test($on: crate::testing::generation::world::On) $body
            #[tokio::test]
            async fn sqlite() { test(crate::testing::generation::world::On::Sqlite).await; }
            #[tokio::test]
            async fn postgres() { test(crate::testing::generation::world::On::Postgres).await; }
        }
    )+ };
}
pub(crate) use on_both_engines;
