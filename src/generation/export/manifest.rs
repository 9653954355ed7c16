//! The manifest: what is in the package and what is not, for programs.

use super::{
    About, LeftOut,
    layout::{ColumnCopy, TableCopy},
    write::Told,
};
use crate::{
    domain::plan::FileCount,
    generation::{
        Extent,
        map::{DataMap, Redact},
    },
};
use serde::Serialize;

/// What the format is called; another number for whatever readers would have to know.
pub const FORMAT: &str = "recourse copy 1";

#[derive(Serialize)]
struct Manifest<'t> {
    format: &'static str,
    product: &'t str,
    system: &'t str,
    reference: &'t str,
    run: &'t str,
    made_at: &'t str,
    map_version: &'t str,
    tables: Vec<OfTable<'t>>,
    left_out_tables: Vec<LeftOut>,
    files: FileCount,
    /// What the copy was asked for, where not everything.
    #[serde(skip_serializing_if = "Extent::is_whole")]
    limited_to: &'t Extent,
}

#[derive(Serialize)]
struct OfTable<'t> {
    table: &'t str,
    title: &'t str,
    rows: i64,
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
    why: &'t str,
}

/// Everything but the lists that may be long, missing files and entries: a JSON object.
pub fn manifest(about: &About, map: &DataMap, extent: &Extent, told: &Told<'_>) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&Manifest {
        format: FORMAT,
        product: &about.product,
        system: &map.system,
        reference: &about.reference,
        run: &about.run,
        made_at: &about.made_at,
        map_version: &map.version,
        tables: told.tables.iter().map(|(table, rows)| of_table(table, *rows)).collect(),
        left_out_tables: told.left_out(),
        files: told.files.count,
        limited_to: extent,
    })
}

fn of_table(table: &TableCopy, rows: i64) -> OfTable<'_> {
    OfTable {
        table: &table.name,
        title: &table.title,
        rows,
        entries: if rows > 0 { vec![table.json(), table.csv()] } else { Vec::new() },
        columns: table.columns.iter().map(of_column).collect(),
        left_out: table.left_out.iter().map(|(name, title, why)| ColumnLeftOut { name, title, why }).collect(),
    }
}

fn of_column(column: &ColumnCopy) -> Column<'_> {
    let redacted = column.redact.map(|redact| match redact {
        Redact::Always => "always",
        Redact::Shared => "in shared rows",
    });
    Column { name: &column.name, title: &column.title, category: &column.category, purpose: &column.purpose, redacted }
}
