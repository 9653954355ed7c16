//! The languages in which letters are written. Which of them a product answers in is its pack's to say.

use super::codes::codes;
use chrono::Datelike;

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

/// The months, from January on.
type Months = [&'static str; 12];

const ENGLISH: Months = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const HINDI: Months = ["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"];
const SPANISH: Months = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const GERMAN: Months = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const FRENCH: Months = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

impl Language {
    /// A day as this language writes it: "27 November 2026", "27. November 2026", "27 de noviembre de 2026".
    #[must_use]
    pub fn day(self, day: impl Datelike) -> String {
        let months = match self {
            Self::En => ENGLISH,
            Self::Hi => HINDI,
            Self::Es => SPANISH,
            Self::De => GERMAN,
            Self::Fr => FRENCH,
        };
        let (date, year) = (day.day(), day.year());
        let month = months.get(day.month0() as usize).copied().unwrap_or_default();
        match self {
            Self::En | Self::Hi | Self::Fr => format!("{date} {month} {year}"),
            Self::Es => format!("{date} de {month} de {year}"),
            Self::De => format!("{date}. {month} {year}"),
        }
    }
}

impl Default for Language {
    /// English is always on.
    fn default() -> Self {
        Self::En
    }
}
