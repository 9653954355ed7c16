//! An erasure as an ordered list of steps, each a set of rows and what is done with them: links cut first, then, table
//! by table, rows that refer before rows that are referred to. The same map, schema, limits and day give the same list.

mod narrow;
mod truncated;

pub use narrow::{held, may_be_null};

use super::{
    aim::Aim,
    alike, choices, corrections,
    engine::{Dialect, quoted},
    map::{DataMap, Erase, Others, Shared, Table},
    schema::Schema,
    scope::Scope,
};
use crate::domain::plan::Action;
use std::collections::{BTreeMap, BTreeSet};

/// What is done with the rows of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Other people's rows that point to rows that go: the link becomes null.
    Unlink,
    /// The person's own rows that point to each other: the link becomes null, so that they can go in batches.
    Loosen,
    /// Other people's rows that point to rows that go, go too.
    DeleteLinked,
    /// The person's rows go.
    Delete,
    /// The person's rows stay, columns change.
    Change,
    /// Rows of the person and somebody else stay, the columns that lead to the person become null.
    Detach,
    /// What the person chose is written into their rows.
    Choose,
    /// What the person chose is written down where nothing was.
    Add,
    /// The map's own statement writes down what the person chose.
    State,
    /// A value becomes another.
    Correct,
}

/// A step that is one statement, which may be run again: what it counts is left to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Counts what is left.
    pub count: String,
    /// Does it.
    pub change: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The table.
    pub table: String,
    /// What is done.
    pub does: Does,
    /// Which rows, as a condition on the alias `t`.
    pub rows: String,
    /// What columns become, as assignments in SQL; empty where rows go.
    pub sets: Vec<String>,
    /// The columns that change, with their action, for the plan.
    pub columns: BTreeMap<String, Action>,
    /// Columns that name files, which go with their rows or become empty.
    pub files: Vec<String>,
    /// True where the rows cannot be found any more once earlier steps are done: their keys are written down first.
    pub frozen: bool,
    /// A condition that has to hold still when rows of a frozen step are taken by their keys.
    pub recheck: Option<String>,
    /// The condition that a row which stays has still to be changed; none where rows go.
    pub to_do: Option<String>,
    /// Where the step is not gone through in batches.
    pub whole: Option<Whole>,
}

impl Step {
    /// A step on `rows` of which nothing else is known yet.
    pub(super) fn new(table: &str, does: Does, rows: String) -> Self {
        Self {
            table: table.to_owned(),
            does,
            rows,
            sets: Vec::new(),
            columns: BTreeMap::new(),
            files: Vec::new(),
            frozen: false,
            recheck: None,
            to_do: None,
            whole: None,
        }
    }

    /// The step in a few words: part of the scope hash and of the checkpoint.
    #[must_use]
    pub fn label(&self) -> String {
        let columns: Vec<_> = self.columns.iter().map(|(c, action)| format!("{c}={}", action.code())).collect();
        let does = match self.does {
            Does::Unlink => "unlink",
            Does::Loosen => "loosen",
            Does::DeleteLinked => "delete linked",
            Does::Delete => "delete",
            Does::Change => "change",
            Does::Detach => "detach",
            Does::Choose => "choose",
            Does::Add => "add",
            Does::State => "state",
            Does::Correct => "correct",
        };
        format!("{} {does} {}", self.table, columns.join(", ")).trim_end().to_owned()
    }

    /// What happens, in one word of the plan: to the rows, or else to the first of the columns.
    #[must_use]
    pub fn action(&self) -> Action {
        if self.deletes() { Action::Delete } else { self.columns.values().next().copied().unwrap_or(Action::Null) }
    }

    /// True when the rows are other people's.
    #[must_use]
    pub const fn of_others(&self) -> bool {
        matches!(self.does, Does::Unlink | Does::DeleteLinked | Does::Detach)
    }

    /// True when rows go.
    #[must_use]
    pub const fn deletes(&self) -> bool {
        matches!(self.does, Does::Delete | Does::DeleteLinked)
    }
}

/// The steps of a run for `aim`.
///
/// # Errors
/// As `erasing`.
pub fn steps(scope: &Scope<'_>, aim: &Aim) -> Result<Vec<Step>, Vec<String>> {
    match aim {
        Aim::Erase => erasing(scope),
        Aim::Choose { what, stops } => Ok(choices::steps(scope, what, *stops)),
        Aim::Correct { corrections } => Ok(corrections::steps(scope, corrections)),
    }
}

