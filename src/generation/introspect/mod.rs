//! Reads what a generation database looks like, in a few set-based queries, whatever its size.

mod known;
mod maria;
mod postgres;
mod sqlite;

pub use known::{Known, schema};

use super::{
    Error,
    engine::{Conn, Dialect, Statement},
    schema::{ColumnSchema, OnDelete, Reference, Schema, Type},
};
use std::collections::BTreeMap;

/// The schema as it is now, read anew.
///
/// # Errors
/// When the database does not answer.
pub async fn read(conn: &mut Conn, dialect: Dialect) -> Result<Schema, Error> {
    let (columns, indexes, references) = match dialect {
        Dialect::Postgres => (postgres::COLUMNS, postgres::INDEXES, postgres::REFERENCES),
        Dialect::Sqlite => (sqlite::COLUMNS, sqlite::INDEXES, sqlite::REFERENCES),
        Dialect::Maria => (maria::COLUMNS, maria::INDEXES, maria::REFERENCES),
    };
    let hides_tables = dialect == Dialect::Maria && maria::hides_tables(conn).await?;
    let mut schema = Schema { hides_tables, ..Schema::default() };
    for row in conn.rows(Statement::new(columns, &[])).await? {
        let [table, column, named, nullable, default, longest, has_row_id, generated, collation, keeps_history] =
            fields(row)?;
        let table = schema.tables.entry(table).or_default();
        table.has_row_id = has_row_id == "true";
        table.keeps_history = keeps_history == "true";
        let column_schema = ColumnSchema {
            kind: kind_of(&named, dialect),
            longest: longest.parse().ok().or_else(|| bound_in(&named)),
            named,
            nullable: nullable == "true",
            has_default: default == "true",
            generated: generated == "true",
            collation: Some(collation).filter(|collation| !collation.is_empty()),
        };
        table.columns.insert(column, column_schema);
    }
    let mut parts: Vec<Index> = Vec::new();
    for row in conn.rows(Statement::new(indexes, &[])).await? {
        let [table, name, column, unique, leads] = fields(row)?;
        if parts.last().is_none_or(|last| last.table != table || last.name != name) {
            parts.push(Index { table, name, columns: Vec::new(), unique: true, leads: leads == "true" });
        }
        let Some(index) = parts.last_mut() else { continue };
        index.unique &= unique == "true" && !column.is_empty();
        index.columns.push(column);
    }
    for Index { table, columns, unique, leads, .. } in parts {
        let table = schema.tables.entry(table).or_default();
        if unique {
            table.unique.push(columns.iter().cloned().collect());
        }
        // what stands behind an expression is not looked up by its own value
        let leading: Vec<_> = columns.into_iter().take_while(|column| leads && !column.is_empty()).collect();
        if !leading.is_empty() {
            table.indexes.push(leading);
        }
    }
    let mut found: BTreeMap<(String, String), Reference> = BTreeMap::new();
    for row in conn.rows(Statement::new(references, &[])).await? {
        let [table, key, here, to, there, on_delete] = fields(row)?;
        let on_delete = match on_delete.as_str() {
            "c" | "CASCADE" => OnDelete::Cascade,
            "n" | "d" | "SET NULL" | "SET DEFAULT" => OnDelete::Unset,
            _ => OnDelete::Refuse,
        };
        let reference = found.entry((table, key)).or_insert_with(|| Reference {
            columns: Vec::new(),
            to,
            to_columns: Vec::new(),
            on_delete,
        });
        reference.columns.push(here);
        reference.to_columns.push(there);
    }
    let names: Vec<_> = schema.tables.keys().cloned().collect();
    for ((table, _), mut reference) in found {
        // SQLite keeps the name as it was written, in whatever case; elsewhere two names may differ by case alone
        let exact = names.contains(&reference.to);
        if let Some(name) = names.iter().find(|name| !exact && name.eq_ignore_ascii_case(&reference.to)) {
            reference.to.clone_from(name);
        }
        schema.tables.entry(table).or_default().references.push(reference);
    }
    Ok(schema)
}

/// One index while its parts are read.
struct Index {
    table: String,
    name: String,
    columns: Vec<String>,
    unique: bool,
    leads: bool,
}

fn fields<const N: usize>(row: Vec<Option<String>>) -> Result<[String; N], Error> {
    let row: Vec<_> = row.into_iter().map(Option::unwrap_or_default).collect();
    row.try_into().map_err(|_| Error::Answer("the catalogue has another shape than expected"))
}

/// The bound in a type such as `VARCHAR(40)`, as `SQLite` keeps it; it does not enforce it, its readers may.
fn bound_in(named: &str) -> Option<usize> {
    let text = named.to_ascii_lowercase();
    let inside = text.strip_prefix("varchar(").or_else(|| text.strip_prefix("char("))?;
    inside.trim_end_matches(')').parse().ok()
}

fn kind_of(named: &str, dialect: Dialect) -> Type {
    let name = named.to_ascii_lowercase();
    if dialect == Dialect::Maria {
        return kind_of_maria(&name);
    }
    let starts = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
    match name.as_str() {
        "date" => Type::Date,
        "uuid" => Type::Uuid,
        "inet" | "cidr" => Type::Address,
        _ if starts(&["timestamp", "datetime"]) => Type::Timestamp,
        _ if starts(&["bool"]) => Type::Bool,
        _ if name.ends_with("[]") => Type::Other,
        _ if starts(&["bigint", "int", "smallint", "tinyint", "mediumint"]) && !starts(&["interval"]) => Type::Integer,
        _ if starts(&["numeric", "decimal", "real", "double", "float", "money"]) => Type::Number,
        _ if starts(&["text", "char", "varchar", "character", "citext", "clob", "nvarchar"]) => Type::Text,
        _ if starts(&["bytea", "blob"]) => Type::Bytes,
        // a column of SQLite without a type holds what it is given
        "" if dialect == Dialect::Sqlite => Type::Text,
        _ => Type::Other,
    }
}

fn kind_of_maria(name: &str) -> Type {
    let word = name.split(['(', ' ']).next().unwrap_or(name);
    match word {
        // nobody has another use for numbers of one digit or bit
        "tinyint" | "bit" if name.starts_with("tinyint(1)") || name == "bit(1)" => Type::Bool,
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" | "bit" => Type::Integer,
        "decimal" | "float" | "double" => Type::Number,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => Type::Text,
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Type::Bytes,
        "date" => Type::Date,
        "datetime" | "timestamp" => Type::Timestamp,
        "uuid" => Type::Uuid,
        "inet4" | "inet6" => Type::Address,
        _ => Type::Other,
    }
}

#[cfg(test)]
mod tests;
