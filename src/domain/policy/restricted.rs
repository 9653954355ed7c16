//! What becomes of the material that people send with reports which nobody but the restricted circle sees. Counsel decides;
//! where the pack says nothing, everything goes.

use crate::domain::codes::codes;
use serde::Deserialize;

codes! {
    /// What is destroyed once a responder confirms a restricted kind.
    Disposal {
        Files "files" "the files of its mails",
        Raw "raw" "the raw copies of its mails",
        Mailbox "mailbox" "the copies in the mailboxes",
    }
}

/// What holds for restricted cases of a product.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Restricted {
    /// What is destroyed; empty where counsel says that all has to be preserved.
    pub dispose: Vec<Disposal>,
}

impl Default for Restricted {
    fn default() -> Self {
        Self { dispose: Disposal::ALL.to_vec() }
    }
}
