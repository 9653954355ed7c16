//! The code and the PIN of a case's page, shown to staff this once, to be handed to the person. Stands in no list, no
//! timeline and no address.

use crate::{
    app::{case_page::Full, pickup::Access},
    domain::identity::Reference,
    ui::{
        pages::{
            case::tried::{Act, Tried},
            verify::groups,
        },
        paths,
    },
};
use leptos::prelude::*;

/// The page's title.
pub const TITLE: &str = "Hand this to the person";

/// What to hand over; `place` is the whole address of the page.
#[must_use]
pub fn page(reference: Reference, access: &Access, place: String) -> AnyView {
    let code = access.code.as_ref().map(|code| {
        view! { <p>"Case code"</p> <p class="code" id="case-code">{groups(code)}</p> }
    });
    let kept = access.code.is_none().then(|| view! { <p>"The case code stays what it was."</p> });
    let pin = access.pin.clone();
    view! {
        <div class="head"><div><a class="crumb quiet" href=paths::case(reference)>{format!("← {reference}")}</a>
            <h1>{TITLE}</h1></div></div>
        <div class="narrow-page">
            <p>"They left no mail address. With this they read our letters and write to us; both are shown now and never again, and stand in no mail. Read them out, or write them down for the person, and nowhere else."</p>
            {code}
            {kept}
            <p>"PIN"</p>
            <p class="code" id="case-pin">{pin}</p>
            <p>"Where: "<span class="mono" id="case-place">{place}</span></p>
            <p class="acts after"><a class="btn main" href=paths::case(reference)>"Done, to the case"</a></p>
        </div>
    }
    .into_any()
}

/// The form for a new PIN, where the case has a page.
pub(super) fn renew(full: &Full, tried: &Tried) -> Option<impl IntoView + use<>> {
    let act = Act::NewPin;
    let open = tried.is(act) && tried.done.is_none();
    full.has_page.then(|| {
        view! {
            <details class="act" name="act" open=open>
                <summary class="btn">{act.label()}</summary>
                <form class="sheet" method="post" action=paths::case(full.case.reference)>
                    <p class="hint">"For the page of the case. The old PIN ends at once; look first whether it is the person who asks."</p>
                    <input type="hidden" name="do" value=act.code() />
                    <input type="hidden" name="seen" value=tried.seen(act, full.case.seq) />
                    <p><label><input type="checkbox" id=act.id("code") name="code" value="1" />"A new case code too: they lost both"</label></p>
                    <p class="acts"><button class="btn main">
                        {tried.button(act, "Make a new PIN", "Make it anyway")}</button></p>
                </form>
            </details>
        }
    })
}
