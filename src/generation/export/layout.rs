//! What a copy is made of: for every table with an owner the columns that leave, those that do not, and the statement
//! that reads them. Text only; nothing is asked here.

use crate::generation::{
    Extent, Key,
    alike::{self, as_text},
    engine::{Dialect, quoted},
    map::{Column, DataMap, Join, Redact, Shared, Table},
    reach::Reach,
    schema::{ColumnSchema, Schema, Type},
    scope::Scope,
};
use std::collections::BTreeSet;

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

/// A column that leaves: its name in the database, and what people call it.
#[derive(Debug, Clone)]
pub struct ColumnCopy {
    pub name: String,
    pub title: String,
    pub category: String,
    pub purpose: String,
    pub form: Form,
    pub redact: Option<Redact>,
}

impl ColumnCopy {
    /// Why a sentence stands in its place, as the person will read it.
    pub fn redacted_why(&self) -> &'static str {
        match self.redact {
            Some(Redact::Always) => "Withheld: it is about somebody else.",
            Some(Redact::Shared) => "Withheld in records that are somebody else’s as well.",
            None => "",
        }
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
    /// Columns that do not leave: name, title, reason.
    pub left_out: Vec<(String, String, String)>,
    /// Why the whole table does not.
    pub why_not: Option<String>,
    /// Why and for how long its rows are kept, where the map says so.
    pub kept: Option<(String, String)>,
    pub select: String,
    pub count: String,
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
}

/// Everything a copy is made of.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The subject's table first, then by name.
    pub tables: Vec<TableCopy>,
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
    pub fn new(scope: &Scope<'_>) -> Self {
        let (map, mut tables, mut stems, mut files) = (scope.map, Vec::new(), BTreeSet::new(), Vec::new());
        let mut named: Vec<_> = map.tables.iter().filter(|(name, table)| is_copied(map, name, table)).collect();
        named.sort_by_key(|(name, _)| **name != map.subject);
        for (name, table) in named {
            let Some(rows) = scope.own_meant(name, "t") else { continue };
            tables.push(of_table(scope, name, table, stem(name, &mut stems), &rows));
            files.extend(file_names(scope, name, table));
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
    scope.wholly(name, "t").is_some() || scope.reach.columns.get(name).is_some_and(|chosen| chosen.contains_key(column))
}

fn of_table(scope: &Scope<'_>, name: &str, table: &Table, stem: String, rows: &str) -> TableCopy {
    let live = scope.schema.tables.get(name);
    let leaves = |(column, is): &(&String, &Column)| {
        let live = live.and_then(|live| live.columns.get(*column));
        ColumnCopy {
            name: (*column).clone(),
            title: table.column_title(column),
            category: is.category.clone(),
            purpose: is.purpose.clone(),
            form: live.map_or(Form::Text, |live| form(live, is)),
            redact: is.redact,
        }
    };
    let meant = in_order(table).into_iter().filter(|(column, _)| is_meant(scope, name, column));
    let (out, shown): (Vec<_>, Vec<_>) = meant.partition(|(_, is)| is.leave_out.is_some());
    let columns: Vec<_> = shown.iter().map(leaves).collect();
    let tells_shared = columns.iter().any(|column| column.redact == Some(Redact::Shared));
    let mut list: Vec<_> = columns.iter().map(|column| expression(scope, name, column)).collect();
    if tells_shared {
        list.push(format!("CASE WHEN {} THEN '1' END", scope.of_another(name, "t")));
    }
    let rows = format!("FROM {} t WHERE {rows}", quoted(name));
    TableCopy {
        name: name.to_owned(),
        title: table.title(name),
        stem,
        left_out: out
            .into_iter()
            .map(|(column, is)| (column.clone(), table.column_title(column), is.leave_out.clone().unwrap_or_default()))
            .chain(below_shared(scope, name, table))
            .collect(),
        why_not: table.leave_out.clone(),
        kept: table.keep.as_ref().map(|keep| (keep.reason.clone(), keep.period.clone())),
        select: format!("SELECT {} {rows}", list.join(", ")),
        count: format!("SELECT {} {rows}", as_text("count(*)", scope.dialect)),
        columns,
        tells_shared,
    }
}

/// Rows that hang on something that is somebody else's as well are nobody's own, as for an erasure: a copy has to say so.
fn below_shared(scope: &Scope<'_>, name: &str, table: &Table) -> Option<(String, String, String)> {
    let goes_anyway = |to: &str| scope.map.table(to).is_some_and(|table| table.shared == Some(Shared::Delete));
    let shared = |join: &&Join| join.to != name && scope.may_be_shared(&join.to) && !goes_anyway(&join.to);
    let to = &table.owner.iter().find(shared)?.to;
    let parent = scope.map.table(to)?.title(to);
    let why = format!(
        "What hangs on “{parent}” that you share with somebody else may be about them, and is not in the copy."
    );
    Some(("(rows)".to_owned(), "Some records".to_owned(), why))
}

/// The key's columns first.
fn in_order(table: &Table) -> Vec<(&String, &Column)> {
    let mut columns: Vec<_> = table.columns.iter().collect();
    columns.sort_by_key(|(name, _)| table.key.iter().position(|key| key == *name).unwrap_or(usize::MAX));
    columns
}

fn form(live: &ColumnSchema, is: &Column) -> Form {
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

fn expression(scope: &Scope<'_>, table: &str, column: &ColumnCopy) -> String {
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

/// Selects the names of the files of each column that leaves.
fn file_names(scope: &Scope<'_>, name: &str, table: &Table) -> Vec<String> {
    let columns = table.columns.iter().filter(|(_, is)| is.file && is.leave_out.is_none() && table.leave_out.is_none());
    let of_category = |column: &String| scope.reach.columns.get(name).is_some_and(|chosen| chosen.contains_key(column));
    let rows = |column: &String| {
        let own = scope.own(name, "t");
        if of_category(column) { Some(own) } else { scope.meant(name, "t", &own) }
    };
    let named = columns.filter_map(|(column, is)| Some((column, is, rows(column)?)));
    let names = named.map(|(column, is, rows)| {
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

/// A file's name that every system takes, and no other table has.
fn stem(name: &str, taken: &mut BTreeSet<String>) -> String {
    /// What Windows keeps for itself.
    const KEPT: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let mut stem: String = name.chars().map(safe).take(60).collect();
    let word = stem.to_ascii_lowercase();
    if stem.is_empty() || KEPT.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())) {
        stem = format!("table-{stem}");
    }
    let first = stem.clone();
    let mut n = 1;
    // some systems tell no case apart
    while !taken.insert(stem.to_ascii_lowercase()) {
        n += 1;
        stem = format!("{first}-{n}");
    }
    stem
}

/// The schema and map of a layout, checked: for callers that have both.
pub fn layout(map: &DataMap, schema: &Schema, dialect: Dialect, subjects: usize, extent: &Extent) -> Layout {
    let reach = Reach::of_copy(map, schema, extent, dialect);
    Layout::new(&Scope::new(map, schema, dialect, subjects, chrono::NaiveDate::MIN).reaching(reach))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_no_table_names_an_entry_that_leads_anywhere() {
        let mut taken = BTreeSet::new();
        for (name, expected) in [
            ("images", "images"),
            ("Images", "Images-2"),
            ("../../etc/passwd", "------etc-passwd"),
            ("a b", "a-b"),
            ("a/b", "a-b-2"),
            ("con", "table-con"),
            ("LPT1", "table-LPT1"),
            ("", "table-"),
            ("Größe", "Gr--e"),
        ] {
            assert_eq!(stem(name, &mut taken), expected, "{name:?}");
        }
    }
}
