//! Whether a data map fits the live schema: every name is there, every action can be done to its column, every
//! reference to rows that go is spoken for. What this finds stops a plan; better it stops the product's own tests.

use super::{
    engine::Dialect,
    map::{DataMap, Erase, Others, Table},
    schema::{OnDelete, Reference, Schema, TableSchema, Type},
    scope::Scope,
    steps,
};
use crate::domain::plan::{Action, Warning, WarningCode};
use chrono::NaiveDate;

/// Everything that stops a plan, whoever it is about.
#[must_use]
pub fn check(map: &DataMap, schema: &Schema, dialect: Dialect) -> Vec<Warning> {
    let mut found = Found(Vec::new());
    for (name, table) in &map.tables {
        match schema.tables.get(name) {
            None => found.add(WarningCode::Drift, name, None, "the database has no such table; take it out of the map"),
            Some(live) => of_table(map, schema, name, table, live, dialect, &mut found),
        }
    }
    for identity in &map.identities {
        let live = schema.tables.get(&identity.table).and_then(|table| table.columns.get(&identity.column));
        if live.is_some_and(|is| matches!(is.kind, Type::Bytes | Type::Other)) {
            let says = "people cannot be found by a column of this type; use text, a number or a UUID";
            found.add(WarningCode::TypeMismatch, &identity.table, Some(&identity.column), says);
        }
    }
    if schema.hides_tables {
        let says = "this account may not see every table of the database, and a reference to rows that go could stay unseen; \
            grant it REFERENCES on the whole database, as `recourse data-map grants` prints it";
        found.add(WarningCode::UnmappedReference, &map.subject, None, says);
    }
    references(map, schema, &mut found);
    for (code, table, column, says) in super::seal::unfit(map, schema, dialect) {
        found.add(code, table, column.as_deref(), says);
    }
    for (code, table, column, says) in super::choices::unfit(map, schema) {
        found.add(code, table, Some(column), says);
    }
    for (code, table, column, says) in super::consents::unfit(map, schema) {
        found.add(code, table, Some(column), says);
    }
    for (table, column, says) in super::export::rules::unfit(map, schema, dialect) {
        found.add(WarningCode::SharedRow, table, Some(column), says);
    }
    if found.0.is_empty() {
        let scope = Scope::new(map, schema, dialect, 1, NaiveDate::MIN);
        if let Err(circle) = steps::erasing(&scope) {
            let says = format!(
                "the tables {} refer to each other and no link between them may be null; make one nullable",
                circle.join(", ")
            );
            found.add(WarningCode::SelfReferenceLimit, &circle[0], None, says);
        }
    }
    found.0
}

struct Found(Vec<Warning>);

impl Found {
    fn add(&mut self, code: WarningCode, table: &str, column: Option<&str>, detail: impl Into<String>) {
        self.0.push(Warning {
            code,
            table: table.to_owned(),
            column: column.map(str::to_owned),
            detail: detail.into(),
            rows: 0,
            blocks: true,
        });
    }
}

