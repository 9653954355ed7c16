//! The places of the console. Each has `mod.rs`, what is drawn, and `server.rs`, what answers requests.

pub mod account;
pub mod audit;
pub mod case;
pub mod consents;
pub mod copy;
pub mod factor;
pub mod mailroom;
pub mod new_case;
pub mod overview;
pub mod password;
pub mod people;
pub mod pickup;
pub mod plan;
pub mod policies;
pub mod problem;
pub mod prove;
pub mod queue;
pub mod requester;
pub mod retention;
pub mod rights;
pub mod run;
pub mod runs;
pub mod setup;
pub mod signin;
pub mod verify;
