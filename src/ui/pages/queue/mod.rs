//! The queue: cases by the clock that binds, grouped by urgency; filters stand in the address.

mod groups;
pub mod parts;
pub mod server;

use crate::{
    app::queue::{BulkOutcome, QueueFilter, QueuePage, View},
    domain::identity::Reference,
    ui::{
        components::{
            error_box::ErrorBox,
            notice::{Blank, Meaning, Notice},
            rows::CaseRow,
        },
        form::Problems,
        islands::Selection,
        paths,
        shell::counted,
    },
};
use leptos::{either::Either, prelude::*};

/// What is said above the list after a button was pressed.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// How many cases got a new owner, if somebody just assigned some.
    pub assigned: Option<usize>,
    /// Cases that did not, each with the reason.
    pub skipped: Vec<String>,
    /// What is wrong with what was asked.
    pub problems: Problems,
    /// Cases that stay picked, so that nobody has to pick them again.
    pub picked: Vec<Reference>,
}

impl Said {
    /// What came of assigning many.
    #[must_use]
    pub fn of(outcome: &BulkOutcome) -> Self {
        let skipped = outcome.skipped.iter().map(|(reference, why)| format!("{reference}: {why}")).collect();
        Self { assigned: Some(outcome.done), skipped, ..Self::default() }
    }
}

/// The page.
#[must_use]
pub fn page(queue: &QueuePage, said: &Said) -> AnyView {
    let when = queue.now.local(queue.zone).format("%a %-d %b %Y, %H:%M %Z").to_string();
    let total = counted(queue.total);
    let empty = queue.rows.is_empty();
    let body = if empty { Either::Left(blank(&queue.filter)) } else { Either::Right(list(queue, said)) };
    view! {
        <div class="head">
            <div>
                <h1>"Queue"</h1>
                <p class="byline"><span>{total}" "{if queue.total.n == 1 { "case" } else { "cases" }}</span>
                    <span>{when}</span></p>
            </div>
            {queue.may_assign.then(|| view! {
                <div class="acts"><a class="btn main" href=paths::NEW_CASE>"New case"</a></div>
            })}
        </div>
        {notices(said)}
        {parts::views(queue)}
        {parts::filters(queue)}
        {body}
    }
    .into_any()
}

fn notices(said: &Said) -> impl IntoView + use<> {
    let skipped = said.skipped.clone();
    let lead =
        said.assigned.map(|n| if n == 1 { "1 case assigned.".to_owned() } else { format!("{n} cases assigned.") });
    let meaning = if skipped.is_empty() { Meaning::Done } else { Meaning::Warning };
    let rest = (!skipped.is_empty()).then(|| {
        let lines = skipped.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        view! { <p>"These were not:"</p><ul>{lines}</ul> }
    });
    view! {
        <ErrorBox problems=said.problems.clone() />
        {lead.map(|lead| view! { <Notice meaning lead>{rest}</Notice> })}
    }
}

fn list(queue: &QueuePage, said: &Said) -> impl IntoView + use<> {
    let now = queue.now;
    let groups = groups::grouped(queue)
        .into_iter()
        .map(|group| {
            let rows = group
                .rows
                .into_iter()
                .map(|row| {
                    let picked = said.picked.contains(&row.reference);
                    view! { <CaseRow row now pick=true picked /> }
                })
                .collect_view();
            view! {
                <tbody role="rowgroup">
                    <tr role="row" class="group">
                        <th role="rowheader" scope="rowgroup" colspan="8">{group.title}" "
                            <span class="faint">{group.count}</span></th>
                    </tr>
                    {rows}
                </tbody>
            }
        })
        .collect_view();
    let here = paths::queue(&queue.filter);
    view! {
        <form class="queue cases" method="post" action=here aria-label="Cases">
            <table role="table" class="rows sticky" id="cases">
                <caption class="sr">
                    "Cases, by the clock that binds. Of restricted cases only the clocks are shown."</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="tick-cell"><span class="sr">"Select"</span>
                            <Selection /></th>
                        <th role="columnheader" scope="col">"Reference"</th>
                        <th role="columnheader" scope="col">"From and about"</th>
                        <th role="columnheader" scope="col">"Kind"</th>
                        <th role="columnheader" scope="col" class="c-product">"Product"</th>
                        <th role="columnheader" scope="col">"State"</th>
                        <th role="columnheader" scope="col" class="c-owner">"Owner"</th>
                        <th role="columnheader" scope="col" aria-sort="ascending">"Binding clock"</th>
                    </tr>
                </thead>
                {groups}
            </table>
            {queue.may_assign.then(|| parts::batch(queue, &said.problems))}
            {parts::pager(queue)}
        </form>
    }
}

fn blank(filter: &QueueFilter) -> impl IntoView + use<> {
    let plain = QueueFilter { view: filter.view, ..QueueFilter::default() };
    if *filter == QueueFilter::default() {
        return Either::Left(view! {
            <Blank title="Nothing is open">
                <p>"All cases are closed. New mail to your addresses appears here as soon as it is read."</p>
                <div class="acts">
                    <a class="btn" href=paths::view(View::Closed)>"See closed cases"</a>
                    <a class="btn" href=paths::NEW_CASE>"Enter a case by hand"</a>
                </div>
            </Blank>
        });
    }
    let filtered = *filter != plain;
    let plain_view = QueueFilter { view: filter.view, ..QueueFilter::default() };
    let (title, says) = if filter.q.is_empty() && *filter != plain_view {
        ("No case matches this filter".to_owned(), "Layer and duty are those of the clock that binds.")
    } else if filter.q.is_empty() {
        (format!("No case in “{}”", filter.view.label()), "Nothing here needs you just now.")
    } else {
        (format!("No case matches “{}”", filter.q), "Search finds names, addresses, subject lines and references.")
    };
    Either::Right(view! {
        <Blank title>
            <p>{says}</p>
            <div class="acts">
                {filtered.then(|| view! { <a class="btn" href=paths::queue(&plain)>"Clear the filter"</a> })}
                <a class="btn" href=paths::QUEUE>"See all open cases"</a>
            </div>
        </Blank>
    })
}
