//! The decisions: approve in numbers and with the reference typed, send back, cancel, try again.

use super::{
    tried::{Act, Tried},
    words,
};
use crate::{
    app::runs::RunPage,
    domain::{
        plan::Action,
        run::{RunKind, RunState},
    },
    ui::{components::field::Field, pages::case::timeline::size, paths, render, shell::thousands},
};
use leptos::prelude::*;

/// Everything the reader may decide about the run as it stands.
pub(super) fn all(run: &RunPage, tried: &Tried) -> Option<impl IntoView + use<>> {
    let heading = match run.state {
        RunState::Planned if run.not_yours.is_none() => "Approve",
        RunState::Planned => "Approval",
        RunState::Packed => "Review",
        RunState::Stopped => "What to do",
        _ => "Cancel",
    };
    let class = if Act::Approve.offered(run) { "confirm" } else { "confirm calm" };
    let waits = matches!(run.state, RunState::Planned | RunState::Packed | RunState::Stopped);
    // a run that needs a new plan waits for nobody
    let goes_on = run.stop.is_none_or(crate::domain::run::Stop::may_go_on);
    let is_copy = run.kind == RunKind::Export && run.state == RunState::Stopped;
    let not_yours = run.not_yours.filter(|_| waits && goes_on && !is_copy).map(|says| view! { <p>{says}</p> });
    run.state.is_open().then(|| {
        view! {
            <section class=class aria-labelledby="h-decide">
                <h2 id="h-decide">{heading}</h2>
                {not_yours}
                {Act::Approve.offered(run).then(|| approve(run, tried))}
                {Act::Release.offered(run).then(|| release(run, tried))}
                {Act::Again.offered(run).then(|| again(run))}
                {Act::SendBack.offered(run).then(|| {
                    with_reason(run, tried, Act::SendBack, "What has to change? The one who asked will read it.", "Send back")
                })}
                {with_reason(run, tried, Act::Cancel, why_cancel(run), cancel_button(run.state))}
            </section>
        }
    })
}

/// A second person lets the package go, having seen what is in it by number.
fn release(run: &RunPage, tried: &Tried) -> impl IntoView + use<> {
    let id = Act::Release.id();
    let error = tried.problems.of(id).map(|says| {
        view! {
            <p class="error is-over" id=format!("{id}-error")><i class="mark" aria-hidden="true"></i>
                <span><span class="sr">"Error: "</span>{says}</span></p>
        }
    });
    let (bytes, rows) = run.package.as_ref().map_or((0, 0), |package| (package.bytes, package.rows()));
    let code = if run.verified_by.is_some() {
        "It opens only with a code. They confirmed nothing by a link, so they have none yet: its page sends them one."
    } else {
        "It opens only with the code that they were shown when they confirmed who they are."
    };
    view! {
        <p>"This sends the person a link to "<b>{words::rows(rows)}</b>" and "
            {words::files(run.files.count)}", one archive of "{size(bytes)}". "{code}</p>
        {error}
        <form method="post" action=paths::run(run.id)>
            <p class="acts"><button class="btn main" id=id name="do" value=Act::Release.code()>"Release to the person"</button></p>
        </form>
    }
}

const fn why_cancel(run: &RunPage) -> &'static str {
    match run.state {
        _ if matches!(run.kind, RunKind::Export) => "Why? Colleagues will read it. What was packed is destroyed.",
        RunState::Running | RunState::Approved => {
            "Why? It ends after the batch it is at; what was done until then stays done."
        }
        _ => "Why? Colleagues will read it.",
    }
}

const fn cancel_button(state: RunState) -> &'static str {
    if matches!(state, RunState::Planned) { "Cancel the plan" } else { "Cancel the run" }
}