fn of_table(
    map: &DataMap,
    schema: &Schema,
    name: &str,
    table: &Table,
    live: &TableSchema,
    dialect: Dialect,
    found: &mut Found,
) {
    for column in table.columns.keys().filter(|column| !live.columns.contains_key(*column)) {
        found.add(WarningCode::Drift, name, Some(column), "the table has no such column; take it out of the map");
    }
    for column in live.columns.keys().filter(|column| !table.columns.contains_key(*column)) {
        let says = "the map does not list this column; add it, with what it holds and what becomes of it";
        found.add(WarningCode::Drift, name, Some(column), says);
    }
    if live.keeps_history {
        let says = "the database keeps older states of its rows (SYSTEM VERSIONING), so that nothing in it is erased; \
            take that away, or leave the table to be erased by hand";
        found.add(WarningCode::TypeMismatch, name, None, says);
    }
    if !live.names_a_row(&table.key) {
        let says = format!("key = {:?} does not name one row; use the primary key or a unique one", table.key);
        found.add(WarningCode::KeyColumn, name, table.key.first().map(String::as_str), says);
    }
    if let Some(column) = table.key.iter().find(|c| live.columns.get(*c).is_some_and(|is| is.nullable)) {
        found.add(WarningCode::KeyColumn, name, Some(column), "a key that may be null does not name every row");
    }
    // MariaDB's bytes of a bounded length, as it keeps UUIDs, are written down as hexadecimal digits
    let writes_bytes = |named: &str| dialect == Dialect::Maria && !named.ends_with("blob");
    let cannot = |is: &super::schema::ColumnSchema| is.kind == Type::Bytes && !writes_bytes(&is.named);
    if table.key.iter().any(|c| live.columns.get(c).is_some_and(cannot)) {
        let says = "a key of bytes cannot be written down; use another unique column";
        found.add(WarningCode::TypeMismatch, name, table.key.first().map(String::as_str), says);
    }
    for (to, on) in table.owner.iter().map(|j| (&j.to, &j.on)).chain(table.link.iter().map(|l| (&l.to, &l.on))) {
        for (here, there) in on {
            let kind = |table: &str, column: &str| {
                schema.tables.get(table).and_then(|t| t.columns.get(column)).map(|column| column.kind)
            };
            if let (Some(a), Some(b)) = (kind(name, here), kind(to, there))
                && a != b
            {
                let says = format!("cannot equal {to}.{there}: they are of different types");
                found.add(WarningCode::TypeMismatch, name, Some(here), says);
            }
        }
    }
    for link in table.link.iter().filter(|link| link.others == Some(Others::Null)) {
        for column in link.on.keys() {
            may_be_null(name, column, live, "the link", found);
        }
    }
    if table.shared == Some(super::map::Shared::Detach) {
        for column in table.owner.iter().flat_map(|join| join.on.keys()) {
            may_be_null(name, column, live, "shared = \"detach\"", found);
        }
    }
    if let Some(keep) = &table.keep
        && live.columns.get(&keep.after).is_some_and(|is| !counts_time(is.kind, dialect))
    {
        let says = "keep counts its period after a date or a moment, which this column does not hold";
        found.add(WarningCode::TypeMismatch, name, Some(&keep.after), says);
    }
    // what changes on the way to where rows are sealed has to fit there
    let stands_in = match &table.seal_into {
        Some(into) => schema.tables.get(into),
        None => Some(live),
    };
    for (column, is) in &table.columns {
        if let (Some(action), Some(_), Some(becomes)) = (is.erase, live.columns.get(column), stands_in) {
            of_column(map, name, column, action, is.value.as_deref(), becomes, found);
        }
        let kind = live.columns.get(column).map(|live| live.kind);
        if (is.file || is.search) && kind.is_some_and(|kind| kind != Type::Text) {
            found.add(WarningCode::TypeMismatch, name, Some(column), "file and search need a column of text");
        }
    }
}

const fn counts_time(kind: Type, dialect: Dialect) -> bool {
    // SQLite has no type for time: ISO 8601 text compares as it should
    matches!((kind, dialect), (Type::Date | Type::Timestamp, _) | (Type::Text, Dialect::Sqlite))
}

fn may_be_null(table: &str, column: &str, live: &TableSchema, what: &str, found: &mut Found) {
    match live.columns.get(column) {
        Some(is) if !is.nullable => {
            let says =
                format!("{what} would make it null, but it is NOT NULL; make it nullable or choose another action");
            found.add(WarningCode::NotNull, table, Some(column), says);
        }
        Some(_) if live.unique.first().is_some_and(|key| key.contains(column)) => {
            found.add(WarningCode::KeyColumn, table, Some(column), format!("{what} would make a part of the key null"));
        }
        _ => {}
    }
}

fn of_column(
    map: &DataMap,
    table: &str,
    column: &str,
    action: Action,
    value: Option<&str>,
    live: &TableSchema,
    found: &mut Found,
) {
    let Some(is) = live.columns.get(column) else { return };
    if is.generated {
        let says = "the database works this column out from others and lets nobody set it; change those it comes from";
        return found.add(WarningCode::TypeMismatch, table, Some(column), says);
    }
    if action == Action::Null {
        return may_be_null(table, column, live, "erase = \"null\"", found);
    }
    let refers = live.references.iter().any(|reference| reference.columns.iter().any(|c| c == column));
    // several rows would get the same value; the subject's own table has one row a person
    let unique = live.is_key(column)
        && !(action == Action::Pseudonym && table == map.subject && !live.unique[0].contains(column));
    if unique || refers {
        let says = format!("is part of a key or a reference; it cannot become {}", action.label());
        found.add(WarningCode::KeyColumn, table, Some(column), says);
    }
    let problem = match action {
        Action::Pseudonym if is.kind != Type::Text => {
            Some("a pseudonym is text, which this column cannot hold".to_owned())
        }
        Action::Pseudonym if is.longest.is_some_and(|most| most < super::PSEUDONYM_LENGTH) => {
            Some(format!("a pseudonym has {} characters, more than this column holds", super::PSEUDONYM_LENGTH))
        }
        Action::Truncate if !truncates(is.kind, value) => Some(
            "only a moment can be cut to its day or month, a date to its month, and an address to its network"
                .to_owned(),
        ),
        Action::Default if matches!(is.kind, Type::Other | Type::Bytes) => {
            Some("there is no empty value of this type; use fixed with a value".to_owned())
        }
        Action::Fixed => fits(value.unwrap_or_default(), is.kind, is.longest).err(),
        _ => None,
    };
    if let Some(says) = problem {
        found.add(WarningCode::TypeMismatch, table, Some(column), says);
    }
}

