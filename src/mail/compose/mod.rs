//! Writes the mails that leave: a letter is a template and a language; its HTML form is made from its text by one frame.
//! Values are arguments. What a letter must say is in `needs`, and is looked at before anything is queued.

mod account;
mod alarm;
mod consents;
mod facts;
mod frame;
pub mod needs;
mod page;
mod recipient;

pub use account::{account_link, account_news};
pub use alarm::{AlarmLine, alarm};
pub use consents::{ConsentLine, ConsentStands, consent_lines};
pub use facts::{CopyFacts, DueLine, Erased, Facts, KeptLine, Letterhead, Unopened};
pub use frame::{LINK, Written, subject_of, with_link};
#[cfg(test)]
pub use page::SPEAKS_OF_A_MAIL;
pub use page::for_page;
pub use recipient::{Notice, notice, with_known_by};

use crate::domain::{
    clock::{Duty, Layer},
    codes::codes,
    copy::CopyForm,
    kind::Kind,
    language::Language,
    refusal::Refusal,
};
use askama::Template;

codes! {
    /// Every letter to a person there is: its template's name, and what staff call it.
    Letter {
        Reply "reply" "Plain reply",
        Acknowledgement "acknowledgement" "Acknowledgement",
        IdentityRequest "identity_request" "Identity request",
        Clarification "clarification" "Question about the request",
        Extension "extension" "Notice that it takes longer",
        PartialRefusal "partial_refusal" "Refusal in part",
        Refusal "refusal" "Refusal",
        RefusalOpening "refusal_opening" "Beginning of a refusal",
        Closing "closing" "Closing letter: it was done",
        Nominee "nominee" "What a nominee has to show",
        Breach "breach" "Notice of a breach",
        Reminder "reminder" "Reminder",
        Verification "verification" "Link to confirm",
        Neutral "neutral" "That a link was sent, if there is an account",
        Copied "copied" "The copy is ready",
        NewCode "new_code" "A new code",
        Erased "erased" "What was erased",
        NothingHeld "nothing_held" "We hold nothing about you",
        Unidentified "unidentified" "We cannot identify you",
        TooLarge "too_large" "A mail could not be opened",
        NoMaterial "no_material" "Please send no material",
        Lifting "lifting" "That the restriction ends",
    }
}

impl Letter {
    /// True where the subject line is that of the person's own mail, as in any correspondence.
    const fn answers(self) -> bool {
        !matches!(
            self,
            Self::Verification | Self::Neutral | Self::Copied | Self::NewCode | Self::TooLarge | Self::NoMaterial
        )
    }
}

macro_rules! languages {
    ($($language:ident $letters:literal $basis:literal),+ $(,)?) => {
        $(
            mod $language {
                use super::*;
                #[derive(Template)]
                #[template(path = $letters)]
                pub(super) struct Letters<'a> { pub letter: Letter, pub f: &'a Facts }
                #[derive(Template)]
                #[template(path = $basis)]
                pub(super) struct Basis { pub basis: Refusal }
            }
        )+
    };
}

languages! {
    en "en/letters.txt" "en/basis.txt",
    hi "hi/letters.txt" "hi/basis.txt",
    es "es/letters.txt" "es/basis.txt",
    de "de/letters.txt" "de/basis.txt",
    fr "fr/letters.txt" "fr/basis.txt",
}

/// Subject line and text as the template has them, without signature.
fn render(letter: Letter, language: Language, f: &Facts) -> Result<(String, String), askama::Error> {
    let all = match language {
        Language::En => en::Letters { letter, f }.render(),
        Language::Hi => hi::Letters { letter, f }.render(),
        Language::Es => es::Letters { letter, f }.render(),
        Language::De => de::Letters { letter, f }.render(),
        Language::Fr => fr::Letters { letter, f }.render(),
    }?;
    let (subject, text) = all.trim().split_once('\n').unwrap_or_default();
    Ok((subject.trim().to_owned(), frame::tidy(text)))
}

/// The sentence that gives the reason of a refusal. The last one is neutral on purpose: a secret hold stands behind it
/// as often as not.
///
/// # Errors
/// When the template cannot be written.
pub fn basis(language: Language, basis: Refusal) -> Result<String, askama::Error> {
    let text = match language {
        Language::En => en::Basis { basis }.render(),
        Language::Hi => hi::Basis { basis }.render(),
        Language::Es => es::Basis { basis }.render(),
        Language::De => de::Basis { basis }.render(),
        Language::Fr => fr::Basis { basis }.render(),
    }?;
    Ok(text.trim().to_owned())
}

/// The proposed words of a letter, for staff to read and change; what only they know stands in it as a gap, `[[so]]`.
///
/// # Errors
/// When the template cannot be written.
pub fn draft(letter: Letter, language: Language, f: &Facts) -> Result<String, askama::Error> {
    Ok(render(letter, language, f)?.1)
}

/// The subject line a letter leaves with. `theirs` is that of the mail it answers; a restricted case repeats nothing of
/// what was written.
///
/// # Errors
/// When the template cannot be written.
pub fn subject(letter: Letter, language: Language, f: &Facts, theirs: &str) -> Result<String, askama::Error> {
    let own = || Ok(format!("{} [{}]", render(letter, language, f)?.0, f.reference));
    if !letter.answers() || f.is_restricted() || theirs.trim().is_empty() {
        return own();
    }
    Ok(subject_of(theirs, &f.reference))
}

/// A letter that leaves as its template has it.
///
/// # Errors
/// When a template cannot be written.
pub fn write(letter: Letter, language: Language, f: &Facts, theirs: &str) -> Result<Written, askama::Error> {
    send(letter, language, f, theirs, &draft(letter, language, f)?)
}

/// A letter in the words that staff gave it.
///
/// # Errors
/// When a template cannot be written.
pub fn send(letter: Letter, language: Language, f: &Facts, theirs: &str, text: &str) -> Result<Written, askama::Error> {
    frame::frame(language, &f.head, &f.reference, subject(letter, language, f, theirs)?, text)
}

/// A letter's text with its last paragraphs, none of them twice: why the request was not met in full, and where to
/// complain.
#[must_use]
pub fn ended(text: &str, endings: &[&str]) -> String {
    let mut parts = vec![text.trim()];
    parts.extend(endings.iter().map(|part| part.trim()).filter(|part| !part.is_empty() && !text.contains(*part)));
    parts.join("\n\n")
}
