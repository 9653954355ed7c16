//! How somebody proves who they are: the stages of a session, whether a second factor is asked for, how fresh a proof is.

use super::codes::codes;

codes! {
    /// How far a session has come.
    Stage {
        Half "half" "The password was right; the second factor is not given yet",
        Full "full" "Signed in",
    }
}

codes! {
    /// Whether everybody needs a second factor.
    SecondFactor {
        Required "required" "Nobody gets in without one",
        Offered "offered" "Whoever has one is asked for it",
    }
}

codes! {
    /// What a link in a mail, or of the first start, lets somebody do.
    LinkPurpose {
        Setup "setup" "Make the first account",
        Invitation "invitation" "Begin an account",
        Reset "reset" "Set a new password",
    }
}

/// Whether whoever acts has proved a short while ago who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proof {
    /// Within the last ten minutes, by the database's clock.
    Fresh,
    /// Longer ago, or not at all.
    #[default]
    Stale,
}

#[expect(clippy::derivable_impls, reason = "the enum is written by a macro that knows no default")]
impl Default for SecondFactor {
    fn default() -> Self {
        Self::Required
    }
}
