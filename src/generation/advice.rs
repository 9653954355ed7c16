//! What stops no plan but deserves a look: joins that no index serves, and tables that look personal and are not mapped.
//! By names, types and indexes alone.

use super::{
    engine::Dialect,
    map::{DataMap, Normal},
    propose::{evidence, named_like_keys},
    schema::Schema,
    scope::Scope,
    steps::{RUN, UNTIL},
};
use crate::domain::plan::{Warning, WarningCode};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The joins that a run's statements do by columns that no index leads: each reads its whole table.
#[must_use]
pub fn unindexed(map: &DataMap, schema: &Schema, dialect: Dialect) -> Vec<Warning> {
    let scope = Scope::new(map, schema, dialect, 1, NaiveDate::MIN);
    let mut found = Vec::new();
    let mut said = BTreeSet::new();
    let mut look = |table: &str, columns: Vec<&String>, what: String| {
        let led = schema.tables.get(table).is_none_or(|live| live.is_led_by(&columns));
        if let (false, Some(column)) = (led, columns.first())
            && said.insert((table.to_owned(), (*column).clone()))
        {
            let detail = format!("{what}, but no index leads with this column: every batch reads the whole table");
            found.push(warning(WarningCode::NoIndex, table, Some(column.as_str()), detail));
        }
    };
    for (name, table) in &map.tables {
        for join in &table.owner {
            look(name, join.on.keys().collect(), format!("rows are found by {}", join.to));
            if scope.may_be_shared(name) {
                look(&join.to, join.on.values().collect(), format!("rows of {name} are found by it"));
            }
        }
        for link in &table.link {
            look(name, link.on.keys().collect(), format!("rows that point to {} are found by it", link.to));
        }
        for (column, _) in table.columns.iter().filter(|(_, is)| is.file) {
            look(name, vec![column], "files are looked for that other rows name too".to_owned());
        }
    }
    for (.., into) in map.sealing() {
        let (run, until) = (RUN.to_owned(), UNTIL.to_owned());
        look(into, vec![&run, &until], "sealed rows are found by it once their day is over".to_owned());
    }
    for identity in map.identities.iter().filter(|identity| identity.normal == Normal::Exact) {
        look(&identity.table, vec![&identity.column], format!("people are looked up by {}", identity.kind));
    }
    found
}

/// Tables that the map does not have and whose columns look personal.
#[must_use]
pub fn unmapped(map: &DataMap, schema: &Schema) -> Vec<Warning> {
    let mut found = Vec::new();
    let is_known = |name: &str| map.table(name).is_some() || map.sealing().any(|(.., into)| into == name);
    for (name, live) in schema.tables.iter().filter(|(name, _)| !is_known(name)) {
        for (column, why) in evidence::personal(live) {
            let detail = format!(
                "looks personal ({why}), but the map does not have this table; add it, or leave it if it is about nobody"
            );
            found.push(warning(WarningCode::Drift, name, Some(column), detail));
        }
    }
    for (name, column, to) in named_like_keys(schema, &map.subject) {
        if !is_known(&name) && map.table(&to).is_some() {
            let detail = format!(
                "is named like a key of {to}, but the map does not have this table; add it, or leave it if it is about nobody"
            );
            found.push(warning(WarningCode::Drift, &name, Some(&column), detail));
        }
    }
    found
}

fn warning(code: WarningCode, table: &str, column: Option<&str>, detail: String) -> Warning {
    Warning { code, table: table.to_owned(), column: column.map(str::to_owned), detail, rows: 0, blocks: false }
}
