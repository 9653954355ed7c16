//! Pieces that several pages draw; each knows only what it is given.

pub mod clock;
pub mod error_box;
pub mod field;
pub mod icon;
pub mod notice;
pub mod rows;
