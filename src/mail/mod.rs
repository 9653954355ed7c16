//! Mail in and mail out: reads what arrived, decides what it asks for, writes and hands over what leaves.
//! Returns values; never touches our database.

pub mod authenticity;
pub mod automatic;
pub mod classify;
pub mod clean;
pub mod compose;
pub mod inbox;
pub mod language;
pub mod outbox;
pub mod outline;
pub mod parse;
pub mod picture;
pub mod quoted;
pub mod reach;
pub mod redact;
pub mod report;
pub mod rich;
pub mod signed;
pub mod thread;
pub mod webhook;
