//! What only an erasure that is limited, or kept back by a hold, has to do: rows of the person that stay let go of rows of
//! theirs that go.

use super::{
    Does, Step,
    rows::{set_null, step},
};
use crate::generation::{
    engine::quoted,
    map::{Link, Table},
    scope::Scope,
};
use std::collections::BTreeSet;

/// Links without a word about others: as the map promises, only the person's own rows point by them.
fn own_links(table: &Table) -> impl Iterator<Item = &Link> {
    table.link.iter().filter(|link| link.others.is_none())
}

/// The person's rows that stay and point to rows that go. Without limits only those that stay by a hold: of the others the
/// map says what becomes of them, whether or not there is one.
fn left_behind(scope: &Scope<'_>, name: &str, link: &Link) -> Option<String> {
    scope.gone(&link.to, "x")?;
    let to_gone = || format!("{} AND {}", scope.to_gone(name, "t", &link.to, &link.on), scope.own(name, "t"));
    let stay = if scope.reach.is_limited {
        to_gone()
    } else {
        let by_hold = scope.stay_by_hold(name, "t")?;
        format!("{} AND {by_hold}", to_gone())
    };
    Some(scope.not_gone(name, "t", &stay))
}

/// True where rows can let go of what a link points to.
pub fn may_be_null(scope: &Scope<'_>, name: &str, link: &Link) -> bool {
    let live = scope.schema.tables.get(name);
    let nullable = |column: &String| {
        live.is_some_and(|live| {
            live.columns.get(column).is_some_and(|is| is.nullable)
                && !live.unique.first().is_some_and(|key| key.contains(column))
        })
    };
    // a column by which the row is somebody's is not given up
    let owning = |column: &String| {
        scope.map.table(name).is_some_and(|table| table.owner.iter().any(|join| join.on.contains_key(column)))
    };
    link.on.keys().all(|column| nullable(column) && !owning(column))
}

/// Rows of the person that stay let go of rows that go, where the link may be null.
pub(super) fn let_go(scope: &Scope<'_>, name: &str, table: &Table, steps: &mut Vec<Step>) {
    for link in own_links(table).filter(|link| may_be_null(scope, name, link)) {
        if left_behind(scope, name, link).is_some() {
            let rows = || left_behind(scope, name, link).unwrap_or_default();
            let mut step = step(scope, name, Does::Unlink, &BTreeSet::new(), rows);
            set_null(&mut step, link.on.keys());
            steps.push(step);
        }
    }
}

/// Rows of the person that stay and cannot let go of rows that go: table, column, condition on the alias `t`. Where
/// there is one, the rows it points to cannot go without it.
#[must_use]
pub fn held(scope: &Scope<'_>) -> Vec<(String, String, String)> {
    let links = scope.map.tables.iter().flat_map(|(name, table)| own_links(table).map(move |link| (name, link)));
    let cannot = links.filter(|(name, link)| !may_be_null(scope, name, link));
    let found = cannot.filter_map(|(name, link)| {
        let points = link.on.keys().map(|column| format!("t.{} IS NOT NULL", quoted(column)));
        let rows = format!("{} AND {}", left_behind(scope, name, link)?, points.collect::<Vec<_>>().join(" AND "));
        Some((name.clone(), link.on.keys().next()?.clone(), rows))
    });
    found.collect()
}
