//! The manifest: what is in the package and what is not, for programs.

use super::{About, layout::TableCopy, write::Told};
use crate::generation::map::{DataMap, Redact};
use serde_json::{Map, Value, json};

/// What the format is called; another number for whatever readers would have to know.
pub const FORMAT: &str = "recourse copy 1";

/// Everything but the lists that may be long: missing files and entries.
pub fn manifest(about: &About, map: &DataMap, told: &Told<'_>) -> Map<String, Value> {
    let tables: Vec<_> = told.tables.iter().map(|(table, rows)| of_table(table, *rows)).collect();
    let left_out: Vec<_> = told
        .left_out
        .iter()
        .map(|(table, rows)| json!({ "table": table.name, "title": table.title, "rows": rows, "why": table.why_not }))
        .collect();
    let fields = [
        ("format", json!(FORMAT)),
        ("product", json!(about.product)),
        ("system", json!(map.system)),
        ("reference", json!(about.reference)),
        ("run", json!(about.run)),
        ("made_at", json!(about.made)),
        ("map_version", json!(map.version)),
        ("tables", json!(tables)),
        ("left_out_tables", json!(left_out)),
        ("files", json!({ "count": told.files.count.count, "bytes": told.files.count.bytes })),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn of_table(table: &TableCopy, rows: i64) -> Value {
    let columns: Vec<_> = table
        .columns
        .iter()
        .map(|column| {
            let redacted = column.redact.map(|redact| match redact {
                Redact::Always => "always",
                Redact::Shared => "in rows that are somebody else's as well",
            });
            json!({
                "name": column.name,
                "title": column.title,
                "category": column.category,
                "purpose": column.purpose,
                "redacted": redacted,
            })
        })
        .collect();
    let left_out: Vec<_> =
        table.left_out.iter().map(|(name, title, why)| json!({ "name": name, "title": title, "why": why })).collect();
    let entries = (rows > 0).then(|| json!([table.json(), table.csv()]));
    json!({
        "table": table.name,
        "title": table.title,
        "rows": rows,
        "entries": entries,
        "columns": columns,
        "left_out": left_out,
    })
}
