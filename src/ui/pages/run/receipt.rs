//! A finished run: what was done, what the re-query found, the signature.

use super::{plan, progress, words};
use crate::{
    app::runs::{ReceiptView, RunPage, RunStep},
    domain::{plan::Action, run::RunKind},
    ui::{
        components::notice::{Meaning, Notice},
        shell::thousands,
    },
};
use leptos::prelude::*;

/// The notice, the table and how it ran.
pub(super) fn page(run: &RunPage) -> AnyView {
    let at = run.ended_at.unwrap_or(run.now).local(run.zone).format("%H:%M");
    let (erased, changed, files) = words::sums(run);
    let kept = run.plan.totals().kept;
    let is_erasure = run.kind == RunKind::Erase;
    let mut parts = Vec::new();
    if is_erasure {
        parts.push(format!("{} and {} erased", words::rows(erased), words::files(files)));
    }
    if changed > 0 || !is_erasure {
        parts.push(format!("{} changed", words::rows(changed)));
    }
    let sealed = words::sealed(run);
    parts.extend((sealed > 0).then(|| format!("{} sealed", words::rows(sealed))));
    parts.extend((kept > 0).then(|| format!("{} kept", words::rows(kept))));
    let says = format!("{}.", parts.join(", "));
    let lead = match run.kind {
        RunKind::Erase => format!("Looked for again at {at}: nothing is left of what had to go."),
        _ => format!("Looked for again at {at}: everything is as it was to become."),
    };
    view! {
        <Notice meaning=Meaning::Done lead><p>{says}</p></Notice>
        {done(run, files)}
        {progress::log(run)}
    }
    .into_any()
}

/// What was done, also of a run that was cut short.
pub(super) fn done(run: &RunPage, files: i64) -> impl IntoView + use<> {
    let finished = run.receipt.is_some();
    let with_files = (run.kind == RunKind::Erase).then(|| {
        view! {
            <tfoot role="rowgroup">
                <tr role="row">
                    <th role="rowheader" scope="row">"Files"</th>
                    <td role="cell" class="how">"deleted, each looked for again"</td>
                    <td role="cell" class="num">{thousands(files)}</td>
                    {finished.then(|| view! { <td role="cell" class="num left">"0"</td> })}
                </tr>
            </tfoot>
        }
    });
    let touched = run.steps.iter().filter(|step| step.done > 0 || step.found > 0);
    let until = |step: &RunStep| {
        let line = run.plan.tables.iter().find(|line| line.action == Action::Seal && line.table == step.table);
        let until = line.filter(|_| step.does.starts_with("seal")).map(|line| format!(" {}", plan::remark(line)));
        words::done(step) + &until.unwrap_or_default()
    };
    let steps = touched.map(|step| row(&step.table, until(step), step.done, finished.then_some(0))).collect_view();
    let kept = run.plan.tables.iter().filter(|line| finished && line.action == Action::Keep).map(|line| {
        let says = format!("kept {}", plan::remark(line));
        row(&line.table, says, line.rows, Some(line.rows))
    });
    let kept = kept.collect_view();
    view! {
        <section aria-labelledby="h-done">
            <h2 id="h-done">"What was done"</h2>
            <table role="table" class="plan">
                <caption class="sr">"Rows per table, and what the re-query found"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Table"</th>
                        <th role="columnheader" scope="col" class="how">"Action"</th>
                        <th role="columnheader" scope="col" class="num">"Rows"</th>
                        {finished.then(|| view! { <th role="columnheader" scope="col" class="num left">"Found after"</th> })}
                    </tr>
                </thead>
                <tbody role="rowgroup">{steps}{kept}</tbody>
                {with_files}
            </table>
        </section>
    }
}

fn row(table: &str, does: String, rows: i64, after: Option<i64>) -> impl IntoView + use<> {
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><span class="mono">{table.to_owned()}</span></th>
            <td role="cell" class="how">{does}</td>
            <td role="cell" class="num">{thousands(rows)}</td>
            {after.map(|after| view! { <td role="cell" class="num left">{thousands(after)}</td> })}
        </tr>
    }
}

/// The signature, as facts.
pub(super) fn signature(receipt: &ReceiptView) -> impl IntoView + use<> {
    let (class, says) = if receipt.valid { ("tag is-ok is-met", "valid") } else { ("tag is-over", "not valid") };
    view! {
        <section aria-labelledby="h-key">
            <h2 id="h-key">"Signature"</h2>
            <dl class="pairs">
                <dt>"Algorithm"</dt><dd>"Ed25519"</dd>
                <dt>"Key"</dt><dd class="mono">{receipt.key_id.clone()}</dd>
                <dt>"Checked"</dt><dd><span class=class><i class="mark" aria-hidden="true"></i>{says}</span>" just now"</dd>
            </dl>
            <p class="hash dim">{receipt.signature.clone()}</p>
        </section>
    }
}
