//! Holds: reasons that forbid erasing a person's data, and which of them are secret.

use super::{codes::codes, rights::Act};

codes! {
    /// Why data may not be erased.
    Basis {
        LegalOrder "legal_order" "Legal order",
        Preservation "preservation" "Preservation",
        Dispute "dispute" "Open dispute",
        Tax "tax" "Tax or accounts",
    }
}

impl Basis {
    /// True where nobody outside the circle may learn of the hold: neither source nor count.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::LegalOrder | Self::Preservation)
    }

    /// The right that it takes to place and to release one.
    #[must_use]
    pub const fn needs(self) -> Act {
        if self.is_secret() { Act::SeeSecretHolds } else { Act::WorkCases }
    }
}
