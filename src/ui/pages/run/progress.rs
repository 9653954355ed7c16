//! A run under way: what the island shows, and the way to look again without it.

use super::words;
use crate::{
    app::runs::{self, RunPage, RunStep},
    domain::{
        run::{RunKind, RunState},
        time::Instant,
    },
    ui::{
        components::notice::{Meaning, Notice},
        islands::{Line, Progress, RunProgress, Step},
        paths,
        shell::thousands,
    },
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// How far it is, as it stands on the page.
pub(super) fn page(run: &RunPage) -> AnyView {
    let shown = runs::Progress {
        kind: run.kind,
        state: run.state,
        steps: run.steps.clone(),
        log: run.log.clone(),
        zone: run.zone,
    };
    view! {
        <p class="hint">"This goes on whether or not anybody watches. "
            <a href=paths::run(run.id)>"Load again"</a></p>
        <RunProgress run=run.id.to_string() shown=told(&shown) />
    }
    .into_any()
}

/// How far a run is, in words.
#[must_use]
pub fn told(run: &runs::Progress) -> Progress {
    let (done, found) = sum(&run.steps);
    let at_work = match run.kind {
        // tables are packed one after the other, and ended together
        RunKind::Export => run.steps.iter().find(|step| step.done < step.found),
        _ => run.steps.iter().find(|step| !step.ended && (step.found > 0 || step.done > 0)),
    };
    let now = match (run.state, at_work) {
        (RunState::Approved, _) => "About to begin.".to_owned(),
        (_, Some(step)) => format!("Now at {}.", step.table),
        (_, None) if run.kind == RunKind::Export => "Sealing the package and reading it once more.".to_owned(),
        _ => "Looking once more for what may be left.".to_owned(),
    };
    Progress {
        done,
        found,
        says: format!("{} of {}", thousands(done), words::rows(found)),
        now,
        steps: run.steps.iter().filter(|step| step.found > 0 || step.done > 0).map(step).collect(),
        log: run.log.iter().map(|(at, says)| line(*at, says, run.zone)).collect(),
        over: !matches!(run.state, RunState::Approved | RunState::Running),
    }
}

/// Rows done and rows to do in all.
fn sum(steps: &[RunStep]) -> (i64, i64) {
    (steps.iter().map(|step| step.done).sum(), steps.iter().map(|step| step.found.max(step.done)).sum())
}

fn step(step: &RunStep) -> Step {
    Step {
        table: step.table.clone(),
        does: words::doing(step),
        done: format!("{} of {}", thousands(step.done), thousands(step.found.max(step.done))),
        files: if step.files > 0 { thousands(step.files) } else { String::new() },
        ended: step.ended,
    }
}

fn line(at: Instant, says: &str, zone: Tz) -> Line {
    Line { at: at.rfc3339(), time: at.local(zone).format("%-d %b, %H:%M:%S").to_string(), says: says.to_owned() }
}

/// How it ran, for a run that has ended.
pub(super) fn log(run: &RunPage) -> impl IntoView + use<> {
    let lines = run
        .log
        .iter()
        .map(|(at, says)| {
            let line = line(*at, says, run.zone);
            view! {
                <li class="small-event">
                    <span class="dot"></span>
                    <p class="event">{line.says}" "<time class="at" datetime=line.at>{line.time}</time></p>
                </li>
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="h-ran">
            <h2 id="h-ran">"How it ran"</h2>
            <ol class="line">{lines}</ol>
        </section>
    }
}

/// What stopped a run, and what to do.
pub(super) fn stopped(run: &RunPage) -> AnyView {
    let Some(stop) = run.stop else { return ().into_any() };
    let what_next = if stop.may_go_on() {
        "Clear up what stopped it, then let it go on where it stands. That takes a second person again."
    } else if run.started_at.is_some() {
        "This run cannot go on. Cancel it, then make a new plan from the case; what was done stays done."
    } else {
        "Nothing was done. Clear up what stands below, cancel this run, then make a new plan from the case."
    };
    let lead = format!("{}.", stop.label());
    let position = words::position(run).map(|says| view! { <p>{says}</p> });
    view! { <Notice meaning=Meaning::Trouble lead>{position}<p>{what_next}</p></Notice> }.into_any()
}