/// The steps of an erasure, or the tables whose rows refer to each other in a circle that nothing can break.
///
/// # Errors
/// The names of those tables.
pub fn erasing(scope: &Scope<'_>) -> Result<Vec<Step>, Vec<String>> {
    let (order, broken) = order(scope.map, scope.schema)?;
    let mut steps = Vec::new();
    for name in &order {
        links(scope, name, &mut steps);
    }
    for (name, columns) in &broken {
        loosen(scope, name, columns, &mut steps);
    }
    for name in &order {
        table(scope, name, &mut steps);
    }
    Ok(steps)
}

/// One step while it is put together.
fn step(scope: &Scope<'_>, table: &str, does: Does, consumed: &BTreeSet<String>, rows: impl Fn() -> String) -> Step {
    scope.mentioned();
    let rows = rows();
    let lost = scope.mentioned().iter().any(|mentioned| mentioned != table && consumed.contains(mentioned));
    // a chain of rows is not to be followed any more once its first rows are gone
    let frozen = lost || (owns_itself(scope.map, table) && does != Does::Unlink);
    let recheck = (frozen && does == Does::Delete && scope.may_be_shared(table))
        .then(|| format!("NOT {}", scope.of_another(table, "t")));
    Step { frozen, recheck, ..Step::new(table, does, rows) }
}

