//! The statements' lists: how each column is asked for, which files a row names, since when there are rows. Text only.

use super::layout::{ColumnCopy, Form};
use crate::generation::{
    alike::{self, as_text},
    engine::{Dialect, quoted},
    map::{Column, Table},
    reach::is_moment,
    schema::{ColumnSchema, TableSchema, Type},
    scope::Scope,
};

/// `MariaDB`'s types of shapes.
const SHAPES: [&str; 8] = [
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
];

/// How values of a column are written.
pub fn form(live: &ColumnSchema, is: &Column) -> Form {
    let named = live.named.to_ascii_lowercase();
    match live.kind {
        _ if is.file => Form::File,
        Type::Integer | Type::Number => Form::Number,
        Type::Bool => Form::Bool,
        Type::Bytes => Form::Bytes,
        Type::Other if named == "json" || named == "jsonb" => Form::Json,
        _ => Form::Text,
    }
}

/// How a column is asked for.
pub fn expression(scope: &Scope<'_>, table: &str, column: &ColumnCopy) -> String {
    let at = format!("t.{}", quoted(&column.name));
    let live = scope.schema.tables.get(table).and_then(|live| live.columns.get(&column.name));
    let by_category = scope.reach.columns.get(table);
    let value = |at: String| match (by_category, scope.wholly(table, "t")) {
        // rows that are there for a category alone have nothing of the other columns
        (Some(chosen), Some(wholly)) if !chosen.contains_key(&column.name) => {
            format!("CASE WHEN {wholly} THEN {at} END")
        }
        _ => at,
    };
    value(match scope.dialect {
        // each value says itself what it is
        Dialect::Sqlite => at,
        Dialect::Postgres if column.form == Form::Bytes => at,
        // as text, an address would get the width of its network
        Dialect::Postgres if live.is_some_and(|live| live.named == "inet") => format!("abbrev({at})"),
        Dialect::Postgres => as_text(&at, scope.dialect),
        // as text made anew, a very long one would be nothing
        Dialect::Maria if column.form == Form::Bytes || live.is_some_and(|live| live.collation.is_some()) => at,
        Dialect::Maria if live.is_some_and(|live| SHAPES.contains(&live.named.as_str())) => format!("ST_AsText({at})"),
        Dialect::Maria => alike::text(&at, live, scope.dialect),
    })
}

/// Selects the names of the files of each column that `leaves`.
pub fn file_names(scope: &Scope<'_>, name: &str, table: &Table, leaves: impl Fn(&Column) -> bool) -> Vec<String> {
    let columns = table.columns.iter().filter(|(_, is)| is.file && leaves(is));
    let of_category = |column: &String| scope.reach.columns.get(name).is_some_and(|chosen| chosen.contains_key(column));
    let rows = |column: &String| {
        let own = scope.own(name, "t");
        if of_category(column) { Some(own) } else { scope.meant(name, "t", &own) }
    };
    let meant = columns.filter_map(|(column, is)| Some((column, is, rows(column)?)));
    let names = meant.map(|(column, is, rows)| {
        let at = format!("t.{}", quoted(column));
        let theirs = match is.redact {
            Some(_) => format!(" AND ({}) IS NOT TRUE", scope.of_another(name, "t")),
            None => String::new(),
        };
        let text = match scope.dialect {
            Dialect::Postgres => format!("{at}::text COLLATE \"C\""),
            Dialect::Sqlite => format!("CAST({at} AS TEXT) COLLATE BINARY"),
            Dialect::Maria => alike::bytes(&at),
        };
        format!(
            "SELECT DISTINCT {text} FROM {} t WHERE {rows} AND {at} IS NOT NULL AND {at} <> ''{theirs}",
            quoted(name)
        )
    });
    names.collect()
}

/// The first and last moment at which the person's rows came to be, as text, where a column says so.
pub fn span(scope: &Scope<'_>, name: &str, table: &Table) -> Option<String> {
    let live = scope.schema.tables.get(name)?;
    let column = came_to_be(table, live)?;
    let at = format!("t.{}", quoted(column));
    let (first, last) = (format!("min({at})"), format!("max({at})"));
    Some(format!("{}, {}", as_text(&first, scope.dialect), as_text(&last, scope.dialect)))
}

/// The column that says when a row came to be: one called so first, then any other that says when something happened.
fn came_to_be<'t>(table: &'t Table, live: &TableSchema) -> Option<&'t String> {
    const LATER: [&str; 6] = ["updat", "modif", "delet", "expir", "until", "birth"];
    let plain = |name: &str| name.to_ascii_lowercase();
    let happened = |name: &str| {
        let is_day = live.columns.get(name).is_some_and(|is| matches!(is.kind, Type::Date | Type::Timestamp));
        let says_day = ["_on", "_date", "date"].iter().any(|end| plain(name).ends_with(end));
        is_moment(name, Some(live)) || (is_day && says_day)
    };
    let may_be = |name: &&String| happened(name) && !LATER.iter().any(|word| plain(name).contains(word));
    let named: Vec<_> = table.columns.keys().filter(may_be).collect();
    named.iter().find(|name| plain(name).contains("creat")).or(named.first()).copied()
}
