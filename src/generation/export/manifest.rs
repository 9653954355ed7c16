//! The manifest: what is in an archive, what is not, and which others there are; for programs.

use super::{
    head::{Ending, name_of},
    layout::{ColumnCopy, TableCopy},
    portability,
    told::LeftOut,
    volume::Holds,
    words::{self, Words},
};
use crate::{
    domain::{copy::CopyForm, plan::FileCount},
    generation::{Extent, map::Redact},
};
use serde::Serialize;

/// What the format is called; another number for whatever readers would have to know.
pub const FORMAT: &str = "recourse copy 2";

#[derive(Serialize)]
struct Manifest<'t> {
    format: &'static str,
    form: CopyForm,
    language: &'static str,
    product: &'t str,
    system: &'t str,
    reference: &'t str,
    run: &'t str,
    made_at: &'t str,
    map_version: &'t str,
    /// The number of this archive, and all of them.
    part: usize,
    parts: Vec<OfPart>,
    tables: Vec<OfTable<'t>>,
    left_out_tables: Vec<LeftOut>,
    files: FileCount,
    /// What the copy was asked for, where not everything.
    #[serde(skip_serializing_if = "Extent::is_whole")]
    limited_to: &'t Extent,
    /// The same in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limited_to_in_words: Vec<String>,
    /// Where the documents of portable data are described.
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'static str>,
}

#[derive(Serialize)]
struct OfPart {
    part: usize,
    archive: String,
    tables: Vec<RowsOf>,
    files: FileCount,
}

#[derive(Serialize)]
struct RowsOf {
    table: String,
    rows: i64,
}

#[derive(Serialize)]
struct OfTable<'t> {
    table: &'t str,
    title: &'t str,
    /// In all archives.
    rows: i64,
    /// In this one.
    rows_here: i64,
    /// When the first and the last row came to be, as the database writes it; of a summary.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    span: Vec<&'t Option<String>>,
    /// Without rows there are none.
    entries: Vec<String>,
    columns: Vec<Column<'t>>,
    left_out: Vec<ColumnLeftOut<'t>>,
}

#[derive(Serialize)]
struct Column<'t> {
    name: &'t str,
    title: &'t str,
    category: &'t str,
    purpose: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<&'static str>,
}

#[derive(Serialize)]
struct ColumnLeftOut<'t> {
    name: &'t str,
    title: &'t str,
    why: String,
}

/// Of the `n`-th archive, counted from 0, everything but the lists that may be long, missing files and entries: a JSON
/// object.
pub fn manifest(ending: &Ending, all: &[Holds], n: usize) -> serde_json::Result<String> {
    let Ending { about, map: (system, map_version), form, extent, limits, told } = ending;
    let (words, here) = (words::of(about.language), &all[n]);
    serde_json::to_string_pretty(&Manifest {
        format: FORMAT,
        form: *form,
        language: words.code,
        product: &about.product,
        system,
        reference: &about.reference,
        run: &about.run,
        made_at: &about.made_at,
        map_version,
        part: n + 1,
        parts: all.iter().enumerate().map(|(n, holds)| of_part(holds, n, all.len())).collect(),
        tables: told.tables.iter().map(|(table, rows)| of_table(ending, here, (table, *rows), words)).collect(),
        left_out_tables: told.left_out(words),
        // a summary has none to hold, and counts those there are
        files: if form.has_rows() { here.files } else { told.files.count },
        limited_to: extent,
        limited_to_in_words: limits.lines(words),
        schema: (*form == CopyForm::Portable).then_some(portability::PATH),
    })
}

fn of_part(holds: &Holds, n: usize, of: usize) -> OfPart {
    let tables = holds.tables.iter().map(|(table, rows)| RowsOf { table: table.name.clone(), rows: *rows });
    OfPart { part: n + 1, archive: name_of(n + 1, of), tables: tables.collect(), files: holds.files }
}

fn of_table<'t>(
    ending: &'t Ending,
    here: &Holds,
    (table, rows): (&'t TableCopy, i64),
    words: &'t Words,
) -> OfTable<'t> {
    let rows_here = here.tables.iter().find(|(is, _)| is.name == table.name).map_or(0, |(_, rows)| *rows);
    let csv = (ending.form == CopyForm::Full).then(|| table.csv());
    OfTable {
        table: &table.name,
        title: &table.title,
        rows,
        rows_here,
        span: ending.told.spans.get(&table.name).map(|span| span.iter().collect()).unwrap_or_default(),
        entries: if rows_here > 0 { [table.json()].into_iter().chain(csv).collect() } else { Vec::new() },
        columns: table.columns.iter().map(of_column).collect(),
        left_out: table
            .left_out
            .iter()
            .map(|out| ColumnLeftOut { name: &out.name, title: out.title(words), why: out.why.says(words) })
            .collect(),
    }
}

fn of_column(column: &ColumnCopy) -> Column<'_> {
    let redacted = column.redact.map(|redact| match redact {
        Redact::Always => "always",
        Redact::Shared => "in shared rows",
    });
    Column { name: &column.name, title: &column.title, category: &column.category, purpose: &column.purpose, redacted }
}
