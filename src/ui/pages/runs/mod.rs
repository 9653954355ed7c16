//! Runs: those that wait for somebody or are under way, and the last ones that ended; plans approved together, and ahead.

pub mod approve;
pub mod server;
pub mod standing;
mod together;

use crate::{
    app::{queue::View, retention::Waiting, runs::RunLine},
    domain::run::RunState,
    domain::time::Instant,
    ui::{
        components::notice::Blank,
        pages::{requester::waiting, run::words},
        paths,
        shell::{counted, thousands},
    },
};
use chrono_tz::Tz;
use leptos::{either::Either, prelude::*};

/// The two lists, and the moment and zone that the page speaks of.
#[derive(Debug, Clone)]
pub struct Runs {
    /// Open ones, oldest first.
    pub open: Vec<RunLine>,
    /// The last that ended, newest first.
    pub ended: Vec<RunLine>,
    /// Requesters to be erased from here, oldest first.
    pub erasures: Vec<Waiting>,
    /// True where the reader approves runs.
    pub approves: bool,
    /// True where the reader sees cases, and standing approvals of them.
    pub sees_cases: bool,
    /// Now.
    pub now: Instant,
    /// The zone of its dates.
    pub zone: Tz,
}

/// The page.
#[must_use]
pub fn page(runs: &Runs) -> AnyView {
    let open = crate::app::queue::Count::capped(i64::try_from(runs.open.len()).unwrap_or(0));
    let when = runs.now.local(runs.zone).format("%a %-d %b %Y, %H:%M %Z").to_string();
    view! {
        <div class="head">
            <div>
                <h1>"Runs"</h1>
                <p class="byline"><span>{counted(open)}" open"</span><span>{when}</span></p>
            </div>
            <div class="acts">
                {runs.sees_cases.then(|| view! { <a class="btn" href=paths::STANDING>"Standing approvals"</a> })}
                {runs.approves.then(|| view! { <a class="btn" href=paths::APPROVE>"Approve several"</a> })}
            </div>
        </div>
        <div class="stack">
            <section aria-labelledby="h-open">
                <h2 id="h-open">"Open"</h2>
                {if runs.open.is_empty() { Either::Left(none_open(runs.sees_cases)) } else { Either::Right(table(runs, &runs.open, "Open runs, oldest first", false)) }}
            </section>
            {waiting(&runs.erasures, runs.zone)}
            <section aria-labelledby="h-ended">
                <h2 id="h-ended">"Ended"</h2>
                {if runs.ended.is_empty() { Either::Left(none_ended()) } else { Either::Right(table(runs, &runs.ended, "The last runs that ended, newest first", true)) }}
            </section>
        </div>
    }
    .into_any()
}

fn none_open(sees_cases: bool) -> impl IntoView {
    view! {
        <Blank title="No run waits for anybody">
            <p>"A run is begun from a case that asks for a copy, for erasure or for a choice about the use of data, once the person is verified. A second person approves it, or looks at a packed copy, here."</p>
            {sees_cases.then(|| view! {
                <div class="acts"><a class="btn" href=paths::view(View::Mine)>"See my cases"</a>
                    <a class="btn" href=paths::QUEUE>"See all open cases"</a></div>
            })}
        </Blank>
    }
}

fn none_ended() -> impl IntoView {
    view! { <p class="dim">"No run has ended yet. Receipts of finished runs are found here."</p> }
}

fn table(runs: &Runs, lines: &[RunLine], caption: &'static str, ended: bool) -> impl IntoView + use<> {
    let rows = lines.iter().map(|line| row(runs, line, ended)).collect_view();
    view! {
        <table role="table" class="runs">
            <caption class="sr">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Run"</th>
                    <th role="columnheader" scope="col" class="c-case">"Case"</th>
                    <th role="columnheader" scope="col" class="c-product">"Product"</th>
                    <th role="columnheader" scope="col" class="c-state">"State"</th>
                    <th role="columnheader" scope="col" class="c-by">"Asked by"</th>
                    <th role="columnheader" scope="col" class="c-at">{if ended { "Ended" } else { "Asked" }}</th>
                    <th role="columnheader" scope="col" class="num">{if ended { "Rows" } else { "Rows to do" }}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

fn row(runs: &Runs, line: &RunLine, ended: bool) -> impl IntoView + use<> {
    let (zone, reference) = (runs.zone, line.reference.to_string());
    let case = if runs.sees_cases {
        Either::Left(view! { <a class="quiet" href=paths::case(line.reference)>{reference}</a> })
    } else {
        Either::Right(reference)
    };
    let at = if ended { line.ended_at.unwrap_or(line.asked_at) } else { line.asked_at };
    // a run that ended otherwise than finished did nothing of what was planned, or not all
    let rows = if ended && line.state != RunState::Finished { "–".to_owned() } else { thousands(line.rows) };
    let why = line.stop.map(|stop| view! { <small class="dim">{stop.label()}</small> });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><a href=paths::run(line.id)>{line.id.to_string()}</a>" "<small class="dim">{line.kind.label().to_lowercase()}</small></th>
            <td role="cell" class="c-case">{case}</td>
            <td role="cell" class="c-product">{line.product.clone()}</td>
            <td role="cell" class="c-state"><span class=words::state_class(line.state)>
                <i class="mark" aria-hidden="true"></i>{line.kind.stands(line.state)}</span>{why}</td>
            <td role="cell" class="c-by">{line.asked_by.clone()}</td>
            <td role="cell" class="c-at"><time datetime=at.rfc3339()>{at.short(zone)}</time></td>
            <td role="cell" class="num">{rows}</td>
        </tr>
    }
}
