//! A step as statements: what finds its rows, counts what is left and changes a batch of them. Text only; nothing is asked
//! here.

use crate::generation::{
    alike,
    alike::as_text,
    engine::{Dialect, Texts, quoted},
    scope::Scope,
    steps::{Sealing, Step, Whole},
};

/// Rows in one batch: long enough to be quick, short enough to let others at the tables.
const BATCH: usize = 10_000;
/// Rows in one batch of a table whose rows name files.
const BATCH_WITH_FILES: usize = 500;

/// One step.
#[derive(Debug)]
pub(super) struct Prepared {
    pub step: Step,
    /// Selects addresses and files of the rows that are left.
    pub select: String,
    /// The same for the keys of a portion.
    pub select_listed: String,
    /// Selects the keys of the rows, for steps whose rows have to be written down.
    pub keys: String,
    pub count: String,
    pub count_listed: String,
    /// Finds and changes one batch in a single statement; none where files go or keys were written down.
    pub at_once: Option<String>,
    pub change: String,
    /// Where rows are sealed: writes them to their new place, before `change` takes away those that are there.
    pub seals: Option<Seals>,
    /// Files of these rows that other rows name too.
    pub elsewhere: String,
    pub batch: usize,
    pub address: Address,
    pub dialect: Dialect,
}

/// How rows get to where they are sealed.
#[derive(Debug)]
pub(super) struct Seals {
    /// Counts those that are there already, word for word.
    pub already: String,
    /// Writes those that are not.
    pub write: String,
}

