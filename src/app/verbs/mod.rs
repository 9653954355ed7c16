//! What staff do with one case: one file a verb.

mod acknowledge;
mod assign;
mod classify;
mod draft;
mod note;
mod reply;
mod state;

pub use acknowledge::acknowledge_otherwise;
pub use assign::{BulkOutcome, assign_case, assign_many};
pub use classify::{Classified, classify_case};
pub use draft::keep_draft;
pub use note::add_note;
pub use reply::send_reply;
pub use state::change_state;
