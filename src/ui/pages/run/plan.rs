//! The plan: what has to be known before it is approved, and what it does to each table.

use super::{
    tried::{Act, Tried, box_id},
    words,
};
use crate::{
    app::runs::RunPage,
    domain::{
        copy::CopyForm,
        plan::{Action, Plan, PlanLine, Warning, WarningCode},
        run::RunKind,
    },
    ui::{pages::case::timeline::size, shell::thousands},
};
use chrono::NaiveDate;
use leptos::prelude::*;

/// The warnings: those that stop it first, then those to accept, each with its box where the reader may approve.
pub(super) fn warnings(run: &RunPage, tried: &Tried) -> Option<impl IntoView + use<>> {
    let all = &run.plan.warnings;
    let blocking = all.iter().filter(|warning| warning.blocks).count();
    let offered = Act::Approve.offered(run);
    let heading = match (all.len() - blocking, blocking) {
        (1, 0) => "1 warning to accept, none that stops the run".to_owned(),
        (n, 0) => format!("{n} warnings to accept, none that stops the run"),
        (_, 1) => "1 thing stops the run".to_owned(),
        (_, n) => format!("{n} things stop the run"),
    };
    let (stops, accepts): (Vec<_>, Vec<_>) = all.iter().enumerate().partition(|(_, warning)| warning.blocks);
    let lines = stops.into_iter().chain(accepts).map(|(n, warning)| one(n, warning, offered, tried)).collect_view();
    (!all.is_empty()).then(|| {
        view! { <section class="warnings" aria-labelledby="h-warn"><h2 id="h-warn">{heading}</h2>{lines}</section> }
    })
}

fn one(n: usize, warning: &Warning, offered: bool, tried: &Tried) -> impl IntoView + use<> {
    // of a hold the page says only what follows from it
    let what = match warning.code {
        WarningCode::Hold => "Not now",
        WarningCode::OtherSubject if warning.table.is_empty() => "Several accounts",
        code => code.label(),
    };
    let lead = if warning.rows > 0 && warning.code != WarningCode::NothingFound {
        format!("{what}: {}.", words::rows(warning.rows))
    } else {
        format!("{what}.")
    };
    let place = warning.column.as_ref().map_or_else(|| warning.table.clone(), |c| format!("{}.{c}", warning.table));
    let at = (!place.is_empty()).then(|| view! { " In "<span class="mono">{place.clone()}</span>": " });
    let accept = (offered && !warning.blocks).then(|| accept(n, warning, &place, tried));
    let (class, spoken) =
        if warning.blocks { ("notice is-over", "Stops the run: ") } else { ("notice is-soon", "Warning: ") };
    view! {
        <div class=class>
            <i class="mark" aria-hidden="true"></i>
            <div class="says">
                <p><span class="sr">{spoken}</span><b>{lead}</b>{at.is_none().then_some(" ")}{at}{warning.detail.clone()}</p>
                {accept}
            </div>
        </div>
    }
}

fn accept(n: usize, warning: &Warning, place: &str, tried: &Tried) -> impl IntoView + use<> {
    let id = box_id(n);
    let ticked = tried.is(Act::Approve) && tried.typed.all("accepted").any(|value| value == n.to_string());
    let of = match (warning.rows, place) {
        (0, "") => warning.code.label().to_lowercase(),
        (0, place) => place.to_owned(),
        (rows, "") => words::rows(rows),
        (rows, place) => format!("{} in {place}", words::rows(rows)),
    };
    let problems = &tried.problems;
    let (invalid, described) = (problems.invalid(&id), problems.described(&id, false));
    let error = problems.of(&id).map(|says| {
        view! {
            <span class="error is-over" id=format!("{id}-error")>
                <i class="mark" aria-hidden="true"></i>
                <span><span class="sr">"Error: "</span>{says}</span>
            </span>
        }
    });
    view! {
        {error}
        <label><input type="checkbox" form="approve" name="accepted" id=id value=n.to_string() checked=ticked
            aria-invalid=invalid aria-describedby=described />"I have read this: "{of}</label>
    }
}

/// The values that become others, old and new, for those who decide.
pub(super) fn corrections(run: &RunPage) -> Option<impl IntoView + use<>> {
    let value = |value: &Option<String>| match value {
        Some(text) => view! { <span class="words" dir="auto">{text.clone()}</span> }.into_any(),
        None => view! { <span class="dim">"nothing"</span> }.into_any(),
    };
    let lines = run.meant.corrections.iter().map(|one| {
        let row = format!("{} {}", one.table, one.key.join(", "));
        view! {
            <tr role="row">
                <th role="rowheader" scope="row"><span class="mono">{one.column.clone()}</span>" "<small class="dim mono">{row}</small></th>
                <td role="cell" class="how"><span class="sr">"From "</span>{value(&one.was)}</td>
                <td role="cell" class="why"><span class="sr">"To "</span>{value(&one.becomes)}</td>
            </tr>
        }
    });
    let lines = lines.collect_view();
    (!run.meant.corrections.is_empty()).then(|| {
        view! {
            <section aria-labelledby="h-values">
                <h2 id="h-values">"What becomes of which value"</h2>
                <table role="table" class="plan">
                    <caption class="sr">"Old and new values"</caption>
                    <thead role="rowgroup"><tr role="row">
                        <th role="columnheader" scope="col">"Value"</th>
                        <th role="columnheader" scope="col" class="how">"Stands there"</th>
                        <th role="columnheader" scope="col" class="why">"Becomes"</th>
                    </tr></thead>
                    <tbody role="rowgroup">{lines}</tbody>
                </table>
            </section>
        }
    })
}

