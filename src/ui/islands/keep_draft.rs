//! Keeps what is being written to the requester, so that neither a closed tab nor a conflict loses it.

use leptos::prelude::*;

/// Keeps the draft of the reply to a case; says when it was kept, on the wall clock of the house.
///
/// # Errors
/// When the case is not the person's to write to, or the house cannot keep it now.
#[server(name = DraftToKeep, prefix = "/api", endpoint = "keep_draft")]
pub async fn keep_draft(
    /// `R-10021`.
    reference: String,
    /// The text so far.
    text: String,
) -> Result<String, ServerFnError> {
    use crate::{
        app::{App, verbs},
        domain::rights::Actor,
    };
    let refused = || ServerFnError::new("the draft was not kept");
    let app = use_context::<App>().ok_or_else(refused)?;
    let actor = use_context::<Actor>().ok_or_else(refused)?;
    let reference = reference.parse().map_err(|_| refused())?;
    let kept = verbs::keep_draft(&app, &actor, reference, &text).await.map_err(|error| {
        tracing::info!(%error, "a draft was not kept");
        crate::ui::answer::tell(&error);
        refused()
    })?;
    Ok(kept.local(app.zone()).format("%H:%M").to_string())
}

/// Watches the text field of the reply box and says what became of the draft.
#[island]
pub fn KeepDraft(
    /// `R-10021`.
    reference: String,
    /// True when the text field was filled from a kept draft.
    kept: bool,
) -> impl IntoView {
    let says = RwSignal::new(if kept { "Draft kept".to_owned() } else { String::new() });
    #[cfg(feature = "hydrate")]
    watch(reference, says);
    #[cfg(not(feature = "hydrate"))]
    drop(reference);
    view! { <small class="faint" role="status">{move || says.get()}</small> }
}

/// True while an answer to the person is being written; a note must never become a draft of a reply.
#[cfg(feature = "hydrate")]
fn is_reply() -> bool {
    document().query_selector("#reply [name=do][value=reply]:checked").is_ok_and(|radio| radio.is_some())
}

/// Saves a moment after the last key; no longer once the form is on its way, lest a sent text comes back as a draft.
#[cfg(feature = "hydrate")]
fn watch(reference: String, says: RwSignal<String>) {
    use leptos::{ev, leptos_dom::helpers::debounce, task::spawn_local};
    use std::{cell::RefCell, time::Duration};
    use wasm_bindgen::JsCast;
    const PAUSE: Duration = Duration::from_millis(1200);

    let sent = StoredValue::new(false);
    let save = RefCell::new(debounce(PAUSE, move |text: String| {
        if sent.get_value() || !is_reply() {
            return;
        }
        let reference = reference.clone();
        spawn_local(async move {
            says.set(match keep_draft(reference, text).await {
                Ok(at) => format!("Draft kept {at}"),
                Err(_) => "Draft not kept; copy your text before you leave".to_owned(),
            });
        });
    }));
    let handle = window_event_listener(ev::input, move |event| {
        let field = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if field.is_some_and(|field| field.id() == "text") {
            (save.borrow_mut())(event_target_value(&event));
        }
    });
    let leaving = window_event_listener(ev::submit, move |_event| sent.set_value(true));
    on_cleanup(move || {
        handle.remove();
        leaving.remove();
    });
}
