//! What columns become, in SQL: the assignments of a change, and the values of a map as their column's type.

use super::truncated;
use crate::{
    domain::plan::Action,
    generation::{
        alike,
        engine::{Dialect, quoted},
        map::Table,
        schema::Type,
        scope::Scope,
    },
};
use std::collections::BTreeMap;

/// The assignments of the columns that change, and the conditions that one of them has still to be made.
pub(super) fn changed(
    scope: &Scope<'_>,
    name: &str,
    table: &Table,
    changes: &BTreeMap<String, Action>,
) -> (Vec<String>, Vec<String>) {
    let (mut sets, mut differs) = (Vec::new(), Vec::new());
    for (column, action) in changes {
        let (here, at) = (quoted(column), format!("t.{}", quoted(column)));
        if *action == Action::Null {
            differs.push(format!("{at} IS NOT NULL"));
            sets.push(format!("{here} = NULL"));
            continue;
        }
        let Some(becomes) = becomes(scope, name, table, column, *action) else { continue };
        // a column that holds nothing has nothing to erase
        differs.push(match scope.dialect {
            Dialect::Postgres => format!("({at} IS NOT NULL AND {at} IS DISTINCT FROM {becomes})"),
            Dialect::Sqlite => format!("({at} IS NOT NULL AND {at} IS NOT {becomes})"),
            Dialect::Maria => alike::differs(&at, scope.column(name, column), &becomes),
        });
        sets.push(format!("{here} = CASE WHEN {here} IS NULL THEN NULL ELSE {} END", becomes.replace(&at, &here)));
    }
    (sets, differs)
}

/// What a column of the row `t` becomes where it holds something; none for an action that changes no value.
pub(super) fn becomes(scope: &Scope<'_>, name: &str, table: &Table, column: &str, action: Action) -> Option<String> {
    let value = table.columns.get(column).and_then(|is| is.value.as_deref());
    let at = format!("t.{}", quoted(column));
    Some(match action {
        Action::Null => "NULL".to_owned(),
        Action::Fixed => literal(scope, name, column, value.unwrap_or_default()),
        Action::Default => empty(scope, name, column),
        Action::Pseudonym => scope.value(name, column, scope.pseudonym()),
        Action::Truncate => {
            truncated::truncated(scope.dialect, scope.column(name, column), &at, value == Some("month"))
        }
        _ => return None,
    })
}

/// A value of the map in SQL, as the column's type.
pub(in crate::generation) fn literal(scope: &Scope<'_>, name: &str, column: &str, value: &str) -> String {
    let text = format!("'{}'", value.replace('\'', "''"));
    // text of a bounded type would be cut by a cast
    let is = scope.schema.tables.get(name).and_then(|table| table.columns.get(column));
    match (scope.dialect, is) {
        (Dialect::Postgres, Some(is)) if is.kind == Type::Text => format!("{text}::text"),
        (Dialect::Postgres, Some(is)) => format!("CAST({text} AS {})", is.named),
        (Dialect::Maria, is) => alike::literal(value, is),
        (_, Some(is)) if matches!(is.kind, Type::Integer | Type::Number) => {
            format!("CAST({text} AS {})", if is.kind == Type::Integer { "INTEGER" } else { "REAL" })
        }
        (_, Some(is)) if is.kind == Type::Bool => {
            if value == "true" {
                "1".to_owned()
            } else {
                "0".to_owned()
            }
        }
        _ => text,
    }
}

/// The empty value of the column's type: for columns that may not be null.
fn empty(scope: &Scope<'_>, name: &str, column: &str) -> String {
    let kind = scope.schema.tables.get(name).and_then(|table| table.columns.get(column)).map(|is| is.kind);
    let value = match kind {
        Some(Type::Integer | Type::Number) => "0",
        Some(Type::Bool) => "false",
        Some(Type::Date) => "1970-01-01",
        // the first moment that every engine can write down
        Some(Type::Timestamp) if scope.dialect == Dialect::Maria => "1970-01-01T00:00:01Z",
        Some(Type::Timestamp) => "1970-01-01T00:00:00Z",
        Some(Type::Uuid) => "00000000-0000-0000-0000-000000000000",
        Some(Type::Address) => "0.0.0.0",
        _ => "",
    };
    literal(scope, name, column, value)
}
