//! Rows found again by their keys, which were written down before the first write.

use super::{NEVER, Scope, columns};
use crate::generation::{
    engine::{Dialect, quoted},
    schema::Type,
};

impl Scope<'_> {
    /// The rows whose keys stand in the JSON array of arrays that is the `n`-th value.
    #[must_use]
    pub fn listed(&self, name: &str, alias: &str, n: usize) -> String {
        let Some(table) = self.map.table(name) else { return NEVER.to_owned() };
        if self.dialect == Dialect::Maria {
            return self.listed_with(name, alias, &table.key, &[], n);
        }
        let items: Vec<_> = table
            .key
            .iter()
            .enumerate()
            .map(|(i, column)| match self.dialect {
                // text of a bounded type would be cut
                Dialect::Postgres => match self.column(name, column).filter(|is| is.kind != Type::Text) {
                    Some(is) => format!("CAST(e ->> {i} AS {})", is.named),
                    None => format!("e ->> {i}"),
                },
                Dialect::Sqlite | Dialect::Maria => format!("json_extract(e.value, '$[{i}]')"),
            })
            .collect();
        format!("{} IN (SELECT {} FROM {})", columns(alias, &table.key), items.join(", "), self.each(n))
    }

    /// The rows that were written down with their owners in the `n`-th value, and are still theirs: a key may have been
    /// given to another row since.
    #[must_use]
    pub fn written_down(&self, name: &str, alias: &str, n: usize) -> String {
        let (listed, guards) = (self.listed(name, alias, n), self.guards(name));
        if let (Dialect::Maria, Some(table)) = (self.dialect, self.map.table(name)) {
            return self.listed_with(name, alias, &table.key, &guards, n);
        }
        let Some(table) = self.map.table(name).filter(|_| !guards.is_empty()) else { return listed };
        let same: Vec<_> = table
            .key
            .iter()
            .chain(&guards)
            .enumerate()
            .map(|(i, column)| {
                let at = format!("{alias}.{}", quoted(column));
                match self.dialect {
                    Dialect::Postgres => format!("{at}::text IS NOT DISTINCT FROM (e ->> {i})"),
                    Dialect::Sqlite | Dialect::Maria => {
                        format!("CAST({at} AS TEXT) IS json_extract(e.value, '$[{i}]')")
                    }
                }
            })
            .collect();
        format!("{listed} AND EXISTS (SELECT 1 FROM {} WHERE {})", self.each(n), same.join(" AND "))
    }

    /// The columns, besides the key, by which a row is somebody's.
    #[must_use]
    pub fn guards(&self, name: &str) -> Vec<String> {
        let Some(table) = self.map.table(name) else { return Vec::new() };
        let owners = table.owner.iter().filter(|join| join.to != name).flat_map(|join| join.on.keys());
        let mut guards: Vec<_> = owners.filter(|column| !table.key.contains(column)).cloned().collect();
        guards.sort();
        guards.dedup();
        guards
    }

    fn each(&self, n: usize) -> String {
        match self.dialect {
            Dialect::Postgres => format!("jsonb_array_elements(${n}::text::jsonb) e"),
            Dialect::Sqlite | Dialect::Maria => format!("json_each(${n}) e"),
        }
    }
}
