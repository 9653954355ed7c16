//! How much of the person's data a plan is about: everything, or categories, tables and single rows.

use super::Typed;
use crate::{
    app::runs::Choosable,
    domain::run::RunKind,
    ui::{
        components::parts::{PartWords, part_fields},
        form::Problems,
    },
};
use leptos::prelude::*;

/// The section.
pub(super) fn section(page: &Choosable, typed: &Typed, problems: &Problems) -> AnyView {
    let offered = (page.categories.clone(), page.tables.clone());
    let words = PartWords {
        summary: "Everything of the person. Limit it to a part",
        hint: if page.kind == RunKind::Export {
            "What you choose adds up; what you leave out is not copied."
        } else {
            "What you choose adds up. Rows that cannot stand without a chosen one go with it: with the account itself, \
             everything. The plan says which."
        },
    };
    let fields = part_fields(&offered, &typed.part, "items", words, problems);
    view! { <section aria-labelledby="h-limits"><h2 id="h-limits">"How much of it"</h2>{fields}</section> }.into_any()
}

/// What is wrong with a group of boxes.
pub(super) fn error_line(says: String) -> impl IntoView {
    view! {
        <p class="error is-over"><i class="mark" aria-hidden="true"></i><span><span class="sr">"Error: "</span>{says}</span></p>
    }
}