fn approve(run: &RunPage, tried: &Tried) -> impl IntoView + use<> {
    let totals = run.plan.totals();
    let is_erasure = run.kind == RunKind::Erase;
    let others: i64 =
        run.plan.tables.iter().filter(|line| line.of_others && line.action == Action::Delete).map(|l| l.rows).sum();
    let mut what = words::rows(if is_erasure { totals.erased - others } else { totals.changed });
    if run.plan.files.count > 0 {
        what = format!("{what} and {}", words::files(run.plan.files.count));
    }
    let with_others =
        if others > 0 { format!(", {} of other people that hang on them", words::rows(others)) } else { String::new() };
    let sealed = if is_erasure && totals.sealed > 0 {
        format!(", seals {} until their day", words::rows(totals.sealed))
    } else {
        String::new()
    };
    let more = match totals.changed {
        _ if run.kind == RunKind::Correct => ". The values that stand there now are not kept.".to_owned(),
        _ if !is_erasure => ". Another run can change it back.".to_owned(),
        0 => format!("{with_others}{sealed}. It cannot be undone."),
        n => format!("{with_others}{sealed}, and changes {} more. It cannot be undone.", thousands(n)),
    };
    let (does, button) = if is_erasure { ("This erases", "erase") } else { ("This changes", "change") };
    let (button, counted) = match totals.erased {
        0 if is_erasure && totals.sealed > 0 => ("seal", totals.sealed),
        erased if is_erasure => (button, erased),
        _ => (button, totals.changed),
    };
    let button = format!("Approve and {button} {}", words::rows(counted));
    let problems = tried.problems.clone();
    let id = Act::Approve.id();
    let (invalid, described) = (problems.invalid(id), problems.described(id, true));
    // what was approved is the plan that was read, also when the form comes back
    let hash = Some(tried.value(Act::Approve, "scope_hash")).filter(|hash| !hash.is_empty());
    view! {
        <p>{does}" "<b>{what}</b>" of one person in "{run.product.clone()}{more}</p>
        <form id="approve" method="post" action=paths::run(run.id)>
            <input type="hidden" name="do" value=Act::Approve.code() />
            <input type="hidden" name="scope_hash" value=hash.unwrap_or_else(|| run.plan.scope_hash.clone()) />
            <div class="field">
                <label for=id>"Type the case reference to approve"</label>
                <span class="hint" id=format!("{id}-hint")>{run.reference.to_string()}</span>
                {problems.of(id).map(|says| view! {
                    <span class="error is-over" id=format!("{id}-error")><i class="mark" aria-hidden="true"></i>
                        <span><span class="sr">"Error: "</span>{says}</span></span>
                })}
                <input id=id name="typed" value=tried.value(Act::Approve, "typed") autocomplete="off" spellcheck="false"
                    aria-invalid=invalid aria-describedby=described />
            </div>
            <p class="acts"><button class="btn risk">{button}</button></p>
        </form>
    }
}

fn again(run: &RunPage) -> impl IntoView + use<> {
    view! {
        <form method="post" action=paths::run(run.id)>
            <p class="acts"><button class="btn main" id=Act::Again.id() name="do" value=Act::Again.code()>
                {Act::Again.label()}</button></p>
        </form>
    }
}

fn with_reason(
    run: &RunPage,
    tried: &Tried,
    act: Act,
    label: &'static str,
    button: &'static str,
) -> impl IntoView + use<> {
    let id = act.id();
    let problems = tried.problems.clone();
    let (invalid, described) = (problems.invalid(id), problems.described(id, false));
    let text = render::raw_text(&tried.value(act, "reason"));
    let says = match (act, run.state) {
        (Act::Cancel, RunState::Planned) => "Cancel the plan",
        (Act::Cancel, RunState::Running | RunState::Approved) if !run.kind.is_copy() => "Cancel between two batches",
        _ => act.label(),
    };
    view! {
        <details open=tried.is(act)>
            <summary>{says}</summary>
            <form method="post" action=paths::run(run.id)>
                <input type="hidden" name="do" value=act.code() />
                <Field id=id label problems>
                    <textarea id=id name="reason" rows="3" dir="auto" aria-invalid=invalid aria-describedby=described
                        inner_html=text></textarea>
                </Field>
                <p class="acts"><button class="btn">{button}</button></p>
            </form>
        </details>
    }
}
