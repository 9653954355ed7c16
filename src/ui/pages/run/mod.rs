//! A run: its plan and who may approve it, how far it is, its receipt. One page from the first look to the last.

mod copy;
mod decide;
mod facts;
mod follow_ups;
pub mod plan;
pub mod progress;
mod receipt;
pub mod server;
pub mod tried;
pub mod words;

use crate::{
    app::runs::RunPage,
    domain::{
        rights::Actor,
        run::{RunKind, RunState},
    },
    ui::{
        components::{
            clock::HeadClock,
            error_box::ErrorBox,
            notice::{Meaning, Notice},
        },
        paths,
    },
};
use leptos::prelude::*;
use tried::Tried;

/// The words of the window's title.
#[must_use]
pub fn title(run: &RunPage) -> String {
    match run.state {
        RunState::Finished if !run.kind.is_copy() => format!("Receipt of run {}", run.id),
        RunState::Packed => format!("Review of run {}", run.id),
        RunState::Approved | RunState::Running => format!("Run {} at work", run.id),
        _ => format!("Plan of run {}", run.id),
    }
}

/// The page, for `me`.
#[must_use]
pub fn page(run: &RunPage, tried: &Tried, me: &Actor) -> AnyView {
    let done = tried.done.filter(|done| done.is_news(run.state));
    view! {
        <ErrorBox problems=tried.problems.clone() />
        {head(run)}
        {done.map(|done| view! { <Notice meaning=Meaning::Done lead=done.label() /> })}
        <div class="split">
            <div class="stack">{body(run, tried)}</div>
            <aside class="facts" aria-label="Facts of the run">{facts::all(run, me)}</aside>
        </div>
    }
    .into_any()
}

fn body(run: &RunPage, tried: &Tried) -> AnyView {
    let decide = run.may_work.then(|| decide::all(run, tried));
    let begun = !run.steps.is_empty();
    match run.state {
        RunState::Planned => view! {
            {plan::warnings(run, tried)}
            {plan::corrections(run)}
            {plan::table(run, "What will happen")}
            {decide}
        }
        .into_any(),
        RunState::Approved | RunState::Running => view! { {progress::page(run)}{decide} }.into_any(),
        RunState::Packed => view! { {copy::packed(run)}{decide} }.into_any(),
        RunState::Finished if run.kind == RunKind::Export => copy::released(run),
        RunState::Finished => receipt::page(run),
        RunState::Stopped => view! {
            {progress::stopped(run)}
            {(!begun).then(|| plan::warnings(run, tried))}
            {decide}
            {as_far_as_it_came(run)}
        }
        .into_any(),
        RunState::SentBack | RunState::Expired | RunState::Cancelled => {
            view! { {ended(run)}{as_far_as_it_came(run)} }.into_any()
        }
    }
}

/// What was done before it ended or stopped, or what would have been; and how it ran.
fn as_far_as_it_came(run: &RunPage) -> impl IntoView + use<> {
    let what = if run.kind == RunKind::Export {
        plan::table(run, "What would have been copied").into_any()
    } else if run.steps.is_empty() {
        plan::table(run, "What would have happened").into_any()
    } else {
        receipt::done(run, run.steps.iter().map(|step| step.files).sum()).into_any()
    };
    view! { {what}{progress::log(run)} }
}

/// Why nothing more comes of it.
fn ended(run: &RunPage) -> impl IntoView + use<> {
    let lead = match (run.state, &run.decided) {
        (RunState::SentBack, Some((name, _))) if run.kind == RunKind::Export => {
            format!("{name} sent this copy back; its file is destroyed.")
        }
        (RunState::SentBack, Some((name, _))) => format!("{name} sent this plan back."),
        (RunState::SentBack, None) => "This plan was sent back.".to_owned(),
        (RunState::Expired, _) if run.kind == RunKind::Export => {
            "Nobody looked at this copy in time; its file is destroyed.".to_owned()
        }
        _ if run.kind == RunKind::Export => "This copy was cancelled; what was packed is destroyed.".to_owned(),
        (RunState::Expired, _) => "Nobody approved this plan in time.".to_owned(),
        _ if run.steps.is_empty() => "This run was cancelled before it began.".to_owned(),
        _ => "This run was cancelled; what was done until then stays done.".to_owned(),
    };
    let reason = run.reason.clone().map(|reason| view! { <p class="words" dir="auto">{reason}</p> });
    let (case_open, may_work) = (run.case_open, run.may_work);
    let position = words::position(run).filter(|_| run.state == RunState::Cancelled);
    let again = if position.is_some() { "Go on with a new plan of what is left" } else { "Make a new one" };
    let plan = paths::plan(run.reference);
    view! {
        <Notice meaning=Meaning::Info lead>
            {position.map(|says| view! { <p>{says}</p> })}
            {reason}
            {(case_open && may_work).then(|| view! { <p><a href=plan>{again}</a></p> })}
        </Notice>
    }
}

fn head(run: &RunPage) -> impl IntoView + use<> {
    let heading = match run.state {
        RunState::Finished => format!("Receipt of run {}", run.id),
        RunState::Planned => format!("Plan of run {}: {} {}", run.id, words::does(run.kind), run.product),
        _ => format!("Run {}: {} {}", run.id, words::does(run.kind), run.product),
    };
    let ended = matches!(run.state, RunState::Finished | RunState::SentBack | RunState::Expired | RunState::Cancelled);
    let download = (run.receipt.is_some() && run.sees_case).then(|| {
        view! { <a class="btn" href=paths::receipt(run.id) download="">"Download receipt"</a> }
    });
    let acts = ended.then(|| {
        view! {
            <div class="acts">
                {download}
                {run.sees_case.then(|| view! { <a class="btn main" href=paths::case(run.reference)>"Back to the case"</a> })}
            </div>
        }
    });
    view! {
        <div class="head">
            <div>
                {back(run)}
                <h1>{heading}</h1>
                <p class="byline">
                    <span class=words::state_class(run.state)>
                        <i class="mark" aria-hidden="true"></i>{run.kind.stands(run.state)}</span>
                    <span>{format!("Made by {}, {}", run.asked_by.1, run.asked_at.in_words(run.zone))}</span>
                    {times(run).map(|says| view! { <span>{says}</span> })}
                    {follow_ups::repeats(run)}
                </p>
                {run.case_open.then(|| view! { <HeadClock clocks=run.clocks.clone() now=run.now /> })}
            </div>
            {acts}
        </div>
    }
}

/// The way back: to the case, or to the runs for who sees no case.
fn back(run: &RunPage) -> impl IntoView + use<> {
    let says = format!("{} {}", run.reference, run.about);
    if run.sees_case {
        view! { <a class="crumb quiet" href=paths::case(run.reference)>{format!("← {says}")}</a> }.into_any()
    } else {
        view! { <a class="crumb quiet" href=paths::RUNS>"← Runs"</a><p class="byline"><span>{says}</span></p> }
            .into_any()
    }
}

/// Until when it waits, or when it ran.
fn times(run: &RunPage) -> Option<String> {
    match (run.state, run.started_at, run.ended_at) {
        (RunState::Planned | RunState::Packed, _, _) => Some(format!("Open until {}", run.expires_at.short(run.zone))),
        (RunState::Finished, Some(start), Some(end)) => {
            Some(format!("Ran {} to {}", start.short(run.zone), end.local(run.zone).format("%H:%M %Z")))
        }
        (_, Some(start), None) => Some(format!("Begun {}", start.short(run.zone))),
        (_, _, Some(end)) => Some(format!("Ended {}", end.short(run.zone))),
        _ => None,
    }
}
