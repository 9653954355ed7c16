//! The keys of the queue. They move the focus and press what stands on the page; they do nothing by themselves.

use leptos::prelude::*;

/// The keys and what they do, in the order in which the list shows them.
const KEYS: &[(&str, &str)] = &[
    ("j", "next case"),
    ("k", "case before"),
    ("Enter", "open the case"),
    ("x", "select the case"),
    ("a", "assign what is selected"),
    ("r", "reply to the case"),
    ("/", "search this list"),
    ("?", "this list of keys"),
];

/// The hint at the foot of the queue and the list of keys; unseen until the keys work.
#[island]
pub fn QueueKeys() -> impl IntoView {
    let awake = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    browser::listen(awake);
    let list = KEYS.iter().map(|(key, does)| view! { <li><kbd>{*key}</kbd>" "{*does}</li> }).collect_view();
    view! {
        <span class="keys" hidden=move || !awake.get()>
            <kbd>"j"</kbd>" "<kbd>"k"</kbd>" move · "<kbd>"Enter"</kbd>" open · "<kbd>"x"</kbd>" select · "
            <button class="as-link" type="button" id="all-keys" popovertarget="keys"><kbd>"?"</kbd>" all keys"</button>
        </span>
        <section class="keys-list" id="keys" popover="auto" aria-label="Keys"><ul class="plain">{list}</ul></section>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{ev, prelude::*};
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlElement, KeyboardEvent};

    const LINKS: &str = "form.queue .rows th a";

    pub fn listen(awake: RwSignal<bool>) {
        request_animation_frame(move || awake.set(true));
        window_event_listener(ev::keydown, move |event| {
            if !is_for_us(&event) {
                return;
            }
            let done = match event.key().as_str() {
                "j" => step(1),
                "k" => step(-1),
                "x" => press_in_row("input[name=case]"),
                "a" => assign(),
                "r" => reply(),
                "/" => focus("#q"),
                "?" => press("#all-keys"),
                _ => None,
            };
            if done.is_some() {
                event.prevent_default();
            }
        });
    }

    /// False while somebody types, and for the browser's own shortcuts.
    fn is_for_us(event: &KeyboardEvent) -> bool {
        let typing = event.target().and_then(|t| t.dyn_into::<Element>().ok()).is_some_and(|element| {
            element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]").unwrap_or(false)
        });
        !(typing || event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing())
    }

    fn one(selector: &str) -> Option<HtmlElement> {
        document().query_selector(selector).ok()??.dyn_into().ok()
    }

    fn links() -> Vec<HtmlElement> {
        let Ok(list) = document().query_selector_all(LINKS) else { return Vec::new() };
        (0..list.length()).filter_map(|at| list.item(at)?.dyn_into().ok()).collect()
    }

    fn row() -> Option<Element> {
        document().active_element()?.closest("tr").ok()?
    }

    fn step(by: i32) -> Option<()> {
        let links = links();
        let row = row();
        let here = row.and_then(|row| links.iter().position(|link| row.contains(Some(link))));
        let next = match (here, by) {
            (None, _) => 0,
            (Some(at), 1) => (at + 1).min(links.len().checked_sub(1)?),
            (Some(at), _) => at.saturating_sub(1),
        };
        links.get(next)?.focus().ok()
    }

    fn press(selector: &str) -> Option<()> {
        one(selector)?.click();
        Some(())
    }

    fn press_in_row(selector: &str) -> Option<()> {
        row()?.query_selector(selector).ok()??.dyn_into::<HtmlElement>().ok()?.click();
        Some(())
    }

    fn focus(selector: &str) -> Option<()> {
        one(selector)?.focus().ok()
    }

    /// Goes to the choice of an owner; picks the row in focus when nothing is picked yet.
    fn assign() -> Option<()> {
        if one("form.queue input[name=case]:checked").is_none() {
            press_in_row("input[name=case]")?;
        }
        focus("#to")
    }

    fn reply() -> Option<()> {
        let address = row()?.query_selector("th a").ok()??.get_attribute("href")?;
        window().location().set_href(&format!("{address}#text")).ok()
    }
}
