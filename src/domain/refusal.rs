//! Why a request is refused, or met in part only. What letters say of it stands in their templates.

use super::codes::codes;

codes! {
    /// A reason that letters have a sentence for.
    Refusal {
        NotVerified "not_verified" "The person could not be verified",
        KeptByLaw "kept_by_law" "The law wants the data kept",
        Claims "claims" "Needed for legal claims",
        OtherPeople "other_people" "Rights of other people",
        NothingHeld "nothing_held" "Nothing is held",
        Unidentified "unidentified" "The person cannot be identified",
        NotNow "not_now" "It cannot be met at present",
    }
}
