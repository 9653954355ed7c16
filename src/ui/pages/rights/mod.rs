//! Which role may do what: the table of every address against every role, which a test walks, as a page.

pub mod server;
mod table;

pub use table::{COLUMNS, Expected, Row, table};

use crate::{
    domain::rights::{Act, Role},
    ui::{components::notice::Blank, paths},
};
use leptos::prelude::*;

/// The page; the link back leads to the people, where the reader manages them.
#[must_use]
pub fn page(manages_people: bool) -> AnyView {
    let rows = table();
    let (back, to) = if manages_people { ("← People", paths::PEOPLE) } else { ("← Policies", paths::POLICIES) };
    view! {
        <div class="head">
            <div>
                <a class="crumb quiet" href=to>{back}</a>
                <h1>"Which role may do what"</h1>
                <p class="byline"><span>{Act::ALL.len()}" rights"</span><span>{rows.len()}" addresses"</span></p>
            </div>
        </div>
        <p class="intro">"A role counts for all products or for one, as it was given: in another product it is worth nothing,
            and what lies there is told as if it did not exist. Of restricted cases only restricted responders of their product
            see anything but the clocks."</p>
        <h2 id="h-acts">"Rights"</h2>
        <p class="intro">"What each role is there for. A person with several roles may do what any of them may."</p>
        {acts()}
        <h2 id="h-addresses">"Addresses"</h2>
        <p class="intro">"What everybody gets who asks for an address of this console: “yes” is answered, “refused” is told
            that they may not, “no such page” is told that there is none. A test asks for each of them."</p>
        {if rows.is_empty() { view! { <Blank title="No table"><p>"This build has none."</p></Blank> }.into_any() } else { addresses(&rows) }}
    }
    .into_any()
}

fn acts() -> impl IntoView {
    let heads =
        Role::ALL.iter().map(|role| view! { <th role="columnheader" scope="col">{role.label()}</th> }).collect_view();
    let row = |act: &Act| {
        let act = *act;
        let cells = Role::ALL.iter().map(|role| {
            let may = role.allows(act);
            view! { <td role="cell" class=may.then_some("may")>{if may { "yes" } else { "no" }}</td> }
        });
        view! { <tr role="row"><th role="rowheader" scope="row">{act.label()}</th>{cells.collect_view()}</tr> }
    };
    view! {
        <div class="wide" tabindex="0" role="region" aria-labelledby="h-acts">
            <table role="table" class="rights" id="acts">
                <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">"Right"</th>{heads}</tr></thead>
                <tbody role="rowgroup">{Act::ALL.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn addresses(rows: &[Row]) -> AnyView {
    let heads = COLUMNS.map(|head| view! { <th role="columnheader" scope="col">{head}</th> }).collect_view();
    let row = |row: &Row| {
        let cells = row.expected.map(|expected| {
            let class = (expected == Expected::Yes).then_some("may");
            view! { <td role="cell" class=class>{expected.label()}</td> }
        });
        view! {
            <tr role="row">
                <th role="rowheader" scope="row">{row.says.clone()}
                    <small class="mono dim">{row.method.clone()}" "{row.path.clone()}</small></th>
                {cells.collect_view()}
            </tr>
        }
    };
    let group = |rows: &[Row]| {
        let under = rows.first().map(|row| sentence(&row.under));
        view! {
            <tbody role="rowgroup">
                <tr role="row"><th role="rowheader" scope="rowgroup" colspan="10" class="under">{under}</th></tr>
                {rows.iter().map(row).collect_view()}
            </tbody>
        }
    };
    let groups = rows.chunk_by(|a, b| a.under == b.under).map(group).collect_view();
    view! {
        <div class="wide" tabindex="0" role="region" aria-labelledby="h-addresses">
            <table role="table" class="rights" id="addresses">
                <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">"Address"</th>{heads}</tr></thead>
                {groups}
            </table>
        </div>
    }
    .into_any()
}

/// A heading of the file with its first letter large.
fn sentence(says: &str) -> String {
    let mut letters = says.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
