//! What a copy is made of: for every table with an owner the columns that leave, those that do not, and the statement
//! that reads them. Text only; nothing is asked here.

use super::{
    names::stem,
    select::{expression, file_names, form, span},
    words::{Words, fill},
};
use crate::{
    domain::copy::CopyForm,
    generation::{
        Extent, Key,
        alike::as_text,
        engine::{Dialect, quoted},
        map::{Column, DataMap, Join, Redact, Shared, Table},
        reach::Reach,
        schema::{Schema, Type},
        scope::Scope,
    },
};
use std::{collections::BTreeSet, sync::Arc};

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As text.
    Text,
    /// As a number, where it is one.
    Number,
    /// As true or false.
    Bool,
    /// As JSON within JSON, where it is some.
    Json,
    /// As Base64.
    Bytes,
    /// As the path of a file in the package.
    File,
}

/// A column that leaves: its name in the database, and what people call it.
#[derive(Debug, Clone)]
pub struct ColumnCopy {
    pub name: String,
    pub title: String,
    pub category: String,
    pub purpose: String,
    pub form: Form,
    pub redact: Option<Redact>,
    /// What the database says that it holds.
    pub kind: Type,
    /// True where it may be nothing.
    pub nullable: bool,
}

impl ColumnCopy {
    /// Why a sentence stands in its place, as the person will read it.
    pub const fn redacted_why(&self, words: &Words) -> &'static str {
        match self.redact {
            Some(Redact::Always) => words.withheld_always,
            Some(Redact::Shared) => words.withheld_shared,
            None => "",
        }
    }
}

/// Why something does not leave.
#[derive(Debug, Clone)]
pub enum Why {
    /// As the map says.
    Said(String),
    /// It hangs on rows of this table, called so, that are somebody else's as well.
    BelowShared(String),
    /// We worked it out: it is neither provided by the person nor observed of them (GDPR Art. 20(1)).
    Derived,
}

impl Why {
    /// As the person will read it.
    pub fn says(&self, words: &Words) -> String {
        match self {
            Self::Said(why) => why.clone(),
            Self::BelowShared(table) => fill(words.below_shared, &[("table", table)]),
            Self::Derived => words.derived.to_owned(),
        }
    }
}

/// A column that does not leave.
#[derive(Debug, Clone)]
pub struct ColumnLeftOut {
    pub name: String,
    /// What people call it; empty for some of the rows.
    title: String,
    pub category: String,
    pub purpose: String,
    pub why: Why,
}

impl ColumnLeftOut {
    /// What people call it.
    pub fn title<'w>(&'w self, words: &'w Words) -> &'w str {
        if self.title.is_empty() { words.some_records } else { &self.title }
    }
}

/// A table with rows of the person.
#[derive(Debug, Clone)]
pub struct TableCopy {
    pub name: String,
    pub title: String,
    /// What its entries are called, without folder and ending.
    pub stem: String,
    /// The columns that leave, in order. After the last comes, where `tells_shared`, whether the row is shared.
    pub columns: Vec<ColumnCopy>,
    pub tells_shared: bool,
    /// Columns that do not leave.
    pub left_out: Vec<ColumnLeftOut>,
    /// Why the whole table does not.
    pub why_not: Option<Why>,
    /// Why and for how long its rows are kept, where the map says so.
    pub kept: Option<(String, String)>,
    pub select: String,
    pub count: String,
    /// Counts the rows, and says when the first and the last of them came to be, where a column tells.
    pub span: String,
}

impl TableCopy {
    /// Its rows as JSON.
    pub fn json(&self) -> String {
        format!("data/{}.json", self.stem)
    }

    /// Its rows as CSV.
    pub fn csv(&self) -> String {
        format!("data/{}.csv", self.stem)
    }

    /// Why it does not leave; empty where it does.
    pub fn why_not(&self, words: &Words) -> String {
        self.why_not.as_ref().map(|why| why.says(words)).unwrap_or_default()
    }
}

/// Everything a copy is made of.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The subject's table first, then by name.
    pub tables: Vec<Arc<TableCopy>>,
    /// Selects the names of all files, each once, in order; none where no column names any.
    pub files: Option<String>,
    /// How many items of a table are wanted, and the statement that counts the person's.
    pub items: Vec<(String, i64, String)>,
    /// What every statement's values end with.
    keys: Vec<String>,
}

impl Layout {
    /// The values of every statement.
    pub fn values(&self, subjects: &[Key]) -> Vec<String> {
        subjects.iter().flat_map(|key| key.0.clone()).chain(self.keys.clone()).collect()
    }

    /// The layout for one scope.
    pub fn new(scope: &Scope<'_>, form: CopyForm) -> Self {
        let (map, mut tables, mut stems, mut files) = (scope.map, Vec::new(), BTreeSet::new(), Vec::new());
        let mut named: Vec<_> = map.tables.iter().filter(|(name, table)| is_copied(map, name, table)).collect();
        named.sort_by_key(|(name, _)| **name != map.subject);
        for (name, table) in named {
            let Some(rows) = scope.own_meant(name, "t") else { continue };
            let copied = of_table(scope, (name, table), stem(name, &mut stems), &rows, form);
            if copied.why_not.is_none() {
                files.extend(file_names(scope, name, table, |is| stays(is, form).is_none()));
            }
            tables.push(Arc::new(copied));
        }
        let files = (!files.is_empty()).then(|| format!("{} ORDER BY 1", files.join(" UNION ")));
        let items = scope.reach.wanted.iter().filter_map(|(name, wanted)| {
            let count = as_text("count(*)", scope.dialect);
            let text = format!("SELECT {count} FROM {} t WHERE {}", quoted(name), scope.items(name, "t")?);
            Some((name.clone(), *wanted, text))
        });
        Self { tables, files, items: items.collect(), keys: scope.reach.values.clone() }
    }
}

