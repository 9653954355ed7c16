//! What the limits of a run mean in one map and schema: tables all of whose rows are meant, rows named by their keys,
//! columns of a category in rows that stay. Decides from names and types alone; asks nothing.

use super::{
    extent::{Extent, Item},
    map::{Column, DataMap, Erase, Table},
    schema::{Schema, TableSchema, Type},
};
use crate::domain::plan::{Action, Warning, WarningCode};
use std::collections::{BTreeMap, BTreeSet};

/// What the limits of a run mean.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// True where there are limits.
    pub is_limited: bool,
    /// Tables all of whose rows of the person are meant.
    pub tables: BTreeSet<String>,
    /// Tables with single rows that are meant, each with the number of its value among `values`, from 0.
    pub items: BTreeMap<String, usize>,
    /// For each table in `items`, the keys as a JSON array of arrays.
    pub values: Vec<String>,
    /// How many different items there are of each table, whether they can be found or not.
    pub wanted: BTreeMap<String, i64>,
    /// Tables with columns of a chosen category whose rows stay, with what becomes of those columns.
    pub columns: BTreeMap<String, BTreeMap<String, Action>>,
    /// Tables with `erase = "keep"` whose rows past their period go by a category.
    pub past: BTreeSet<String>,
    /// Columns of a chosen category that nothing can be done to.
    pub faults: Vec<Warning>,
}

impl Reach {
    /// What the limits of an erasure mean.
    #[must_use]
    pub fn of_erasure(map: &DataMap, schema: &Schema, extent: &Extent, dialect: super::engine::Dialect) -> Self {
        let mut reach = Self::of_rows(map, schema, extent, dialect);
        let of_category = |(name, table): &(&String, &Table)| {
            let has_rows = **name == map.subject || !table.owner.is_empty();
            has_rows
                && !reach.tables.contains(*name)
                && table.columns.values().any(|is| extent.has_category(&is.category))
        };
        for (name, table) in map.tables.iter().filter(of_category).collect::<Vec<_>>() {
            let Some(live) = schema.tables.get(name) else { continue };
            match (table.erase, rows_go(map, schema, extent, name)) {
                (Erase::Delete | Erase::Seal, true) => drop(reach.tables.insert(name.clone())),
                (Erase::Delete, false) => {
                    let becomes = emptied(name, table, live, extent, &mut reach.faults);
                    reach.columns.insert(name.clone(), becomes);
                }
                (Erase::Seal, false) => {
                    reach.faults.extend(sealed_whole(name, table, live, extent));
                    reach.columns.insert(name.clone(), BTreeMap::new());
                }
                (Erase::Change | Erase::Keep, goes) => {
                    let own = table.columns.iter().filter(|(_, is)| extent.has_category(&is.category));
                    let own = own.filter_map(|(column, is)| Some((column.clone(), is.erase?))).collect();
                    reach.columns.insert(name.clone(), own);
                    if goes && table.erase == Erase::Keep {
                        reach.past.insert(name.clone());
                    }
                }
            }
        }
        reach
    }

    /// What the limits of a copy or of a hold mean: a category is its columns and no others.
    #[must_use]
    pub fn of_copy(map: &DataMap, schema: &Schema, extent: &Extent, dialect: super::engine::Dialect) -> Self {
        let mut reach = Self::of_rows(map, schema, extent, dialect);
        for (name, table) in &map.tables {
            let chosen = table.columns.iter().filter(|(_, is)| extent.has_category(&is.category));
            let chosen: BTreeMap<_, _> = chosen.map(|(column, _)| (column.clone(), Action::Copy)).collect();
            if !chosen.is_empty() && !reach.tables.contains(name) {
                reach.columns.insert(name.clone(), chosen);
            }
        }
        reach
    }

