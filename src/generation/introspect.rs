//! Reads what a generation database looks like, in a few set-based queries, whatever its size.

use super::{
    Error,
    engine::{Conn, Dialect, Statement},
    schema::{ColumnSchema, OnDelete, Reference, Schema, Type},
};
use std::collections::{BTreeMap, BTreeSet};

/// Tables of the schema that names without a prefix mean; columns with type, NULL and default.
const POSTGRES_COLUMNS: &str = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL)::text,
    (NOT a.attnotnull)::text, (a.atthasdef OR a.attidentity <> '')::text,
    CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 4
        THEN (a.atttypmod - 4)::text END,
    (c.relkind = 'r' AND NOT EXISTS (SELECT 1 FROM pg_inherits h WHERE h.inhparent = c.oid))::text
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
        AND a.attnum > 0 AND NOT a.attisdropped";
/// Each unique index without a condition, the primary key first: table, index, column.
const POSTGRES_KEYS: &str = "SELECT c.relname::text, i.indexrelid::text, a.attname::text
    FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
    JOIN LATERAL unnest(i.indkey::int2[]) AS k(attnum) ON true
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
    WHERE c.relnamespace = current_schema()::regnamespace AND i.indisunique AND i.indisvalid AND i.indisready AND i.indpred IS NULL AND i.indexprs IS NULL
    ORDER BY i.indisprimary DESC, i.indexrelid";
/// Each column of each foreign key: table, key, column, other table, other column, what becomes of the row.
const POSTGRES_REFERENCES: &str =
    "SELECT c.relname::text, k.oid::text, a.attname::text, o.relname::text, b.attname::text,
    k.confdeltype::text
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class o ON o.oid = k.confrelid
    JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS p(here, there, place) ON true
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.here
    JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = p.there
    WHERE k.contype = 'f' AND o.relnamespace = current_schema()::regnamespace
    ORDER BY k.oid, p.place";

const SQLITE_COLUMNS: &str = "SELECT m.name, c.name, c.type, iif(c.\"notnull\" OR c.pk > 0, 'false', 'true'),
    iif(c.dflt_value IS NULL, 'false', 'true'), NULL, iif(l.wr, 'false', 'true')
    FROM sqlite_schema m JOIN pragma_table_list(m.name) l ON l.schema = 'main' JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
const SQLITE_KEYS: &str = "SELECT m.name, '', c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND c.pk > 0
    UNION ALL
    SELECT m.name, i.name, c.name FROM sqlite_schema m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
    WHERE m.type = 'table' AND i.\"unique\" AND NOT i.partial AND i.origin <> 'pk'
        AND NOT EXISTS (SELECT 1 FROM pragma_index_info(i.name) x WHERE x.name IS NULL)";
const SQLITE_REFERENCES: &str = "SELECT m.name, f.id, f.\"from\", f.\"table\", COALESCE(f.\"to\",
        (SELECT k.name FROM pragma_table_info(f.\"table\") k WHERE k.pk = f.seq + 1)), f.on_delete
    FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f
    WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq";

/// The schema as it is now.
///
/// # Errors
/// When the database does not answer.
pub async fn read(conn: &mut Conn, dialect: Dialect) -> Result<Schema, Error> {
    let (columns, keys, references) = match dialect {
        Dialect::Postgres => (POSTGRES_COLUMNS, POSTGRES_KEYS, POSTGRES_REFERENCES),
        Dialect::Sqlite => (SQLITE_COLUMNS, SQLITE_KEYS, SQLITE_REFERENCES),
    };
    let mut schema = Schema::default();
    for row in conn.rows(Statement::new(columns, &[])).await? {
        let [table, column, named, nullable, default, longest, has_row_id] = fields(row)?;
        let table = schema.tables.entry(table).or_default();
        table.has_row_id = has_row_id == "true";
        let column_schema = ColumnSchema {
            kind: kind_of(&named, dialect),
            longest: longest.parse().ok().or_else(|| bound_in(&named)),
            named,
            nullable: nullable == "true",
            has_default: default == "true",
        };
        table.columns.insert(column, column_schema);
    }
    let mut unique: Vec<(String, String, BTreeSet<String>)> = Vec::new();
    for row in conn.rows(Statement::new(keys, &[])).await? {
        let [table, index, column] = fields(row)?;
        match unique.iter_mut().find(|(t, i, _)| *t == table && *i == index) {
            Some((_, _, columns)) => drop(columns.insert(column)),
            None => unique.push((table, index, BTreeSet::from([column]))),
        }
    }
    for (table, _, columns) in unique {
        schema.tables.entry(table).or_default().unique.push(columns);
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
        // SQLite keeps the name as it was written, in whatever case
        if let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(&reference.to)) {
            reference.to.clone_from(name);
        }
        schema.tables.entry(table).or_default().references.push(reference);
    }
    Ok(schema)
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
