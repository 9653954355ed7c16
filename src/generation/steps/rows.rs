//! What is done with the rows of one table: links that are cut, rows that go, columns that change, as steps.

use super::{Does, Sealing, Step, narrow, order::owns_itself, values::changed};
use crate::{
    domain::plan::Action,
    generation::{
        engine::quoted,
        map::{Erase, Link, Others, Shared, Table},
        scope::Scope,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// One step while it is put together.
pub(super) fn step(
    scope: &Scope<'_>,
    table: &str,
    does: Does,
    consumed: &BTreeSet<String>,
    rows: impl Fn() -> String,
) -> Step {
    scope.mentioned();
    let rows = rows();
    let lost = scope.mentioned().iter().any(|mentioned| mentioned != table && consumed.contains(mentioned));
    // a chain of rows is not to be followed any more once its first rows are gone
    let frozen = lost || (owns_itself(scope.map, table) && does != Does::Unlink);
    let recheck = (frozen && matches!(does, Does::Delete | Does::Seal) && scope.may_be_shared(table))
        .then(|| format!("NOT {}", scope.of_another(table, "t")));
    Step { frozen, recheck, ..Step::new(table, does, rows) }
}

/// Links of other people's rows that become null.
pub(super) fn links(scope: &Scope<'_>, name: &str, steps: &mut Vec<Step>) {
    let Some(table) = scope.map.table(name) else { return };
    for link in table.link.iter().filter(|link| link.others == Some(Others::Null)) {
        let to_gone = || scope.to_gone(name, "t", &link.to, &link.on);
        // the person's own rows go by themselves, or are changed as their columns say; with limits some of them stay
        let theirs = || match (table.erase, scope.some_stay()) {
            (Erase::Delete | Erase::Seal, true) => scope.not_gone(name, "t", &to_gone()),
            (Erase::Delete | Erase::Seal, false) => format!("{} AND ({}) IS NOT TRUE", to_gone(), scope.own(name, "t")),
            (Erase::Change | Erase::Keep, _) => to_gone(),
        };
        if scope.gone(&link.to, "x").is_some() {
            let mut step = step(scope, name, Does::Unlink, &BTreeSet::new(), theirs);
            set_null(&mut step, link.on.keys());
            steps.push(step);
        }
    }
    narrow::let_go(scope, name, table, steps);
}

pub(super) fn set_null<'c>(step: &mut Step, columns: impl Iterator<Item = &'c String>) {
    let mut set = Vec::new();
    for column in columns {
        step.sets.push(format!("{} = NULL", quoted(column)));
        step.columns.insert(column.clone(), Action::Null);
        set.push(format!("t.{} IS NOT NULL", quoted(column)));
    }
    step.to_do = Some(set.join(" OR "));
}

/// Rows of one table that point to each other, or stand in a circle of tables.
pub(super) fn loosen(scope: &Scope<'_>, name: &str, columns: &[String], steps: &mut Vec<Step>) {
    let Some(gone) = scope.gone(name, "t") else { return };
    let set: Vec<_> = columns.iter().map(|column| format!("t.{} IS NOT NULL", quoted(column))).collect();
    let mut step = step(scope, name, Does::Loosen, &BTreeSet::new(), || format!("{gone} AND ({})", set.join(" OR ")));
    set_null(&mut step, columns.iter());
    steps.push(step);
}

/// What happens to the rows of one table.
pub(super) fn table(scope: &Scope<'_>, name: &str, steps: &mut Vec<Step>) {
    let Some(table) = scope.map.table(name) else { return };
    let takes = |s: &&Step| match s.does {
        Does::Loosen => s.frozen,
        Does::DeleteLinked | Does::Delete | Does::Seal | Does::Change | Does::Detach => true,
        Does::Unlink | Does::Choose | Does::Add | Does::State | Does::Correct => false,
    };
    let consumed: BTreeSet<_> = steps.iter().filter(takes).map(|s| s.table.clone()).collect();
    let files: Vec<_> = table.columns.iter().filter(|(_, is)| is.file).map(|(column, _)| column.clone()).collect();
    let mut before: Vec<&Link> = Vec::new();
    for link in table.link.iter().filter(|link| link.others == Some(Others::Delete)) {
        if scope.gone(&link.to, "x").is_some() {
            // each row is counted once: not as the person's own, nor by an earlier link
            let rows = || {
                let earlier = before.iter().map(|link| scope.to_gone(name, "t", &link.to, &link.on));
                let own = if scope.reach.is_limited { scope.own_or_shared(name, "t") } else { scope.own(name, "t") };
                let others = earlier.chain([own]).map(|rows| format!(" AND ({rows}) IS NOT TRUE"));
                scope.to_gone(name, "t", &link.to, &link.on) + &others.collect::<Vec<_>>().concat()
            };
            let linked = step(scope, name, Does::DeleteLinked, &consumed, rows);
            steps.push(Step { files: files.clone(), ..linked });
            before.push(link);
        }
    }
    if table.shared == Some(Shared::Detach) && scope.may_be_shared(name) {
        detach(scope, name, table, &consumed, steps);
    }
    if table.erase == Erase::Seal {
        seal(scope, name, table, &consumed, &files, steps);
    } else if scope.gone_as_own(name, "x").is_some() {
        let gone = step(scope, name, Does::Delete, &consumed, || scope.gone_as_own(name, "t").unwrap_or_default());
        steps.push(Step { files, ..gone });
    }
    let changes: BTreeMap<_, _> =
        table.columns.iter().filter_map(|(column, is)| is.erase.map(|action| (column.clone(), action))).collect();
    if scope.staying(name, "x").is_some() {
        change(scope, name, changes, &consumed, |alias| scope.staying(name, alias), steps);
    }
    if let Some(changes) = scope.reach.columns.get(name) {
        change(scope, name, changes.clone(), &consumed, |alias| scope.by_category(name, alias), steps);
    }
}

/// Rows whose period is over already go, the others are sealed.
fn seal(
    scope: &Scope<'_>,
    name: &str,
    table: &Table,
    consumed: &BTreeSet<String>,
    files: &[String],
    steps: &mut Vec<Step>,
) {
    if scope.sealed(name, "x").is_none() {
        return;
    }
    // what rows refer to each other by may be gone by now, and says nothing of the row
    let loosened = steps.iter().filter(|step| step.does == Does::Loosen && step.table == name);
    let loosened: BTreeSet<_> = loosened.flat_map(|step| step.columns.keys().cloned()).collect();
    let past = step(scope, name, Does::Delete, consumed, || scope.past_sealing(name, "t").unwrap_or_default());
    let sealed = step(scope, name, Does::Seal, consumed, || scope.sealed(name, "t").unwrap_or_default());
    let columns = table.columns.iter().filter_map(|(column, is)| Some((column.clone(), is.erase?))).collect();
    let sealing = Sealing::new(scope, name, table, &loosened);
    steps.push(Step { files: files.to_vec(), ..past });
    steps.push(Step { files: files.to_vec(), columns, sealing, ..sealed });
}

/// Columns of `rows`, which stay, become what `changes` says.
fn change(
    scope: &Scope<'_>,
    name: &str,
    changes: BTreeMap<String, Action>,
    consumed: &BTreeSet<String>,
    rows: impl Fn(&str) -> Option<String>,
    steps: &mut Vec<Step>,
) {
    let Some(table) = scope.map.table(name).filter(|_| !changes.is_empty() && rows("x").is_some()) else { return };
    let (sets, differs) = changed(scope, name, table, &changes);
    let files = changes.keys().filter(|column| table.columns.get(*column).is_some_and(|is| is.file));
    let files: Vec<_> = files.cloned().collect();
    let rows = || format!("{} AND ({})", rows("t").unwrap_or_default(), differs.join(" OR "));
    let change = step(scope, name, Does::Change, consumed, rows);
    steps.push(Step { sets, files, columns: changes, to_do: Some(differs.join(" OR ")), ..change });
}

/// Shared rows: for each owner that is the person, the columns that lead there become null.
fn detach(scope: &Scope<'_>, name: &str, table: &Table, consumed: &BTreeSet<String>, steps: &mut Vec<Step>) {
    let Some(_) = scope.meant(name, "t", "") else { return };
    for join in &table.owner {
        let rows = || {
            let leads = scope.joined(name, "t", &join.to, &join.on, &|p| scope.mine(&join.to, p));
            let shared = format!("{leads} AND {}", scope.of_another(name, "t"));
            scope.not_kept_back(name, "t", scope.meant(name, "t", &shared).unwrap_or_default())
        };
        let mut step = step(scope, name, Does::Detach, consumed, rows);
        set_null(&mut step, join.on.keys());
        steps.push(step);
    }
}