/// Links of other people's rows that become null.
fn links(scope: &Scope<'_>, name: &str, steps: &mut Vec<Step>) {
    let Some(table) = scope.map.table(name) else { return };
    for link in table.link.iter().filter(|link| link.others == Some(Others::Null)) {
        let to_gone = || scope.to_gone(name, "t", &link.to, &link.on);
        // the person's own rows go by themselves, or are changed as their columns say; with limits some of them stay
        let theirs = || match (table.erase, scope.some_stay()) {
            (Erase::Delete, true) => scope.not_gone(name, "t", &to_gone()),
            (Erase::Delete, false) => format!("{} AND ({}) IS NOT TRUE", to_gone(), scope.own(name, "t")),
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

fn set_null<'c>(step: &mut Step, columns: impl Iterator<Item = &'c String>) {
    let mut set = Vec::new();
    for column in columns {
        step.sets.push(format!("{} = NULL", quoted(column)));
        step.columns.insert(column.clone(), Action::Null);
        set.push(format!("t.{} IS NOT NULL", quoted(column)));
    }
    step.to_do = Some(set.join(" OR "));
}

/// Rows of one table that point to each other, or stand in a circle of tables.
fn loosen(scope: &Scope<'_>, name: &str, columns: &[String], steps: &mut Vec<Step>) {
    let Some(gone) = scope.gone(name, "t") else { return };
    let set: Vec<_> = columns.iter().map(|column| format!("t.{} IS NOT NULL", quoted(column))).collect();
    let mut step = step(scope, name, Does::Loosen, &BTreeSet::new(), || format!("{gone} AND ({})", set.join(" OR ")));
    set_null(&mut step, columns.iter());
    steps.push(step);
}

/// What happens to the rows of one table.
fn table(scope: &Scope<'_>, name: &str, steps: &mut Vec<Step>) {
    let Some(table) = scope.map.table(name) else { return };
    let takes = |s: &&Step| match s.does {
        Does::Loosen => s.frozen,
        Does::DeleteLinked | Does::Delete | Does::Change | Does::Detach => true,
        Does::Unlink | Does::Choose | Does::Add | Does::State | Does::Correct => false,
    };
    let consumed: BTreeSet<_> = steps.iter().filter(takes).map(|s| s.table.clone()).collect();
    let files: Vec<_> = table.columns.iter().filter(|(_, is)| is.file).map(|(column, _)| column.clone()).collect();
    let mut before: Vec<&super::map::Link> = Vec::new();
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
    if scope.gone_as_own(name, "x").is_some() {
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
            scope.not_held(name, "t", scope.meant(name, "t", &shared).unwrap_or_default())
        };
        let mut step = step(scope, name, Does::Detach, consumed, rows);
        set_null(&mut step, join.on.keys());
        steps.push(step);
    }
}

/// The assignments of the columns that change, and the conditions that one of them has still to be made.
fn changed(
    scope: &Scope<'_>,
    name: &str,
    table: &Table,
    changes: &BTreeMap<String, Action>,
) -> (Vec<String>, Vec<String>) {
    let (mut sets, mut differs) = (Vec::new(), Vec::new());
    for (column, action) in changes {
        let value = table.columns.get(column).and_then(|is| is.value.as_deref());
        let (here, at) = (quoted(column), format!("t.{}", quoted(column)));
        let becomes = match action {
            Action::Null => {
                differs.push(format!("{at} IS NOT NULL"));
                sets.push(format!("{here} = NULL"));
                continue;
            }
            Action::Fixed => literal(scope, name, column, value.unwrap_or_default()),
            Action::Default => empty(scope, name, column),
            Action::Pseudonym => scope.value(name, column, scope.values()),
            Action::Truncate => {
                truncated::truncated(scope.dialect, scope.column(name, column), &at, value == Some("month"))
            }
            _ => continue,
        };
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

/// A value of the map in SQL, as the column's type.
pub(super) fn literal(scope: &Scope<'_>, name: &str, column: &str, value: &str) -> String {
    let text = format!("'{}'", value.replace('\'', "''"));
    // text of a bounded type would be cut by a cast
    let is = scope.schema.tables.get(name).and_then(|table| table.columns.get(column));
    match (scope.dialect, is) {
        (Dialect::Postgres, Some(is)) if is.kind == super::schema::Type::Text => format!("{text}::text"),
        (Dialect::Postgres, Some(is)) => format!("CAST({text} AS {})", is.named),
        (Dialect::Maria, is) => alike::literal(value, is),
        (_, Some(is)) if matches!(is.kind, super::schema::Type::Integer | super::schema::Type::Number) => {
            format!("CAST({text} AS {})", if is.kind == super::schema::Type::Integer { "INTEGER" } else { "REAL" })
        }
        (_, Some(is)) if is.kind == super::schema::Type::Bool => {
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
    use super::schema::Type;
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

type Broken = Vec<(String, Vec<String>)>;

/// The mapped tables, those that refer before those that are referred to, deeper ones first where it does not matter;
/// and the references that have to be loosened before.
fn order(map: &DataMap, schema: &Schema) -> Result<(Vec<String>, Broken), Vec<String>> {
    let mut broken: Broken = Vec::new();
    let mut edges: Vec<(&String, &String, &Vec<String>)> = Vec::new();
    for (name, table) in &schema.tables {
        for reference in &table.references {
            let both = map.tables.contains_key(name) && map.tables.contains_key(&reference.to);
            if both && reference.to == *name {
                let may_null = reference.columns.iter().any(|c| table.columns.get(c).is_some_and(|is| is.nullable));
                if may_null {
                    broken.push((name.clone(), reference.columns.clone()));
                }
            } else if both {
                edges.push((name, &reference.to, &reference.columns));
            }
        }
    }
    let mut left: Vec<&String> = map.tables.keys().collect();
    left.sort_by_key(|name| (std::cmp::Reverse(depth(map, name, 0)), *name));
    let mut order = Vec::new();
    while !left.is_empty() {
        let free = left.iter().position(|name| !edges.iter().any(|(from, to, _)| to == name && left.contains(from)));
        if let Some(at) = free {
            order.push(left.remove(at).clone());
            continue;
        }
        // a circle: cut it where a reference may be null and nobody's ownership hangs on it
        let cut = edges.iter().position(|(from, to, columns)| {
            let nullable = |c: &String| schema.tables[*from].columns.get(c).is_some_and(|is| is.nullable);
            left.contains(from) && left.contains(to) && columns.iter().any(nullable) && !owns(map, from, columns)
        });
        match cut {
            Some(at) => {
                let (from, _, columns) = edges.remove(at);
                broken.push((from.clone(), columns.clone()));
            }
            None => return Err(left.into_iter().cloned().collect()),
        }
    }
    Ok((order, broken))
}

fn owns_itself(map: &DataMap, table: &str) -> bool {
    map.table(table).is_some_and(|is| is.owner.iter().any(|join| join.to == table))
}

fn owns(map: &DataMap, table: &str, columns: &[String]) -> bool {
    let deleting = |link: &&super::map::Link| link.others == Some(Others::Delete);
    map.table(table).is_some_and(|t| {
        let ways = t.owner.iter().map(|join| &join.on).chain(t.link.iter().filter(deleting).map(|link| &link.on));
        ways.flat_map(|on| on.keys()).any(|column| columns.contains(column))
    })
}

fn depth(map: &DataMap, name: &str, so_far: usize) -> usize {
    let Some(table) = map.table(name) else { return so_far };
    if so_far > map.tables.len() {
        return so_far;
    }
    table.owner.iter().filter(|j| j.to != name).map(|j| depth(map, &j.to, so_far + 1)).max().unwrap_or(so_far)
}
