//! What a plan has to ask the database, as statements: counts per step, what is kept until when, what is shared, who is
//! mentioned, which files go. Text only; nothing is asked here.

use super::Target;
use crate::{
    domain::{
        clock::period::Period,
        plan::{Action, NEEDED_ON_HOLD, ON_HOLD, PlanLine, Warning, WarningCode},
    },
    generation::{
        Source,
        aim::Aim,
        alike,
        alike::{Side, as_text},
        corrections,
        engine::{Dialect, quoted},
        map::{Erase, Keep, Shared},
        schema::Schema,
        scope::Scope,
        steps::{self, Does, Step},
    },
};
use std::collections::BTreeMap;

/// Short texts are found everywhere and say nothing.
const SHORTEST_TEXT: usize = 6;

impl Source {
    /// Everything that has to be asked, as text: nothing that cannot be sent between threads stays.
    pub(super) fn questions(&self, schema: &Schema, target: &Target) -> Questions {
        let dialect = self.engine.dialect();
        let scope = self.scope(schema, target, target.subjects.len());
        let steps = steps::steps(&scope, &target.aim).unwrap_or_default();
        let count =
            |table: &str, rows: &str| format!("SELECT {} FROM {} t WHERE {rows}", total(dialect), quoted(table));
        let values = target.bound(&scope);
        let mut questions = Questions { values, ..Questions::default() };
        if target.aim != Aim::Erase {
            for step in &steps {
                let counts =
                    step.whole.as_ref().map_or_else(|| count(&step.table, &step.rows), |whole| whole.count.clone());
                questions.lines.push((step.label(), line(step), counts));
                if scope.may_be_shared(&step.table) {
                    let shared = scope.shared(&step.table, "t");
                    questions.shared.push((step.table.clone(), Some(Shared::Delete), count(&step.table, &shared)));
                }
            }
            if let Aim::Correct { corrections } = &target.aim {
                questions.corrections = corrections::questions(&scope, corrections);
            }
            return questions;
        }
        for step in steps.iter().filter(|step| step.does != Does::Loosen) {
            let kept = self.map.table(&step.table).is_some_and(|table| table.erase == Erase::Keep);
            if step.does == Does::Change && kept {
                continue;
            }
            match self.map.table(&step.table).and_then(|table| table.keep.as_ref()).filter(|_| step.does == Does::Seal)
            {
                Some(keep) => sealing(&scope, step, keep, &mut questions),
                None => questions.lines.push((step.label(), line(step), count(&step.table, &step.rows))),
            }
            for file in &step.files {
                questions.files.push(file_questions(&scope, step, file));
            }
        }
        for (name, table) in &self.map.tables {
            if let (Erase::Keep, Some(keep)) = (table.erase, &table.keep) {
                let whole = table.columns.iter().filter_map(|(c, is)| is.erase.map(|action| (c.clone(), action)));
                let parts = [
                    (scope.staying(name, "t"), whole.collect()),
                    (scope.by_category(name, "t"), scope.reach.columns.get(name).cloned().unwrap_or_default()),
                ];
                let last = as_text(&format!("max({})", scope.day_of(name, keep, "t")), dialect);
                for (staying, changes) in parts.into_iter().filter_map(|(rows, changes)| Some((rows?, changes))) {
                    let undated = scope.undated(table, "t").map(|undated| format!("({staying}) AND {undated}"));
                    let says = "Rows that are kept have no date to count their period from. They stay until somebody gives them one.";
                    let warning = Warning {
                        code: WarningCode::TypeMismatch,
                        table: name.clone(),
                        column: Some(keep.after.clone()),
                        detail: says.to_owned(),
                        rows: 0,
                        blocks: false,
                    };
                    questions.undated.extend(undated.map(|rows| (warning, count(name, &rows))));
                    let asks = format!("SELECT {}, {last} FROM {} t WHERE {staying}", total(dialect), quoted(name));
                    questions.kept.push((kept_line(name, &keep.reason, changes), asks, keep.length()));
                }
            }
            for (rows, reason) in scope.kept_back(name, "t").into_iter().zip([ON_HOLD, NEEDED_ON_HOLD]) {
                let line = kept_line(name, reason, BTreeMap::new());
                questions.kept_back.extend(rows.map(|rows| (line, count(name, &rows))));
            }
            if scope.may_be_shared(name) && scope.own_meant(name, "t").is_some() {
                let shared = scope.shared(name, "t");
                let of_columns = scope.reach.columns.contains_key(name);
                let meant = if of_columns { Some(shared) } else { scope.meant(name, "t", &shared) };
                questions.shared.push((name.clone(), table.shared, count(name, &meant.unwrap_or_default())));
            }
            if let Some(items) = scope.items(name, "t") {
                let wanted = scope.reach.wanted.get(name).copied().unwrap_or_default();
                questions.items.push((name.clone(), wanted, count(name, &items)));
            }
            for link in table.link.iter().filter(|l| l.others.is_none() && scope.gone(&l.to, "x").is_some()) {
                let rows = scope.to_gone(name, "t", &link.to, &link.on);
                let theirs = format!("{rows} AND ({}) IS NOT TRUE", scope.own(name, "t"));
                questions.shared.push((name.clone(), None, count(name, &theirs)));
            }
        }
        for fault in &scope.reach.faults {
            let column = fault.column.as_deref().unwrap_or_default();
            let rows =
                scope.by_category(&fault.table, "t").map(|rows| format!("{rows} AND t.{} IS NOT NULL", quoted(column)));
            questions.faults.extend(rows.map(|rows| (fault.clone(), count(&fault.table, &rows))));
        }
        let held = steps::held(&scope).into_iter();
        questions.held = held.map(|(table, column, rows)| (table.clone(), column, count(&table, &rows))).collect();
        let torn = scope.torn().into_iter();
        questions.torn = torn.map(|(table, column, rows)| (table.clone(), column, count(&table, &rows))).collect();
        questions.mentions = mentions(&scope, target, true);
        questions
    }
}

