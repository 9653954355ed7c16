//! Tests of the generation room on real engines: each is written once and runs on all of them.

mod bucket;
mod choosing;
pub(crate) mod consents;
mod cut_off;
mod erasing;
mod exporting;
mod granted;
mod held;
mod keeping;
mod limits;
mod maria;
pub(crate) mod opened;
mod others;
mod packing;
mod proposing;
pub(crate) mod sealing;
mod warnings;
pub(crate) mod world;

/// Writes each test once and runs it on a generation database of each engine.
macro_rules! on_every_engine {
    ($($(#[$doc:meta])* async fn $name:ident($on:ident: On) $body:block)+) => { $(
        $(#[$doc])*
        mod $name {
            use super::*;
            async fn test($on: crate::testing::generation::world::On) $body
            #[tokio::test]
            async fn sqlite() { test(crate::testing::generation::world::On::Sqlite).await; }
            #[tokio::test]
            async fn postgres() { test(crate::testing::generation::world::On::Postgres).await; }
            #[tokio::test]
            async fn maria() { test(crate::testing::generation::world::On::Maria).await; }
        }
    )+ };
}
pub(crate) use on_every_engine;
