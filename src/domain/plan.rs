//! What a run will do before it does it: rows per table and action, files, warnings. Numbers and names of columns
//! only; nothing of a person. The words are those of the data map.

use super::{codes::codes, copy::CopyForm};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

codes! {
    /// What happens to rows, or to a column of rows that stay.
    Action {
        Delete "delete" "delete",
        Null "null" "set to null",
        Fixed "fixed" "set to a fixed value",
        Default "default" "set to the default",
        Pseudonym "pseudonym" "keyed pseudonym",
        Truncate "truncate" "truncate",
        Keep "keep" "keep",
        Seal "seal" "seal",
        Copy "copy" "copy",
        Summarise "summarise" "summarise",
        LeaveOut "leave_out" "left out",
        Redact "redact" "redacted",
        Correct "correct" "correct",
    }
}

codes! {
    /// Why a plan needs a person's eye, or cannot be carried out.
    WarningCode {
        SharedRow "shared_row" "Rows shared with other people",
        NotNull "not_null" "A column that may not be null",
        KeyColumn "key_column" "A key column",
        TypeMismatch "type_mismatch" "A type the action cannot serve",
        UnmappedReference "unmapped_reference" "References from outside the map",
        SelfReferenceLimit "self_reference_limit" "Rows that refer to each other",
        Hold "hold" "A hold",
        Drift "drift" "The schema has changed",
        NoIndex "no_index" "A join without an index",
        OtherSubject "other_subject" "Mentioned by other people",
        NothingFound "nothing_found" "Nothing found",
    }
}

/// A warning. One that blocks stops the plan; any other has to be accepted by the one who approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What kind of warning.
    pub code: WarningCode,
    /// The table it is about; empty where it is about none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub table: String,
    /// The column it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What is the matter and what to do, in a sentence.
    pub detail: String,
    /// How many rows it speaks of; 0 where it does not count.
    #[serde(default)]
    pub rows: i64,
    /// True when no run may begin.
    pub blocks: bool,
}

/// One line of a plan: what happens to some rows of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLine {
    /// The table.
    pub table: String,
    /// What happens to the rows. `delete`, `keep`, `seal`, `copy`, `summarise` and `leave_out` are meant of rows, anything else of the first
    /// of `columns`.
    pub action: Action,
    /// How many rows.
    pub rows: i64,
    /// What happens to which columns of rows that stay, or does not leave with rows that are copied.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, Action>,
    /// Why rows are kept or left out, or why other people's rows are touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day on which a kept or sealed row is kept, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_until: Option<String>,
    /// True when these are not the person's own rows but others' rows that point to them.
    #[serde(default)]
    pub of_others: bool,
}

/// Files named by rows that will be deleted or copied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCount {
    /// How many.
    pub count: i64,
    /// Their size together; a file that is missing already counts nothing.
    pub bytes: i64,
}

/// Who a plan is about, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectCount {
    /// How many accounts were found.
    pub accounts: i64,
    /// Kinds of identities that found them, for example `email`.
    pub found_by: Vec<String>,
}

/// Why rows stay that a hold is about.
pub const ON_HOLD: &str = "a hold";
/// Why rows stay that rows under a hold belong to or refer to.
pub const NEEDED_ON_HOLD: &str = "rows under a hold need them";

impl PlanLine {
    /// True where the rows stay by a hold: until it is released, and no day is known.
    #[must_use]
    pub fn is_on_hold(&self) -> bool {
        let reason = self.reason.as_deref();
        self.action == Action::Keep && self.keep_until.is_none() && matches!(reason, Some(ON_HOLD | NEEDED_ON_HOLD))
    }
}

