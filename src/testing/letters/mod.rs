//! What letters say, in which language, and what sending one does: through the verbs, on both engines.

mod reply_box;
mod texts;
