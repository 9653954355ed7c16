//! A packed copy, for whoever reviews it and for whoever looks back: counts and the manifest, never what is in it.

use super::{progress, words};
use crate::{
    app::{
        exports::{Copied, CopiedPart, CopiedTable, Entry, PackageView},
        runs::RunPage,
    },
    domain::copy::CopyForm,
    ui::{
        components::notice::{Meaning, Notice},
        pages::case::timeline::size,
        shell::thousands,
    },
};
use leptos::prelude::*;

/// A package that waits for review.
pub(super) fn packed(run: &RunPage) -> AnyView {
    view! {
        <Notice meaning=Meaning::Info lead="The copy is packed, sealed and read back.">
            <p>"It lies encrypted until a second person lets it go. Look at what it holds by number, and at what was left out."</p>
        </Notice>
        {run.package.as_ref().map(contents)}
        {progress::log(run)}
    }
    .into_any()
}

/// A package that was let go.
pub(super) fn released(run: &RunPage) -> AnyView {
    let done = if run.plan.copy == Some(CopyForm::Summary) { "summed up" } else { "copied" };
    let lead = format!(
        "{} and {} were {done}.",
        words::rows(run.package.as_ref().map_or(0, PackageView::rows)),
        words::files(run.files.count)
    );
    let file = run.package.as_ref().and_then(|package| package.destroyed).map_or_else(
        || "How far the person is with it stands in the case.".to_owned(),
        |at| format!("Its file was destroyed {}.", at.in_words(run.zone)),
    );
    view! {
        <Notice meaning=Meaning::Done lead><p>{file}</p></Notice>
        {run.package.as_ref().map(contents)}
        {progress::log(run)}
    }
    .into_any()
}

fn contents(package: &PackageView) -> impl IntoView + use<> {
    let copied = package.copied.as_ref();
    let lines = copied.map(|copied| copied.tables.iter().map(line).collect_view());
    let rows = package.rows();
    let files = copied.map(files);
    let parts = copied.map_or(1, |copied| copied.parts.len());
    let archives = if parts > 1 {
        format!("{parts} archives, together {}", size(package.bytes))
    } else {
        format!("one archive of {}", size(package.bytes))
    };
    let left_out = copied.map(left_out);
    view! {
        <section aria-labelledby="h-packed">
            <h2 id="h-packed">"What is in it"</h2>
            <table role="table" class="plan">
                <caption class="sr">"Rows per table, and columns that do not leave"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Table"</th>
                        <th role="columnheader" scope="col" class="how">"Called"</th>
                        <th role="columnheader" scope="col" class="num">"Rows"</th>
                        <th role="columnheader" scope="col" class="why">"Left out"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{lines}</tbody>
                <tfoot role="rowgroup">
                    <tr role="row">
                        <th role="rowheader" scope="row">"Rows"</th>
                        <td role="cell" class="how"></td>
                        <td role="cell" class="num">{thousands(rows)}</td>
                        <td role="cell" class="why">{archives}</td>
                    </tr>
                    {files}
                </tfoot>
            </table>
        </section>
        {left_out}
        {copied.map(|copied| manifest(package, copied))}
    }
}

fn line(table: &CopiedTable) -> impl IntoView + use<> {
    let mut out: Vec<_> = table.left_out.iter().map(|(column, why)| format!("{column}: {why}")).collect();
    if !table.redacted.is_empty() {
        out.push(format!("redacted: {}", table.redacted.join(", ")));
    }
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><span class="mono">{table.table.clone()}</span></th>
            <td role="cell" class="how">{table.title.clone()}</td>
            <td role="cell" class="num">{thousands(table.rows)}</td>
            <td role="cell" class="why dim">{out.join("; ")}</td>
        </tr>
    }
}

fn files(copied: &Copied) -> impl IntoView + use<> {
    let missing = match copied.missing {
        0 => String::new(),
        n => format!(", {} more are named by rows but not there", thousands(n)),
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">"Files"</th>
            <td role="cell" class="how"></td>
            <td role="cell" class="num">{thousands(copied.files.count)}</td>
            <td role="cell" class="why">{format!("{}{missing}", size(copied.files.bytes))}</td>
        </tr>
    }
}

/// Whole tables that do not leave.
fn left_out(copied: &Copied) -> Option<impl IntoView + use<>> {
    let lines = copied
        .left_out
        .iter()
        .map(|out| {
            let what = format!(" ({}), {}: {}", out.title, words::rows(out.rows), out.why);
            view! { <li><span class="mono">{out.table.clone()}</span>{what}</li> }
        })
        .collect_view();
    (!copied.left_out.is_empty()).then(|| {
        view! {
            <section aria-labelledby="h-left-out">
                <h2 id="h-left-out">"Tables that are left out"</h2>
                <ul class="plain">{lines}</ul>
            </section>
        }
    })
}

/// The entries of each archive.
fn manifest(package: &PackageView, copied: &Copied) -> impl IntoView + use<> {
    let several = copied.parts.len() > 1;
    let parts = (1..).zip(&copied.parts).map(|(n, part)| archive(n, part, several)).collect_view();
    let count: usize = copied.parts.iter().map(|part| part.entries.len()).sum();
    let parted = if several { format!(" in {} parts", copied.parts.len()) } else { String::new() };
    let count = thousands(i64::try_from(count).unwrap_or(i64::MAX));
    view! {
        <details>
            <summary>{format!("Manifest: {count} entries{parted} besides the person’s files")}</summary>
            {parts}
            {(!several).then(|| view! {
                <p class="small dim">"The archive itself: "<span class="hash">{words::in_groups(&package.sha256)}</span></p>
            })}
        </details>
    }
}

fn archive(n: usize, part: &CopiedPart, several: bool) -> impl IntoView + use<> {
    let lines = part.entries.iter().map(entry).collect_view();
    let files = i64::try_from(part.bytes).unwrap_or(i64::MAX);
    let head = several.then(|| {
        let says = format!(
            "Part {n}: {}, {}, {}",
            size(files),
            words::rows(part.rows),
            words::files(part.files.count)
        );
        view! { <h3>{says}</h3><p class="small dim">"SHA-256: "<span class="hash">{words::in_groups(&part.sha256)}</span></p> }
    });
    view! {
        {head}
        <table role="table" class="plan">
            <caption class="sr">"Entries with size and SHA-256"</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Entry"</th>
                    <th role="columnheader" scope="col" class="num">"Size"</th>
                    <th role="columnheader" scope="col" class="why">"SHA-256"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{lines}</tbody>
        </table>
    }
}

fn entry(entry: &Entry) -> impl IntoView + use<> {
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><span class="mono">{entry.path.clone()}</span></th>
            <td role="cell" class="num">{size(i64::try_from(entry.bytes).unwrap_or(i64::MAX))}</td>
            <td role="cell" class="why hash">{words::in_groups(&entry.sha256)}</td>
        </tr>
    }
}
