//! Mail becomes cases. First the raw message is kept and committed, whatever it is (`keep`); then a job reads it
//! (`read`), finds out which case it answers (`thread`), and files it (`file`): into that case, into a new one (`open`),
//! into quarantine. Reading may run twice without doing anything twice.

mod file;
mod keep;
mod open;
mod read;
mod thread;

pub use crate::mail::inbox::LARGEST;
pub(super) use file::{append, content_of, open};
pub use keep::{KeepError, Kept, keep, keep_in};
pub(super) use open::{Request, face, open_case};
pub(super) use read::guess;
pub use read::{Opened, Read, opened, read};
pub(super) use thread::{Place, followed};