/// Where a row stands: how the engine finds it again at once.
fn address(scope: &Scope<'_>, table: &str) -> Address {
    let live = scope.schema.tables.get(table);
    match scope.dialect {
        Dialect::Postgres if live.is_some_and(|table| table.has_row_id) => Address::Ctid,
        Dialect::Sqlite if live.is_some_and(|table| table.has_row_id) => Address::RowId,
        // a partitioned table's rows have the same address in each of its parts
        Dialect::Postgres | Dialect::Sqlite | Dialect::Maria => Address::Key,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    Ctid,
    RowId,
    Key,
}

pub(super) fn prepared(scope: &Scope<'_>, step: Step) -> Prepared {
    if let Some(Whole { count, change }) = step.whole.clone() {
        let none = String::new;
        return Prepared {
            select: none(),
            select_listed: none(),
            keys: none(),
            count,
            count_listed: none(),
            at_once: None,
            change,
            seals: None,
            elsewhere: none(),
            batch: 0,
            address: Address::Key,
            dialect: scope.dialect,
            step,
        };
    }
    let table = quoted(&step.table);
    let address = address(scope, &step.table);
    let key = json_row(scope, &step.table, false);
    let at = match address {
        Address::Ctid => "t.ctid::text".to_owned(),
        Address::RowId => "CAST(t.rowid AS TEXT)".to_owned(),
        Address::Key => key,
    };
    let at_value = |n: usize| match address {
        Address::Ctid => format!("t.ctid = ANY(${n}::text::tid[])"),
        Address::RowId => format!("t.rowid IN (SELECT CAST(value AS INTEGER) FROM json_each(${n}))"),
        Address::Key => scope.listed(&step.table, "t", n),
    };
    let files = step.files.iter().map(|file| format!(", t.{}", quoted(file))).collect::<Vec<_>>().concat();
    let still = [&step.recheck, &step.to_do].into_iter().flatten().map(|pred| format!(" AND ({pred})"));
    // rows, by address or key, are the value after those that conditions rest on
    let portion = scope.values() + 1;
    let listed = scope.written_down(&step.table, "t", portion) + &still.collect::<Vec<_>>().concat();
    let which = match (step.frozen, scope.dialect) {
        (true, _) => listed.clone(),
        // the cursor's snapshot holds the rows where they are
        (false, Dialect::Postgres) => at_value(portion),
        (false, Dialect::Sqlite | Dialect::Maria) => format!("{} AND ({})", at_value(portion), step.rows),
    };
    let total = as_text("count(*)", scope.dialect);
    let write = step.sealing.as_ref().map(|sealing| sealed_rows(scope, &step, sealing, &which));
    let which = match &step.sealing {
        Some(sealing) => format!("{which} AND {}", sealing.is_there(&sealing.same)),
        None => which,
    };
    let already = match scope.dialect {
        Dialect::Maria => format!("SELECT {total} FROM {}", joined_by_key(scope, &step.table, &which, i64::MAX)),
        Dialect::Postgres | Dialect::Sqlite => format!("SELECT {total} FROM {table} AS t WHERE {which}"),
    };
    let seals = write.map(|write| Seals { already, write });
    // rows whose place is taken stay where they are, with their files, and are counted as left
    let has_place = step.sealing.as_ref().map(|sealing| format!(" AND NOT {}", sealing.is_taken()));
    let has_place = has_place.unwrap_or_default();
    let changing = |which: &str| {
        if step.deletes() {
            format!("DELETE FROM {table} AS t WHERE {which}")
        } else {
            format!("UPDATE {table} AS t SET {} WHERE {which}", step.sets.join(", "))
        }
    };
    let change = match scope.dialect {
        Dialect::Maria => changed_by_key(scope, &step, &which, i64::MAX),
        Dialect::Postgres | Dialect::Sqlite => changing(&which),
    };
    let some = |address: &str| format!("SELECT {address} FROM {table} t WHERE {} LIMIT {BATCH}", step.rows);
    let at_once = match (scope.dialect, address) {
        _ if step.frozen || !step.files.is_empty() || step.sealing.is_some() => None,
        (Dialect::Maria, _) => Some(changed_by_key(scope, &step, &step.rows, BATCH.try_into().unwrap_or(i64::MAX))),
        (_, Address::Ctid) => Some(changing(&format!("t.ctid = ANY(ARRAY({}))", some("t.ctid")))),
        (_, Address::RowId) => Some(changing(&format!("t.rowid IN ({})", some("t.rowid")))),
        (_, Address::Key) => None,
    };
    let these = if step.frozen { scope.listed(&step.table, "t", 1) } else { at_value(1) };
    let elsewhere = if step.files.is_empty() { String::new() } else { elsewhere(scope, &step, &these) };
    let batch = if step.files.is_empty() { BATCH } else { BATCH_WITH_FILES };
    let keys = json_row(scope, &step.table, true);
    // an order in which no two are alike
    let keys = if scope.dialect == Dialect::Maria { alike::bytes(&keys) } else { keys };
    Prepared {
        select: format!("SELECT {at}{files} FROM {table} t WHERE {}{has_place}", step.rows),
        select_listed: format!("SELECT {at}{files} FROM {table} t WHERE {listed}{has_place}"),
        keys: format!("SELECT {keys} FROM {table} t WHERE {}", step.rows),
        count: format!("SELECT {total} FROM {table} t WHERE {}", step.rows),
        count_listed: format!("SELECT {total} FROM {table} t WHERE {listed}"),
        at_once,
        change,
        seals,
        elsewhere,
        batch,
        address,
        dialect: scope.dialect,
        step,
    }
}

/// `MariaDB`: the rows are looked for first, and then changed by their keys. A condition in the change itself would be
/// worked out for every row of the table, and may not look into the same table everywhere.
fn changed_by_key(scope: &Scope<'_>, step: &Step, which: &str, most: i64) -> String {
    let joined = joined_by_key(scope, &step.table, which, most);
    if step.deletes() {
        format!("DELETE t FROM {joined}")
    } else {
        format!("UPDATE {joined} SET {}", step.sets.join(", "))
    }
}

/// `MariaDB`: the rows `t` that were looked for, by their keys.
fn joined_by_key(scope: &Scope<'_>, table: &str, which: &str, most: i64) -> String {
    let key = scope.map.table(table).map(|table| table.key.clone()).unwrap_or_default();
    let table = quoted(table);
    let found: Vec<_> = key.iter().enumerate().map(|(i, c)| format!("t.{} AS recourse_key_{i}", quoted(c))).collect();
    let same: Vec<_> = key.iter().enumerate().map(|(i, c)| format!("t.{} = d.recourse_key_{i}", quoted(c))).collect();
    // the bound keeps what is looked for a table of its own
    let found = format!("(SELECT {} FROM {table} t WHERE {which} LIMIT {most})", found.join(", "));
    format!("{found} AS d STRAIGHT_JOIN {table} AS t ON {}", same.join(" AND "))
}

/// Writes rows to the table that keeps them, but for those that are there already.
fn sealed_rows(scope: &Scope<'_>, step: &Step, sealing: &Sealing, which: &str) -> String {
    // a number that the database would give out itself is the row's own here
    let own = if scope.dialect == Dialect::Postgres { " OVERRIDING SYSTEM VALUE" } else { "" };
    let from = match scope.dialect {
        Dialect::Maria => format!("{} WHERE", joined_by_key(scope, &step.table, which, i64::MAX)),
        Dialect::Postgres | Dialect::Sqlite => format!("{} AS t WHERE {which} AND", quoted(&step.table)),
    };
    format!(
        "INSERT INTO {} ({}){own} SELECT {} FROM {from} NOT {}",
        quoted(&sealing.into),
        sealing.columns.join(", "),
        sealing.values.join(", "),
        sealing.is_there(&sealing.same_key)
    )
}

/// A row's key as a JSON array of texts; with the columns by which it is somebody's, where `owned`.
fn json_row(scope: &Scope<'_>, table: &str, owned: bool) -> String {
    let mut columns = scope.map.table(table).map(|table| table.key.clone()).unwrap_or_default();
    if owned {
        columns.extend(scope.guards(table));
    }
    let text = |c: &String| alike::text(&format!("t.{}", quoted(c)), scope.column(table, c), scope.dialect);
    let list: Vec<_> = columns.iter().map(text).collect();
    match scope.dialect {
        Dialect::Postgres => format!("jsonb_build_array({})::text", list.join(", ")),
        Dialect::Sqlite | Dialect::Maria => format!("json_array({})", list.join(", ")),
    }
}

/// Which of the files in the second value are named by any row of the map's tables other than `these` of the step, whose
/// addresses or keys are the first value; rows that stay may go on naming one in another column.
fn elsewhere(scope: &Scope<'_>, step: &Step, these: &str) -> String {
    let is_listed = match scope.dialect {
        // as an array, whose few members it looks up in the index; a query's would be taken for many
        Dialect::Postgres => "= ANY(ARRAY(SELECT jsonb_array_elements_text($2::text::jsonb)))",
        Dialect::Sqlite | Dialect::Maria => "IN (SELECT value FROM json_each($2))",
    };
    let mut branches = Vec::new();
    for (name, column) in scope.file_columns() {
        let loses = name == step.table && step.files.iter().any(|file| file == column);
        let other_rows = if loses { format!(" AND NOT ({these})") } else { String::new() };
        let (from, at) = (quoted(name), format!("t.{}", quoted(column)));
        if scope.dialect == Dialect::Maria {
            let side = alike::Side::new("t", column, scope.column(name, column));
            let listed = alike::listed_texts(2, "f", side.is);
            let among = alike::among(&alike::pairs_with_list("f", &[side]), &listed);
            branches.push(format!("SELECT {} FROM {from} t WHERE {among}{other_rows}", alike::bytes(&at)));
            continue;
        }
        branches.push(format!("SELECT {at} FROM {from} t WHERE {at} {is_listed}{other_rows}"));
    }
    branches.join(" UNION ")
}

/// Where rows stand, as one value.
pub(super) fn addresses(address: Address, found: &[Texts]) -> String {
    let first = found.iter().filter_map(|row| row.first()?.as_deref());
    match address {
        // {"(0,1)","(0,2)"}
        Address::Ctid => {
            let quoted: Vec<_> = first.map(|address| format!("\"{address}\"")).collect();
            format!("{{{}}}", quoted.join(","))
        }
        Address::RowId | Address::Key => format!("[{}]", first.collect::<Vec<_>>().join(",")),
    }
}
