//! Which language somebody writes in, and how dates read in it. Guesses from words alone, and says nothing when unsure.

use crate::domain::{language::Language, time::Instant};
use chrono::{Datelike, Timelike};
use chrono_tz::Tz;
use whatlang::Lang;

/// After this many characters nothing more is learned.
const ENOUGH: usize = 1_000;
/// Below this many letters a guess is a coin thrown.
const FEWEST_LETTERS: usize = 40;

/// The language a text is written in, where it is one we write in; none where the text is short, mixed, or in another.
/// Lines that quote an earlier mail do not count.
#[must_use]
pub fn guess(text: &str) -> Option<Language> {
    let own: String = text.lines().filter(|line| !line.trim_start().starts_with('>')).collect::<Vec<_>>().join("\n");
    let own: String = own.chars().take(ENOUGH).collect();
    if own.chars().filter(|c| c.is_alphabetic()).count() < FEWEST_LETTERS {
        return None;
    }
    let info = whatlang::detect(&own).filter(whatlang::Info::is_reliable)?;
    match info.lang() {
        Lang::Eng => Some(Language::En),
        Lang::Hin => Some(Language::Hi),
        Lang::Spa => Some(Language::Es),
        Lang::Deu => Some(Language::De),
        Lang::Fra => Some(Language::Fr),
        _ => None,
    }
}

const HINDI: [&str; 12] =
    ["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"];
const SPANISH: [&str; 12] = [
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
const GERMAN: [&str; 12] = [
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
const FRENCH: [&str; 12] = [
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

/// A moment as a letter in this language says it: "27 Nov 2026, 23:59 IST", "27. November 2026, 23:59 Uhr (IST)".
#[must_use]
pub fn moment(language: Language, at: Instant, zone: Tz) -> String {
    let at = at.local(zone);
    let (day, year, hour, minute) = (at.day(), at.year(), at.hour(), at.minute());
    let month = |names: &[&'static str; 12]| names.get(at.month0() as usize).copied().unwrap_or_default();
    let zone = at.format("%Z");
    match language {
        Language::En => at.format("%-d %b %Y, %H:%M %Z").to_string(),
        Language::Hi => format!("{day} {} {year}, {hour:02}:{minute:02} ({zone})", month(&HINDI)),
        Language::Es => format!("{day} de {} de {year}, {hour:02}:{minute:02} ({zone})", month(&SPANISH)),
        Language::De => format!("{day}. {} {year}, {hour:02}:{minute:02} Uhr ({zone})", month(&GERMAN)),
        Language::Fr => format!("{day} {} {year}, {hour:02} h {minute:02} ({zone})", month(&FRENCH)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_a_request_is_guessed_and_an_unsure_one_is_not() {
        let check = |text: &str, expected: Option<Language>| assert_eq!(guess(text), expected, "{text}");
        check("Please delete my account and all of the pictures that I made with it.", Some(Language::En));
        check("Bitte löschen Sie mein Konto und alle Bilder, die ich damit erstellt habe.", Some(Language::De));
        check("Veuillez supprimer mon compte et toutes les images que j’ai créées avec lui.", Some(Language::Fr));
        check("Por favor, eliminen mi cuenta y todas las imágenes que he creado con ella.", Some(Language::Es));
        check("कृपया मेरा खाता और उससे बनाई गई मेरी सभी तस्वीरें हटा दें, और मुझे इसकी सूचना दें।", Some(Language::Hi));
        check("Vi prego di cancellare il mio account e tutte le immagini che ho creato con esso.", None);
        check("Hallo", None);
        check("ok", None);
        check("> Bitte löschen Sie mein Konto und alle Bilder, die ich damit erstellt habe.\nyes", None);
    }

    #[test]
    fn dates_read_as_the_language_writes_them() {
        let (at, zone) = (Instant(1_795_804_199_000), chrono_tz::Asia::Kolkata);
        assert_eq!(moment(Language::En, at, zone), at.in_words(zone));
        assert_eq!(moment(Language::De, at, zone), "27. November 2026, 23:59 Uhr (IST)");
        assert_eq!(moment(Language::Es, at, zone), "27 de noviembre de 2026, 23:59 (IST)");
        assert_eq!(moment(Language::Fr, at, zone), "27 novembre 2026, 23 h 59 (IST)");
        assert_eq!(moment(Language::Hi, at, zone), "27 नवंबर 2026, 23:59 (IST)");
    }
}