/// True where rows of the table are somebody's own.
fn is_copied(map: &DataMap, name: &str, table: &Table) -> bool {
    name == map.subject || !table.owner.is_empty()
}

/// True where the limits mean the column in some row: of all rows by its category, or of those that are meant wholly.
fn is_meant(scope: &Scope<'_>, name: &str, column: &str) -> bool {
    scope.wholly(name, "t").is_some() || is_chosen(scope, name, column)
}

fn is_chosen(scope: &Scope<'_>, name: &str, column: &str) -> bool {
    scope.reach.columns.get(name).is_some_and(|chosen| chosen.contains_key(column))
}

/// Why a column does not leave in this form; none where it does.
fn stays(is: &Column, form: CopyForm) -> Option<Why> {
    let derived = (is.derived && form == CopyForm::Portable).then_some(Why::Derived);
    is.leave_out.clone().map(Why::Said).or(derived)
}

fn of_table(scope: &Scope<'_>, (name, table): (&str, &Table), stem: String, rows: &str, copy: CopyForm) -> TableCopy {
    let live = scope.schema.tables.get(name);
    let leaves = |(column, is): &(&String, &Column)| {
        let live = live.and_then(|live| live.columns.get(*column));
        let partly = scope.reach.columns.contains_key(name) && !is_chosen(scope, name, column);
        ColumnCopy {
            name: (*column).clone(),
            title: table.column_title(column),
            category: is.category.clone(),
            purpose: is.purpose.clone(),
            form: live.map_or(Form::Text, |live| form(live, is)),
            redact: is.redact,
            kind: live.map_or(Type::Other, |live| live.kind),
            nullable: partly || live.is_none_or(|live| live.nullable),
        }
    };
    let meant = in_order(table).into_iter().filter(|(column, _)| is_meant(scope, name, column));
    let (out, shown): (Vec<_>, Vec<_>) = meant.partition(|(_, is)| stays(is, copy).is_some());
    let columns: Vec<_> = shown.iter().map(leaves).collect();
    let tells_shared = columns.iter().any(|column| column.redact == Some(Redact::Shared));
    let mut list: Vec<_> = columns.iter().map(|column| expression(scope, name, column)).collect();
    if tells_shared {
        list.push(format!("CASE WHEN {} THEN '1' END", scope.of_another(name, "t")));
    }
    let rows = format!("FROM {} t WHERE {rows}", quoted(name));
    let left_out = out.into_iter().filter_map(|(column, is)| {
        Some(ColumnLeftOut {
            name: column.clone(),
            title: table.column_title(column),
            category: is.category.clone(),
            purpose: is.purpose.clone(),
            why: stays(is, copy)?,
        })
    });
    let all_derived = copy == CopyForm::Portable && (table.derived || columns.is_empty());
    let count = as_text("count(*)", scope.dialect);
    let span = span(scope, name, table).map_or_else(|| count.clone(), |span| format!("{count}, {span}"));
    TableCopy {
        name: name.to_owned(),
        title: table.title(name),
        stem,
        left_out: left_out.chain(below_shared(scope, name, table)).collect(),
        why_not: table.leave_out.clone().map(Why::Said).or(all_derived.then_some(Why::Derived)),
        kept: table.keep.as_ref().map(|keep| (keep.reason.clone(), keep.period.clone())),
        select: format!("SELECT {} {rows}", list.join(", ")),
        count: format!("SELECT {count} {rows}"),
        span: format!("SELECT {span} {rows}"),
        columns,
        tells_shared,
    }
}

/// Rows that hang on something that is somebody else's as well are nobody's own, as for an erasure: a copy has to say so.
fn below_shared(scope: &Scope<'_>, name: &str, table: &Table) -> Option<ColumnLeftOut> {
    let goes_anyway = |to: &str| scope.map.table(to).is_some_and(|table| table.shared == Some(Shared::Delete));
    let shared = |join: &&Join| join.to != name && scope.may_be_shared(&join.to) && !goes_anyway(&join.to);
    let to = &table.owner.iter().find(shared)?.to;
    let why = Why::BelowShared(scope.map.table(to)?.title(to));
    let none = String::new;
    Some(ColumnLeftOut { name: "(rows)".to_owned(), title: none(), category: none(), purpose: none(), why })
}

/// The key's columns first.
fn in_order(table: &Table) -> Vec<(&String, &Column)> {
    let mut columns: Vec<_> = table.columns.iter().collect();
    columns.sort_by_key(|(name, _)| table.key.iter().position(|key| key == *name).unwrap_or(usize::MAX));
    columns
}

/// The layout of a copy: for callers that have map and schema, checked.
pub fn layout(
    map: &DataMap,
    schema: &Schema,
    dialect: Dialect,
    subjects: usize,
    (form, extent): (CopyForm, &Extent),
) -> Layout {
    let reach = Reach::of_copy(map, schema, extent, dialect);
    Layout::new(&Scope::new(map, schema, dialect, subjects, chrono::NaiveDate::MIN).reaching(reach), form)
}
