//! How far a run is: drawn by the server, and drawn again every moment while somebody watches.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The table.
    pub table: String,
    /// What is done with its rows.
    pub does: String,
    /// Rows done of those found, as it is written.
    pub done: String,
    /// Files removed; empty for none.
    pub files: String,
    /// True when nothing of it is left.
    pub ended: bool,
}

/// A line of how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// For machines.
    pub at: String,
    /// For people.
    pub time: String,
    /// What happened.
    pub says: String,
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Rows done.
    pub done: i64,
    /// Rows to do in all.
    pub found: i64,
    /// The two in words.
    pub says: String,
    /// What is done just now, in words.
    pub now: String,
    /// The steps that have anything to do, in order.
    pub steps: Vec<Step>,
    /// How it went, oldest first.
    pub log: Vec<Line>,
    /// True when the page has something else to show by now.
    pub over: bool,
}

/// Tells how far a run is.
///
/// # Errors
/// When the run is not the person's to see, or the house cannot tell now.
#[server(name = ProgressToTell, prefix = "/api", endpoint = "run_progress")]
pub async fn tell_progress(
    /// `E-12`.
    run: String,
) -> Result<Progress, ServerFnError> {
    use crate::{
        app::{App, runs},
        domain::rights::Actor,
        ui::pages::run::progress,
    };
    let refused = || ServerFnError::new("how far it is was not told");
    let app = use_context::<App>().ok_or_else(refused)?;
    let actor = use_context::<Actor>().ok_or_else(refused)?;
    let run = run.parse().map_err(|_| refused())?;
    let told = runs::run_progress(&app, &actor, run).await.map_err(|error| {
        tracing::info!(%error, "how far a run is was not told");
        crate::ui::answer::tell(&error);
        refused()
    })?;
    Ok(progress::told(&told))
}

/// The bar, the steps and the log of a run under way.
#[island]
pub fn RunProgress(
    /// `E-12`.
    run: String,
    /// How far it was when the page was made.
    shown: Progress,
) -> impl IntoView {
    let progress = RwSignal::new(shown);
    let trouble = RwSignal::new("");
    #[cfg(feature = "hydrate")]
    browser::watch(run, progress, trouble);
    #[cfg(not(feature = "hydrate"))]
    drop(run);
    let steps = move || progress.with(|now| now.steps.iter().cloned().map(row).collect_view());
    let log = move || progress.with(|now| now.log.iter().cloned().map(line).collect_view());
    view! {
        <section class="run-bar" aria-labelledby="h-far">
            <div class="title-row">
                <h2 id="h-far">"How far it is"</h2>
                <span class="dim">{move || progress.with(|now| now.says.clone())}</span>
            </div>
            <progress aria-labelledby="h-far" max=move || progress.with(|now| now.found.max(1))
                value=move || progress.with(|now| now.done)></progress>
            <p class="small dim" role="status">{move || progress.with(|now| now.now.clone())}" "{move || trouble.get()}</p>
        </section>
        <section aria-labelledby="h-steps" hidden=move || progress.with(|now| now.steps.is_empty())>
            <h2 id="h-steps">"Steps"</h2>
            <table role="table" class="plan">
                <caption class="sr">"Rows done of those found, per step"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Table"</th>
                        <th role="columnheader" scope="col" class="how">"Action"</th>
                        <th role="columnheader" scope="col" class="num">"Rows done"</th>
                        <th role="columnheader" scope="col" class="num why">"Files"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{steps}</tbody>
            </table>
        </section>
        <section aria-labelledby="h-ran">
            <h2 id="h-ran">"How it ran"</h2>
            <ol class="line">{log}</ol>
        </section>
    }
}

fn row(step: Step) -> impl IntoView {
    let (class, spoken) = if step.ended { ("tag is-ok is-met", "Done") } else { ("tag todo", "To do") };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><span class="mono">{step.table}</span></th>
            <td role="cell" class="how">{step.does}</td>
            <td role="cell" class="num"><span class=class><i class="mark" aria-hidden="true"></i>
                <span class="sr">{spoken}": "</span>{step.done}</span></td>
            <td role="cell" class="num why">{step.files}</td>
        </tr>
    }
}

fn line(line: Line) -> impl IntoView {
    view! {
        <li class="small-event">
            <span class="dot"></span>
            <p class="event">{line.says}" "<time class="at" datetime=line.at>{line.time}</time></p>
        </li>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{Progress, tell_progress};
    use leptos::{prelude::*, task::spawn_local};
    use std::time::Duration;

    const PAUSE: Duration = Duration::from_millis(1500);
    /// A form that somebody has opened is not taken from under their hands.
    const BUSY: &str = "main details[open] form";

    pub fn watch(run: String, progress: RwSignal<Progress>, trouble: RwSignal<&'static str>) {
        set_timeout(move || ask(run, progress, trouble), PAUSE);
    }

    /// Asks once, and again a moment after the answer: never twice at a time.
    fn ask(run: String, progress: RwSignal<Progress>, trouble: RwSignal<&'static str>) {
        spawn_local(async move {
            match tell_progress(run.clone()).await {
                Ok(now) if now.over => return end(progress, trouble, now),
                Ok(now) => {
                    progress.set(now);
                    trouble.set("");
                }
                Err(_) => trouble.set("These numbers could not be brought up to date; load the page again."),
            }
            watch(run, progress, trouble);
        });
    }

    fn end(progress: RwSignal<Progress>, trouble: RwSignal<&'static str>, now: Progress) {
        progress.set(now);
        if document().query_selector(BUSY).is_ok_and(|form| form.is_none()) {
            // whoever cannot be shown the new page reads that there is one
            if window().location().reload().is_ok() {
                return;
            }
        }
        trouble.set("It has ended; load the page again to see how.");
    }
}
