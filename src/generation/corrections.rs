//! Values that become others: each in one row of the person's, and only while the value is still the one that was to be
//! corrected. The new values are bound, never part of a statement's text.

use super::{
    aim::Correction,
    alike::{as_text, identical},
    check::fits,
    engine::quoted,
    schema::Schema,
    scope::Scope,
    steps::{Does, Step, Whole},
};
use crate::domain::plan::{Action, Warning, WarningCode};
use std::collections::BTreeMap;

/// One step for each value; `scope` numbers their values after the keys.
pub fn steps(scope: &Scope<'_>, corrections: &[Correction]) -> Vec<Step> {
    let mut first = scope.keys() + 1;
    let mut steps = Vec::new();
    for one in corrections {
        steps.extend(step(scope, one, first));
        first += one.width();
    }
    steps
}

/// The statements of one correction, whose first value is the `first`-th.
struct Parts {
    /// The row, while it is the person's.
    row: String,
    was: String,
    becomes: String,
}

fn parts(scope: &Scope<'_>, one: &Correction, first: usize) -> Option<Parts> {
    let table = scope.map.table(&one.table)?;
    let key = table
        .key
        .iter()
        .enumerate()
        .map(|(n, column)| format!("t.{} = {}", quoted(column), scope.value(&one.table, column, first + n)));
    let row = key.chain([scope.own(&one.table, "t")]).collect::<Vec<_>>().join(" AND ");
    let after_key = first + table.key.len();
    let value = |given: &Option<String>, n: usize| match given {
        Some(_) => scope.value(&one.table, &one.column, n),
        None => "NULL".to_owned(),
    };
    let was = value(&one.was, after_key);
    let becomes = value(&one.becomes, after_key + usize::from(one.was.is_some()));
    Some(Parts { row, was, becomes })
}

fn step(scope: &Scope<'_>, one: &Correction, first: usize) -> Option<Step> {
    let Parts { row, was, becomes } = parts(scope, one, first)?;
    let (table, at) = (quoted(&one.table), format!("t.{}", quoted(&one.column)));
    let is = scope.column(&one.table, &one.column);
    let differs = format!("NOT {}", identical(scope.dialect, &at, is, &becomes));
    let whole = Whole {
        count: format!("SELECT {} FROM {table} t WHERE {row} AND {differs}", as_text("count(*)", scope.dialect)),
        change: format!(
            "UPDATE {table} AS t SET {} = {becomes} WHERE {row} AND {differs} AND {}",
            quoted(&one.column),
            identical(scope.dialect, &at, is, &was)
        ),
    };
    let columns = BTreeMap::from([(one.column.clone(), Action::Correct)]);
    Some(Step { columns, whole: Some(whole), ..Step::new(&one.table, Does::Correct, String::new()) })
}

/// For each correction: how many rows of the person it means, how many hold neither the old nor the new value, and how many
/// are under a hold; the last is empty where none can be.
pub fn questions(scope: &Scope<'_>, corrections: &[Correction]) -> Vec<(String, String, [String; 3])> {
    let mut first = scope.keys() + 1;
    let mut asked = Vec::new();
    for one in corrections {
        if let Some(Parts { row, was, becomes }) = parts(scope, one, first) {
            let at = format!("t.{}", quoted(&one.column));
            let count = as_text("count(*)", scope.dialect);
            let rows = format!("SELECT {count} FROM {} t WHERE {row}", quoted(&one.table));
            let is = scope.column(&one.table, &one.column);
            let differs = |value: &str| format!(" AND NOT {}", identical(scope.dialect, &at, is, value));
            let changed = format!("{rows}{}{}", differs(&was), differs(&becomes));
            let held = scope.under_hold(&one.table, "t").map(|held| format!("{rows} AND {held}"));
            asked.push((one.table.clone(), one.column.clone(), [rows, changed, held.unwrap_or_default()]));
        }
        first += one.width();
    }
    asked
}

/// What keeps corrections from being made, by names and types alone.
pub fn faults(map: &super::map::DataMap, schema: &Schema, corrections: &[Correction]) -> Vec<Warning> {
    let mut faults = Vec::new();
    for one in corrections {
        let mut fault = |code: WarningCode, says: String| {
            let (table, column) = (one.table.clone(), Some(one.column.clone()));
            faults.push(Warning { code, table, column, detail: says, rows: 0, blocks: true });
        };
        let listed = map.table(&one.table).and_then(|table| Some((table, table.columns.get(&one.column)?)));
        let live = schema.tables.get(&one.table).and_then(|table| table.columns.get(&one.column));
        match (listed, live, &one.becomes) {
            (Some((table, is)), Some(live), becomes) if is.correct && table.key.len() == one.key.len() => match becomes
            {
                None if !live.nullable => fault(WarningCode::NotNull, "cannot be empty".to_owned()),
                Some(value) => {
                    if let Err(says) = fits(value, live.kind, live.longest) {
                        fault(WarningCode::TypeMismatch, says);
                    }
                }
                None => {}
            },
            _ => fault(
                WarningCode::KeyColumn,
                "cannot be corrected; the data map names the columns that can, by correct = true".to_owned(),
            ),
        }
    }
    faults
}
