//! The languages in which letters are written. Which of them a product answers in is its pack's to say.

use super::codes::codes;

codes! {
    /// A language by its code of ISO 639-1, under its own name.
    Language {
        En "en" "English",
        Hi "hi" "हिन्दी (Hindi)",
        Es "es" "Español (Spanish)",
        De "de" "Deutsch (German)",
        Fr "fr" "Français (French)",
    }
}

impl Default for Language {
    /// English is always on.
    fn default() -> Self {
        Self::En
    }
}
