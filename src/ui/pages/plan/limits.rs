//! How much of the person's data a plan is about: everything, or categories, tables and single rows.

use super::Typed;
use crate::{
    app::runs::Choosable,
    ui::{components::field::Field, form::Problems, render},
};
use leptos::prelude::*;

/// The section; folded while nothing is limited, for that is what is asked for as a rule.
pub(super) fn section(page: &Choosable, typed: &Typed, problems: &Problems) -> AnyView {
    let categories = page.categories.iter().map(|category| {
        let checked = typed.categories.contains(category);
        tick("category", category, view! { <span class="mono">{category.clone()}</span> }.into_any(), checked)
    });
    let tables = page.tables.iter().map(|(name, title)| {
        let words = if title == name { None } else { Some(format!("{title} ")) };
        tick(
            "table",
            name,
            view! { {words}<span class="mono">{name.clone()}</span> }.into_any(),
            typed.tables.contains(name),
        )
    });
    let (categories, tables) = (categories.collect_view(), tables.collect_view());
    let any = !page.categories.is_empty();
    let (invalid, described) = (problems.invalid("items"), problems.described("items", true));
    let items = render::raw_text(&typed.items);
    view! {
        <section aria-labelledby="h-limits">
            <h2 id="h-limits">"How much of it"</h2>
            <details open=typed.is_limited()>
                <summary>"Everything of the person. Limit it to a part"</summary>
                <p class="hint">"What you choose adds up; what you leave out is neither copied nor touched."</p>
                {any.then(|| view! { <fieldset class="boxes"><legend>"Categories"</legend>{categories}</fieldset> })}
                <fieldset class="boxes"><legend>"Tables"</legend>{tables}</fieldset>
                <Field id="items" label="Single rows"
                    hint="One a line: the table, a colon, the key. images:17, or gallery_items:3,17 for a key of two columns."
                    problems=problems.clone()>
                    <textarea id="items" name="items" rows="3" spellcheck="false" aria-invalid=invalid
                        aria-describedby=described inner_html=items></textarea>
                </Field>
            </details>
        </section>
    }
    .into_any()
}

fn tick(name: &'static str, value: &str, says: AnyView, checked: bool) -> impl IntoView + use<> {
    view! { <label><input type="checkbox" name=name value=value.to_owned() checked=checked /><span>{says}</span></label> }
}

/// What is wrong with a group of boxes.
pub(super) fn error_line(says: String) -> impl IntoView {
    view! {
        <p class="error is-over"><i class="mark" aria-hidden="true"></i><span><span class="sr">"Error: "</span>{says}</span></p>
    }
}
