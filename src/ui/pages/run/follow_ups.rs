//! What follows from a run, beside it: who is told, when backups have run out, and which run it repeats. What can be done
//! about it stands on the case.

use crate::{
    app::runs::RunPage,
    ui::{pages::case::follow_ups::line, paths},
};
use leptos::prelude::*;

/// The section of the facts; nothing where nothing follows.
pub(super) fn section(run: &RunPage) -> Option<impl IntoView + use<>> {
    let lines = run.follow_ups.iter().map(|one| view! { <li>{line(one, run.zone)}</li> }).collect_view();
    let case = paths::case(run.reference);
    (!run.follow_ups.is_empty()).then(|| {
        view! {
            <section aria-labelledby="h-follow">
                <h2 id="h-follow">"Recipients and backups"</h2>
                <ul class="plain holds">{lines}</ul>
                <p><a href=case>"On the case"</a></p>
            </section>
        }
    })
}

/// The erasure that it repeats.
pub(super) fn repeats(run: &RunPage) -> Option<impl IntoView + use<>> {
    run.repeats.map(|first| {
        view! {
            <span>"Repeats "<a href=paths::run(first)>{first.to_string()}</a>": a restored backup brought it back"</span>
        }
    })
}
