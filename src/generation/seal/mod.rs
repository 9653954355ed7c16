//! Tables that keep rows out of use until a date, for floors of the law: whether one fits the table whose rows it takes,
//! what a run sealed there, and the end of it. Never brings a row back, never destroys one before its day.

mod ended;
mod fits;

pub use ended::SealedRows;
pub use fits::{unfit, unsound};
