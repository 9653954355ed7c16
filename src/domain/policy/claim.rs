//! What a policy says that can be held against the law, or against itself.

use serde::Deserialize;

/// One such sentence.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The row it comes from.
    pub id: String,
}
