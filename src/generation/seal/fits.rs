//! Whether rows can be sealed as the map says: by itself, and with the live schema. Says what is missing as the statement
//! that makes it; makes nothing.

use crate::{
    domain::plan::{Action, WarningCode},
    generation::{
        Fault,
        engine::{Dialect, quoted},
        map::{DataMap, Erase, Table},
        schema::{ColumnSchema, Schema, TableSchema, Type},
        steps::{RUN, UNTIL},
    },
};

/// What a map alone says that cannot be.
pub fn unsound(map: &DataMap, name: &str, table: &Table) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |column: Option<&str>, says: &str| faults.push(Fault::new(name, column, says));
    let into = match (table.erase, table.seal_into.as_deref().map(str::trim)) {
        (Erase::Seal, None | Some("")) => {
            fault(None, "erase = \"seal\" needs seal_into = \"TABLE\", the table that keeps its rows");
            return faults;
        }
        (Erase::Seal, Some(into)) => into,
        (_, Some(_)) => {
            fault(None, "seal_into needs erase = \"seal\"");
            return faults;
        }
        (_, None) => return faults,
    };
    if map.table(into).is_some() {
        fault(None, "seal_into names a table of the map; what is sealed is out of use, take it out of the map");
    }
    if map.sealing().any(|(other, _, to)| other != name && to == into) {
        fault(None, "seal_into names a table that takes rows of another one; give each its own");
    }
    for column in [UNTIL, RUN].into_iter().filter(|column| table.columns.contains_key(*column)) {
        fault(Some(column), "is a column that sealed rows have besides; rename it");
    }
    faults
}

/// What keeps rows from being sealed in the live schema: code, table, column, what to do.
pub fn unfit<'m>(
    map: &'m DataMap,
    schema: &Schema,
    dialect: Dialect,
) -> Vec<(WarningCode, &'m str, Option<String>, String)> {
    let mut found = Vec::new();
    for (name, table, into) in map.sealing() {
        let Some(live) = schema.tables.get(name) else { continue };
        match schema.tables.get(into) {
            None => {
                let says = format!(
                    "the database has no table {into} to seal its rows in; make it: {}",
                    made(table, live, into, dialect)
                );
                found.push((WarningCode::Drift, name.as_str(), None, says));
            }
            Some(there) => {
                let faults = of_columns(table, live, into, there, dialect).into_iter();
                let faults = faults.chain(of_table(map, schema, table, into, there));
                found.extend(faults.map(|(code, column, says)| (code, name.as_str(), column, says)));
            }
        }
    }
    found
}

type Unfit = (WarningCode, Option<String>, String);

/// Each column of the sealed table.
fn of_columns(table: &Table, live: &TableSchema, into: &str, there: &TableSchema, dialect: Dialect) -> Vec<Unfit> {
    let mut found = Vec::new();
    let wanted = live.columns.iter().map(|(column, is)| (column.as_str(), is.clone()));
    for (column, is) in wanted.chain(added(dialect)) {
        let of_row = live.columns.contains_key(column);
        let mut add = |code, says: String| found.push((code, of_row.then(|| column.to_owned()), says));
        let Some(other) = there.columns.get(column) else {
            let says = format!(
                "{into} lacks the column {column}: ALTER TABLE {} ADD COLUMN {}",
                named(into, dialect),
                column_of(column, &is, true, dialect)
            );
            add(WarningCode::Drift, says);
            continue;
        };
        if other.generated {
            continue;
        }
        let shorter = other.longest.is_some_and(|most| is.longest.is_none_or(|needed| most < needed));
        // a bound of its own, of 40 characters say, does for the name of a run
        let shorter = if of_row { shorter } else { other.longest.is_some_and(|most| most < LONGEST_RUN) };
        // SQLite keeps what is written, whatever the column says
        let may_differ = dialect == Dialect::Sqlite || !of_row || is.longest.is_some();
        let is_other = other.kind != is.kind && (of_row || dialect != Dialect::Sqlite);
        if is_other || shorter || !(may_differ || other.named == is.named) {
            let says = format!("{into}.{column} is {}; make it {}", typed(other), typed(&is));
            add(WarningCode::TypeMismatch, says);
        } else if of_row && other.collation != is.collation {
            add(
                WarningCode::TypeMismatch,
                format!("{into}.{column} is ordered by another collation; give it that of the table"),
            );
        } else if of_row && (is.nullable || becomes_null(table, column)) && !other.nullable {
            add(WarningCode::NotNull, format!("{into}.{column} is NOT NULL, but may be null here; make it nullable"));
        }
    }
    // the database works it out from values that change on the way, but not in rows that are sealed
    let changes = table.columns.values().any(|is| is.erase.is_some());
    for (column, _) in live.columns.iter().filter(|(_, is)| is.generated && changes) {
        let says_nothing = table.columns.get(column).is_some_and(|is| is.erase.is_none());
        if says_nothing && there.columns.get(column).is_some_and(|is| !is.generated) {
            let says = format!(
                "{into}.{column} would keep what was worked out before other columns changed; say what it becomes, or let \
                 the database work it out there too"
            );
            found.push((WarningCode::TypeMismatch, Some(column.clone()), says));
        }
    }
    let known = |column: &&String| live.columns.contains_key(*column) || [UNTIL, RUN].contains(&column.as_str());
    for (column, is) in there.columns.iter().filter(|(column, _)| !known(column)) {
        if !is.nullable && !is.has_default && !is.generated {
            let says = format!("{into}.{column} may not be null and nobody fills it in; take it out of {into}");
            found.push((WarningCode::NotNull, None, says));
        }
    }
    found
}

