//! Pieces that several pages draw; each knows only what it is given.
#![expect(
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    reason = "Leptos' macro makes properties of a component's arguments; they are given away"
)]

pub mod again;
pub mod clock;
pub mod error_box;
pub mod field;
pub mod icon;
pub mod link;
pub mod notice;
pub mod parts;
pub mod passkey;
pub mod rows;
