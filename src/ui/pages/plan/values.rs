//! The values of the person's that can be corrected, as they stand, each with the box for what it should be.

use super::{Typed, limits::error_line, name_of};
use crate::{
    app::runs::{Choosable, Correctable},
    ui::form::Problems,
};
use leptos::prelude::*;

/// The section: a group of boxes a row.
pub(super) fn section(page: &Choosable, typed: &Typed, problems: &Problems) -> AnyView {
    let error = problems.of("sets").map(error_line);
    let rows = page.rows.iter().map(|row| one(row, typed)).collect_view();
    let none =
        page.rows.is_empty().then(|| view! { <p>"The person has no row with a value that can be corrected."</p> });
    view! {
        <section id="sets" tabindex="-1" aria-labelledby="h-values">
            <h2 id="h-values">"What is wrong"</h2>
            <p class="hint">"Write what each value should be; leave the others as they are. An emptied box removes the value. Whoever approves reads the old and the new one."</p>
            {error}
            {none}
            {rows}
        </section>
    }
    .into_any()
}

fn one(row: &Correctable, typed: &Typed) -> impl IntoView + use<> {
    let key = row.key.join(", ");
    let fields = row.values.iter().map(|(column, title, was)| {
        let name = name_of(&row.table, &row.key, column);
        let was = was.clone().unwrap_or_default();
        let value = typed.values.get(&name).cloned().unwrap_or_else(|| was.clone());
        let id = format!("v-{}", data_encoding::HEXLOWER.encode(name.as_bytes()));
        view! {
            <div class="field">
                <label for=id.clone()>{title.clone()}</label>
                <input type="hidden" name=format!("was:{name}") value=was />
                <input id=id name=format!("set:{name}") value=value dir="auto" autocomplete="off" spellcheck="false" />
            </div>
        }
    });
    let fields = fields.collect_view();
    view! {
        <fieldset><legend>{row.title.clone()}" "<span class="mono">{key}</span></legend>
            <div class="pair-of-fields">{fields}</div></fieldset>
    }
}
