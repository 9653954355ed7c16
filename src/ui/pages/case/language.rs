//! Which language the person writes, and what they are answered in.

use super::{
    clockwork::form,
    tried::{Act, Tried},
};
use crate::{app::case_page::Full, domain::language::Language, ui::components::field::SelectField};
use leptos::prelude::*;

/// The line of the requester's facts.
pub(super) fn writes(full: &Full) -> impl IntoView + use<> {
    let says = match full.case.language {
        Some(language) if full.letters.languages.contains(&language) => language.label().to_owned(),
        Some(language) => format!("{}; not switched on, answered in English", language.label()),
        None => "not known; answered in English".to_owned(),
    };
    view! { <dt>"Writes"</dt><dd>{says}</dd> }
}

/// The form that says which language they write.
pub(super) fn change(full: &Full, tried: &Tried) -> AnyView {
    let act = Act::Language;
    let open = tried.is(act) && tried.done.is_none();
    let options = Language::ALL.iter().map(|one| (one.code().to_owned(), one.label().to_owned())).collect();
    let known = full.case.language.map(Language::code).unwrap_or_default().to_owned();
    let value = if open { tried.value(act, "language") } else { known };
    let fields = view! {
        <SelectField id=act.id("language") name="language" label="Which language does the person write?" first="Choose"
            options value problems=tried.problems.clone()
            hint="Letters begin in it where the product has it switched on, and in English otherwise." />
    };
    form(full, tried, act, open, "Change their language", "Save the language", fields)
}
