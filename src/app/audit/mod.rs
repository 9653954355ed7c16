//! The audit log as people use it: looked through, exported, sealed by checkpoints, and checked. Writes nothing into it but
//! that it was exported; what is in it, verbs write.

mod checkpoint;
mod export;
mod keys;
mod objects;
mod page;
mod verify;

pub use crate::{
    domain::audit::{AuditAction, Who},
    store::audit::place::asked_from,
};
pub use checkpoint::{Notary, Sealed, seal};
pub use export::{Format, Span, exported, whole};
pub use keys::{public_keys, public_keys_in};
pub use page::{AuditFilter, AuditLine, AuditPage, load};
pub use verify::{Bad, Report, Trust, verify};
