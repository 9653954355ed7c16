//! In which order tables are gone through: those that refer before those that are referred to. Decides from map and schema
//! alone.

use crate::generation::{
    map::{DataMap, Link, Others},
    schema::Schema,
};

pub(super) type Broken = Vec<(String, Vec<String>)>;

/// The mapped tables, those that refer before those that are referred to, deeper ones first where it does not matter;
/// and the references that have to be loosened before.
pub(super) fn order(map: &DataMap, schema: &Schema) -> Result<(Vec<String>, Broken), Vec<String>> {
    let mut broken: Broken = Vec::new();
    let mut edges: Vec<(&String, &String, &Vec<String>)> = Vec::new();
    for (name, table) in &schema.tables {
        for reference in &table.references {
            let both = map.tables.contains_key(name) && map.tables.contains_key(&reference.to);
            if both && reference.to == *name {
                let may_null = reference.columns.iter().any(|c| table.columns.get(c).is_some_and(|is| is.nullable));
                if may_null {
                    broken.push((name.clone(), reference.columns.clone()));
                }
            } else if both {
                edges.push((name, &reference.to, &reference.columns));
            }
        }
    }
    let mut left: Vec<&String> = map.tables.keys().collect();
    left.sort_by_key(|name| (std::cmp::Reverse(depth(map, name, 0)), *name));
    let mut order = Vec::new();
    while !left.is_empty() {
        let free = left.iter().position(|name| !edges.iter().any(|(from, to, _)| to == name && left.contains(from)));
        if let Some(at) = free {
            order.push(left.remove(at).clone());
            continue;
        }
        // a circle: cut it where a reference may be null and nobody's ownership hangs on it
        let cut = edges.iter().position(|(from, to, columns)| {
            let nullable = |c: &String| schema.tables[*from].columns.get(c).is_some_and(|is| is.nullable);
            left.contains(from) && left.contains(to) && columns.iter().any(nullable) && !owns(map, from, columns)
        });
        match cut {
            Some(at) => {
                let (from, _, columns) = edges.remove(at);
                broken.push((from.clone(), columns.clone()));
            }
            None => return Err(left.into_iter().cloned().collect()),
        }
    }
    Ok((order, broken))
}

pub(super) fn owns_itself(map: &DataMap, table: &str) -> bool {
    map.table(table).is_some_and(|is| is.owner.iter().any(|join| join.to == table))
}

fn owns(map: &DataMap, table: &str, columns: &[String]) -> bool {
    let deleting = |link: &&Link| link.others == Some(Others::Delete);
    map.table(table).is_some_and(|t| {
        let ways = t.owner.iter().map(|join| &join.on).chain(t.link.iter().filter(deleting).map(|link| &link.on));
        ways.flat_map(|on| on.keys()).any(|column| columns.contains(column))
    })
}

fn depth(map: &DataMap, name: &str, so_far: usize) -> usize {
    let Some(table) = map.table(name) else { return so_far };
    if so_far > map.tables.len() {
        return so_far;
    }
    table.owner.iter().filter(|j| j.to != name).map(|j| depth(map, &j.to, so_far + 1)).max().unwrap_or(so_far)
}
