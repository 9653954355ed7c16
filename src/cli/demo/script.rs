//! The demo's cases as written down in `cases.toml` (fifty of one product) and `elsewhere.toml` (some of the others):
//! who asked what how long ago, and what happened then.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    #[serde(rename = "case")]
    pub cases: Vec<ScriptCase>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptCase {
    #[serde(default = "first_product")]
    pub product: String,
    pub kind: String,
    pub channel: String,
    #[serde(deserialize_with = "ago")]
    pub age: i64,
    pub name: String,
    pub address: String,
    pub subject: String,
    pub text: String,
    #[serde(default, deserialize_with = "maybe_ago")]
    pub ack: Option<i64>,
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(deserialize_with = "ago")]
    pub after: i64,
    #[serde(rename = "do")]
    pub act: Act,
    #[serde(default)]
    pub by: String,
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub to: String,
    #[serde(default)]
    pub outcome: String,
    #[serde(default)]
    pub wait: bool,
    #[serde(default)]
    pub auto: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Assign,
    Reply,
    Note,
    Mail,
    Classify,
    State,
    /// Something happened that clocks care about; `to` is the fact.
    Fact,
    /// The person is told that it takes longer.
    Extend,
    /// It became known where the person lives.
    Place,
}

fn first_product() -> String {
    "imagegen-artisticmonk".to_owned()
}

/// The script inside the program.
pub fn read() -> Result<Script, toml::de::Error> {
    let mut script: Script = toml::from_str(include_str!("cases.toml"))?;
    let elsewhere: Script = toml::from_str(include_str!("elsewhere.toml"))?;
    script.cases.extend(elsewhere.cases);
    Ok(script)
}

/// Milliseconds of `P1DT2H30M`.
fn millis(text: &str) -> Option<i64> {
    let rest = text.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    let mut total = 0;
    for (part, units) in [(days, &[('D', 86_400_000_i64)][..]), (time, &[('H', 3_600_000), ('M', 60_000)][..])] {
        let mut part = part;
        for (unit, size) in units {
            if let Some((count, rest)) = part.split_once(*unit) {
                total += count.parse::<i64>().ok()? * size;
                part = rest;
            }
        }
        if !part.is_empty() {
            return None;
        }
    }
    Some(total)
}

fn ago<'de, D: serde::Deserializer<'de>>(d: D) -> Result<i64, D::Error> {
    let text = String::deserialize(d)?;
    millis(&text).ok_or_else(|| serde::de::Error::custom(format!("'{text}' is no span")))
}

fn maybe_ago<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<i64>, D::Error> {
    ago(d).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kind::Kind;
    use std::collections::HashSet;

    #[test]
    fn the_script_has_fifty_cases_of_every_kind_and_some_of_each_other_product() {
        let script = read().expect("it reads");
        assert_eq!(script.cases.iter().filter(|case| case.product == first_product()).count(), 50);
        let products: HashSet<_> = script.cases.iter().map(|case| case.product.as_str()).collect();
        assert_eq!(products.len(), 5);
        let kinds: HashSet<_> = script.cases.iter().map(|c| c.kind.parse::<Kind>().expect("a kind")).collect();
        assert_eq!(kinds.len(), Kind::ALL.len());
    }

    #[test]
    fn spans_read() {
        assert_eq!(millis("P1DT2H30M"), Some(95_400_000));
        assert_eq!(millis("PT41M"), Some(2_460_000));
        assert_eq!(millis("P3X"), None);
    }
}

#[cfg(test)]
mod guesses {
    use super::*;
    use crate::{app::packs::Packs, domain::kind::Kind, mail::classify::Classifier};

    #[test]
    fn the_classifier_never_seals_an_ordinary_case_nor_opens_a_restricted_one() {
        let packs = Packs::load(None).expect("they load");
        let classifier = Classifier::new(include_str!("../../../policies/intake.toml")).expect("it compiles");
        let mut right = 0;
        let mut wrong = Vec::new();
        for case in read().expect("it reads").cases.iter().filter(|c| c.channel == "mail") {
            let pack = packs.get(&case.product).expect("it is there");
            let kind: Kind = case.kind.parse().expect("a kind");
            let guess = classifier.guess(pack, None, &case.subject, &case.text);
            right += usize::from(guess.kind == kind);
            let crosses_wall = guess.kind.is_restricted() != kind.is_restricted();
            let is_mended = case.steps.iter().any(|s| s.act == Act::Classify);
            if crosses_wall || (guess.kind != kind && !is_mended) {
                wrong.push(format!(
                    "{kind} was guessed as {} by {}: {} / {}",
                    guess.kind, guess.rule, case.subject, case.text
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
        assert!(right >= 35, "only {right} guesses were right");
    }
}
