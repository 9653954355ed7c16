//! The facts beside the timeline: clocks, what is left before closing, the requester, holds, linked cases.

use super::{clockwork, complain, copies, follow_ups, holds, identity, language, related, request, tried::Tried};
use crate::{
    app::case_page::{Check, Full},
    ui::{components::clock::Clocks, paths},
};
use leptos::prelude::*;

/// Every section.
pub(super) fn all(full: &Full, tried: &Tried) -> impl IntoView + use<> {
    let clock_acts = full.takes_work().then(|| clockwork::acts(full, tried));
    view! {
        <Clocks clocks=full.case.clocks.clone() now=full.now zone=full.zone restarts=clockwork::restarts(full)>
            {clock_acts}
        </Clocks>
        {related::waiting(full)}
        {checks(&full.checks)}
        {requester(full, tried)}
        {consents(full)}
        {request::runs(full)}
        {copies::section(full, tried)}
        {follow_ups::section(full, tried)}
        {holds::standing(full, tried)}
        {complain::routes(&full.clockwork.routes)}
        {related::linked(full, tried)}
    }
}

/// The way to what is recorded of the person's consents.
fn consents(full: &Full) -> Option<impl IntoView + use<>> {
    let link = paths::consents(full.case.reference);
    full.reviews_consents.then(|| {
        view! {
            <section aria-labelledby="h-consents">
                <h2 id="h-consents">"Consents"</h2>
                <p><a href=link>"See what is recorded"</a></p>
            </section>
        }
    })
}

fn checks(checks: &[Check]) -> impl IntoView + use<> {
    let done = format!("{} of {}", checks.iter().filter(|check| check.done).count(), checks.len());
    let lines = checks
        .iter()
        .map(|check| {
            let (class, spoken) = if check.done { ("is-ok is-met", "Done: ") } else { ("todo", "To do: ") };
            view! {
                <li class=class><i class="mark" aria-hidden="true"></i><span><span class="sr">{spoken}</span>
                    {check.says}</span></li>
            }
        })
        .collect_view();
    (!checks.is_empty()).then(|| {
        view! {
            <section aria-labelledby="h-close">
                <div class="title-row"><h2 id="h-close">"Before closing"</h2><span class="dim">{done}</span></div>
                <ul class="check">{lines}</ul>
            </section>
        }
    })
}

fn requester(full: &Full, tried: &Tried) -> impl IntoView + use<> {
    let name = Some(full.requester.clone()).filter(|name| !name.is_empty()).unwrap_or_else(|| "not given".to_owned());
    let address = full.address.clone().unwrap_or_else(|| {
        if full.on_page { "none left; answered on the page of the case" } else { "none left" }.to_owned()
    });
    view! {
        <section aria-labelledby="h-requester">
            <h2 id="h-requester">"Requester"</h2>
            <dl class="pairs">
                <dt>"Name"</dt><dd dir="auto">{name}</dd>
                <dt>"Address"</dt><dd>{address}</dd>
                <dt>"Came by"</dt><dd>{full.case.channel.label().to_lowercase()}</dd>
                <dt>"Received"</dt><dd>{full.case.received.in_words(full.zone)}</dd>
                {clockwork::lives_in(full)}
                {language::writes(full)}
                {identity::pair(full)}
            </dl>
            {full.takes_work().then(|| (clockwork::place(full, tried), language::change(full, tried)))}
            {(full.may_work && !full.case.is_restricted()).then(|| {
                view! { <p><a href=paths::requester(full.case.reference)>"Erase this requester from here"</a></p> }
            })}
        </section>
    }
}
