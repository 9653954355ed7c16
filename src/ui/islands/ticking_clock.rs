//! A clock's words and bar, said again every half minute by the same rules as on the server.

use crate::domain::{
    time::Instant,
    words::{self, Saying},
};
use leptos::prelude::*;

/// A running clock: with a layer as in a row of a list, without one as a sentence.
#[island]
pub fn TickingClock(
    /// The duty as a row says it: "resolves", "acknowledge".
    verb: String,
    /// "law", "promise", "target"; empty for the sentence.
    layer: String,
    /// Where the clock began, in milliseconds.
    from: i64,
    /// From when on it is at risk, in milliseconds.
    risk: i64,
    /// The last moment in time, in milliseconds.
    due: i64,
    /// The server's time when the page was made, in milliseconds; the browser's own clock may be wrong.
    now: i64,
) -> impl IntoView {
    let moment = RwSignal::new(now);
    #[cfg(feature = "hydrate")]
    tick(moment);
    let said = Memo::new(move |_| words::saying(&verb, Instant(risk), Instant(due), Instant(moment.get())));
    if layer.is_empty() { sentence(said).into_any() } else { row(said, layer, from, due, moment).into_any() }
}

fn row(said: Memo<Saying>, layer: String, from: i64, due: i64, moment: RwSignal<i64>) -> impl IntoView {
    let used = move || words::used_percent(Instant(from), Instant(due), Instant(moment.get())).to_string();
    view! {
        <div class=move || format!("clock {}", said.get().tone.class())>
            <i class="mark" aria-hidden="true"></i>
            <span class="say">
                <span class="sr">{move || said.get().tone.spoken()}</span>
                <span>{move || said.get().lead}</span>
                " "
                <b>{move || said.get().time}</b>
            </span>
            <span class="layer">{layer}</span>
            <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect class="used" width=used height="4"></rect>
            </svg>
        </div>
    }
}

fn sentence(said: Memo<Saying>) -> impl IntoView {
    view! {
        <p class=move || format!("say {}", said.get().tone.class())>
            <i class="mark" aria-hidden="true"></i>
            <span>
                <span class="sr">{move || said.get().tone.spoken()}</span>
                <span class="first-up">{move || said.get().lead}</span>
                " "
                <b>{move || said.get().time}</b>
            </span>
        </p>
    }
}

/// Moves `moment` along with the browser's clock, counted from the server's time.
#[cfg(feature = "hydrate")]
fn tick(moment: RwSignal<i64>) {
    use std::time::Duration;
    const EVERY: Duration = Duration::from_secs(30);

    let (server, here) = (moment.get_untracked(), js_sys::Date::now());
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since the page was opened")]
    set_interval(move || moment.set(server + (js_sys::Date::now() - here) as i64), EVERY);
}
