//! What a plan is to be about, chosen before it is made: whose accounts, how much of them, which values, the end of a
//! restriction. Changes nothing by itself.

mod limits;
pub mod server;
mod typed;
mod values;

pub use typed::{Typed, box_of, name_of};

use crate::{
    app::runs::Choosable,
    domain::{copy::CopyForm, identity::Reference, run::RunKind},
    ui::{
        components::{
            error_box::ErrorBox,
            notice::{Meaning, Notice},
        },
        form::Problems,
        paths,
    },
};
use leptos::prelude::*;

/// The words of the window's title.
#[must_use]
pub fn title(page: &Choosable) -> String {
    format!("{} for {}", heading(page.kind), page.reference)
}

const fn heading(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Erase => "Plan an erasure",
        RunKind::Export => "Make a copy",
        RunKind::Correct => "Propose corrections",
        RunKind::Restrict | RunKind::Release | RunKind::OptOut | RunKind::OptIn => "Plan the change",
    }
}

const fn button(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Erase => "Plan the erasure",
        RunKind::Export => "Make the copy",
        RunKind::Correct => "Propose these values",
        RunKind::Restrict | RunKind::Release | RunKind::OptOut | RunKind::OptIn => "Plan the change",
    }
}

/// The page, with what was typed and what is wrong with it.
#[must_use]
pub fn page(page: &Choosable, typed: &Typed, problems: Problems) -> AnyView {
    let nothing = page.accounts.is_empty();
    let summary = page.kind.is_copy() && page.least_copy == CopyForm::Summary;
    let then = if page.kind.is_copy() {
        "The copy is packed at once; nothing leaves before it is released."
    } else {
        "A plan is made and changes nothing. Somebody else has to approve it."
    };
    view! {
        <ErrorBox problems=problems.clone() />
        <div class="head">
            <div>
                <a class="crumb quiet" href=paths::case(page.reference)>{format!("← {} {}", page.reference, page.about)}</a>
                <h1>{heading(page.kind)}</h1>
                <p class="byline"><span>{page.product.clone()}</span><span>{then}</span></p>
            </div>
        </div>
        <form class="stack choices" method="post" action=paths::plan(page.reference)>
            <input type="hidden" name="seen" value=page.seq />
            {accounts(page, typed, &problems)}
            {(page.kind == RunKind::Correct && !nothing).then(|| values::section(page, typed, &problems))}
            {lifting(page, typed, &problems)}
            {page.kind.may_be_limited().then(|| limits::section(page, typed, &problems))}
            {summary.then(|| view! {
                <section aria-labelledby="h-form">
                    <h2 id="h-form">"What it is"</h2>
                    <label><input type="checkbox" name="full" value="1" checked=typed.full_copy />
                        <span>"A full copy: the law here asks only for a summary"</span></label>
                </section>
            })}
            <p class="acts">
                <button class="btn main" id="run">{button(page.kind)}</button>
                <a class="btn" href=paths::case(page.reference)>"Back to the case"</a>
            </p>
        </form>
    }
    .into_any()
}

/// The page of a case that nothing can be planned for as it stands, and why.
#[must_use]
pub fn cannot(reference: Reference, says: Vec<String>) -> AnyView {
    let says = says.into_iter().map(|says| view! { <p>{says}"."</p> }).collect_view();
    view! {
        <div class="head">
            <div>
                <a class="crumb quiet" href=paths::case(reference)>{format!("← {reference}")}</a>
                <h1>"Nothing to plan"</h1>
            </div>
        </div>
        <Notice meaning=Meaning::Info lead="No run can be planned for this case as it stands.">{says}</Notice>
        <p class="acts"><a class="btn main" href=paths::case(reference)>"Back to the case"</a></p>
    }
    .into_any()
}

/// The accounts that were found; where there are several, somebody says which are theirs.
fn accounts(page: &Choosable, typed: &Typed, problems: &Problems) -> AnyView {
    let found_by = page.found_by.iter().map(|kind| kind.replace('_', " ")).collect::<Vec<_>>().join(", ");
    let key = |key: &[String]| key.join(", ");
    let body = match page.accounts.as_slice() {
        [] => view! { <p>"Nobody is found by what the person was verified by. The plan will say so."</p> }.into_any(),
        [one] => view! { <p>"One account, found by "{found_by}": "<span class="mono">{key(one)}</span></p> }.into_any(),
        several => {
            let boxes = several.iter().map(|one| {
                let value = box_of(one);
                let checked = typed.accounts.contains(one);
                view! {
                    <label><input type="checkbox" name="account" value=value checked=checked />
                        <span>"Account "<span class="mono">{key(one)}</span></span></label>
                }
            });
            let boxes = boxes.collect_view();
            let error = problems.of("accounts").map(limits::error_line);
            view! {
                <fieldset id="accounts" tabindex="-1">
                    <legend>"Which of them are this person’s?"</legend>
                    <p class="hint">{format!("{} accounts are found by {found_by}. A device or a card may be shared: choose only those that you know to be theirs. Nothing of the others is touched, and whoever approves reads that you chose.", several.len())}</p>
                    {error}
                    <input type="hidden" name="several" value="1" />
                    {boxes}
                </fieldset>
            }
            .into_any()
        }
    };
    view! { <section aria-labelledby="h-accounts"><h2 id="h-accounts">"Whose data"</h2>{body}</section> }.into_any()
}

/// The end of a restriction that stands, once the person knows.
fn lifting(page: &Choosable, typed: &Typed, problems: &Problems) -> Option<AnyView> {
    let standing = page.lifting?;
    let error = problems.of("lifts").map(limits::error_line);
    let body = match standing {
        Err(says) => view! { <p>{says}". "<a href=paths::reply(page.reference)>"Write the letter"</a></p> }.into_any(),
        Ok(()) => view! {
            <label><input type="checkbox" name="lifts" id="lifts" value="1" checked=typed.lifts />
                <span>"Lift the restriction: the data may be used again as before"</span></label>
        }
        .into_any(),
    };
    Some(
        view! {
            <section aria-labelledby="h-lifting"><h2 id="h-lifting">"The restriction that stands"</h2>{error}{body}</section>
        }
        .into_any(),
    )
}
