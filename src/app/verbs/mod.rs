//! What staff do with one case: one file a verb.

mod acknowledge;
mod assign;
mod classify;
mod clocks;
mod confirm;
mod draft;
mod extend;
mod hold;
mod language;
mod merge;
mod note;
mod redact;
mod reply;
mod report;
mod state;
mod verify;

pub use acknowledge::acknowledge_otherwise;
pub use assign::{BulkOutcome, assign_case, assign_many};
pub use classify::{Classified, classify_case};
pub use clocks::{ANY_TIME, Placed, RuledOut, record_fact, rule_out, set_jurisdiction};
pub use confirm::confirm_restriction;
pub use draft::keep_draft;
pub use extend::{extend_case, extendable, extension_letter};
pub use hold::{HoldWanted, place_hold, release_hold};
pub use language::set_language;
pub use merge::merge_case;
pub use note::add_note;
pub use redact::redact_message;
pub use reply::{Answer, send_letter, send_reply};
pub use report::{NONE as MEETS_NONE, Told, correct_report, report_duties, tell_authority};
pub use state::change_state;
pub use verify::{Asked, ask_verification, verify_by_staff};
