//! A rehearsal's plan as JSON for programs, and any outcome as lines for people. Says counts, names and reasons only.

use crate::domain::plan::{FileCount, Plan, PlanLine, Warning};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// A plan.
pub fn plan(plan: &Plan) -> Value {
    json!({
        "subject": plan.subject,
        "tables": plan.tables.iter().map(line).collect::<Vec<_>>(),
        "files": files(plan.files),
        "warnings": plan.warnings.iter().map(warning).collect::<Vec<_>>(),
        "scope_hash": plan.scope_hash,
    })
}

/// Files.
pub fn files(files: FileCount) -> Value {
    json!({ "count": files.count, "bytes": files.bytes })
}

/// A warning.
pub fn warning(warning: &Warning) -> Value {
    let Warning { code, table, column, detail, blocks, .. } = warning;
    let mut value = json!({ "code": code.code(), "table": table, "detail": detail, "blocks": blocks });
    put(&mut value, "column", column.clone());
    value
}

fn line(line: &PlanLine) -> Value {
    let columns: Map<String, Value> =
        line.columns.iter().map(|(column, action)| (column.clone(), action.code().into())).collect();
    let mut value = json!({ "table": line.table, "action": line.action.code(), "rows": line.rows, "columns": columns });
    put(&mut value, "reason", line.reason.clone());
    put(&mut value, "keep_until", line.keep_until.clone());
    value
}

fn put(value: &mut Value, key: &str, text: Option<String>) {
    if let (Some(text), Some(object)) = (text, value.as_object_mut()) {
        object.insert(key.to_owned(), text.into());
    }
}

/// What came of a rehearsal, a line each.
pub fn for_people(json: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut out = String::new();
    let accounts = json["subject"]["accounts"].as_u64();
    if let Some(accounts) = accounts {
        let by: Vec<_> = json["subject"]["found_by"].as_array().into_iter().flatten().map(text).collect();
        let by = if by.is_empty() { String::new() } else { format!(", found by {}", by.join(", ")) };
        let _ = writeln!(out, "accounts: {accounts}{by}");
    }
    for key in json["subjects"].as_array().into_iter().flatten() {
        let _ = writeln!(out, "  {}", key.as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join(", "));
    }
    for table in json["tables"].as_array().into_iter().flatten() {
        let columns = table["columns"].as_object().into_iter().flatten();
        let columns: Vec<_> = columns.map(|(column, action)| format!("{column}: {}", text(action))).collect();
        let because =
            [table.get("reason").map(text), table.get("keep_until").map(|day| format!("until {}", text(day)))];
        let rest: Vec<_> = columns.into_iter().chain(because.into_iter().flatten()).collect();
        let line = format!(
            "{:>9}  {:<10} {:<24} {}",
            text(&table["rows"]),
            text(&table["action"]),
            text(&table["table"]),
            rest.join("; ")
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if let Some(count) = json["files"]["count"].as_i64().filter(|count| *count > 0) {
        let _ = writeln!(out, "{count:>9}  files, {} bytes", json["files"]["bytes"]);
    }
    for warning in json["warnings"].as_array().into_iter().flatten() {
        let what = if warning["blocks"] == true { "stops" } else { "warns" };
        let column = warning.get("column").map(|column| format!(".{}", text(column))).unwrap_or_default();
        let place = format!("{}{column}", text(&warning["table"]));
        let _ = writeln!(out, "{what}: {} {place}: {}", text(&warning["code"]), text(&warning["detail"]));
    }
    for (key, says) in
        [("verified", "verified"), ("scope_hash", "scope"), ("package", "package"), ("contacts", "addresses on record")]
    {
        if let Some(value) = json.get(key) {
            let _ = writeln!(out, "{says}: {}", text(value));
        }
    }
    for left in json["left"].as_array().into_iter().flatten() {
        let _ = writeln!(out, "left: {} {}", text(&left["rows"]), text(&left["what"]));
    }
    out
}
