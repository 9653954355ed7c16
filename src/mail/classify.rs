//! What a mail asks for, guessed from its subject line and words, with the rule that decided.
//! Anything unsure is an inquiry for staff to classify. A guess of a restricted kind comes first of all.

use crate::domain::{kind::Kind, policy::ProductPack};
use regex::RegexSet;
use serde::Deserialize;

/// A guess and the rule behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// What is asked for.
    pub kind: Kind,
    /// The id of the rule that decided, or `unsure`.
    pub rule: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordFile {
    #[serde(rename = "word")]
    words: Vec<WordRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordRule {
    id: String,
    kind: Kind,
    #[serde(default)]
    subject: Vec<String>,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    covers: Vec<Kind>,
}

/// The word rules, compiled.
#[derive(Debug)]
pub struct Classifier {
    rules: Vec<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    id: String,
    kind: Kind,
    subject: RegexSet,
    any: RegexSet,
    covers: Vec<Kind>,
}

/// A word list that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadWords {
    /// Not TOML of the right shape.
    #[error("{0}")]
    Form(#[from] toml::de::Error),
    /// A pattern that is no regular expression.
    #[error("rule {0}: {1}")]
    Pattern(String, regex::Error),
}

impl Classifier {
    /// Compiles the rules of a word file.
    ///
    /// # Errors
    /// When the file or one of its patterns does not read.
    pub fn new(toml: &str) -> Result<Self, BadWords> {
        let file: WordFile = toml::from_str(toml)?;
        let rules = file
            .words
            .into_iter()
            .map(|rule| {
                let set =
                    |patterns: &[String]| RegexSet::new(patterns).map_err(|e| BadWords::Pattern(rule.id.clone(), e));
                let (subject, any) = (set(&rule.subject)?, set(&rule.any)?);
                Ok(Compiled { id: rule.id, kind: rule.kind, subject, any, covers: rule.covers })
            })
            .collect::<Result<_, BadWords>>()?;
        Ok(Self { rules })
    }

    /// Guesses what a mail to the product asks for: a restricted kind by its words before all, then what the policy's own
    /// subject line says, then what the address is there for (`addressed`, with the address), then the words.
    #[must_use]
    pub fn guess(&self, pack: &ProductPack, addressed: Option<(Kind, &str)>, subject: &str, text: &str) -> Guess {
        let line = plain_subject(subject);
        let words = format!("{}\n{}", plain(subject), plain(text));
        let hits: Vec<&Compiled> =
            self.rules.iter().filter(|r| r.subject.is_match(&line) || r.any.is_match(&words)).collect();
        let by = |rule: &Compiled| Guess { kind: rule.kind, rule: rule.id.clone() };
        if let Some(rule) = hits.iter().find(|rule| rule.kind.is_restricted()) {
            return by(rule);
        }
        let named = pack.subjects.iter().find(|rule| plain_subject(&rule.line) == line);
        if let Some((rule, kind)) = named.and_then(|rule| rule.kind.map(|kind| (rule, kind))) {
            return Guess { kind, rule: rule.id.clone() };
        }
        if let Some((kind, address)) = addressed {
            return Guess { kind, rule: format!("address {address}") };
        }
        let standing: Vec<_> =
            hits.iter().filter(|r| !hits.iter().any(|o| o.kind != r.kind && o.covers.contains(&r.kind))).collect();
        match standing.split_first() {
            Some((first, rest)) if rest.iter().all(|rule| rule.kind == first.kind) => match named {
                Some(rule) => Guess { kind: first.kind, rule: format!("{} {}", rule.id, first.id) },
                None => by(first),
            },
            _ => Guess { kind: Kind::Inquiry, rule: "unsure".to_owned() },
        }
    }
}

/// Lower case, one space between words, plain apostrophes.
fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace(['’', '‘', '`'], "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A subject line without reply marks, punctuation and case: `Re: [Fwd] Model-Training Opt-Out!` is
/// `model training opt out`.
fn plain_subject(subject: &str) -> String {
    let words: String = subject.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let marks = ["re", "fw", "fwd", "aw", "wg", "sv", "antw"];
    words.split_whitespace().skip_while(|word| marks.contains(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(subject: &str, text: &str, expected: Kind) {
        let classifier = Classifier::new(include_str!("../../policies/intake.toml")).expect("the word file compiles");
        let pack: ProductPack =
            toml::from_str(include_str!("../../policies/products/imagegen-artisticmonk.toml")).expect("the pack reads");
        let guess = classifier.guess(&pack, None, subject, text);
        assert_eq!(guess.kind, expected, "{subject} / {text} by {}", guess.rule);
    }

    #[test]
    fn subject_lines_of_the_policy_decide() {
        check("Model Training Opt-Out", "my account is a@mail.example", Kind::TrainingOptOut);
        check("RE: model training opt out", "hello", Kind::TrainingOptOut);
        check("Privacy Request", "Please delete my account and all pictures.", Kind::Erasure);
        check("Privacy Request", "I would like a copy of my data, thank you", Kind::Access);
        check("Privacy request", "Send me my data in a machine-readable format", Kind::Portability);
        check("Privacy Request", "My name is spelled wrong, please correct it.", Kind::Correction);
        check("Privacy Request", "I withdraw my consent to the newsletter and profiling.", Kind::ConsentWithdrawal);
        check("Privacy Request", "Hello, I have a wish about privacy.", Kind::Inquiry);
    }

    #[test]
    fn words_decide_without_the_line_and_doubt_is_an_inquiry() {
        check("hello", "please erase all my personal data", Kind::Erasure);
        check("Complaint", "Nobody answered me for weeks.", Kind::Grievance);
        check("to the grievance officer", "I want to file a grievance about my invoice data", Kind::Grievance);
        check("question", "How much is the yearly plan?", Kind::Inquiry);
        check("Privacy Request", "Delete my account, but first send me a copy of my data.", Kind::Inquiry);
        check("Privacy Request", "Delete my account and everything, do not use it for training either.", Kind::Erasure);
        check("a minor problem", "There is a minor bug in the gallery", Kind::Inquiry);
    }

    #[test]
    fn reports_about_minors_are_told_apart_whatever_the_subject() {
        check("Privacy Request", "My son is 14 years old and has an account, please delete it.", Kind::MinorData);
        check("hi", "I think a user under 18 signed up", Kind::MinorData);
        check("report", "This is a report about child safety, item 4471.", Kind::ContentCsam);
        check("report", "An intimate image of me was shared without my consent, item 5521.", Kind::ContentNcii);
    }
}
