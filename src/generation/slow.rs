//! Whether a run would be slow for want of an index: one sentence for whoever plans it, where a table is so large that it
//! matters. By the database's own estimates, which cost nothing; counts a few rows at most.

use super::{
    Error, advice,
    engine::{Conn, Dialect, Statement, quoted},
    map::DataMap,
    schema::Schema,
};
use crate::domain::plan::{Warning, WarningCode};
use std::collections::BTreeMap;

/// Rows from which on reading a whole table for every batch is felt.
const MANY: i64 = 100_000;
/// How many columns are named.
const NAMED: usize = 5;

/// What to say of joins in large tables that no index serves; nothing where there are none.
///
/// # Errors
/// When the database does not answer.
pub async fn slow(conn: &mut Conn, map: &DataMap, schema: &Schema, dialect: Dialect) -> Result<Option<Warning>, Error> {
    let unindexed = advice::unindexed(map, schema, dialect);
    let mut tables: Vec<_> = unindexed.iter().map(|found| found.table.as_str()).collect();
    tables.dedup();
    let sizes = sizes(conn, dialect, &tables).await?;
    let is_large = |found: &&Warning| sizes.get(&found.table).is_some_and(|rows| *rows >= MANY);
    let name = |found: &Warning| format!("{}.{}", found.table, found.column.as_deref().unwrap_or_default());
    let columns: Vec<_> = unindexed.iter().filter(is_large).map(name).collect();
    Ok((!columns.is_empty()).then(|| warning(&columns)))
}

fn warning(columns: &[String]) -> Warning {
    let have = if columns.len() == 1 { "1 join has".to_owned() } else { format!("{} joins have", columns.len()) };
    let more = match columns.len() - columns.len().min(NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let named = columns[..columns.len().min(NAMED)].join(", ");
    let detail =
        format!("{have} no index in large tables ({named}{more}). It will be slow; ask an engineer for an index.");
    Warning { code: WarningCode::NoIndex, table: String::new(), column: None, detail, rows: 0, blocks: false }
}

/// About how many rows tables have, as the database thinks; those it has no idea of are left out.
async fn sizes(conn: &mut Conn, dialect: Dialect, tables: &[&str]) -> Result<BTreeMap<String, i64>, Error> {
    if tables.is_empty() {
        return Ok(BTreeMap::new());
    }
    let text = |name: &str| format!("'{}'", name.replace('\'', "''"));
    let list = || tables.iter().map(|name| text(name)).collect::<Vec<_>>().join(", ");
    let asks = match dialect {
        // a table that was never looked through is guessed at by its size
        Dialect::Postgres => format!(
            "SELECT c.relname::text, (CASE WHEN c.reltuples < 0 THEN pg_relation_size(c.oid) / 100
                 ELSE c.reltuples END)::bigint::text FROM pg_class c
             WHERE c.relnamespace = current_schema()::regnamespace AND c.relname IN ({})",
            list()
        ),
        Dialect::Maria => format!(
            "SELECT CAST(TABLE_NAME AS CHAR), CAST(TABLE_ROWS AS CHAR) FROM information_schema.TABLES
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ({})",
            list()
        ),
        // it keeps no estimate, and a few rows are quickly counted
        Dialect::Sqlite => {
            let size = |name: &&str| {
                let some = format!("SELECT 1 FROM {} LIMIT {MANY}", quoted(name));
                format!("SELECT {}, CAST(count(*) AS TEXT) FROM ({some})", text(name))
            };
            tables.iter().map(size).collect::<Vec<_>>().join(" UNION ALL ")
        }
    };
    let rows = conn.rows(Statement::once(asks)).await?;
    let size = |row: Vec<Option<String>>| {
        let [name, rows] = <[Option<String>; 2]>::try_from(row).ok()?;
        Some((name?, rows?.parse().ok()?))
    };
    Ok(rows.into_iter().filter_map(size).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_columns_are_named_and_the_others_counted() {
        let columns: Vec<_> = (1..=7).map(|n| format!("t.c{n}")).collect();
        let says = warning(&columns).detail;
        assert!(
            says.starts_with("7 joins have no index in large tables (t.c1, t.c2, t.c3, t.c4, t.c5 and 2 more)."),
            "{says}"
        );
        let says = warning(&columns[..1]).detail;
        assert!(says.starts_with("1 join has no index in large tables (t.c1)."), "{says}");
    }
}
