//! Several plans to approve at once: each with its numbers and warnings, one box each, one number typed.

use crate::{
    app::runs::{BatchDone, Waiting},
    ui::{
        components::{
            error_box::ErrorBox,
            field::Field,
            notice::{Blank, Meaning, Notice},
        },
        form::{Fields, Problems},
        pages::run::{plan::remark, words},
        paths,
        shell::thousands,
    },
};
use leptos::prelude::*;

/// What the page knows of a form that was sent.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// What was ticked and typed.
    pub typed: Fields,
    /// What is wrong with it.
    pub problems: Problems,
    /// What became of it.
    pub done: Option<BatchDone>,
}

/// The value of the box of a plan: the run and the hash of the plan that was read.
#[must_use]
pub fn box_of(one: &Waiting) -> String {
    format!("{}:{}", one.line.id, one.scope_hash)
}

/// The page.
#[must_use]
pub fn page(waiting: &[Waiting], sent: &Sent) -> AnyView {
    let rows: i64 = waiting.iter().map(|one| one.line.rows).sum();
    let body = if waiting.is_empty() {
        view! {
            <Blank title="No plan waits for your approval">
                <p>"Plans that you asked for yourself wait for somebody else, those of restricted cases for their own page."</p>
                <div class="acts"><a class="btn" href=paths::RUNS>"See all runs"</a></div>
            </Blank>
        }
        .into_any()
    } else {
        list(waiting, sent)
    };
    view! {
        <ErrorBox problems=sent.problems.clone() />
        <div class="head">
            <div>
                <a class="crumb quiet" href=paths::RUNS>"← Runs"</a>
                <h1>"Approve several plans"</h1>
                <p class="byline"><span>{waiting.len()}" wait for you"</span><span>{words::rows(rows)}</span></p>
            </div>
        </div>
        {sent.done.as_ref().map(outcome)}
        {body}
    }
    .into_any()
}

fn outcome(done: &BatchDone) -> impl IntoView + use<> {
    let lead = match done.approved {
        1 => "1 plan is approved. It begins by itself.".to_owned(),
        n => format!("{n} plans are approved. They begin by themselves."),
    };
    let lines = done.refused.iter().map(|(run, says)| {
        view! { <li><a href=paths::run(*run)>{run.to_string()}</a>": "{says.clone()}</li> }
    });
    let lines = lines.collect_view();
    let refused = (!done.refused.is_empty()).then(|| {
        view! { <p>"Not approved, and still waiting:"</p><ul class="plain">{lines}</ul> }
    });
    let meaning = if done.refused.is_empty() { Meaning::Done } else { Meaning::Trouble };
    view! { <Notice meaning lead>{refused}</Notice> }
}

fn list(waiting: &[Waiting], sent: &Sent) -> AnyView {
    let lines = waiting.iter().map(|one| line(one, sent)).collect_view();
    let (invalid, described) = (sent.problems.invalid("typed"), sent.problems.described("typed", true));
    let typed = sent.typed.text("typed");
    let wrong = sent.problems.of("run").map(|says| {
        view! {
            <p class="error is-over"><i class="mark" aria-hidden="true"></i>
                <span><span class="sr">"Error: "</span>{says}</span></p>
        }
    });
    view! {
        <form class="stack together" method="post" action=paths::APPROVE>
            <section aria-labelledby="h-plans">
                <h2 id="h-plans" tabindex="-1">"Plans, oldest first"</h2>
                {wrong}
                <ul class="plain plans" id="run" tabindex="-1">{lines}</ul>
            </section>
            <section class="confirm" aria-labelledby="h-confirm">
                <h2 id="h-confirm">"Approve those that are ticked"</h2>
                <p>"Each is approved as it stands here, by its own scope hash. What has changed since stops and asks again. An erasure cannot be undone."</p>
                <Field id="typed" label="How many plans do you approve?" hint="Type the number, for example 12."
                    problems=sent.problems.clone()>
                    <input id="typed" name="typed" inputmode="numeric" autocomplete="off" value=typed
                        aria-invalid=invalid aria-describedby=described />
                </Field>
                <p class="acts"><button class="btn risk">"Approve the ticked plans"</button></p>
            </section>
        </form>
    }
    .into_any()
}

fn line(one: &Waiting, sent: &Sent) -> impl IntoView + use<> {
    let value = box_of(one);
    let checked = sent.typed.all("run").any(|ticked| ticked == value);
    let mut does = vec![format!("{} {}", words::does(one.line.kind), one.line.product), words::rows(one.line.rows)];
    if one.files.count > 0 {
        does.push(words::files(one.files.count));
    }
    does.extend((!one.limits.is_empty()).then(|| format!("only {}", one.limits.join(", "))));
    let warnings = one.warnings.iter().map(|warning| {
        let rows = if warning.rows > 0 { format!("{}: ", words::rows(warning.rows)) } else { String::new() };
        let place = if warning.table.is_empty() { String::new() } else { format!("In {}: ", warning.table) };
        view! { <li><b>{warning.code.label()}</b>". "{place}{rows}{warning.detail.clone()}</li> }
    });
    let warnings = warnings.collect_view();
    let count = one.warnings.len();
    let says = if count == 1 { "1 warning".to_owned() } else { format!("{count} warnings") };
    let tables = one.tables.iter().map(|line| {
        let remark = Some(remark(line)).filter(|text| !text.is_empty()).map(|text| format!(" ({text})"));
        view! { <li><span class="mono">{line.table.clone()}</span>": "{line.action.label()}" "{thousands(line.rows)}{remark}</li> }
    });
    let tables = tables.collect_view();
    view! {
        <li>
            <label><input type="checkbox" name="run" value=value checked=checked />
                <span><b class="id">{one.line.id.to_string()}</b>" "{does.join(", ")}</span></label>
            <p class="byline"><a href=paths::run(one.line.id)>"Read the plan"</a>
                <a class="quiet" href=paths::case(one.line.reference)>{one.line.reference.to_string()}</a>
                <span>"asked by "{one.line.asked_by.clone()}</span></p>
            {(count > 0).then(|| view! {
                <div class="notice is-soon"><i class="mark" aria-hidden="true"></i>
                    <div class="says"><p><b>{says}</b>", which you accept with it"</p><ul class="plain">{warnings}</ul></div></div>
            })}
            <details><summary>"Rows of each table"</summary><ul class="plain">{tables}</ul>
                <p class="hash">{words::in_groups(&one.scope_hash)}</p></details>
        </li>
    }
}
