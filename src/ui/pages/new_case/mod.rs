//! A case opened by hand: what came by phone, by post or over a counter.

pub mod server;

use crate::{
    app::{by_hand::ByHand, queue::Choice},
    domain::{case::Channel, kind::Kind},
    ui::{
        components::{
            error_box::ErrorBox,
            field::{Field, SelectField, TextField},
        },
        form::Problems,
        paths, render,
    },
};
use leptos::prelude::*;

/// The page, with what was typed and what is wrong with it.
#[must_use]
pub fn page(products: Vec<Choice<String>>, typed: ByHand, problems: Problems) -> AnyView {
    let products = products.into_iter().map(|product| (product.id, product.name)).collect();
    let kinds = Kind::ALL.iter().map(|kind| (kind.code().to_owned(), kind.label().to_owned())).collect();
    let channels =
        [Channel::Phone, Channel::Post, Channel::Form].map(|c| (c.code().to_owned(), c.label().to_owned())).to_vec();
    let (invalid, described) = (problems.invalid("text"), problems.described("text", true));
    let text = render::raw_text(&typed.text);
    view! {
        <div class="head"><div><a class="crumb quiet" href=paths::QUEUE>"← Queue"</a><h1>"New case"</h1></div></div>
        <div class="narrow-page">
            <ErrorBox problems=problems.clone() />
            <form method="post" action=paths::NEW_CASE>
                <SelectField id="product" name="product" label="Product" first="Choose a product" options=products
                    value=typed.product problems=problems.clone() />
                <SelectField id="kind" name="kind" label="Kind" first="Choose a kind" options=kinds value=typed.kind
                    problems=problems.clone()
                    hint="Decides the clocks. If several fit, take the one with the nearest end." />
                <SelectField id="channel" name="channel" label="Came by" first="Choose how it came" options=channels
                    value=typed.channel problems=problems.clone() />
                <TextField id="received" label="Received at" kind="datetime-local" value=typed.received
                    problems=problems.clone()
                    hint="When it reached any of us, in the product’s time zone. The clocks start here." />
                <TextField id="name" label="Name" value=typed.name problems=problems.clone()
                    hint="As the person gave it; leave it empty if they gave none." />
                <TextField id="address" label="Email address" value=typed.address problems=problems.clone()
                    hint="Where answers go. Without one, the next page has a code and a PIN to hand to the person, who reads our answers with them." />
                <Field id="text" label="What they ask" hint="In their words, as far as you have them." problems>
                    <textarea id="text" name="text" rows="6" dir="auto" aria-invalid=invalid
                        aria-describedby=described inner_html=text></textarea>
                </Field>
                <p class="acts">
                    <button class="btn main">"Open case"</button>
                    <a class="btn" href=paths::QUEUE>"Cancel"</a>
                </p>
            </form>
        </div>
    }
    .into_any()
}
