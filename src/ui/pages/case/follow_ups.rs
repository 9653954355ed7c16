//! What follows once the person's data was changed: each recipient with where it stands, by when it has to know and what
//! staff can do about it; and when backups and sealed rows have run out.

use super::tried::{Act, Tried};
use crate::{
    app::{case_page::Full, follow_ups::FollowUpLine},
    domain::{
        follow_up::{Standing, Step, Way},
        time::Instant,
    },
    ui::{components::field::Field, paths, render},
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// The section of the facts; nothing where nothing follows.
pub(super) fn section(full: &Full, tried: &Tried) -> Option<impl IntoView + use<>> {
    let open = full.follow_ups.iter().filter(|one| one.recipient.is_some() && one.state.is_open()).count();
    let ended = !full.case.state.is_open() && open > 0;
    let says = ended.then(|| {
        let who = if open == 1 { "A recipient has".to_owned() } else { format!("{open} recipients have") };
        view! { <p class="dim">{format!("{who} still to be told, though the case is resolved.")}</p> }
    });
    let lines = full.follow_ups.iter().map(|one| with_steps(full, one, tried)).collect_view();
    (!full.follow_ups.is_empty()).then(|| {
        view! {
            <section aria-labelledby="h-follow">
                <h2 id="h-follow">"Recipients and backups"</h2>
                {says}
                <ul class="plain holds">{lines}</ul>
            </section>
        }
    })
}

fn with_steps(full: &Full, one: &FollowUpLine, tried: &Tried) -> impl IntoView + use<> {
    let form = (!one.steps.is_empty()).then(|| steps(full, one, tried));
    view! { <li>{line(one, full.zone)}{form}</li> }
}

/// One of them without its buttons.
pub fn line(one: &FollowUpLine, zone: Tz) -> impl IntoView + use<> {
    let (class, says) = standing(one);
    let by_itself = if one.way == Way::Sealed { "Sealed rows" } else { "Backups" };
    let called = one.recipient.clone().unwrap_or_else(|| by_itself.to_owned());
    view! {
        <p><b dir="auto">{called}</b>" "
            <span class=class><i class="mark" aria-hidden="true"></i>{says}</span></p>
        <p class="dim">{when(one, zone)}</p>
    }
}

fn standing(one: &FollowUpLine) -> (&'static str, &'static str) {
    match one.state {
        Standing::Over if one.way == Way::Sealed => ("tag is-ok is-met", "destroyed"),
        _ if one.way == Way::Sealed => ("tag is-paused", "out of use"),
        _ if one.recipient.is_none() && one.state.is_open() => ("tag is-paused", "run out with time"),
        Standing::Waiting if one.late => ("tag is-over", "overdue"),
        Standing::Waiting if one.way == Way::Hand => ("tag is-soon", "to be told by hand"),
        Standing::Waiting => ("tag is-info", "being told"),
        Standing::Told => ("tag is-ok is-met", "told"),
        Standing::Confirmed => ("tag is-ok is-met", "confirmed"),
        Standing::Failed => ("tag is-over", "could not be told"),
        Standing::Waived => ("tag is-paused", "need not be told"),
        Standing::Over => ("tag is-ok is-met", "run out"),
    }
}

fn when(one: &FollowUpLine, zone: Tz) -> String {
    let by = one.by.as_ref().map(|who| format!(", says {who}")).unwrap_or_default();
    let at = |at: Option<Instant>| at.map(|at| at.short(zone)).unwrap_or_default();
    let due = one.due.in_words(zone);
    match one.state {
        Standing::Over if one.way == Way::Sealed => format!("They were kept at least until {due}."),
        _ if one.way == Way::Sealed => format!("Kept for a reason, at least until {due}."),
        _ if one.recipient.is_none() => format!("Copies from before the erasure are gone by {due}."),
        Standing::Waiting => format!("By {due}, {}.", one.way.label()),
        Standing::Failed => format!("By {due}, {}: {}.", one.way.label(), one.error.clone().unwrap_or_default()),
        Standing::Told => format!("Told {}{by}; no confirmation yet.", at(one.told)),
        Standing::Confirmed => format!("Confirmed {}{by}.", at(one.confirmed)),
        Standing::Waived => {
            let by = one.by.as_ref().map(|who| format!(" by {who}")).unwrap_or_default();
            format!("Decided{by}; the reason stands in the timeline.")
        }
        Standing::Over => String::new(),
    }
}

fn steps(full: &Full, one: &FollowUpLine, tried: &Tried) -> impl IntoView + use<> {
    let act = Act::FollowUp;
    let number = one.id.0.to_string();
    let is_tried = tried.is(act) && tried.typed.get("follow-up") == number;
    let id = act.id_of("reason", &number);
    let problems = tried.problems.clone();
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, true));
    let text = render::raw_text(&if is_tried { tried.value(act, "reason") } else { String::new() });
    let seen = if is_tried { tried.seen(act, full.case.seq) } else { full.case.seq };
    let buttons = one.steps.iter().map(|step| button(*step)).collect_view();
    let called = one.recipient.clone().unwrap_or_default();
    view! {
        <details open=is_tried && tried.done.is_none()>
            <summary>"Write down"<span class="sr">" what is so about "{called}</span></summary>
            <form method="post" action=paths::case(full.case.reference)>
                <input type="hidden" name="do" value=act.code() />
                <input type="hidden" name="seen" value=seen />
                <input type="hidden" name="follow-up" value=number />
                <Field id=id.clone() label="Why need it not be told?" hint="Only for “Do not tell”." problems>
                    <textarea id=id name="reason" rows="2" dir="auto" aria-invalid=invalid aria-describedby=described
                        inner_html=text></textarea>
                </Field>
                <p class="acts">{buttons}</p>
            </form>
        </details>
    }
}

fn button(step: Step) -> impl IntoView {
    view! { <button class="btn" name="step" value=step.code()>{step.label()}</button> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{identity::FollowUpId, run::RunKind};

    /// Past its day a line looks as it does where a hold that not everybody knows of keeps the rows.
    #[test]
    fn a_line_promises_no_day_on_which_sealed_rows_end() {
        let line = |state| FollowUpLine {
            id: FollowUpId(1),
            recipient: None,
            did: RunKind::Erase,
            run: None,
            way: Way::Sealed,
            state,
            due: Instant(0),
            late: false,
            told: None,
            confirmed: None,
            by: None,
            error: None,
            steps: Vec::new(),
        };
        for state in [Standing::Waiting, Standing::Over] {
            let says = when(&line(state), Tz::UTC);
            assert!(says.contains("at least until"), "{says}");
        }
    }
}
