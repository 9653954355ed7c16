//! Which cases of the queue are picked: says how many, and picks all or a stretch of them.

use leptos::prelude::*;

/// The box in the table's head that picks every row, and the words for those who do not see the rows.
#[island]
pub fn Selection() -> impl IntoView {
    let awake = RwSignal::new(false);
    let picked = RwSignal::new(0_usize);
    let rows = RwSignal::new(0_usize);
    #[cfg(feature = "hydrate")]
    browser::watch(awake, picked, rows);
    let says = move || match picked.get() {
        0 => String::new(),
        n => format!("{n} selected"),
    };
    let every = move || picked.get() > 0 && picked.get() == rows.get();
    let pick_all = move |_event| {
        #[cfg(feature = "hydrate")]
        browser::pick_all(picked.get_untracked() < rows.get_untracked(), picked);
    };
    view! {
        <label class="tick" hidden=move || !awake.get()>
            <span class="sr">"Select all on this page"</span>
            <input type="checkbox" prop:checked=every on:change=pick_all />
        </label>
        <span class="sr" role="status">{says}</span>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{ev, prelude::*};
    use std::cell::Cell;
    use wasm_bindgen::JsCast;
    use web_sys::HtmlInputElement;

    const BOXES: &str = "form.queue input[name=case]";

    fn boxes() -> Vec<HtmlInputElement> {
        let Ok(list) = document().query_selector_all(BOXES) else { return Vec::new() };
        (0..list.length()).filter_map(|at| list.item(at)?.dyn_into().ok()).collect()
    }

    fn count() -> usize {
        boxes().iter().filter(|input| input.checked()).count()
    }

    pub fn watch(awake: RwSignal<bool>, picked: RwSignal<usize>, rows: RwSignal<usize>) {
        // after hydration: the server's HTML and the first drawing here have to be the same
        request_animation_frame(move || {
            awake.set(true);
            rows.set(boxes().len());
            picked.set(count());
        });
        window_event_listener(ev::change, move |_event| picked.set(count()));
        window_event_listener(ev::reset, move |_event| request_animation_frame(move || picked.set(count())));
        let last = Cell::new(None);
        window_event_listener(ev::click, move |event| {
            let Some(target) = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok()) else { return };
            let all = boxes();
            let Some(at) = all.iter().position(|input| *input == target) else { return };
            if let (true, Some(from)) = (event.shift_key(), last.get()) {
                let stretch = at.min(from)..=at.max(from);
                for input in &all[stretch] {
                    input.set_checked(target.checked());
                }
            }
            last.set(Some(at));
        });
    }

    pub fn pick_all(all: bool, picked: RwSignal<usize>) {
        for input in boxes() {
            input.set_checked(all);
        }
        picked.set(count());
    }
}