#[derive(Default)]
pub(super) struct Questions {
    /// What every statement begins with, but for those that bring their own.
    pub values: Vec<String>,
    /// Steps by their label, with what a plan says of them.
    pub lines: Vec<(String, PlanLine, String)>,
    pub kept: Vec<(PlanLine, String, Option<Period>)>,
    pub shared: Vec<(String, Option<Shared>, String)>,
    /// Rows that stay because of a hold.
    pub kept_back: Vec<(PlanLine, String)>,
    /// Rows that stay by a hold and cannot let go of rows that go, by table and column.
    pub torn: Vec<(String, String, String)>,
    /// Rows that are kept without an end.
    pub undated: Vec<(Warning, String)>,
    /// Columns of a chosen category that nothing can be done to, and in how many rows there is something.
    pub faults: Vec<(Warning, String)>,
    /// Rows that stay and cannot let go of rows that go, by table and column.
    pub held: Vec<(String, String, String)>,
    /// How many items of a table are wanted, and how many there are of the person.
    pub items: Vec<(String, i64, String)>,
    /// The rows that a correction means, those of them whose value is not the one to be corrected, and those under a hold;
    /// the last is empty where there can be none.
    pub corrections: Vec<(String, String, [String; 3])>,
    pub mentions: Vec<(String, String, Vec<String>)>,
    pub files: Vec<FileQuestions>,
}

pub(super) struct FileQuestions {
    pub table: String,
    /// How many of the files are named by rows that stay.
    pub shared: String,
    /// A thousand names after the last value.
    pub page: String,
}

fn file_questions(scope: &Scope<'_>, step: &Step, column: &str) -> FileQuestions {
    let (table, name) = (quoted(&step.table), format!("t.{}", quoted(column)));
    let named = scope.file_columns().map(|(other, file)| {
        let stays = scope.lost(other, file, "o").map(|lost| format!(" AND ({lost}) IS NOT TRUE")).unwrap_or_default();
        let theirs = Side::new("o", file, scope.column(other, file));
        let same = alike::is_same(scope.dialect, &theirs, &Side::new("t", column, scope.column(&step.table, column)));
        format!("EXISTS (SELECT 1 FROM {} o WHERE {same}{stays})", quoted(other))
    });
    let elsewhere = format!("({})", named.collect::<Vec<_>>().join(" OR "));
    let rows = format!("FROM {table} t WHERE {} AND {name} IS NOT NULL", step.rows);
    let last = scope.values() + 1;
    // byte for byte, in an order that every page has in common
    let (exact, last) = match scope.dialect {
        Dialect::Postgres => (format!("{name} COLLATE \"C\""), format!("${last}::text")),
        Dialect::Sqlite => (name.clone(), format!("${last}")),
        Dialect::Maria => (alike::bytes(&name), alike::bytes(&format!("${last}"))),
    };
    FileQuestions {
        table: step.table.clone(),
        shared: format!(
            "SELECT {} {rows} AND {elsewhere}",
            as_text(&format!("count(DISTINCT {exact})"), scope.dialect)
        ),
        page: format!("SELECT DISTINCT {exact} {rows} AND NOT {elsewhere} AND {exact} > {last} ORDER BY 1 LIMIT 1000"),
    }
}

fn total(dialect: Dialect) -> String {
    as_text("count(*)", dialect)
}

fn line(step: &Step) -> PlanLine {
    let reason = match step.does {
        Does::Unlink => Some("rows that stay, their link to rows that go"),
        Does::DeleteLinked => Some("other people’s rows that point to rows that go"),
        Does::Detach => Some("shared rows stay, without the person"),
        Does::Add => Some("nothing was said so far; it is written down"),
        Does::State => Some("by a statement of the data map"),
        Does::Delete | Does::Seal | Does::Change | Does::Loosen | Does::Choose | Does::Correct => None,
    };
    PlanLine {
        table: step.table.clone(),
        action: step.action(),
        rows: 0,
        columns: step.columns.clone(),
        reason: reason.map(str::to_owned),
        keep_until: None,
        of_others: step.of_others(),
    }
}

