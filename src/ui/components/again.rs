//! The page that stands in the place of another while the product's generation database is away: nothing was done, nothing
//! that was sent is lost, one button asks once more.

use crate::{
    domain::identity::Reference,
    ui::{
        components::notice::{Meaning, Notice},
        form::Fields,
        pages::problem::AWAY,
        paths,
    },
};
use leptos::prelude::*;

/// The page at `address`, of a case. `sent` is the form that could not be worked, all of it; none where a page was asked for.
#[must_use]
pub fn page(reference: Reference, title: &'static str, address: String, sent: Option<&Fields>) -> AnyView {
    let hidden = sent.into_iter().flat_map(|sent| &sent.0).map(|(name, value)| {
        view! { <input type="hidden" name=name.clone() value=value.clone() /> }
    });
    let hidden = hidden.collect_view();
    let (method, says) = match sent {
        Some(_) => {
            ("post", "Nothing was done. What you entered is kept on this page: wait a moment, then send it again.")
        }
        None => ("get", "Wait a moment, then try again."),
    };
    view! {
        <div class="head"><div>
            <a class="crumb quiet" href=paths::case(reference)>{format!("← {reference}")}</a>
            <h1>{title}</h1>
        </div></div>
        <Notice meaning=Meaning::Info lead=format!("{AWAY}.")><p>{says}</p></Notice>
        <form method=method action=address>
            {hidden}
            <p class="acts">
                <button class="btn main">"Try again"</button>
                <a class="btn" href=paths::case(reference)>"Back to the case"</a>
            </p>
        </form>
    }
    .into_any()
}
