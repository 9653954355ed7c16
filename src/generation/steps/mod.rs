//! An erasure as an ordered list of steps, each a set of rows and what is done with them: links cut first, then, table
//! by table, rows that refer before rows that are referred to. The same map, schema, limits and day give the same list.

mod narrow;
mod order;
mod rows;
mod sealing;
mod truncated;
mod values;

pub use narrow::{held, may_be_null};
pub use sealing::{RUN, Sealing, UNTIL};
pub(super) use values::literal;

use super::{aim::Aim, choices, corrections, scope::Scope};
use crate::domain::plan::Action;
use order::order;
use std::collections::BTreeMap;

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
    /// The person's rows go to a table that nobody uses, until their period is over.
    Seal,
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
    /// Where rows go that are sealed.
    pub sealing: Option<Sealing>,
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
            sealing: None,
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
            Does::Seal => "seal",
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
        match self.does {
            Does::Seal => Action::Seal,
            _ if self.deletes() => Action::Delete,
            _ => self.columns.values().next().copied().unwrap_or(Action::Null),
        }
    }

    /// True when the rows are other people's.
    #[must_use]
    pub const fn of_others(&self) -> bool {
        matches!(self.does, Does::Unlink | Does::DeleteLinked | Does::Detach)
    }

    /// True when rows leave the table.
    #[must_use]
    pub const fn deletes(&self) -> bool {
        matches!(self.does, Does::Delete | Does::DeleteLinked | Does::Seal)
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
        rows::links(scope, name, &mut steps);
    }
    for (name, columns) in &broken {
        rows::loosen(scope, name, columns, &mut steps);
    }
    for name in &order {
        rows::table(scope, name, &mut steps);
    }
    Ok(steps)
}
