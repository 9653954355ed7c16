//! What staff and the system can do: one file a capability, one function a verb.
//! A verb loads in a transaction, lets `domain` decide, stores, enqueues, commits. It never talks to the
//! outside while it holds the transaction.

pub mod account;
pub mod account_links;
pub mod acknowledge;
pub mod alarms;
pub mod audit;
pub mod authenticator;
pub mod bounces;
pub mod by_hand;
pub mod calendars;
pub mod case_page;
pub mod choice;
pub mod clockwork;
pub mod consents;
pub mod deliver;
pub mod desk;
pub mod error;
pub mod exports;
pub mod failpoint;
pub mod follow_ups;
mod held;
pub mod house;
pub mod intake;
pub mod letters;
pub mod mailboxes;
pub mod mailroom;
pub mod material;
pub mod overview;
pub mod packs;
pub mod passwords;
pub mod people;
pub mod pickup;
pub mod policies;
pub mod proof;
pub mod proving;
pub mod quarantine;
pub mod queue;
pub mod rail;
pub mod reading;
pub mod runs;
pub mod second_factor;
pub mod sessions;
pub mod setup;
pub mod sign_in;
pub mod soundness;
pub mod staff;
pub mod subject;
pub mod tidy;
pub mod timeline;
pub mod verbs;
pub mod verification;

pub use error::{Error, FieldError};
pub use house::{Alarms, App, Judging, Outgoing, Parts, Poster, Settings};