/// What a run will do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Who it is about.
    pub subject: SubjectCount,
    /// What the run is limited to, in words; empty where it is everything of the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<String>,
    /// Every table it looks at, in the order of execution.
    pub tables: Vec<PlanLine>,
    /// The files that go, or are copied.
    pub files: FileCount,
    /// What a person has to know, or what stops it.
    pub warnings: Vec<Warning>,
    /// The version of the data map, as the map gives it.
    pub map_version: String,
    /// SHA-256, in hexadecimal, over map, schema, subject keys, actions, keeps and holds. Not over counts.
    pub scope_hash: String,
    /// The form of a copy; part of the scope hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<CopyForm>,
}

/// Sums of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Rows that go.
    pub erased: i64,
    /// Rows that stay with changed columns.
    pub changed: i64,
    /// Rows that stay for a reason and a period.
    pub kept: i64,
    /// Rows that are kept out of use for a reason and a period.
    pub sealed: i64,
    /// Rows that are copied for the person, or told of in a summary.
    pub copied: i64,
}

impl Totals {
    /// Rows that leave their tables, for good or to be sealed.
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.erased + self.sealed
    }
}

impl Plan {
    /// What the plan does in all.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.tables.iter().fold(Totals::default(), |mut sum, line| {
            match line.action {
                Action::Delete => sum.erased += line.rows,
                Action::Keep => sum.kept += line.rows,
                Action::Seal => sum.sealed += line.rows,
                Action::Copy | Action::Summarise => sum.copied += line.rows,
                Action::LeaveOut | Action::Redact => {}
                _ => sum.changed += line.rows,
            }
            sum
        })
    }

    /// True when nothing forbids the run.
    #[must_use]
    pub fn may_run(&self) -> bool {
        !self.warnings.iter().any(|warning| warning.blocks)
    }

    /// True when some rows stay with what the law or the map wants kept.
    #[must_use]
    pub fn keeps_some(&self) -> bool {
        self.kept().next().is_some()
    }

    /// True when a warning stands there that says something of what the run does, not only of how long it takes.
    #[must_use]
    pub fn has_to_be_read(&self) -> bool {
        self.warnings.iter().any(|warning| warning.code != WarningCode::NoIndex)
    }

    /// What stays, in use or sealed, for a reason and a period.
    pub fn kept(&self) -> impl Iterator<Item = &PlanLine> {
        self.tables.iter().filter(|line| matches!(line.action, Action::Keep | Action::Seal) && line.rows > 0)
    }

    /// Of these what stays in use.
    pub fn kept_in_use(&self) -> impl Iterator<Item = &PlanLine> {
        self.tables.iter().filter(|line| line.action == Action::Keep)
    }

    /// True when some rows stay by a hold.
    #[must_use]
    pub fn holds_some(&self) -> bool {
        self.tables.iter().any(|line| line.is_on_hold() && line.rows > 0)
    }

    /// Why `now`, a fresh plan of the same subject, is not what was approved: the scope differs, something blocks it, a
    /// warning stands there that nobody accepted, rows stand in a table whose rows nobody saw, or the rows of a line, or of
    /// all lines, have grown by more than the larger of 100 rows and 10 %. None where the approval still holds.
    #[must_use]
    pub fn outgrown_by(&self, now: &Self) -> Option<String> {
        let too_many = |was: i64, is: i64| is - was > (was / 10).max(100);
        let rows = |plan: &Self| plan.tables.iter().map(|line| line.rows).sum::<i64>();
        let same = |a: &PlanLine, b: &PlanLine| (&a.table, a.action, a.of_others) == (&b.table, b.action, b.of_others);
        let before =
            |line: &PlanLine| self.tables.iter().filter(|was| same(was, line)).map(|was| was.rows).sum::<i64>();
        let accepted = |warning: &&Warning| {
            // how long it takes changes nothing of what it does
            warning.code == WarningCode::NoIndex
                || self.warnings.iter().any(|was| (was.code, &was.table) == (warning.code, &warning.table))
        };
        if self.map_version != now.map_version {
            return Some(format!("the data map was {} and is {} now", self.map_version, now.map_version));
        }
        // that there is less to do than was approved stops nothing
        let is_less = |warning: &&Warning| warning.code == WarningCode::NothingFound && !warning.blocks;
        let mut stopping = now.warnings.iter().filter(|warning| !is_less(warning));
        if let Some(warning) = stopping.find(|warning| warning.blocks || !accepted(warning)) {
            return Some(format!("there is a new warning: {} {}", warning.code.label().to_lowercase(), warning.table));
        }
        if self.scope_hash != now.scope_hash {
            return Some("the data map, the schema or the account is not the same any more".to_owned());
        }
        let is_new = |line: &&PlanLine| line.rows > 0 && !self.tables.iter().any(|was| was.table == line.table);
        if let Some(line) = now.tables.iter().find(is_new) {
            return Some(format!("there was nothing in {}, and there are {} rows now", line.table, line.rows));
        }
        if let Some(line) = now.tables.iter().find(|line| too_many(before(line), line.rows)) {
            return Some(format!("{} had {} rows and has {} now", line.table, before(line), line.rows));
        }
        let (was, is) = (rows(self), rows(now));
        too_many(was, is).then(|| format!("there were {was} rows in all and there are {is} now"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(rows: i64, hash: &str) -> Plan {
        let line = |table: &str, action, rows| PlanLine {
            table: table.into(),
            action,
            rows,
            columns: BTreeMap::new(),
            reason: None,
            keep_until: None,
            of_others: false,
        };
        Plan {
            tables: vec![line("images", Action::Delete, rows), line("invoices", Action::Keep, 9)],
            map_version: "1".into(),
            scope_hash: hash.into(),
            ..Plan::default()
        }
    }

    #[test]
    fn an_approval_stretches_to_a_hundred_rows_or_a_tenth_and_not_to_another_scope() {
        for (was, is, outgrown) in
            [(10, 110, false), (10, 111, true), (10_000, 11_000, false), (10_000, 11_010, true), (500, 1, false)]
        {
            assert_eq!(plan(was, "a").outgrown_by(&plan(is, "a")).is_some(), outgrown, "{was} to {is}");
        }
        assert!(plan(10, "a").outgrown_by(&plan(10, "b")).is_some());
        // what the approver saw nothing of
        let mut wider = plan(10, "a");
        wider.tables.push(PlanLine { table: "comments".into(), rows: 1, ..wider.tables[0].clone() });
        assert!(plan(10, "a").outgrown_by(&wider).is_some_and(|why| why.contains("comments")));
        // one line shrinks while another grows
        let mut shifted = plan(10, "a");
        shifted.tables[1].rows = 200;
        assert!(plan(1_000, "a").outgrown_by(&shifted).is_some());
        let mut warned = plan(10, "a");
        let shared = |blocks| Warning {
            code: WarningCode::SharedRow,
            table: "devices".into(),
            column: None,
            detail: "shared".into(),
            rows: 1,
            blocks,
        };
        warned.warnings.push(shared(false));
        assert!(plan(10, "a").outgrown_by(&warned).is_some() && warned.outgrown_by(&warned).is_none());
        let mut held = plan(10, "a");
        held.warnings.push(Warning {
            code: WarningCode::Hold,
            table: String::new(),
            column: None,
            detail: "held".into(),
            rows: 0,
            blocks: true,
        });
        assert!(plan(10, "a").outgrown_by(&held).is_some());
    }

    #[test]
    fn totals_tell_erased_from_changed_from_kept() {
        let mut plan = plan(10, "a");
        let mut cut = plan.tables[1].clone();
        cut.action = Action::Null;
        cut.rows = 3;
        plan.tables.push(cut);
        assert_eq!(plan.totals(), Totals { erased: 10, changed: 3, kept: 9, ..Totals::default() });
        for line in &mut plan.tables {
            line.action = Action::Copy;
        }
        plan.tables[0].action = Action::LeaveOut;
        assert_eq!(plan.totals(), Totals { copied: 12, ..Totals::default() });
    }
}
