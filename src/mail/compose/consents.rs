//! What is recorded of a person's consents as lines of a letter, in each language. Text only: reads nothing.

use crate::domain::language::Language;

/// Where a consent stands, as a letter says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentStands {
    /// Given, and not taken back.
    Given,
    /// Not given: never, or not any more.
    NotGiven,
    /// Given and taken back.
    Withdrawn,
}

/// One consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLine {
    /// What it is about.
    pub what: String,
    /// Where it stands.
    pub stands: ConsentStands,
    /// When that was recorded, in the letter's language; empty where no day is known.
    pub at: String,
    /// When a consent that was taken back had been given; empty where that is not known.
    pub given: String,
    /// How it came; empty where nothing says it.
    pub how: String,
    /// Which words or which version of the policy it was given to; empty where nothing says it.
    pub version: String,
}

/// What one language says; `{}` is where a value stands.
struct Words {
    given: [&'static str; 2],
    not_given: [&'static str; 2],
    withdrawn: [&'static str; 2],
    given_before: &'static str,
    how: &'static str,
    version: &'static str,
    more: &'static str,
}

const fn words(language: Language) -> Words {
    match language {
        Language::En => Words {
            given: ["given", "given on {}"],
            not_given: ["not given", "not given; recorded on {}"],
            withdrawn: ["withdrawn", "withdrawn on {}"],
            given_before: "given before on {}",
            how: "how: {}",
            version: "words or version: {}",
            more: "There is more; these are the newest {}.",
        },
        Language::Hi => Words {
            given: ["दी गई", "{} को दी गई"],
            not_given: ["नहीं दी गई", "नहीं दी गई; {} को दर्ज"],
            withdrawn: ["वापस ली गई", "{} को वापस ली गई"],
            given_before: "पहले {} को दी गई थी",
            how: "कैसे: {}",
            version: "शब्द या संस्करण: {}",
            more: "और भी हैं; ये सबसे नई {} हैं।",
        },
        Language::Es => Words {
            given: ["dado", "dado el {}"],
            not_given: ["no dado", "no dado; registrado el {}"],
            withdrawn: ["retirado", "retirado el {}"],
            given_before: "dado antes el {}",
            how: "cómo: {}",
            version: "texto o versión: {}",
            more: "Hay más; estos son los {} más recientes.",
        },
        Language::De => Words {
            given: ["erteilt", "erteilt am {}"],
            not_given: ["nicht erteilt", "nicht erteilt; festgehalten am {}"],
            withdrawn: ["widerrufen", "widerrufen am {}"],
            given_before: "zuvor erteilt am {}",
            how: "wie: {}",
            version: "Wortlaut oder Fassung: {}",
            more: "Es gibt mehr; dies sind die neuesten {}.",
        },
        Language::Fr => Words {
            given: ["donné", "donné le {}"],
            not_given: ["non donné", "non donné ; enregistré le {}"],
            withdrawn: ["retiré", "retiré le {}"],
            given_before: "donné auparavant le {}",
            how: "comment : {}",
            version: "texte ou version : {}",
            more: "Il y en a d’autres ; voici les {} plus récents.",
        },
    }
}

/// The lines, one a consent; with `more` it is said that these are not all. Empty where nothing is recorded: then the letter
/// has other words (`Facts::no_consents`).
#[must_use]
pub fn consent_lines(language: Language, lines: &[ConsentLine], more: bool) -> String {
    let words = words(language);
    let mut all: Vec<_> = lines.iter().map(|line| one(&words, line)).collect();
    all.extend(more.then(|| put(words.more, &lines.len().to_string())));
    all.join("\n")
}

fn one(words: &Words, line: &ConsentLine) -> String {
    let [bare, dated] = match line.stands {
        ConsentStands::Given => words.given,
        ConsentStands::NotGiven => words.not_given,
        ConsentStands::Withdrawn => words.withdrawn,
    };
    let stands = if line.at.is_empty() { bare.to_owned() } else { put(dated, &line.at) };
    let said = |with: &str, value: &String| (!value.is_empty()).then(|| put(with, value));
    let parts = [
        Some(stands),
        said(words.given_before, &line.given),
        said(words.version, &line.version),
        said(words.how, &line.how),
    ];
    format!("- {}: {}", line.what, parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
}

fn put(words: &str, value: &str) -> String {
    words.replacen("{}", value, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_where_it_stands_and_since_when() {
        let line = ConsentLine {
            what: "Newsletter".into(),
            stands: ConsentStands::Withdrawn,
            at: "3 March 2026".into(),
            given: "2 January 2026".into(),
            how: "web form".into(),
            version: "letters-3".into(),
        };
        let flag = ConsentLine {
            stands: ConsentStands::NotGiven,
            at: String::new(),
            given: String::new(),
            how: String::new(),
            version: String::new(),
            ..line.clone()
        };
        assert_eq!(
            consent_lines(Language::En, &[line.clone(), flag.clone()], true),
            "- Newsletter: withdrawn on 3 March 2026; given before on 2 January 2026; words or version: letters-3; how: web form\n\
             - Newsletter: not given\nThere is more; these are the newest 2."
        );
        for language in Language::ALL {
            let said = consent_lines(*language, &[line.clone(), flag.clone()], true);
            for part in ["Newsletter", "3 March 2026", "2 January 2026", "web form", "letters-3", "2"] {
                assert!(said.contains(part), "{part} in {said}");
            }
            assert!(!said.contains("{}") && consent_lines(*language, &[], false).is_empty());
        }
    }
}