    /// Tables and items, as they are named.
    fn of_rows(map: &DataMap, schema: &Schema, extent: &Extent, dialect: super::engine::Dialect) -> Self {
        let mut reach =
            Self { is_limited: !extent.is_whole(), tables: extent.tables.iter().cloned().collect(), ..Self::default() };
        let mut items: BTreeMap<&String, BTreeSet<&Item>> = BTreeMap::new();
        for item in &extent.items {
            items.entry(&item.table).or_default().insert(item);
        }
        for (name, items) in items {
            if map.table(name).is_none() || !schema.tables.contains_key(name) {
                continue;
            }
            reach.wanted.insert(name.clone(), i64::try_from(items.len()).unwrap_or(i64::MAX));
            let possible = items.iter().filter(|item| Self::may_be(map, schema, item, dialect));
            let possible: Vec<_> = possible.map(|item| &item.key).collect();
            reach.items.insert(name.clone(), reach.values.len());
            reach.values.push(serde_json::to_string(&possible).unwrap_or_default());
        }
        reach
    }

    /// True where a row may have this key at all.
    pub(super) fn may_be(map: &DataMap, schema: &Schema, item: &Item, dialect: super::engine::Dialect) -> bool {
        let (Some(table), Some(live)) = (map.table(&item.table), schema.tables.get(&item.table)) else { return false };
        let columns = table.key.iter().map(|column| live.columns.get(column));
        columns.len() == item.key.len()
            && columns.zip(&item.key).all(|(live, value)| live.is_some_and(|live| live.may_hold(value, dialect)))
    }
}

/// True where every row of the person in this table goes by its categories: what the table says carries chosen ones,
/// and so does everything that hangs on it. The subject's own row never goes by a category: everything hangs on it.
fn rows_go(map: &DataMap, schema: &Schema, extent: &Extent, name: &str) -> bool {
    let Some(table) = map.table(name).filter(|table| name != map.subject && !table.owner.is_empty()) else {
        return false;
    };
    let said = telling(table, schema.tables.get(name));
    said.iter().all(|column| extent.has_category(&column.category)) && below_go(map, schema, extent, name)
}

/// True where what hangs on rows of this table goes with them without going beyond the categories.
fn below_go(map: &DataMap, schema: &Schema, extent: &Extent, name: &str) -> bool {
    let hangs = |(other, table): &(&String, &Table)| *other != name && table.owner.iter().any(|join| join.to == name);
    map.tables.iter().filter(hangs).all(|(other, table)| {
        let said = content(table, schema.tables.get(other));
        table.is_left()
            && said.iter().all(|column| extent.has_category(&column.category))
            && below_go(map, schema, extent, other)
    })
}

/// The columns that say what a row is about: its content; where it has none, what it points to; then its moments.
fn telling<'m>(table: &'m Table, live: Option<&TableSchema>) -> Vec<&'m Column> {
    let by_owner = |name: &str| table.owner.iter().any(|join| join.on.contains_key(name));
    let rest = || table.columns.iter().filter(|(name, _)| !by_owner(name));
    let named = content(table, live);
    if !named.is_empty() {
        return named;
    }
    let pointing: Vec<_> = rest().filter(|(name, _)| !is_moment(name, live)).map(|(_, is)| is).collect();
    if !pointing.is_empty() {
        return pointing;
    }
    let moments: Vec<_> = rest().map(|(_, is)| is).collect();
    if moments.is_empty() { table.columns.values().collect() } else { moments }
}

/// The columns that are neither part of the key nor of a join, nor only say when.
fn content<'m>(table: &'m Table, live: Option<&TableSchema>) -> Vec<&'m Column> {
    let columns = table.columns.iter().filter(|(name, _)| !is_key_or_join(table, name) && !is_moment(name, live));
    columns.map(|(_, is)| is).collect()
}

fn is_key_or_join(table: &Table, column: &str) -> bool {
    let on = table.owner.iter().map(|join| &join.on).chain(table.link.iter().map(|link| &link.on));
    table.key.iter().any(|key| key == column) || on.into_iter().any(|on| on.contains_key(column))
}

