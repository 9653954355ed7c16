//! What staff and the system can do: one file a capability, one function a verb.
//! A verb loads in a transaction, lets `domain` decide, stores, enqueues, commits. It never talks to the
//! outside while it holds the transaction.

pub mod case_page;
pub mod error;
pub mod mailroom;
pub mod overview;
pub mod queue;
