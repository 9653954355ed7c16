//! Approvals given ahead: what may run under one, and for how long. Never an erasure that a person asked for.

use super::{codes::codes, kind::Kind, time::DAY};

codes! {
    /// What may run under a standing approval.
    Standing {
        TrainingOptOut "training_opt_out" "Training opt-outs",
        Replay "replay" "Erasures repeated after a backup was restored",
    }
}

/// The longest that a standing approval holds, in milliseconds.
pub const LONGEST: i64 = 90 * DAY;

impl Standing {
    /// What a case of this kind could run under.
    #[must_use]
    pub const fn of_case(kind: Kind) -> Option<Self> {
        match kind {
            Kind::TrainingOptOut => Some(Self::TrainingOptOut),
            _ => None,
        }
    }
}
