//! Cases as rows of a table. Of a restricted case a row shows what its `Face` allows and nothing more.
//! Roles are spelled out because the narrow layout takes the elements' own table roles away.

use crate::{
    app::queue::{Face, Row},
    domain::{case::State, time::Instant},
    ui::{components::clock::RowClock, paths},
};
use leptos::prelude::*;

/// What a list calls a case that it may not describe.
pub const RESTRICTED: &str = "Restricted case";

/// A case as a row; with a box to pick it where `pick` says so.
#[component]
pub fn CaseRow(
    /// The case.
    row: Row,
    /// The moment the page speaks of.
    now: Instant,
    /// True in the queue, where rows are picked and every column stands.
    #[prop(optional)]
    pick: bool,
    /// True when it is picked already.
    #[prop(optional)]
    picked: bool,
) -> impl IntoView {
    let reference = row.reference.to_string();
    let words = Words::of(&row);
    let owner =
        row.owner.clone().map_or_else(|| view! { <span class="faint">"nobody"</span> }.into_any(), IntoAny::into_any);
    let tick = pick.then(|| {
        let says = format!("Select {reference}");
        view! {
            <td role="cell" class="tick-cell">
                <label class="tick"><span class="sr">{says}</span><input type="checkbox" name="case"
                    value=reference.clone() checked=picked /></label>
            </td>
        }
    });
    let columns = pick.then(|| {
        view! {
            <td role="cell" class="c-kind">{or_not_shown(words.kind)}</td>
            <td role="cell" class="c-product">{or_not_shown(words.product)}</td>
            <td role="cell" class="c-state">{words.state}</td>
        }
    });
    view! {
        <tr role="row">
            {tick}
            <td role="cell" class="ref">{reference}</td>
            <th role="rowheader" scope="row" class="what">
                <a class="quiet" href=paths::case(row.reference)>{words.who}</a>" "
                    <span class="faint">{words.about}</span>
            </th>
            {columns}
            <td role="cell" class="c-owner">{owner}</td>
            <td role="cell" class="due"><RowClock face=row.clock now /></td>
        </tr>
    }
}

/// The words of a row, as far as they may be shown.
struct Words {
    who: String,
    about: String,
    kind: Option<&'static str>,
    product: Option<String>,
    state: &'static str,
}

impl Words {
    fn of(row: &Row) -> Self {
        let state = row.state.label();
        match row.face.clone() {
            Face::Plain { who, about, kind, product } => {
                Self { who, about, kind: Some(kind.label()), product: Some(product), state }
            }
            Face::Circle { kind, product } => Self {
                who: RESTRICTED.to_owned(),
                about: String::new(),
                kind: Some(kind.label()),
                product: Some(product),
                state,
            },
            Face::Walled => Self {
                who: RESTRICTED.to_owned(),
                about: String::new(),
                kind: None,
                product: None,
                state: coarse(row.state),
            },
        }
    }
}

/// Open or closed: all that is told of a restricted case's state outside the circle.
#[must_use]
pub const fn coarse(state: State) -> &'static str {
    if state.is_open() { "Open" } else { "Closed" }
}

fn or_not_shown(words: Option<impl Into<String>>) -> AnyView {
    match words {
        Some(words) => words.into().into_any(),
        None => view! { <span class="sr">"not shown"</span> }.into_any(),
    }
}