fn becomes_null(table: &Table, column: &str) -> bool {
    table.columns.get(column).is_some_and(|is| is.erase == Some(Action::Null))
}

/// What the sealed table is besides its columns.
fn of_table(map: &DataMap, schema: &Schema, table: &Table, into: &str, there: &TableSchema) -> Vec<Unfit> {
    let mut found = Vec::new();
    let key: Vec<_> = table.key.iter().map(|column| quoted(column)).collect();
    if !there.names_a_row(&table.key) {
        let says = format!(
            "{into} has to have the key ({}), or a row could be sealed twice; make it the primary key",
            key.join(", ")
        );
        found.push((WarningCode::KeyColumn, table.key.first().cloned(), says));
    }
    for other in there.unique.iter().filter(|unique| !table.key.iter().all(|column| unique.contains(column))) {
        let columns: Vec<_> = other.iter().cloned().collect();
        let says = format!(
            "{into} lets ({}) stand there once only, but what is sealed may say the same as what came later; drop that index",
            columns.join(", ")
        );
        found.push((WarningCode::KeyColumn, columns.first().cloned(), says));
    }
    if there.keeps_history {
        let says = format!("{into} keeps older states of its rows (SYSTEM VERSIONING), so that nothing in it ends");
        found.push((WarningCode::TypeMismatch, None, says));
    }
    for reference in there.references.iter().filter(|reference| map.table(&reference.to).is_some()) {
        let says = format!("{into} refers to {}, whose rows may go; drop that foreign key", reference.to);
        found.push((WarningCode::UnmappedReference, reference.columns.first().cloned(), says));
    }
    for (other, is) in &schema.tables {
        if is.references.iter().any(|reference| reference.to == into) {
            let says = format!("{other} refers to {into}, whose rows are out of use; drop that foreign key");
            found.push((WarningCode::UnmappedReference, None, says));
        }
    }
    found
}

/// Characters of a run's name, at most.
const LONGEST_RUN: usize = 24;

/// The columns that sealed rows have besides.
fn added(dialect: Dialect) -> [(&'static str, ColumnSchema); 2] {
    let text = if dialect == Dialect::Sqlite { "text" } else { "varchar(40)" };
    [(UNTIL, ColumnSchema::plain(Type::Date, "date")), (RUN, ColumnSchema::plain(Type::Text, text))]
}

/// The statement that makes the sealed table, with the index that its end is found by.
fn made(table: &Table, live: &TableSchema, into: &str, dialect: Dialect) -> String {
    let columns = live.columns.iter().map(|(column, is)| column_of(column, is, false, dialect));
    let besides = added(dialect).map(|(column, is)| column_of(column, &is, false, dialect));
    let key: Vec<_> = table.key.iter().map(|column| named(column, dialect)).collect();
    let key = format!("PRIMARY KEY ({})", key.join(", "));
    let parts: Vec<_> = columns.chain(besides).chain([key]).collect();
    let (name, index) = (named(into, dialect), named(&format!("{into}_ends"), dialect));
    format!("CREATE TABLE {name} ({}); CREATE INDEX {index} ON {name} ({RUN}, {UNTIL});", parts.join(", "))
}

/// A column as a statement makes it. One that is added to rows that are there may be null.
fn column_of(column: &str, is: &ColumnSchema, is_added: bool, dialect: Dialect) -> String {
    let collation = is.collation.as_ref().filter(|_| dialect == Dialect::Maria);
    let collation = collation.map(|collation| format!(" COLLATE {collation}")).unwrap_or_default();
    let null = match (is.nullable || is_added, dialect) {
        (false, _) => " NOT NULL",
        // a moment of MariaDB may not be null unless it says so
        (true, Dialect::Maria) => " NULL",
        (true, _) => "",
    };
    format!("{} {}{collation}{null}", named(column, dialect), typed(is))
}

/// A name as whoever runs the statement by hand has to write it.
fn named(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Maria => format!("`{}`", name.replace('`', "``")),
        Dialect::Postgres | Dialect::Sqlite => quoted(name),
    }
}

/// A type as a statement names it.
fn typed(is: &ColumnSchema) -> String {
    match (is.longest, is.named.as_str()) {
        (Some(most), named @ ("character varying" | "character")) => format!("{named}({most})"),
        (_, named) => named.to_owned(),
    }
}