/// What it is limited to.
pub(super) fn limits(plan: &Plan) -> Option<impl IntoView + use<>> {
    let says = plan.limits.join(", ");
    (!plan.limits.is_empty()).then(|| view! { <p><b>"Only a part of the person’s data: "</b>{says}"."</p> })
}

/// What it does to each table.
pub(super) fn table(run: &RunPage, heading: &'static str) -> impl IntoView + use<> {
    let totals = run.plan.totals();
    let files = run.plan.files;
    let lines = run.plan.tables.iter().map(line).collect_view();
    let with_files = (files.count > 0).then(|| format!("with {}, {}", words::files(files.count), size(files.bytes)));
    let sums = match run.kind {
        RunKind::Export if run.plan.copy == Some(CopyForm::Summary) => {
            let files = (files.count > 0).then(|| format!("with {}", words::files(files.count)));
            vec![("Summed up", totals.copied, files)]
        }
        RunKind::Export => vec![("Copied", totals.copied, with_files)],
        RunKind::Correct | RunKind::Restrict | RunKind::Release | RunKind::OptOut | RunKind::OptIn => {
            vec![("Changed", totals.changed, None)]
        }
        RunKind::Erase => {
            let sealed = (totals.sealed > 0).then_some(("Sealed", totals.sealed, None));
            let all = [("Erased", totals.erased, with_files), ("Changed", totals.changed, None)].into_iter();
            all.chain(sealed).chain([("Kept", totals.kept, None)]).collect()
        }
    };
    let sums = sums
        .into_iter()
        .map(|(what, rows, remark)| {
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row">{what}</th>
                    <td role="cell" class="how"></td>
                    <td role="cell" class="num">{thousands(rows)}</td>
                    <td role="cell" class="why">{remark}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="h-plan">
            <div class="title-row"><h2 id="h-plan">{heading}</h2>
                <span class="dim">"Data map "{run.plan.map_version.clone()}</span></div>
            {limits(&run.plan)}
            <table role="table" class="plan">
                <caption class="sr">"Rows per table and action"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Table"</th>
                        <th role="columnheader" scope="col" class="how">"Action"</th>
                        <th role="columnheader" scope="col" class="num">"Rows"</th>
                        <th role="columnheader" scope="col" class="why">"Remark"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{lines}</tbody>
                <tfoot role="rowgroup">{sums}</tfoot>
            </table>
        </section>
    }
}

fn line(line: &PlanLine) -> impl IntoView + use<> {
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><span class="mono">{line.table.clone()}</span></th>
            <td role="cell" class="how">{action(line)}</td>
            <td role="cell" class="num">{thousands(line.rows)}</td>
            <td role="cell" class="why dim">{remark(line)}</td>
        </tr>
    }
}

/// `delete`, or what becomes of which columns.
fn action(line: &PlanLine) -> AnyView {
    let whole = matches!(
        line.action,
        Action::Delete | Action::Keep | Action::Seal | Action::Copy | Action::Summarise | Action::LeaveOut
    )
    .then(|| line.action.label());
    let columns =
        line.columns.iter().filter(|_| line.action != Action::Delete).enumerate().map(|(n, (column, action))| {
            let before = if n > 0 || whole.is_some() { ", " } else { "" };
            view! { {before}{words::verb(*action)}" "<span class="mono">{column.clone()}</span> }
        });
    let columns = columns.collect_view();
    view! { {whole}{columns} }.into_any()
}

/// Until when rows stay and why, or why rows of others are touched.
#[must_use]
pub fn remark(line: &PlanLine) -> String {
    let released = line.is_on_hold().then(|| "until it is released".to_owned());
    let until = line.keep_until.as_deref().map(|day| format!("until {}", day_in_words(day))).or(released);
    let others = (line.of_others && line.reason.is_none()).then(|| "rows of other people".to_owned());
    [until, others, line.reason.clone()].into_iter().flatten().collect::<Vec<_>>().join(": ")
}

/// "31 Mar 2034"; as it is written when it is no day.
#[must_use]
pub fn day_in_words(day: &str) -> String {
    day.parse::<NaiveDate>().map_or_else(|_| day.to_owned(), |day| day.format("%-d %b %Y").to_string())
}
