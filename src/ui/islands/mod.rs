//! All that runs in the browser. An island makes a page quicker and is never needed: without it every link,
//! form and word is there. Islands know addresses and ids of the page they stand in, never a case's content.

mod keep_draft;
mod queue_keys;
mod run_progress;
mod selection;
mod ticking_clock;

pub use keep_draft::KeepDraft;
pub use queue_keys::QueueKeys;
pub use run_progress::{Line, Progress, RunProgress, Step};
pub use selection::Selection;
pub use ticking_clock::TickingClock;

#[cfg(feature = "ssr")]
pub use keep_draft::DraftToKeep;
#[cfg(feature = "ssr")]
pub use run_progress::ProgressToTell;
