//! How rows get into the table that keeps them out of use: what stands in each of its columns, and when a row there is the
//! same as one here. Text only.

use super::values::becomes;
use crate::{
    domain::plan::Action,
    generation::{
        alike::{self, Side},
        engine::{Dialect, quoted},
        map::Table,
        schema::Type,
        scope::Scope,
    },
};
use std::collections::BTreeSet;

/// The column of a sealed row that says until when it is kept: the last day.
pub const UNTIL: &str = "sealed_until";
/// The column of a sealed row that says which run sealed it.
pub const RUN: &str = "sealed_run";

/// How rows of one table are sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealing {
    /// The table they go to.
    pub into: String,
    /// The columns that are written there.
    pub columns: Vec<String>,
    /// What stands in each of them, of a row `t`.
    pub values: Vec<String>,
    /// The condition that a row `s` there has the key of a row `t`.
    pub same_key: String,
    /// The condition that it is the same row and says the same.
    pub same: String,
}

impl Sealing {
    /// How rows of `name` are sealed; `loosened` are columns that earlier steps may have emptied. None where the map
    /// does not say where they go.
    pub(super) fn new(scope: &Scope<'_>, name: &str, table: &Table, loosened: &BTreeSet<String>) -> Option<Self> {
        let (into, keep) = (table.seal_into.as_ref()?, table.keep.as_ref()?);
        let (here, there) = (scope.schema.tables.get(name)?, scope.schema.tables.get(into)?);
        let (mut columns, mut values, mut same) = (Vec::new(), Vec::new(), Vec::new());
        for column in here.columns.keys().filter(|column| there.columns.get(*column).is_some_and(|is| !is.generated)) {
            let (at, action) = (format!("t.{}", quoted(column)), table.columns.get(column).and_then(|is| is.erase));
            columns.push(quoted(column));
            values.push(match action.and_then(|action| Some((action, becomes(scope, name, table, column, action)?))) {
                Some((Action::Null, null)) => null,
                Some((_, becomes)) => format!("CASE WHEN {at} IS NULL THEN NULL ELSE {becomes} END"),
                None => at,
            });
            if action.is_none() && !loosened.contains(column) && !table.key.contains(column) {
                same.push(says_the_same(scope, name, column));
            }
        }
        columns.extend([quoted(UNTIL), quoted(RUN)]);
        let run = scope.value(into, RUN, scope.values());
        values.extend([scope.last_day(name, keep, "t"), run]);
        let key = table.key.iter().flat_map(|column| {
            let (s, t) = (scope.column(into, column), scope.column(name, column));
            alike::same(scope.dialect, &Side::new("s", column, s), &Side::new("t", column, t), true)
        });
        let same_key = alike::all_equal(&key.collect::<Vec<_>>());
        let same = [same_key.clone()].into_iter().chain(same).collect::<Vec<_>>().join(" AND ");
        Some(Self { into: into.clone(), columns, values, same_key, same })
    }

    /// The condition that a row `t` is there; `how` is one of the two conditions above.
    #[must_use]
    pub fn is_there(&self, how: &str) -> String {
        format!("EXISTS (SELECT 1 FROM {} s WHERE {how})", quoted(&self.into))
    }

    /// The condition that a row with the key of a row `t` is there and says something else.
    #[must_use]
    pub fn is_taken(&self) -> String {
        format!("({} AND NOT {})", self.is_there(&self.same_key), self.is_there(&self.same))
    }
}

/// The condition that a column holds the same in a row `s` as in a row `t`, nothing being the same as nothing.
fn says_the_same(scope: &Scope<'_>, name: &str, column: &str) -> String {
    let is = scope.column(name, column);
    let (s, t) = (format!("s.{}", quoted(column)), format!("t.{}", quoted(column)));
    match (scope.dialect, is.map(|is| is.kind)) {
        // JSON cannot be compared, and text not always letter by letter
        (Dialect::Postgres, Some(Type::Text | Type::Other)) => {
            alike::identical(scope.dialect, &format!("{s}::text"), is, &format!("{t}::text"))
        }
        (Dialect::Sqlite, _) => alike::identical(scope.dialect, &format!("{s} COLLATE BINARY"), is, &t),
        _ => alike::identical(scope.dialect, &s, is, &t),
    }
}