/// True for what only says when: `created_at`, `updatedAt`, `timestamp`. A day of birth is none of these.
pub(super) fn is_moment(column: &str, live: Option<&TableSchema>) -> bool {
    const NAMES: [&str; 9] =
        ["created", "updated", "modified", "inserted", "deleted", "timestamp", "ts", "createdon", "updatedon"];
    let kind = live.and_then(|live| live.columns.get(column)).map(|is| is.kind);
    let may_be = matches!(kind, Some(Type::Timestamp | Type::Date | Type::Text | Type::Integer));
    let plain: String = column.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let at = column == "at" || column.ends_with("_at") || column.ends_with("At");
    may_be && (at || NAMES.contains(&plain.as_str()))
}

/// What becomes of the columns of chosen categories in rows that stay although the map deletes rows of this table.
fn emptied(
    name: &str,
    table: &Table,
    live: &TableSchema,
    extent: &Extent,
    faults: &mut Vec<Warning>,
) -> BTreeMap<String, Action> {
    let mut becomes = BTreeMap::new();
    for (column, _) in table.columns.iter().filter(|(_, is)| extent.has_category(&is.category)) {
        let Some(is) = live.columns.get(column) else { continue };
        let in_key = table.key.contains(column) || live.unique.first().is_some_and(|key| key.contains(column));
        let by_owner = table.owner.iter().any(|join| join.on.contains_key(column));
        let refers = live.references.iter().any(|reference| reference.columns.contains(column));
        let linked = table.link.iter().any(|link| link.on.contains_key(column));
        let fault = if (in_key || by_owner) && is_number(column, is.kind) {
            // a number that names a row says nothing of the person; without it the row could not be found
            continue;
        } else if in_key || by_owner {
            (WarningCode::KeyColumn, "names the row or whose it is, so it cannot become empty while the row stays")
        } else if is.nullable {
            becomes.insert(column.clone(), Action::Null);
            continue;
        } else if refers || linked {
            (WarningCode::KeyColumn, "refers to another table and may not be null")
        } else if live.is_key(column) {
            (WarningCode::KeyColumn, "is unique and may not be null, so it cannot become empty in several rows")
        } else if matches!(is.kind, Type::Bytes | Type::Other) {
            (WarningCode::NotNull, "may not be null, and its type has no empty value")
        } else {
            becomes.insert(column.clone(), Action::Default);
            continue;
        };
        let (code, why) = fault;
        faults.push(Warning {
            code,
            table: name.to_owned(),
            column: Some(column.clone()),
            detail: format!(
                "is of a chosen category, but {why}: it cannot be emptied by itself. Leave the category out, or choose \
                 the table, all of whose rows go then"
            ),
            rows: 0,
            blocks: true,
        });
    }
    becomes
}

/// Columns of chosen categories in rows that would have to be sealed, but are not chosen as a whole.
fn sealed_whole<'t>(
    name: &'t str,
    table: &'t Table,
    live: &'t TableSchema,
    extent: &'t Extent,
) -> impl Iterator<Item = Warning> + 't {
    let by_owner = |column: &str| table.owner.iter().any(|join| join.on.contains_key(column));
    let chosen = table.columns.iter().filter(|(_, is)| extent.has_category(&is.category));
    let says_something = move |(column, _): &(&String, &Column)| {
        let names_the_row = table.key.contains(*column) || by_owner(column);
        live.columns.get(*column).is_some_and(|is| !names_the_row || !is_number(column, is.kind))
    };
    chosen.filter(says_something).map(|(column, _)| Warning {
        code: WarningCode::NotNull,
        table: name.to_owned(),
        column: Some(column.clone()),
        detail: "is of a chosen category, but its rows are sealed, and only as they are. Leave the category out, or \
                 choose the table"
            .to_owned(),
        rows: 0,
        blocks: true,
    })
}

fn is_number(column: &str, kind: Type) -> bool {
    let name = column.to_ascii_lowercase();
    matches!(kind, Type::Integer | Type::Uuid) || name == "id" || name.ends_with("_id") || column.ends_with("Id")
}
