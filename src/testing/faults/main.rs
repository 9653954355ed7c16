//! Fault tests: the real program is started, killed and started again, on both databases. Nothing may be lost and
//! nothing doubled. What is looked at is what the outside sees: files of mail, a scripted mail server, exit codes,
//! and the database read behind the program's back.
//!
//! Waiting is by asking again until a deadline; no test takes a pause for a proof. Ending a process says nothing
//! about a loss of power: that rests on the settings each database connection is opened with.
#![expect(clippy::expect_used, reason = "a test that cannot go on says so by a panic")]

mod alarms;
mod audit;
mod console;
mod crashes;
mod defences;
#[path = "../dovecot.rs"]
mod dovecot;
mod exits;
mod exports;
mod generation;
mod house;
mod inbox;
mod killed;
mod look;
mod mailserver;
mod many;
#[path = "../maria.rs"]
mod maria;
mod partners;
mod poison;
#[path = "../postgres.rs"]
mod postgres;
mod retention;
mod runs;
#[path = "../smtp.rs"]
mod smtp;
mod starts;
mod stop;
mod verbs;

/// Writes each test once and runs it on `SQLite` and on `PostgreSQL`.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($house:ident: House) $body:block)+) => { $(
        $(#[$doc])*
        mod $name {
            use super::*;
            async fn test(mut $house: crate::house::House) {
                // some tests change the house first, some do not
                let _ = &mut $house;
                $body
            }
            #[tokio::test]
            async fn sqlite() { test(crate::house::House::sqlite()).await; }
            #[tokio::test]
            async fn postgres() { test(crate::house::House::postgres().await).await; }
        }
    )+ };
}
pub(crate) use on_both;
