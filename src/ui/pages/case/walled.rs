//! A restricted case as everybody outside the circle sees it: that it is there, whose it is, how its clocks stand.

use crate::{
    app::case_page::Walled,
    ui::{
        components::{
            clock::{Clocks, HeadClock},
            notice::{Meaning, Notice},
            rows::{RESTRICTED, coarse},
        },
        paths,
    },
};
use leptos::prelude::*;

/// The page.
pub(super) fn page(walled: Walled) -> AnyView {
    let owner = walled.owner.map_or_else(|| "Nobody’s".to_owned(), |name| format!("Owner {name}"));
    view! {
        <div class="head">
            <div>
                <a class="crumb quiet" href=paths::QUEUE>"← Queue"</a>
                <h1>{RESTRICTED}</h1>
                <p class="byline">
                    <span class="mono">{walled.reference.to_string()}</span>
                    <span class="tag is-info"><i class="mark" aria-hidden="true"></i>{coarse(walled.state)}</span>
                    <span>{owner}</span>
                </p>
                <HeadClock clocks=walled.clocks.clone() now=walled.now />
            </div>
        </div>
        <div class="split">
            <Notice meaning=Meaning::Info lead="What this case holds is seen by restricted responders only.">
                <p>"You see that it exists, who works on it and how its clocks stand. Ask the owner if you have to do with it."</p>
            </Notice>
            <aside class="facts" aria-label="Facts of the case"><Clocks clocks=walled.clocks now=walled.now
                zone=walled.zone /></aside>
        </div>
    }
    .into_any()
}
