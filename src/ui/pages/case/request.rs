//! What is asked for on its way, an erasure, a copy or a change: the act that begins it, what is missing before that, and the run
//! that came of it.

use super::tried::{Act, Tried};
use crate::{
    app::case_page::Full,
    domain::{
        copy::CopyForm,
        identity::RunId,
        run::{RunKind, RunState},
    },
    ui::{
        components::notice::{Meaning, Notice},
        pages::run::words,
        paths,
    },
};
use leptos::prelude::*;

/// True where it is to be begun now; it is then what the case is about, and its button the main one.
pub(super) fn may_plan(full: &Full) -> bool {
    wants(full) && full.case.verified.is_some() && full.looks_up && (may_repeat(full) || finished(full).is_none())
}

/// True where one run does not make the next senseless: a person may have another copy.
fn may_repeat(full: &Full) -> bool {
    full.answer == Some(RunKind::Export)
}

/// True while a run is asked for and none is open.
fn wants(full: &Full) -> bool {
    full.answer.is_some() && full.case.state.is_open() && full.case.run.is_none()
}

/// The run that was finished last.
pub(super) fn finished(full: &Full) -> Option<RunId> {
    full.runs.iter().find(|(_, _, state)| *state == RunState::Finished).map(|(run, ..)| *run)
}

/// How a page speaks of what is asked for.
struct Words {
    button: &'static str,
    unverified: &'static str,
    by_hand: &'static str,
}

const fn words(full: &Full) -> Words {
    match full.answer {
        Some(RunKind::Export) => Words {
            button: match full.least_copy {
                CopyForm::Full => "Make the copy",
                CopyForm::Summary => "Make the summary",
                CopyForm::Portable => "Make the portable copy",
            },
            unverified: "Verify the person before the copy is made.",
            by_hand: "Nothing can be looked up. Answer by hand, or have an administrator set one in the configuration.",
        },
        Some(RunKind::Restrict | RunKind::Release | RunKind::OptOut | RunKind::OptIn | RunKind::Correct) => Words {
            button: "Plan the change",
            unverified: "Verify the person before the change is planned.",
            by_hand: "Nothing can be planned. Change it by hand, or have an administrator set one in the configuration.",
        },
        _ => Words {
            button: "Plan the erasure",
            unverified: "Verify the person before the erasure is planned.",
            by_hand: "Nothing can be planned. Erase by hand, or have an administrator set one in the configuration.",
        },
    }
}

/// The act of the head.
pub(super) fn plan(full: &Full, tried: &Tried) -> Option<AnyView> {
    let act = Act::Plan;
    let chooses = |class: &'static str, says: &'static str| {
        view! { <a class=class href=paths::plan(full.case.reference)>{says}</a> }
    };
    let may = wants(full) && full.case.verified.is_some() && full.looks_up;
    if may && !may_plan(full) && !tried.is(act) {
        let says = if full.answer == Some(RunKind::Restrict) { "Lift the restriction" } else { "Plan another run" };
        return Some(chooses("btn", says).into_any());
    }
    if may_plan(full) && full.answer == Some(RunKind::Correct) {
        return Some(chooses("btn main", "Propose corrections").into_any());
    }
    let in_parts = may_plan(full) && full.answer.is_some_and(RunKind::may_be_limited);
    // what is wrong with a try is told at its button, also where it would not be offered
    (may_plan(full) || tried.is(act)).then(|| {
        view! {
            {in_parts.then(|| chooses("btn", "Choose a part"))}
            <form class="inline" method="post" action=paths::case(full.case.reference)>
                <input type="hidden" name="seen" value=tried.seen(act, full.case.seq) />
                <button class="btn main" id=act.id("") name="do" value=act.code()>
                    {tried.button(act, words(full).button, "Do it anyway")}</button>
                {fuller(full)}
            </form>
        }
        .into_any()
    })
}

/// Where the law is content with a summary, the choice to give more.
fn fuller(full: &Full) -> Option<impl IntoView + use<>> {
    let summary = full.answer == Some(RunKind::Export) && full.least_copy == CopyForm::Summary;
    summary.then(|| {
        view! { <label><input type="checkbox" name="full" value="1" />" with all records, not only a summary"</label> }
    })
}

/// Where the erasure stands, above the timeline: what is missing, or the run and what it waits for.
pub(super) fn stand(full: &Full, tried: &Tried) -> Option<AnyView> {
    if full.answer.is_none() || !full.case.state.is_open() || tried.done.is_some() {
        return None;
    }
    if let Some(run) = full.case.run {
        let state = full.runs.iter().find(|(id, ..)| *id == run).map(|(_, _, state)| *state);
        return Some(open_run(run, state));
    }
    if finished(full).is_some() && !may_repeat(full) {
        let letter = if full.closing.is_some() { "#letter" } else { "#text" };
        let says =
            view! { <p>"What is left is the letter to the person. "<a href=letter>"Read it and send it"</a></p> };
        let lead = if full.answer == Some(RunKind::Erase) {
            "The erasure is finished and verified."
        } else {
            "The change is made and verified."
        };
        return Some(view! { <Notice meaning=Meaning::Info lead>{says}</Notice> }.into_any());
    }
    let (unverified, shows_code) = (words(full).unverified, may_repeat(full));
    if full.case.verified.is_none() {
        return Some(
            view! {
                <Notice meaning=Meaning::Info lead=unverified>
                    <p>"Have the account’s holder confirm by a link, or decide yourself; both stand behind “Verify”."</p>
                    {shows_code.then(|| view! {
                        <p>"The page of the link also shows the code that opens the copy; nobody else sees it."</p>
                    })}
                </Notice>
            }
            .into_any(),
        );
    }
    let by_hand = words(full).by_hand;
    (!full.looks_up).then(|| {
        view! {
            <Notice meaning=Meaning::Info lead="This product has no generation database here.">
                <p>{by_hand}</p>
            </Notice>
        }
        .into_any()
    })
}

fn open_run(run: RunId, state: Option<RunState>) -> AnyView {
    let (meaning, lead, rest) = match state {
        Some(RunState::Approved | RunState::Running) => {
            (Meaning::Info, format!("Run {run} is at work."), "See how far it is")
        }
        Some(RunState::Packed) => {
            (Meaning::Info, format!("The copy is packed by run {run} and waits for review."), "See what is in it")
        }
        Some(RunState::Stopped) => (Meaning::Trouble, format!("Run {run} stopped."), "See why, and decide about it"),
        _ => (Meaning::Info, format!("Run {run} waits for approval."), "Read the plan"),
    };
    view! { <Notice meaning lead><p><a href=paths::run(run)>{rest}</a></p></Notice> }.into_any()
}

/// The runs of the case, as a section of the facts; nothing where there is none.
pub(super) fn runs(full: &Full) -> Option<impl IntoView + use<>> {
    let lines = full
        .runs
        .iter()
        .map(|(run, kind, state)| {
            view! {
                <li><a href=paths::run(*run)>{format!("Run {run}")}</a>" "
                    <span class=words::state_class(*state)><i class="mark" aria-hidden="true"></i>{kind.stands(*state)}</span></li>
            }
        })
        .collect_view();
    (!full.runs.is_empty()).then(|| {
        view! {
            <section aria-labelledby="h-runs"><h2 id="h-runs">"Runs"</h2><ul class="plain">{lines}</ul></section>
        }
    })
}
