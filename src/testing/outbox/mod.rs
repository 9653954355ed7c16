//! Mail out: what goes over the wire, what becomes of a mail, limits, and machines that answer each other.

mod fates;
mod limits;
mod loops;
mod wire;
