//! Answers for people who have no address at all: what a mail would have carried is put on a page of their case, which
//! opens with a code and a PIN that staff hand over. Of both only keyed digests are kept; whoever has neither learns
//! nothing, not even whether there is such a case.

mod access;
mod gate;
mod give;
mod letters;
mod standing;
mod write;

pub use access::Access;
pub use gate::{Client, Key, Refused};
pub(in crate::app) use give::give;
pub use give::{place, renew_page};
pub(in crate::app) use letters::{has_page, keep_letter};
pub use standing::{KeptCopy, KeptLetter, Standing, page_of};
pub use write::{LONGEST, new_copy_code, write_to_case};
