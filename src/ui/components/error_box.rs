//! The box on top of a form that has to be filled in differently: every problem, linked to its field.

use crate::ui::form::Problems;
use leptos::prelude::*;

/// The problems of a form; nothing when there are none.
#[component]
pub fn ErrorBox(
    /// What is wrong.
    problems: Problems,
) -> impl IntoView {
    let count = match problems.len() {
        1 => "There is a problem".to_owned(),
        n => format!("There are {n} problems"),
    };
    let lines =
        problems.iter().map(|(id, says)| view! { <li><a href=format!("#{id}")>{says.clone()}</a></li> }).collect_view();
    (!problems.is_empty()).then(|| {
        view! {
            <section class="error-box" role="alert" aria-labelledby="problems" tabindex="-1" autofocus=true>
                <h2 id="problems">{count}</h2>
                <ul>{lines}</ul>
            </section>
        }
    })
}
