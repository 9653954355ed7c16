//! What points at the case from outside it: mail that waits for a decision, other cases of the person, and the form that
//! ends this case as the same as another one.

use super::{
    acts::written,
    clockwork::form,
    tried::{Act, Tried},
};
use crate::{
    app::{
        case_page::{Full, Linked},
        quarantine::Waiting,
    },
    domain::case::State,
    ui::{components::field::TextField, paths},
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// Mail that points at this case and proves nothing; nothing where there is none. It is read on a page of its own.
pub(super) fn waiting(full: &Full) -> Option<impl IntoView + use<>> {
    let line = |mail: &Waiting, zone: Tz| {
        let (who, about) = mail.face.clone().unwrap_or_default();
        view! {
            <li>
                <a href=paths::mail_in(mail.id)>{format!("Mail {}", mail.id.0)}</a>
                <span class="dim">" "{mail.received.short(zone)}</span>
                <div dir="auto">{format!("{who}: {about}")}</div>
            </li>
        }
    };
    let lines = full.near.iter().map(|mail| line(mail, full.zone)).collect_view();
    (!full.near.is_empty()).then(|| {
        view! {
            <section aria-labelledby="h-near">
                <h2 id="h-near">"Mail that waits"</h2>
                <p class="dim">"It points at this case, and nothing proves that it belongs here. It is not part of the case until somebody decides so."</p>
                <ul class="plain">{lines}</ul>
            </section>
        }
    })
}

/// The person's other cases, and the way to end this one as a duplicate.
pub(super) fn linked(full: &Full, tried: &Tried) -> impl IntoView + use<> {
    let line = |case: &Linked| {
        view! { <li><a href=paths::case(case.reference)>{case.reference.to_string()}</a>" "{case.says.clone()}</li> }
    };
    let lines = full.linked.iter().map(line).collect_view();
    let none = full.linked.is_empty().then(|| view! { <p class="dim">"No other case of this person."</p> });
    let is_free = full.case.merged.is_none() && full.case.state != State::Closed && full.case.run.is_none();
    let may_merge = full.takes_work() && is_free;
    view! {
        <section aria-labelledby="h-linked">
            <h2 id="h-linked">"Linked cases"</h2>
            {none}
            <ul class="plain">{lines}</ul>
            {may_merge.then(|| merge(full, tried))}
        </section>
    }
}

fn merge(full: &Full, tried: &Tried) -> AnyView {
    let act = Act::Merge;
    let open = tried.is(act) && tried.done.is_none();
    let fields = view! {
        <TextField id="merge-into" label="The case that goes on" kind="text"
            hint="Its reference. It has to be the earlier one; mail that answers this case goes there from then on."
            value=tried.value(act, "merge-into") problems=tried.problems.clone() />
        {written(tried, act, "reason", "How do you know that both are the same?")}
    };
    form(full, tried, act, open, "It is the same as another case", "Merge", fields)
}

/// The button that confirms a restricted kind; nothing on other cases, or once it was pressed.
pub(super) fn confirm(full: &Full, tried: &Tried) -> Option<impl IntoView + use<>> {
    let act = Act::Confirm;
    let open = tried.is(act) && tried.done.is_none();
    let says = full.goes.clone();
    (full.case.is_restricted() && !full.case.confirmed).then(|| {
        view! {
            <details class="act" name="act" open=open>
                <summary class="btn">{act.label()}</summary>
                <form class="sheet" method="post" action=paths::case(full.case.reference)>
                    <p class="hint">{says}</p>
                    <input type="hidden" name="do" value=act.code() />
                    <input type="hidden" name="seen" value=tried.seen(act, full.case.seq) />
                    {written(tried, act, "reason", "What makes you sure? Do not describe the content.")}
                    <p class="acts"><button class="btn main">
                        {tried.button(act, "Confirm and destroy", "Confirm anyway")}</button></p>
                </form>
            </details>
        }
    })
}