/// Rows that are sealed: how many and until when, those without a date, and those whose place is taken.
fn sealing(scope: &Scope<'_>, step: &Step, keep: &Keep, questions: &mut Questions) {
    let from = format!("FROM {} t WHERE {}", quoted(&step.table), step.rows);
    let last = as_text(&format!("max({})", scope.counted_from(&step.table, keep, "t")), scope.dialect);
    let line = PlanLine { reason: Some(keep.reason.clone()), ..line(step) };
    questions.kept.push((line, format!("SELECT {}, {last} {from}", total(scope.dialect)), keep.length()));
    let of_column = |code, column: &str, says: &str, blocks| Warning {
        code,
        table: step.table.clone(),
        column: Some(column.to_owned()),
        detail: says.to_owned(),
        rows: 0,
        blocks,
    };
    let table = scope.map.table(&step.table);
    if let Some(undated) = table.and_then(|table| scope.undated(table, "t")) {
        let says = "Rows that are sealed have no date to count their period from. It counts from the day of the run.";
        let warning = of_column(WarningCode::TypeMismatch, &keep.after, says, false);
        questions.undated.push((warning, format!("SELECT {} {from} AND {undated}", total(scope.dialect))));
    }
    if let (Some(sealing), Some(column)) = (&step.sealing, table.and_then(|table| table.key.first())) {
        let says = "Sealed rows have the same keys and say something else, so that these cannot be sealed. Somebody who \
                    knows the database has to say which are right.";
        let warning = of_column(WarningCode::KeyColumn, column, says, true);
        questions.faults.push((warning, format!("SELECT {} {from} AND {}", total(scope.dialect), sealing.is_taken())));
    }
}

fn kept_line(table: &str, reason: &str, columns: BTreeMap<String, Action>) -> PlanLine {
    PlanLine {
        table: table.to_owned(),
        action: Action::Keep,
        rows: 0,
        columns,
        reason: Some(reason.to_owned()),
        keep_until: None,
        of_others: false,
    }
}

/// Rows in which one of the texts stands where people write freely: table, statement, values.
/// With `without_gone` only rows that do not go. With limits the person is not to vanish, and nobody looks for them.
pub fn mentions(scope: &Scope<'_>, target: &Target, without_gone: bool) -> Vec<(String, String, Vec<String>)> {
    let texts: Vec<_> = target.texts.iter().filter(|text| text.chars().count() >= SHORTEST_TEXT).cloned().collect();
    if texts.is_empty() || !target.extent.is_whole() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (name, table) in &scope.map.tables {
        let mut conditions = Vec::new();
        let gone = scope.gone(name, "t").filter(|_| without_gone);
        // what a hold keeps goes on saying whom it is about
        let left_out: Vec<_> = gone.into_iter().chain(scope.under_hold(name, "t")).collect();
        let (before, values) =
            if left_out.is_empty() { (0, Vec::new()) } else { (scope.values(), target.bound(scope)) };
        for column in table.columns.iter().filter(|(_, is)| is.search).map(|(column, _)| column) {
            for (n, needle) in texts.iter().enumerate() {
                // what has no other letters needs no others made small, which takes several times as long
                let order = if needle.is_ascii() { " COLLATE \"C\"" } else { "" };
                let (at, n) = (format!("t.{}", quoted(column)), before + n + 1);
                let (stands, has_sign) = match scope.dialect {
                    Dialect::Postgres => (
                        format!("strpos(lower({at}::text{order}), lower(${n}::text{order})) > 0"),
                        format!("strpos({at}::text COLLATE \"C\", '@') > 0"),
                    ),
                    Dialect::Sqlite => {
                        (format!("instr(lower({at}), lower(${n})) > 0"), format!("instr({at}, '@') > 0"))
                    }
                    Dialect::Maria => {
                        let lower = |text: &str| alike::bytes(&format!("LOWER(CONVERT({text} USING utf8mb4))"));
                        let stands = format!("LOCATE({}, {}) > 0", lower(&format!("${n}")), lower(&at));
                        (stands, format!("{at} LIKE '%@%'"))
                    }
                };
                // most texts hold no address, and that is seen before anything is made small
                conditions.push(if needle.contains('@') { format!("({has_sign} AND {stands})") } else { stands });
            }
        }
        if conditions.is_empty() {
            continue;
        }
        let mut text =
            format!("SELECT {} FROM {} t WHERE ({})", total(scope.dialect), quoted(name), conditions.join(" OR "));
        for rows in left_out {
            text = format!("{text} AND ({rows}) IS NOT TRUE");
        }
        found.push((name.clone(), text, [values, texts.clone()].concat()));
    }
    found
}
