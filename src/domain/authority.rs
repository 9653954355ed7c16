//! Authorities to which a restricted case is reported, as far as a case has to tell them apart.

use super::codes::codes;

codes! {
    /// To whom a report went.
    Authority {
        CyberTipline "cybertipline" "NCMEC CyberTipline",
        Police "police" "Police",
        CybercrimePortal "cybercrime_portal" "National Cyber Crime Reporting Portal",
        Other "other" "Another authority",
    }
}