fn truncates(kind: Type, to: Option<&str>) -> bool {
    match kind {
        Type::Timestamp | Type::Address | Type::Text => true,
        Type::Date => to == Some("month"),
        _ => false,
    }
}

/// Whether a column of this kind, of at most `longest` characters, can hold what `value` says.
///
/// # Errors
/// Why not.
pub fn fits(value: &str, kind: Type, longest: Option<usize>) -> Result<(), String> {
    let fits = match kind {
        Type::Integer => value.parse::<i64>().is_ok(),
        Type::Number => value.parse::<f64>().is_ok(),
        Type::Bool => matches!(value, "true" | "false"),
        Type::Date => value.parse::<NaiveDate>().is_ok(),
        Type::Timestamp => chrono::DateTime::parse_from_rfc3339(value).is_ok(),
        Type::Uuid => value.parse::<uuid::Uuid>().is_ok(),
        Type::Address => value.parse::<std::net::IpAddr>().is_ok(),
        Type::Text => longest.is_none_or(|most| value.chars().count() <= most),
        Type::Bytes | Type::Other => false,
    };
    if fits { Ok(()) } else { Err(format!("'{value}' is no value of this column's type")) }
}

/// Whoever refers to rows that go has to be spoken for.
fn references(map: &DataMap, schema: &Schema, found: &mut Found) {
    for (name, live) in &schema.tables {
        for reference in live.references.iter().filter(|r| map.table(&r.to).is_some_and(|to| may_go(map, &r.to, to))) {
            let column = reference.columns.first().map(String::as_str);
            let to = &reference.to;
            match map.table(name) {
                None => {
                    let does = match reference.on_delete {
                        OnDelete::Refuse => "the database would refuse to delete them",
                        OnDelete::Cascade => "the database would silently delete its rows too",
                        OnDelete::Unset => "the database would silently change its rows too",
                    };
                    let says =
                        format!("refers to {to}, whose rows go, but is not in the map: {does}; add it to the map");
                    found.add(WarningCode::UnmappedReference, name, column, says);
                }
                Some(table) => spoken_for(map, name, table, reference, live, found),
            }
        }
    }
}

fn may_go(map: &DataMap, name: &str, table: &Table) -> bool {
    table.erase != Erase::Change
        || map.table(name).is_some_and(|t| t.link.iter().any(|l| l.others == Some(Others::Delete)))
}

fn spoken_for(map: &DataMap, name: &str, table: &Table, reference: &Reference, live: &TableSchema, found: &mut Found) {
    let column = reference.columns.first().map(String::as_str);
    let same = |on: &std::collections::BTreeMap<String, String>| reference.columns.iter().all(|c| on.contains_key(c));
    let link = table.link.iter().find(|link| link.to == reference.to && same(&link.on));
    let owner = table.owner.iter().find(|join| join.to == reference.to && same(&join.on));
    if link.is_none() && owner.is_none() {
        let says = format!(
            "refers to {}, whose rows go, but the map says neither owner nor link for it; say what becomes of such rows",
            reference.to
        );
        return found.add(WarningCode::UnmappedReference, name, column, says);
    }
    let goes_by_link =
        map.table(&reference.to).is_some_and(|to| to.link.iter().any(|l| l.others == Some(Others::Delete)));
    if owner.is_some() && link.is_none() && goes_by_link {
        let says = format!(
            "other people’s rows of {} go by a link; say in link what becomes of the rows here that refer to those",
            reference.to
        );
        found.add(WarningCode::UnmappedReference, name, column, says);
    }
    // rows that stay must let go of rows that go
    let nulled = |c: &String| table.columns.get(c).is_some_and(|is| is.erase == Some(Action::Null));
    let lets_go = link.is_some_and(|l| l.others == Some(Others::Null)) || reference.columns.iter().any(nulled);
    if !table.is_left() && !lets_go {
        let says = format!(
            "its rows stay, but still refer to {}, whose rows go; give the column erase = \"null\"",
            reference.to
        );
        found.add(WarningCode::UnmappedReference, name, column, says);
    }
    if owner.is_some() && table.shared == Some(super::map::Shared::Keep) {
        let says = format!(
            "rows shared with somebody else stay, but still refer to {}, whose rows go; use shared = \"detach\"",
            reference.to
        );
        found.add(WarningCode::UnmappedReference, name, column, says);
    }
    let nullable = reference.columns.iter().any(|c| live.columns.get(c).is_some_and(|is| is.nullable));
    if reference.to == name && !nullable {
        let says =
            "the table refers to itself by a column that is NOT NULL; its rows cannot go in batches; make it nullable";
        found.add(WarningCode::SelfReferenceLimit, name, column, says);
    }
}
