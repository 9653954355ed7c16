//! How rows lead to rows, and how rows are found again by their keys, where an engine needs more said than that columns are
//! equal. Text only.

use super::{
    alike::{self, Side},
    engine::quoted,
    scope::Scope,
};
use std::collections::BTreeMap;

impl Scope<'_> {
    /// What has to be equal for a row of one table to lead to one of another.
    #[must_use]
    pub fn equal(
        &self,
        (name, alias): (&str, &str),
        (to, x): (&str, &str),
        on: &BTreeMap<String, String>,
    ) -> Vec<(String, String)> {
        let is_key = self.schema.tables.get(to).is_some_and(|other| other.names_a_row(on.values()));
        let same = |(here, there): (&String, &String)| {
            let left = Side::new(alias, here, self.column(name, here));
            let right = Side::new(x, there, self.column(to, there));
            alike::same(self.dialect, &left, &right, is_key)
        };
        on.iter().flat_map(same).collect()
    }

    /// `MariaDB`: the rows whose key stands in the list, with the same values in the columns of `guards`, which may be null.
    pub(super) fn listed_with(&self, name: &str, alias: &str, key: &[String], guards: &[String], n: usize) -> String {
        let e = self.alias();
        let sides: Vec<_> = key.iter().map(|column| Side::new(alias, column, self.column(name, column))).collect();
        let mut pairs = alike::pairs_with_list(&e, &sides);
        for (i, column) in guards.iter().enumerate() {
            let at = alike::text(&format!("{alias}.{}", quoted(column)), self.column(name, column), self.dialect);
            let there = format!("{e}.c{}", key.len() + i);
            pairs.push((format!("{at} IS NULL"), format!("{there} IS NULL")));
            pairs.push((alike::bytes(&format!("COALESCE({at}, '')")), alike::bytes(&format!("COALESCE({there}, '')"))));
        }
        // guards are compared as they were written down
        let kinds = key.iter().map(|column| self.column(name, column)).chain(guards.iter().map(|_| None));
        alike::among(&pairs, &alike::listed(n, &e, &kinds.collect::<Vec<_>>()))
    }

    /// `MariaDB`: columns that are, as one, a key of the subject's, of whose values they are known to be.
    pub(super) fn known(&self, name: &str, alias: &str, columns: &[String], (to, of): (&str, &[String])) -> String {
        let sides: Vec<_> = columns.iter().map(|column| Side::new(alias, column, self.column(name, column))).collect();
        let of: Vec<_> = of.iter().map(|column| self.column(to, column)).collect();
        let rows: Vec<_> = (0..self.subjects).map(|i| (1..=of.len()).map(|j| i * of.len() + j).collect()).collect();
        alike::known(&sides, &of, &rows)
    }
}
