//! Portable data (GDPR Art. 20): one JSON document a table, and the JSON Schema (2020-12) that describes exactly what is
//! in a package. The general form is published by the console; its number changes with whatever readers have to know.

use super::{
    REDACTED,
    cells::json_text,
    layout::{ColumnCopy, Form, TableCopy},
};
use crate::generation::{engine::Dialect, map::Redact, schema::Type};
use serde_json::{Map, Value, json};
use std::{io, sync::Arc};

/// What a document says that it is.
pub const FORMAT: &str = "recourse portability 1";
/// The version of the general form.
pub const VERSION: &str = "1";
/// Where a package's own schema lies in it.
pub const PATH: &str = "schema/portability.schema.json";
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What stands before and after a table's rows.
pub(super) fn frame(table: &TableCopy) -> (Vec<u8>, Vec<u8>) {
    let mut head = b"{\"format\":".to_vec();
    json_text(&mut head, FORMAT);
    head.extend_from_slice(b",\"table\":");
    json_text(&mut head, &table.name);
    head.extend_from_slice(b",\"title\":");
    json_text(&mut head, &table.title);
    head.extend_from_slice(b",\"records\":[");
    (head, b"\n]}\n".to_vec())
}

/// The schema of the documents of these tables: a document is one of them, with exactly these fields.
pub(super) fn schema(dialect: Dialect, tables: &[(Arc<TableCopy>, i64)]) -> io::Result<String> {
    let defs: Map<_, _> = tables.iter().map(|(table, _)| (table.stem.clone(), document(dialect, table))).collect();
    let of: Vec<_> = defs.keys().map(|stem| json!({ "$ref": format!("#/$defs/{stem}") })).collect();
    let mut schema = json!({
        "$schema": DIALECT,
        "title": "The documents of this package",
        "description": format!("Each file of the folder data is one document of the form {FORMAT:?}."),
        "$defs": defs,
    });
    // a schema may not offer a choice of nothing
    schema["oneOf"] = if of.is_empty() { json!([false]) } else { Value::Array(of) };
    Ok(serde_json::to_string_pretty(&schema)? + "\n")
}

/// The general form of every document of every package, as it is published at `address`.
#[must_use]
pub fn general(address: &str) -> Value {
    let names = json!({ "type": "string", "minLength": 1 });
    let value = json!({
        "description": "A number, a text, true, false, nothing, or JSON that the service stores. Moments are texts as \
                        `YYYY-MM-DD hh:mm:ss` with whatever zone the service keeps, bytes are Base64, and what names a \
                        file names its place in the package.",
    });
    json!({
        "$schema": DIALECT,
        "$id": address,
        "title": "Portable personal data: one document",
        "description": "A table of somebody's data as Recourse hands it over for portability (GDPR Art. 20). A package holds \
                        one such document a table below data/, files below files/, and a schema of its own at \
                        schema/portability.schema.json that says which fields there are and what is in them.",
        "version": VERSION,
        "type": "object",
        "required": ["format", "table", "title", "records"],
        "additionalProperties": false,
        "properties": {
            "format": { "const": FORMAT },
            "table": names,
            "title": names,
            "records": {
                "type": "array",
                "items": { "type": "object", "minProperties": 1, "additionalProperties": value },
            },
        },
    })
}

fn document(dialect: Dialect, table: &TableCopy) -> Value {
    let names: Vec<_> = table.columns.iter().map(|column| column.name.clone()).collect();
    let fields: Map<_, _> = table.columns.iter().map(|column| (column.name.clone(), field(dialect, column))).collect();
    json!({
        "type": "object",
        "title": table.title,
        "required": ["format", "table", "title", "records"],
        "additionalProperties": false,
        "properties": {
            "format": { "const": FORMAT },
            "table": { "const": table.name },
            "title": { "const": table.title },
            "records": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": names,
                    "additionalProperties": false,
                    "properties": fields,
                },
            },
        },
    })
}

/// What one field holds.
fn field(dialect: Dialect, column: &ColumnCopy) -> Value {
    let whole = column.kind == Type::Integer;
    let (mut types, more) = match column.form {
        Form::Json => (Vec::new(), json!({})),
        Form::Number if whole => (vec!["integer"], json!({})),
        Form::Number => (vec!["number"], json!({})),
        Form::Bool => (vec!["boolean"], json!({})),
        Form::Bytes => (vec!["string"], json!({ "contentEncoding": "base64" })),
        Form::File => (vec!["string"], json!({ "description": "the place of a file in this package" })),
        Form::Text if column.kind == Type::Date && dialect != Dialect::Sqlite => {
            (vec!["string"], json!({ "format": "date" }))
        }
        Form::Text => (vec!["string"], json!({})),
    };
    // in SQLite a column's type binds no value, and not every number of a database is one in JSON
    let loose = dialect == Dialect::Sqlite || column.form == Form::Number && !whole;
    if loose && whole && !types.is_empty() {
        types[0] = "number";
    }
    if (loose || column.redact.is_some()) && !types.is_empty() && !types.contains(&"string") {
        types.push("string");
    }
    if column.nullable && !types.is_empty() {
        types.push("null");
    }
    let mut field = more;
    field["title"] = column.title.clone().into();
    if !types.is_empty() {
        field["type"] = json!(types);
    }
    if !column.category.is_empty() {
        field["$comment"] = format!("category {}", column.category).into();
    }
    if let Some(redact) = column.redact {
        let when = if redact == Redact::Always { "always" } else { "in records that are somebody else’s as well" };
        field["description"] = format!("withheld {when}: then it is {REDACTED:?}").into();
    }
    if column.redact.is_some() {
        // a withheld value has no form of its own
        field.as_object_mut().map(|field| field.remove("format"));
    }
    field
}
