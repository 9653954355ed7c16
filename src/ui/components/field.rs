//! A field of a form: label, hint, error, and the control itself, in this order.

use crate::ui::form::Problems;
use leptos::{either::Either, prelude::*};

/// Label, hint and error around a control whose id is `id`.
#[component]
pub fn Field(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// What is asked.
    label: &'static str,
    /// How to answer.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with the form.
    problems: Problems,
    /// The control.
    children: Children,
) -> impl IntoView {
    let hint = (!hint.is_empty()).then(|| view! { <span class="hint" id=format!("{id}-hint")>{hint}</span> });
    let error = problems.of(&id).map(|says| {
        view! {
            <span class="error is-over" id=format!("{id}-error")>
                <i class="mark" aria-hidden="true"></i>
                <span><span class="sr">"Error: "</span>{says}</span>
            </span>
        }
    });
    view! { <div class="field"><label for=id>{label}</label>{hint}{error}{children()}</div> }
}

/// A line of text with its label.
#[component]
pub fn TextField(
    /// The control's id and name.
    id: &'static str,
    /// What is asked.
    label: &'static str,
    /// How to answer.
    #[prop(optional)]
    hint: &'static str,
    /// `type` of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// `autocomplete` of the input.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What was typed.
    #[prop(optional, into)]
    value: String,
    /// What is wrong with the form.
    problems: Problems,
) -> impl IntoView {
    let described = problems.described(id, !hint.is_empty());
    let invalid = problems.invalid(id);
    view! {
        <Field id label hint problems>
            <input id=id name=id type=kind value=value autocomplete=autocomplete aria-describedby=described
                aria-invalid=invalid />
        </Field>
    }
}

/// A choice with its label. With an empty `first` the first option is the one that is chosen.
#[component]
pub fn SelectField(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// The control's name.
    name: &'static str,
    /// What is asked.
    label: &'static str,
    /// How to answer.
    #[prop(optional, into)]
    hint: String,
    /// What an unmade choice says; it is sent as nothing.
    #[prop(optional)]
    first: &'static str,
    /// Values and words.
    options: Vec<(String, String)>,
    /// What was chosen.
    #[prop(optional, into)]
    value: String,
    /// What is wrong with the form.
    problems: Problems,
) -> impl IntoView {
    let described = problems.described(&id, !hint.is_empty());
    let invalid = problems.invalid(&id);
    view! {
        <Field id=id.clone() label hint problems>
            <select id=id name=name aria-describedby=described aria-invalid=invalid>
                {choices(first, options, &value)}</select>
        </Field>
    }
}

/// The options of a select, the one in force marked.
#[must_use]
pub fn choices(first: &'static str, options: Vec<(String, String)>, value: &str) -> impl IntoView + use<> {
    let none =
        if first.is_empty() { Either::Left(()) } else { Either::Right(view! { <option value="">{first}</option> }) };
    let options = options
        .into_iter()
        .map(|(code, words)| {
            let selected = code == value;
            view! { <option value=code selected=selected>{words}</option> }
        })
        .collect_view();
    (none, options)
}
