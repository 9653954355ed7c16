//! The facts beside a run: the clock, the two people, whom it is about, the scope, the signature.

use super::{follow_ups, receipt, words};
use crate::{
    app::runs::RunPage,
    domain::{
        copy::CopyForm,
        plan::WarningCode,
        rights::Actor,
        run::{RunKind, RunState, Stop},
    },
    ui::components::clock::LeadClock,
};
use leptos::prelude::*;

/// Every section.
pub(super) fn all(run: &RunPage, me: &Actor) -> impl IntoView + use<> {
    let clock = run.case_open.then(|| view! { <LeadClock clocks=run.clocks.clone() now=run.now zone=run.zone /> });
    view! {
        {run.receipt.as_ref().map(receipt::signature)}
        {clock}
        {people(run, me)}
        {subject(run)}
        {form(run)}
        {follow_ups::section(run)}
        {scope(run)}
    }
}

fn people(run: &RunPage, me: &Actor) -> impl IntoView + use<> {
    let (id, name) = &run.asked_by;
    let asked = if *id == me.id { format!("{name} (you)") } else { name.clone() };
    let (what, who) = match (&run.decided, run.state) {
        (Some((name, at)), RunState::Finished) if run.kind == RunKind::Export => {
            ("Released by", format!("{name}, {}", at.short(run.zone)))
        }
        (None, RunState::Finished) => ("Released by", "Recourse, as the policy pack says".to_owned()),
        (Some((name, at)), RunState::SentBack) => ("Sent back by", format!("{name}, {}", at.short(run.zone))),
        (Some((name, at)), _) if run.standing.is_some() => {
            let number = run.standing.unwrap_or_default();
            ("Approved by", format!("{name}, ahead, by standing approval {number} of {}", at.short(run.zone)))
        }
        (Some((name, at)), _) => ("Approved by", format!("{name}, {}", at.short(run.zone))),
        (None, _) if run.kind == RunKind::Export => ("Reviewer", "nobody yet".to_owned()),
        (None, RunState::Planned) if run.not_yours.is_none() => ("Approver", "nobody yet; you may".to_owned()),
        (None, _) => ("Approver", "nobody yet".to_owned()),
    };
    view! {
        <section aria-labelledby="h-two">
            <h2 id="h-two">"Two people"</h2>
            <dl class="pairs"><dt>"Asked by"</dt><dd>{asked}</dd><dt>{what}</dt><dd>{who}</dd></dl>
        </section>
    }
}

fn subject(run: &RunPage) -> impl IntoView + use<> {
    let subject = &run.plan.subject;
    let found_by = subject.found_by.iter().map(|kind| kind.replace('_', " ")).collect::<Vec<_>>().join(", ");
    let held = run.stop == Some(Stop::Held) || run.plan.warnings.iter().any(|w| w.code == WarningCode::Hold);
    let holds = if held {
        if run.kind == RunKind::Erase { "This erasure may not run now." } else { "This change may not run now." }
            .to_owned()
    } else if run.plan.holds_some() {
        format!("on a part, which stays; looked for {}", run.asked_at.short(run.zone))
    } else {
        format!("none on anything of it, looked for {}", run.asked_at.short(run.zone))
    };
    let verified = match (run.verified, &run.verified_by) {
        (None, _) => view! { <dd>"not verified"</dd> }.into_any(),
        (Some(at), Some(by)) => {
            let at = at.short(run.zone);
            let own = if run.asked_by.1 == *by { ", who asked for this run" } else { "" };
            view! {
                <dd><span class="tag is-soon"><i class="mark" aria-hidden="true"></i>"by decision"</span>
                    {format!(" of {by}{own}, without a link, {at}")}</dd>
            }
            .into_any()
        }
        (Some(at), None) => {
            view! {
                <dd><span class="tag is-ok is-met"><i class="mark" aria-hidden="true"></i>{at.short(run.zone)}</span>" by link"</dd>
            }
            .into_any()
        }
    };
    view! {
        <section aria-labelledby="h-subject">
            <h2 id="h-subject">"Subject"</h2>
            <dl class="pairs">
                <dt>"Accounts"</dt><dd>{subject.accounts}</dd>
                {listed("Account", &run.meant.accounts)}
                {listed("Item", &run.meant.items)}
                {run.meant.uses.clone().map(|uses| view! { <dt>"Use"</dt><dd>{uses.replace('_', " ")}</dd> })}
                <dt>"Found by"</dt><dd>{if found_by.is_empty() { "nothing".to_owned() } else { found_by }}</dd>
                <dt>"Verified"</dt>{verified}
                {matches!(run.kind, RunKind::Erase | RunKind::Correct).then(|| view! { <dt>"Holds"</dt><dd>{holds}</dd> })}
            </dl>
        </section>
    }
}

/// Keys, for whoever has to see that they are the right ones; the first ten.
fn listed(what: &'static str, keys: &[String]) -> Option<impl IntoView + use<>> {
    const MOST: usize = 10;
    let more = keys.len().checked_sub(MOST).filter(|more| *more > 0);
    let more = more.map(|more| view! { <dd class="dim">{format!("and {more} more")}</dd> });
    let lines =
        keys.iter().take(MOST).map(|key| view! { <dd class="mono" dir="auto">{key.clone()}</dd> }).collect_view();
    (!keys.is_empty()).then(|| view! { <dt>{what}</dt>{lines}{more} })
}

/// What kind of copy it is, and what it is limited to.
fn form(run: &RunPage) -> Option<impl IntoView + use<>> {
    let form = run.plan.copy?;
    let says = match form {
        CopyForm::Full => "every record and file, as JSON and CSV",
        CopyForm::Summary => "no records and no files: what is held, how much, since when, what for",
        CopyForm::Portable => "what the person gave and what was observed of them, as JSON with its schema",
    };
    let chosen = (form == CopyForm::Full && run.least_copy == CopyForm::Summary).then(|| {
        view! { <p class="small dim">"Chosen by staff: the law would be content with a summary."</p> }
    });
    let copied = run.package.as_ref().and_then(|package| package.copied.as_ref());
    let limited = copied.filter(|copied| !copied.limited.is_empty()).map(|copied| {
        let lines = copied.limited.iter().map(|line| view! { <dd dir="auto">{line.clone()}</dd> }).collect_view();
        view! { <dt>"Limited to"</dt>{lines} }
    });
    let language = copied.map(|copied| view! { <dt>"Language"</dt><dd>{copied.language.label()}</dd> });
    Some(view! {
        <section aria-labelledby="h-form">
            <h2 id="h-form">"Form"</h2>
            <dl class="pairs"><dt>{form.label()}</dt><dd>{says}</dd>{limited}{language}</dl>
            {chosen}
        </section>
    })
}

fn scope(run: &RunPage) -> impl IntoView + use<> {
    let says = (run.state == RunState::Planned).then(|| {
        view! {
            <p class="small dim">"Approval holds for this plan. Where rows come to another table, a table grows by more than 100 rows and more than a tenth, or map, schema or account change before it begins, it stops and asks again."</p>
        }
    });
    view! {
        <section aria-labelledby="h-hash">
            <h2 id="h-hash">"Scope hash"</h2>
            <p class="hash">{words::in_groups(&run.plan.scope_hash)}</p>
            {says}
        </section>
    }
}
