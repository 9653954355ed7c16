//! The part of the reply box that begins with a letter: which one, in which language, why; and what sending it does.

use super::tried::{Act, Tried};
use crate::{
    app::{case_page::Full, letters::Letter},
    domain::language::Language,
    ui::components::field::{Field, SelectField},
};
use leptos::prelude::*;

/// The letter that the box is about.
fn letter(tried: &Tried) -> Letter {
    Letter::from_code(&tried.value(Act::Reply, "letter")).unwrap_or(Letter::Reply)
}

/// The fields, folded while a plain reply is written; nothing where nobody can be written to.
pub(super) fn fields(full: &Full, tried: &Tried) -> Option<AnyView> {
    full.can_be_answered().then_some(())?;
    let (offered, problems) = (&full.letters, tried.problems.clone());
    let chosen = letter(tried);
    let letters = offered.letters.iter().map(|one| (one.letter.code().to_owned(), one.letter.label().to_owned()));
    let typed = tried.value(Act::Reply, "language");
    let language = if typed.is_empty() { offered.language.code().to_owned() } else { typed };
    let languages: Vec<_> =
        offered.languages.iter().map(|one| (one.code().to_owned(), one.label().to_owned())).collect();
    let languages = if languages.len() > 1 {
        view! {
            <SelectField id=Act::Reply.id("language") name="language" label="Language" options=languages value=language
                problems=problems.clone() />
        }
        .into_any()
    } else {
        view! { <input type="hidden" name="language" value=Language::En.code() /> }.into_any()
    };
    let refuses = offered.letters.iter().any(|one| one.letter == Letter::Refusal);
    let reason = refuses.then(|| reason(full, tried));
    let begun = tried.is(Act::Reply) && chosen != Letter::Reply;
    let wrong = ["letter", "language", "reason"].iter().any(|field| problems.of(&Act::Reply.id(field)).is_some());
    let subject = offered.subject.clone();
    Some(
        view! {
            <details class="begin" open=begun || wrong>
                <summary>"Begin with a letter"</summary>
                <div class="pair-of-fields">
                    <SelectField id=Act::Reply.id("letter") name="letter" label="Letter" options=letters.collect()
                        value=chosen.code() problems=problems.clone() />
                    {languages}
                </div>
                {reason}
                <p class="acts"><button class="btn" name="insert" value="1">"Insert"</button>
                    <span class="hint">"Puts its words in front of yours. Nothing is sent."</span></p>
            </details>
            <p class="hint begin" dir="auto">"Subject: "{subject}</p>
        }
        .into_any(),
    )
}

/// Why a request is refused, with what the pack knows to be kept as suggestions.
fn reason(full: &Full, tried: &Tried) -> impl IntoView + use<> {
    let (id, problems) = (Act::Reply.id("reason"), tried.problems.clone());
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, true));
    let options = full.letters.reasons.iter().map(|one| view! { <option value=one.clone()></option> }).collect_view();
    let value = tried.value(Act::Reply, "reason");
    view! {
        <Field id=id.clone() label="Reason, for a refusal" hint="With the law or the promise it rests on. It stands in the letter."
            problems>
            <input id=id name="reason" list="begin-reasons" autocomplete="off" dir="auto"
                value=value aria-invalid=invalid aria-describedby=described />
            <datalist id="begin-reasons">{options}</datalist>
        </Field>
    }
}

/// What sending the chosen letter does, before it is sent.
pub(super) fn does(full: &Full, tried: &Tried) -> Option<impl IntoView + use<>> {
    let chosen = letter(tried);
    let one = full.letters.letters.iter().find(|one| one.letter == chosen && !one.does.is_empty())?;
    Some(view! { <p class="hint begin">{one.does.clone()}</p> })
}
