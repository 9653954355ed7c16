//! Assign, classify, verify, change state: forms behind a press of a button, open again when something was wrong.

use super::{
    handover, holds, identity, related, request,
    tried::{Act, Tried},
};
use crate::{
    app::case_page::{Entry, Full, What},
    domain::{
        case::{Outcome, State},
        clock::Duty,
        event::Purpose,
        kind::Kind,
        time::Instant,
    },
    ui::{
        components::field::{Field, SelectField},
        pages::queue::parts::{NOBODY, people},
        paths, render,
    },
};
use leptos::prelude::*;

/// The buttons of the head.
pub(super) fn all(full: &Full, tried: &Tried) -> impl IntoView + use<> {
    let reply = if full.can_be_answered() { "Reply" } else { "Write a note" };
    // what the case is about just now has the main button
    let letter = full.closing.is_some() && request::finished(full).is_some();
    let reply_class = if letter || request::may_plan(full) { "btn" } else { "btn main" };
    view! {
        <div class="acts">
            {assign(full, tried)}
            {classify(full, tried)}
            {identity::verify(full, tried)}
            {(!full.case.state.next().is_empty()).then(|| change_state(full, tried))}
            {can_be_told(full).then(|| acknowledge(full, tried))}
            {related::confirm(full, tried)}
            {handover::renew(full, tried)}
            {holds::more(full, tried)}
            <a class=reply_class href="#text">{reply}</a>
            {request::plan(full, tried)}
            {letter.then(|| view! { <a class="btn main" href="#letter">"Closing letter"</a> })}
        </div>
    }
}

/// A form that opens under its button.
fn act(
    full: &Full,
    tried: &Tried,
    act: Act,
    button: &'static str,
    anyway: &'static str,
    fields: impl IntoView,
) -> impl IntoView {
    let open = tried.is(act) && tried.done.is_none();
    view! {
        <details class="act" name="act" open=open>
            <summary class="btn">{act.label()}</summary>
            <form class="sheet" method="post" action=paths::case(full.case.reference)>
                <input type="hidden" name="do" value=act.code() />
                <input type="hidden" name="seen" value=tried.seen(act, full.case.seq) />
                {fields}
                <p class="acts"><button class="btn main">{tried.button(act, button, anyway)}</button></p>
            </form>
        </details>
    }
}

fn assign(full: &Full, tried: &Tried) -> impl IntoView + use<> {
    let now = full.case.owner.map_or_else(|| NOBODY.to_owned(), |id| id.0.to_string());
    let value = if tried.is(Act::Assign) { tried.value(Act::Assign, "to") } else { now };
    let fields = view! {
        <SelectField id=Act::Assign.id("to") name="to" label="Owner" options=people(&full.staff) value
            problems=tried.problems.clone() />
    };
    act(full, tried, Act::Assign, "Assign case", "Assign anyway", fields).into_any()
}

fn classify(full: &Full, tried: &Tried) -> impl IntoView + use<> {
    let by = |due: Instant| due.local(full.zone).format("%-d %b %Y").to_string();
    let option = |(kind, due): &(Kind, Option<Instant>)| {
        let until = due.map(|due| format!(", by {}", by(due))).unwrap_or_default();
        (kind.code().to_owned(), format!("{}{until}", kind.label()))
    };
    let kinds = full.clockwork.kinds.iter().map(option).collect();
    let value =
        if tried.is(Act::Classify) { tried.value(Act::Classify, "to") } else { full.case.kind.code().to_owned() };
    let due = |code: &str| full.clockwork.kinds.iter().find(|(kind, _)| kind.code() == code).and_then(|(_, due)| *due);
    let moves =
        due(full.case.kind.code()).map_or_else(String::new, |now| match due(&value).filter(|then| *then != now) {
            Some(then) => format!(" The case would have to be resolved by {}, not by {}.", by(then), by(now)),
            None => format!(" As it is, the case has to be resolved by {}; each kind says its own end.", by(now)),
        });
    let hint = format!(
        "The kind decides the clocks.{moves} A slower kind, and one outside the restricted circle, takes two people."
    );
    let fields = view! {
        <SelectField id=Act::Classify.id("to") name="to" label="Kind" options=kinds value
            problems=tried.problems.clone() hint />
        {reason(tried, Act::Classify, "Why is it this kind?")}
    };
    act(full, tried, Act::Classify, "Save kind", "Save anyway", fields).into_any()
}

fn change_state(full: &Full, tried: &Tried) -> impl IntoView + use<> {
    let next = full.case.state.next();
    let states = next.iter().map(|state| (state.code().to_owned(), state.label().to_owned())).collect();
    let outcomes = Outcome::ALL.iter().map(|outcome| (outcome.code().to_owned(), outcome.label().to_owned())).collect();
    let problems = tried.problems.clone();
    let outcome = next.contains(&State::Resolved).then(|| {
        view! {
            <SelectField id=Act::State.id("outcome") name="outcome" label="Outcome"
                hint="Only when the case is resolved."
                first="None" options=outcomes value=tried.value(Act::State, "outcome") problems=problems.clone() />
        }
    });
    let fields = view! {
        <SelectField id=Act::State.id("to") name="to" label="New state" options=states
            value=tried.value(Act::State, "to") problems=problems.clone() />
        {outcome}
        {reason(tried, Act::State, "Why?")}
    };
    act(full, tried, Act::State, "Save state", "Save anyway", fields).into_any()
}

/// True while the person was not told that we are on it, and no mail of ours is on its way to say so.
fn can_be_told(full: &Full) -> bool {
    const LINK: &str = Purpose::Verification.label();
    const ALARM: &str = Purpose::Alarm.label();
    const OTHERS: &str = Purpose::Recipient.label();
    let on_its_way = |entry: &Entry| matches!(entry.what, What::MailOut { failed: false, purpose, .. } if purpose != LINK && purpose != ALARM && purpose != OTHERS);
    !full.timeline.iter().any(on_its_way)
        && full.case.clocks.iter().any(|c| c.duty == Duty::Acknowledge && c.met.is_none())
}

fn acknowledge(full: &Full, tried: &Tried) -> impl IntoView + use<> {
    let how = written(tried, Act::Acknowledge, "how", "How was the person told?");
    act(full, tried, Act::Acknowledge, "Record acknowledgement", "Record anyway", how).into_any()
}

fn reason(tried: &Tried, act: Act, label: &'static str) -> impl IntoView + use<> {
    written(tried, act, "reason", label)
}

/// A text for colleagues.
pub(super) fn written(tried: &Tried, act: Act, name: &'static str, label: &'static str) -> impl IntoView + use<> {
    let id = act.id(name);
    let problems = tried.problems.clone();
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, true));
    let text = render::raw_text(&tried.value(act, name));
    view! {
        <Field id=id.clone() label hint="Stands in the timeline; the person does not see it." problems>
            <textarea id=id name=name rows="3" dir="auto" aria-invalid=invalid aria-describedby=described
                inner_html=text></textarea>
        </Field>
    }
}
