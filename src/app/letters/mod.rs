//! What letters to a case's person are made from: its facts, the language it is answered in, what the law wants said, and
//! which letters staff may begin with. Sends nothing; the verbs do, and look again.

mod begin;
mod offer;

pub use begin::{Begun, begin};
pub use offer::{LetterBox, Offered, fits, offer, outcome_of, pauses, trigger_of};

pub use crate::mail::compose::Letter;

use super::{
    App, Error,
    acknowledge::{self, Addressee},
};
use crate::{
    domain::{
        case::Case,
        event::{By, Event, Purpose},
        language::Language,
        policy::rule::Rule,
        time::Instant,
    },
    mail::{
        compose::{
            self, Facts,
            needs::{self, Required},
        },
        language::{self, moment},
    },
    store::{Tx, cases},
};

/// The language a case is answered in: its own where the product's pack has it switched on, English otherwise.
#[must_use]
pub fn language_of(app: &App, case: &Case) -> Language {
    case.language.filter(|language| languages_on(app, &case.product).contains(language)).unwrap_or_default()
}

/// Writes down which language a new case's first words are in, where that is sure and it is not English.
///
/// # Errors
/// As the database says.
pub(super) async fn note_language(tx: &mut Tx, case: &mut Case, text: &str, now: Instant) -> Result<(), Error> {
    if let Some(language) = language::guess(text).filter(|language| *language != Language::En) {
        cases::case_record(tx, case, By::System, now, Event::LanguageSet { language }).await?;
    }
    Ok(())
}

/// Queues a letter that leaves by itself and tells the sender something about their mail; the event has to be recorded by
/// the caller.
///
/// # Errors
/// As the database says, or when the text cannot be written.
pub(super) async fn notice(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    to: Addressee,
    letter: Letter,
    now: Instant,
) -> Result<Event, Error> {
    let language = language_of(app, case);
    let written = compose::write(letter, language, &facts(app, case, &to.name, language), "")?;
    acknowledge::queue(app, tx, case, Purpose::Notice, to, written, now).await
}

/// The languages in which a product answers; English first.
#[must_use]
pub fn languages_on(app: &App, product: &str) -> Vec<Language> {
    app.packs.get(product).map_or_else(|| vec![Language::En], crate::domain::policy::ProductPack::languages_on)
}

/// What every letter of a case may say; nobody is named where the case is restricted.
#[must_use]
pub fn facts(app: &App, case: &Case, name: &str, language: Language) -> Facts {
    let name = if case.is_restricted() { String::new() } else { name.to_owned() };
    let received = moment(language, case.received, app.packs.zone(&case.product));
    let head = app.letterhead(&case.product);
    let facts = Facts::new(head, case.reference.to_string(), case.kind);
    Facts { name, received, verified: case.verified.is_some(), ..facts }
}

/// Where the person can complain, as the product's pack says it in this language.
#[must_use]
pub fn complaint(app: &App, product: &str, language: Language) -> String {
    app.packs.get(product).map(|pack| pack.complaint_in(language).trim().to_owned()).unwrap_or_default()
}

/// What such a letter has to say: what it needs by itself, and what the law asks for that holds where the person lives.
#[must_use]
pub fn required(app: &App, case: &Case, letter: Letter) -> Vec<Required> {
    let rules = app.packs.rules(&case.product, case.kind, case.jurisdiction.as_deref(), case.received);
    let mut all = needs::always(letter);
    all.extend(rules.into_iter().flat_map(|rule| of_rule(letter, rule)));
    all
}

fn of_rule(letter: Letter, rule: &Rule) -> Vec<Required> {
    let meant = |says: &String| {
        let part = needs::part_of(says)?;
        Some(Required { part, says: says.clone(), citation: rule.citation.clone() })
    };
    needs::listed(letter, &rule.must_say).iter().filter_map(meant).collect()
}

/// A moment as letters of the case say it, in the product's zone.
#[must_use]
pub fn when(app: &App, case: &Case, language: Language, at: Instant) -> String {
    moment(language, at, app.packs.zone(&case.product))
}
