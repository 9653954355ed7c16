//! The letter that ends a request: proposed from the run, changed and sent by staff.

use super::{
    request,
    tried::{Act, Tried},
};
use crate::{
    app::{
        case_page::Full,
        runs::{Closing, Letter, REFUSALS, Refusal},
    },
    domain::{case::Outcome, run::RunKind},
    ui::{
        components::field::{Field, SelectField},
        paths, render,
    },
};
use leptos::prelude::*;

/// Letters that say what staff would otherwise write anew each time.
const LETTERS: [Letter; 2] = [Letter::Nothing, Letter::Unidentified];
/// How a request can end by a letter.
const ENDS: [Outcome; 3] = [Outcome::Granted, Outcome::Partial, Outcome::Refused];

/// The form below the timeline: open once a run has finished, folded before. Nothing while there is nothing to end;
/// what somebody has written stays, whatever happened meanwhile.
pub(super) fn section(full: &Full, tried: &Tried) -> Option<AnyView> {
    let act = Act::Close;
    let kept = tried.is(act).then(Closing::default);
    let closing = full.closing.clone().or(kept)?;
    let form = form(full, &closing, tried);
    if request::finished(full).is_some() && full.case.kind.run() == Some(RunKind::Erase) {
        return Some(
            view! {
                <section class="letter" id="letter" aria-labelledby="h-letter">
                    <h2 id="h-letter">"Closing letter"</h2>
                    {form}
                </section>
            }
            .into_any(),
        );
    }
    let open = tried.is(act) || tried.letter != Letter::Proposed;
    let letters = LETTERS
        .iter()
        .map(|letter| {
            let current = (*letter == tried.letter).then_some("true");
            view! { <a href=paths::letter_as(full.case.reference, letter.code()) aria-current=current>{letter.label()}</a>" " }
        })
        .collect_view();
    Some(
        view! {
            <details class="letter" id="letter" open=open>
                <summary>"Refuse or answer without a run"</summary>
                <p class="dim">"Begin with: "{letters}</p>
                {form}
            </details>
        }
        .into_any(),
    )
}

fn form(full: &Full, closing: &Closing, tried: &Tried) -> impl IntoView + use<> {
    let act = Act::Close;
    let problems = tried.problems.clone();
    let (outcome, basis, text) = if tried.is(act) {
        (tried.value(act, "outcome"), tried.value(act, "basis"), tried.value(act, "text"))
    } else {
        let outcome = closing.outcome.map(Outcome::code).unwrap_or_default();
        let basis = closing.basis.map(Refusal::code).unwrap_or_default();
        (outcome.to_owned(), basis.to_owned(), closing.text.clone())
    };
    let ends = ENDS.iter().map(|end| (end.code().to_owned(), end.label().to_owned())).collect();
    let reasons = REFUSALS.iter().map(|basis| (basis.code().to_owned(), basis.label().to_owned())).collect();
    let id = act.id("text");
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, true));
    view! {
        <form method="post" action=paths::case(full.case.reference)>
            <input type="hidden" name="seen" value=tried.seen(act, full.case.seq) />
            <div class="pair-of-fields">
                <SelectField id=act.id("outcome") name="outcome" label="The request is" first="Choose" options=ends
                    value=outcome problems=problems.clone() />
                <SelectField id=act.id("basis") name="basis" label="Why not in full"
                    first="Not needed: it is granted in full" options=reasons value=basis problems=problems.clone() />
            </div>
            <Field id=id.clone() label="Letter" hint="Where it is not granted, or nothing is held, the sentence of the reason and where to complain are added at its end by themselves."
                problems>
                <textarea id=id name="text" rows="14" dir="auto" aria-invalid=invalid aria-describedby=described
                    inner_html=render::raw_text(&text)></textarea>
            </Field>
            <p class="acts"><button class="btn main" name="do" value=act.code()>
                {tried.button(act, "Send letter and resolve", "Send it anyway")}</button></p>
        </form>
    }
}
