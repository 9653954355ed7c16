//! What kind of copy of their data a person gets: rules of law and the product's own word decide, and staff may give more.

use super::{codes::codes, kind::Kind};

codes! {
    /// The form of a copy.
    CopyForm {
        Full "full" "Full copy",
        Summary "summary" "Summary",
        Portable "portable" "Portable data",
    }
}

impl CopyForm {
    /// The least that a case of this kind has to get, where the rules that hold for it say `said`: a summary only where
    /// some say so and none asks for more (DPDP Act s. 11(1)(a) beside GDPR Art. 15(3)). What is to be carried elsewhere is
    /// portable in any case (GDPR Art. 20).
    #[must_use]
    pub fn least(kind: Kind, said: &[Self]) -> Self {
        let summary = !said.is_empty() && said.iter().all(|form| *form == Self::Summary);
        match kind {
            Kind::Portability => Self::Portable,
            _ if summary => Self::Summary,
            _ => Self::Full,
        }
    }

    /// True where this answers a case that has to get at least `least`.
    #[must_use]
    pub fn is_enough_for(self, least: Self) -> bool {
        self == least || (self == Self::Full && least == Self::Summary)
    }

    /// True where rows and files of the person leave.
    #[must_use]
    pub const fn has_rows(self) -> bool {
        !matches!(self, Self::Summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CopyForm::{Full, Portable, Summary};

    #[test]
    fn a_summary_is_for_those_whom_no_rule_gives_more() {
        for (kind, said, expected) in [
            (Kind::Access, vec![], Full),
            (Kind::Access, vec![Summary], Summary),
            (Kind::Access, vec![Summary, Summary], Summary),
            (Kind::Access, vec![Summary, Full], Full),
            (Kind::Access, vec![Full], Full),
            (Kind::Portability, vec![Summary], Portable),
            (Kind::Portability, vec![], Portable),
        ] {
            assert_eq!(CopyForm::least(kind, &said), expected, "{kind} {said:?}");
        }
        for (form, least, enough) in [
            (Full, Summary, true),
            (Full, Full, true),
            (Full, Portable, false),
            (Summary, Full, false),
            (Portable, Full, false),
            (Portable, Summary, false),
            (Portable, Portable, true),
        ] {
            assert_eq!(form.is_enough_for(least), enough, "{form:?} for {least:?}");
        }
    }
}
