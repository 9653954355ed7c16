//! Copies of the person's data that were let go: how far the person is with them, and the way to withdraw the link.

use super::tried::{Act, Tried};
use crate::{
    app::{case_page::Full, exports::PackageLine},
    ui::{components::field::Field, paths, render},
};
use leptos::prelude::*;

/// The section of the facts; nothing where there is no copy.
pub(super) fn section(full: &Full, tried: &Tried) -> Option<impl IntoView + use<>> {
    let lines = full.packages.iter().map(|package| one(full, package, tried)).collect_view();
    (!full.packages.is_empty()).then(|| {
        view! {
            <section aria-labelledby="h-copies">
                <h2 id="h-copies">"Copy of the data"</h2>
                <ul class="plain holds">{lines}</ul>
            </section>
        }
    })
}

fn one(full: &Full, package: &PackageLine, tried: &Tried) -> impl IntoView + use<> {
    let (class, state) = match package {
        PackageLine { works: true, .. } => ("tag is-info", format!("until {}", package.until.in_words(full.zone))),
        PackageLine { ended: true, .. } => ("tag is-paused", "link withdrawn".to_owned()),
        _ => ("tag is-paused", "time is over".to_owned()),
    };
    let (times, most) = package.fetched;
    let fetched = match times {
        0 => "Not opened yet".to_owned(),
        times if package.parts > 1 => format!("Opened {times} times, its {} parts together", package.parts),
        times => format!("Opened {times} of {most} times"),
    };
    let file = match package.destroyed {
        Some(at) => format!("; file destroyed {}", at.short(full.zone)),
        None if package.works => String::new(),
        None => "; the file is being destroyed".to_owned(),
    };
    let revoke = (package.works && full.takes_work()).then(|| revoke(full, package, tried));
    view! {
        <li>
            <p><a href=paths::run(package.run)>{format!("Run {}", package.run)}</a>" "
                <span class=class><i class="mark" aria-hidden="true"></i>{state}</span></p>
            <p class="dim">{format!("{fetched}{file}.")}</p>
            {revoke}
        </li>
    }
}

fn revoke(full: &Full, package: &PackageLine, tried: &Tried) -> impl IntoView + use<> {
    let act = Act::Revoke;
    let number = package.id.0.to_string();
    let is_tried = tried.is(act) && tried.typed.get("package") == number;
    let id = act.id_of("reason", &number);
    let problems = tried.problems.clone();
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, false));
    let text = render::raw_text(&if is_tried { tried.value(act, "reason") } else { String::new() });
    view! {
        <details open=is_tried && tried.done.is_none()>
            <summary>"Withdraw the link"</summary>
            <form method="post" action=paths::case(full.case.reference)>
                <input type="hidden" name="do" value=act.code() />
                <input type="hidden" name="package" value=number />
                <Field id=id.clone() label="Why may the person not fetch it any more?" problems>
                    <textarea id=id name="reason" rows="3" dir="auto" aria-invalid=invalid aria-describedby=described
                        inner_html=text></textarea>
                </Field>
                <p class="acts"><button class="btn risk">"Withdraw and destroy the copy"</button></p>
            </form>
        </details>
    }
}
