//! Holds: the form that forbids erasing somebody's data, and those that stand, each with the way to end it.

use super::{
    acts::written,
    identity::looked_up_by,
    tried::{Act, Tried},
};
use crate::{
    app::{case_page::Full, proof::Held},
    domain::{
        hold::Basis,
        identity::{Reference, RunId},
    },
    ui::{
        components::{
            field::{Field, SelectField},
            parts::{PartTyped, PartWords, part_fields},
        },
        paths, render,
    },
};
use leptos::prelude::*;

/// What is seldom needed, under one button.
pub(super) fn more(full: &Full, tried: &Tried) -> Option<impl IntoView + use<>> {
    let act = Act::Hold;
    let open = tried.is(act) && tried.done.is_none();
    let bases = Basis::ALL.iter().map(|basis| (basis.code().to_owned(), basis.label().to_owned())).collect();
    let typed = if tried.is(act) { PartTyped::read(&tried.typed) } else { PartTyped::default() };
    let words = PartWords {
        summary: "Everything of the account. Limit the hold to a part",
        hint: "What you choose adds up, with whatever belongs to it. The rest may be erased. A legal order and a preservation are always about everything.",
    };
    full.looks_up.then(|| {
        let restricted = full.case.is_restricted();
        let part = (!restricted).then(|| part_fields(&full.parts, &typed, &act.id("items"), words, &tried.problems));
        let whole = restricted.then(|| {
            view! { <p class="hint">"It is about everything of the account, so that nobody learns from what stays what it is about."</p> }
        });
        view! {
            <details class="act" name="act" open=open>
                <summary class="btn">"More"</summary>
                <form class="sheet" method="post" action=paths::case(full.case.reference) aria-labelledby="h-hold">
                    <h2 id="h-hold">{act.label()}</h2>
                    <p class="hint">"While it stands, nothing that it is about is erased, whoever asks for it."</p>
                    <input type="hidden" name="do" value=act.code() />
                    <input type="hidden" name="seen" value=tried.seen(act, full.case.seq) />
                    <SelectField id=act.id("basis") name="basis" label="Basis" first="Choose" options=bases
                        value=tried.value(act, "basis") problems=tried.problems.clone() />
                    {looked_up_by(full, tried, act)}
                    {part}
                    {whole}
                    {written(tried, act, "reason", "Why has the data to stay?")}
                    <p class="acts"><button class="btn main">
                        {tried.button(act, "Place the hold", "Place it anyway")}</button></p>
                </form>
            </details>
        }
    })
}

/// The holds that stand, as a section of the facts; nothing where none does.
pub(super) fn standing(full: &Full, tried: &Tried) -> Option<impl IntoView + use<>> {
    let lines = full.holds.iter().map(|held| one(full, held, tried)).collect_view();
    let none = full.holds.is_empty();
    let freed = full.freed.iter().map(|(reference, run)| freed(full, *reference, *run)).collect_view();
    (!none || !full.freed.is_empty()).then(|| {
        view! {
            <section aria-labelledby="h-holds">
                <h2 id="h-holds">"Holds"</h2>
                {freed}
                {(!none).then(|| view! { <ul class="plain holds">{lines}</ul> })}
            </section>
        }
    })
}

/// What a released hold had kept can go now.
fn freed(full: &Full, reference: Reference, run: RunId) -> impl IntoView + use<> {
    let here = reference == full.case.reference;
    let (link, says) = match (here, here && full.case.state.is_open()) {
        (true, true) => (paths::plan(reference), "Plan what is left".to_owned()),
        (true, false) => (paths::run(run), "See what was kept. To plan what is left, reopen the case".to_owned()),
        (false, _) => (paths::plan(reference), format!("Plan what is left, on {reference}")),
    };
    let link = full.takes_work().then(|| view! { <a href=link>{says}</a> });
    view! { <p>{format!("Run {run} kept something because of a hold that stands no more. ")}{link}</p> }
}

fn one(full: &Full, held: &Held, tried: &Tried) -> impl IntoView + use<> {
    let about = if held.part.is_empty() { "everything of the account".to_owned() } else { held.part.join("; ") };
    let way_out = full.takes_work().then(|| {
        if held.may_release {
            return release(full, held, tried).into_any();
        }
        view! { <p class="dim">"You placed it, or stand in for who did; a second person can release it."</p> }
            .into_any()
    });
    view! {
        <li>
            <p><span class="tag is-paused"><i class="mark" aria-hidden="true"></i>{held.basis.label()}</span>
                " since "{held.at.in_words(full.zone)}", placed by "{held.by.clone()}</p>
            <p>"On "{about}</p>
            {way_out}
        </li>
    }
}

fn release(full: &Full, held: &Held, tried: &Tried) -> impl IntoView + use<> {
    let act = Act::Release;
    let number = held.id.0.to_string();
    let is_tried = tried.is(act) && tried.typed.get("hold") == number;
    let open = is_tried && tried.done.is_none();
    let id = act.id_of("reason", &number);
    let problems = tried.problems.clone();
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, false));
    let text = render::raw_text(&if is_tried { tried.value(act, "reason") } else { String::new() });
    let button = if is_tried { tried.button(act, "Release the hold", "Release it anyway") } else { "Release the hold" };
    let seen = if is_tried { tried.seen(act, full.case.seq) } else { full.case.seq };
    view! {
        <details open=open>
            <summary>{act.label()}<span class="sr">" the hold: "{held.basis.label()}</span></summary>
            <form method="post" action=paths::case(full.case.reference)>
                <input type="hidden" name="do" value=act.code() />
                <input type="hidden" name="seen" value=seen />
                <input type="hidden" name="hold" value=number />
                <Field id=id.clone() label="Why may the data go now?" problems>
                    <textarea id=id name="reason" rows="3" dir="auto" aria-invalid=invalid aria-describedby=described
                        inner_html=text></textarea>
                </Field>
                <p class="acts"><button class="btn">{button}</button></p>
            </form>
        </details>
    }
}
