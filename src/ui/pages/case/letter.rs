//! The letter that ends a request for erasure: proposed from the run, changed and sent by staff.

use super::{
    erasure,
    tried::{Act, Tried},
};
use crate::{
    app::{
        case_page::Full,
        runs::{Closing, REFUSALS, Refusal},
    },
    domain::case::Outcome,
    ui::{
        components::field::{Field, SelectField},
        paths, render,
    },
};
use leptos::prelude::*;

/// How a request can end by a letter.
const ENDS: [Outcome; 3] = [Outcome::Granted, Outcome::Partial, Outcome::Refused];

/// The form below the timeline: open once a run has finished, folded before. Nothing while there is nothing to end;
/// what somebody has written stays, whatever happened meanwhile.
pub(super) fn section(full: &Full, tried: &Tried) -> Option<AnyView> {
    let act = Act::Close;
    let kept = tried.is(act).then(Closing::default);
    let closing = full.closing.clone().or(kept)?;
    let form = form(full, &closing, tried);
    if erasure::finished(full).is_some() {
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
    Some(
        view! {
            <details class="letter" id="letter" open=tried.is(act)>
                <summary>"Refuse or answer without a run"</summary>
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
                    first="Not needed: it is granted" options=reasons value=basis problems=problems.clone() />
            </div>
            <Field id=id.clone() label="Letter" hint="Unless it is granted, the sentence of the reason and where to complain are added at its end by themselves."
                problems>
                <textarea id=id name="text" rows="14" dir="auto" aria-invalid=invalid aria-describedby=described
                    inner_html=render::raw_text(&text)></textarea>
            </Field>
            <p class="acts"><button class="btn main" name="do" value=act.code()>
                {tried.button(act, "Send letter and resolve", "Send it anyway")}</button></p>
        </form>
    }
}
