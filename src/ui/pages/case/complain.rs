//! Where the person can complain who does not agree: what works today first, what does not yet said to be so.

use crate::{app::clockwork::Turn, ui::components::link::outside};
use leptos::prelude::*;

/// The routes, as a section of the facts; nothing where the packs know none.
pub(super) fn routes(turns: &[Turn]) -> Option<impl IntoView + use<>> {
    let lines = list(turns);
    (!turns.is_empty()).then(|| {
        view! {
            <section aria-labelledby="h-complain">
                <h2 id="h-complain">"Where they can complain"</h2>
                {lines}
            </section>
        }
    })
}

/// The routes as a list.
pub fn list(turns: &[Turn]) -> impl IntoView + use<> {
    let lines = turns.iter().map(one).collect_view();
    view! { <ul class="plain routes">{lines}</ul> }
}

fn one(turn: &Turn) -> impl IntoView + use<> {
    let route = &turn.route;
    let unsure = if route.uncertain { ", not certain" } else { "" };
    let from = route.operative_from.map(|day| day.format("%-d %b %Y").to_string());
    let standing = match (turn.works, from) {
        (false, Some(from)) => Some(format!("does not take complaints yet (from {from}{unsure})")),
        (false, None) => Some("does not take complaints yet".to_owned()),
        (true, _) if route.uncertain => Some("whether it takes complaints already is not certain".to_owned()),
        (true, _) => None,
    };
    view! {
        <li>
            <p><b>{route.name.clone()}</b>
                {standing.map(|says| view! { " "<span class="tag is-paused"><i class="mark" aria-hidden="true"></i>{says}</span> })}
            </p>
            <p>{route.how.clone()}</p>
            <p class="cite">{outside(&route.source, &route.citation)}</p>
        </li>
    }
}
