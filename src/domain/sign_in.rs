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

codes! {
    /// What a passkey is asked for.
    Ceremony {
        Make "make" "To make one",
        Sign "sign" "To show who somebody is",
    }
}

codes! {
    /// What the person of an account is told by mail, so that it cannot happen behind their back.
    AccountNews {
        PasskeyAdded "passkey_added" "A passkey was added to your account.",
        PasskeyRemoved "passkey_removed" "A passkey was removed from your account.",
        PasskeyDoubted "passkey_doubted" "One of your passkeys was used whose count of uses has gone back. Somebody may have made a copy of it. It proves nothing any more: add another to your account, then remove it.",
        AuthenticatorSet "authenticator_set" "An authenticator app was set up for your account.",
        AuthenticatorRemoved "authenticator_removed" "The authenticator app was removed from your account.",
        CodesRenewed "codes_renewed" "New recovery codes were made for your account; those of before open nothing any more.",
        FactorsReset "factors_reset" "Your second factor was reset by an administrator. You set up another one when you sign in.",
        PasswordChanged "password_changed" "The password of your account was changed.",
        PasswordReset "password_reset" "An administrator set a new password for your account.",
        PasswordSetByLink "password_set_by_link" "A password was set for your account, by a link that was mailed to you.",
    }
}

impl AccountNews {
    /// True where the person did it in a session that goes on; else all of them have ended.
    #[must_use]
    pub const fn is_own(self) -> bool {
        !matches!(self, Self::PasskeyDoubted | Self::FactorsReset | Self::PasswordReset | Self::PasswordSetByLink)
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
