//! Which letters staff may begin with in a case, and in which languages. Behind the wall only those that name nothing.

use super::{language_of, languages_on};
use crate::{
    app::{App, Error, verbs},
    domain::{
        case::{Case, Outcome, State},
        clock::fact::Trigger,
        kind::Kind,
        language::Language,
        policy::rule::Mode,
        secrets,
        time::Instant,
    },
    mail::compose::{self, Letter},
    store::contents::Content,
};

/// A letter that can be begun with, and what sending it does besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Which.
    pub letter: Letter,
    /// What sending it does, in words; empty where it only leaves.
    pub does: String,
}

/// What the reply box offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterBox {
    /// The letters, the plain reply first.
    pub letters: Vec<Offered>,
    /// The languages that are on.
    pub languages: Vec<Language>,
    /// The case's language, where it is on.
    pub language: Language,
    /// Reasons for a refusal that the pack knows.
    pub reasons: Vec<String>,
    /// The subject line of an answer.
    pub subject: String,
    /// The notice that it takes longer, as it is proposed; none where the case cannot be extended.
    pub extension: Option<String>,
}

/// What can be written in `case`; `first` is what it was opened with.
///
/// # Errors
/// When a template cannot be written.
pub fn offer(app: &App, case: &Case, first: &Content, now: Instant) -> Result<LetterBox, Error> {
    let language = language_of(app, case);
    let kept = app.packs.get(&case.product).into_iter().flat_map(|pack| &pack.kept);
    let reason = |kept: &crate::domain::policy::product::Kept| {
        let until = if kept.until.is_empty() { String::new() } else { format!(", until {}", kept.until) };
        format!("{}: {}{until}", kept.what, kept.basis)
    };
    let facts = super::facts(app, case, "", language);
    Ok(LetterBox {
        letters: letters(app, case),
        languages: languages_on(app, &case.product),
        language,
        reasons: kept.map(reason).collect(),
        subject: compose::subject(Letter::Reply, language, &facts, &secrets::masked(&first.subject))?,
        extension: verbs::extension_letter(app, case, &first.name, now)?,
    })
}

/// Looks whether a letter fits a case, and its language is on.
///
/// # Errors
/// `Invalid` on the field that names what does not.
pub fn fits(app: &App, case: &Case, letter: Letter, language: Language) -> Result<(), Error> {
    if !letters(app, case).iter().any(|one| one.letter == letter) {
        return Err(Error::field("letter", "Choose a letter that fits this case as it stands"));
    }
    if !languages_on(app, &case.product).contains(&language) {
        return Err(Error::field("language", "Choose a language that is switched on for this product"));
    }
    Ok(())
}

fn letters(app: &App, case: &Case) -> Vec<Offered> {
    let fits = |letter: &Letter| match letter {
        Letter::Reply => true,
        Letter::Clarification => case.state.is_open() && !case.is_restricted(),
        Letter::IdentityRequest => {
            case.state.is_open() && case.kind.is_right() && case.verified.is_none() && case.kind != Kind::NomineeRequest
        }
        Letter::Nominee => case.state.is_open() && case.kind == Kind::NomineeRequest,
        Letter::Reminder => case.state == State::WaitingRequester && !case.is_restricted(),
        Letter::NoMaterial => case.is_restricted(),
        // what is answered by a run ends with the letter that tells of the run
        Letter::Closing => case.state.is_open() && case.kind.run().is_none(),
        Letter::PartialRefusal | Letter::Refusal => {
            case.state.is_open() && case.kind.run().is_none() && !case.is_restricted()
        }
        Letter::Lifting => case.state.is_open() && case.kind == Kind::Restriction,
        Letter::Breach => case.kind == Kind::BreachReport,
        _ => false,
    };
    let does = |letter: Letter| {
        if let Some(outcome) = outcome_of(letter) {
            return format!("Sending it resolves the case as {}.", outcome.label().to_lowercase());
        }
        let asks = trigger_of(letter).map(|trigger| (trigger, pauses(app, case, trigger)));
        match asks {
            Some((_, Some(mode))) => format!("Sending it writes down the question: {}.", mode.label()),
            Some((trigger, None)) => {
                format!(
                    "Asking {} does not stop the clock here: the law that holds knows no such pause.",
                    trigger.label()
                )
            }
            None => String::new(),
        }
    };
    Letter::ALL
        .iter()
        .filter(|letter| fits(letter))
        .map(|letter| Offered { letter: *letter, does: does(*letter) })
        .collect()
}

/// What a letter asks the person for.
#[must_use]
pub const fn trigger_of(letter: Letter) -> Option<Trigger> {
    match letter {
        Letter::IdentityRequest => Some(Trigger::Identity),
        Letter::Clarification => Some(Trigger::Clarification),
        _ => None,
    }
}

/// How a letter ends the case.
#[must_use]
pub const fn outcome_of(letter: Letter) -> Option<Outcome> {
    match letter {
        Letter::Closing => Some(Outcome::Granted),
        Letter::PartialRefusal => Some(Outcome::Partial),
        Letter::Refusal => Some(Outcome::Refused),
        _ => None,
    }
}

/// What asking does to the law's clock, where it does something and nothing was asked yet.
#[must_use]
pub fn pauses(app: &App, case: &Case, trigger: Trigger) -> Option<Mode> {
    let known = app.packs.pauses(&case.product, case.kind, case.jurisdiction.as_deref(), case.received);
    let mode = known.into_iter().find(|pause| pause.trigger == trigger).map(|pause| pause.mode)?;
    (mode != Mode::None).then_some(mode)
}
