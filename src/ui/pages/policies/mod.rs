//! Policies: what each product promised, which laws hold for its people, and what does not fit; in plain words.

mod laws;
mod one;
pub mod server;

pub use one::page as one;

use crate::{
    app::policies::Line,
    ui::{components::notice::Blank, paths},
};
use leptos::prelude::*;

/// Every product.
#[must_use]
pub fn page(lines: Vec<Line>) -> AnyView {
    let count = lines.len();
    let none = lines.is_empty().then(|| {
        view! { <Blank title="No product"><p>"Nobody has set up a product yet."</p></Blank> }
    });
    let rows = lines.iter().map(product).collect_view();
    view! {
        <div class="head">
            <div><h1>"Policies"</h1>
                <p class="byline"><span>{count}" "{if count == 1 { "product" } else { "products" }}</span></p></div>
            <div class="acts"><a class="btn" href=paths::RETENTION>"Retention"</a></div>
        </div>
        <p class="intro">"What each product promised in its published policy, and what the law asks of it where its people
            live. Every clock of a case comes from here."</p>
        {none}
        <ul class="products">{rows}</ul>
    }
    .into_any()
}

fn product(line: &Line) -> impl IntoView + use<> {
    let officer = Some(line.officer.clone()).filter(|name| !name.is_empty());
    view! {
        <li>
            <h2><a href=paths::policy(&line.id)>{line.name.clone()}</a></h2>
            <dl class="pairs">
                <dt>"Policy of"</dt><dd>{line.version.clone()}</dd>
                <dt>"Promises"</dt><dd>{promises(line)}</dd>
                <dt>"Who answers"</dt><dd>{officer.unwrap_or_else(|| "the policy names nobody".to_owned())}</dd>
                <dt>"Training"</dt><dd>{line.training}</dd>
                <dt>"Languages"</dt><dd>{line.languages.join(", ")}</dd>
                <dt>"Laws for"</dt><dd>{line.places.join(", ")}</dd>
                <dt>"Review"</dt><dd>{reviewed(&line.reviewed_by)}</dd>
            </dl>
        </li>
    }
}

fn promises(line: &Line) -> String {
    let all = line.kept + line.open;
    match line.open {
        0 => format!("{all}, all of them kept by something"),
        open => format!("{all}, {open} of them not kept by anything yet"),
    }
}

/// Who signed a pack.
fn reviewed(by: &str) -> AnyView {
    if by.is_empty() {
        view! { <span class="tag is-soon"><i class="mark" aria-hidden="true"></i>"not reviewed by a lawyer yet"</span> }
            .into_any()
    } else {
        format!("signed by {by}").into_any()
    }
}
