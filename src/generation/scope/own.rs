//! The person's own rows, from the subject's keys down: by joins, and by a table's way to itself however far it leads.

use super::{NEVER, Scope, columns};
use crate::generation::{
    alike::{self, tuple},
    engine::{Dialect, quoted},
    map::{Join, Shared, Table},
};

impl Scope<'_> {
    /// The rows that belong to the person, alone or with others.
    #[must_use]
    pub fn own(&self, name: &str, alias: &str) -> String {
        let Some(table) = self.map.table(name) else { return NEVER.to_owned() };
        if name == self.map.subject {
            return self.subject(name, table, alias);
        }
        let (to_self, owners): (Vec<_>, Vec<_>) = table.owner.iter().partition(|join| join.to == name);
        let base = |alias: &str| {
            let parts = owners.iter().map(|join| {
                let pred = |p: &str| self.mine(&join.to, p);
                move |alias: &str| self.joined(name, alias, &join.to, &join.on, &pred)
            });
            self.any_of(name, alias, &parts.collect::<Vec<_>>())
        };
        match to_self.first() {
            None => base(alias),
            // what hangs on somebody else's answer is not the person's, unless the map says that such answers go
            Some(join) => {
                let ends = table.shared != Some(Shared::Delete);
                self.closure(name, table, join, alias, base, ends)
            }
        }
    }

    fn subject(&self, name: &str, table: &Table, alias: &str) -> String {
        let width = table.key.len();
        let row = |i: usize| {
            let values = table.key.iter().enumerate().map(|(j, column)| self.value(name, column, i * width + j + 1));
            tuple(values)
        };
        let rows: Vec<_> = (0..self.subjects).map(row).collect();
        if rows.is_empty() {
            return NEVER.to_owned();
        }
        if self.dialect == Dialect::Maria {
            return self.known(name, alias, &table.key, (name, &table.key));
        }
        let values = if width > 1 && self.dialect == Dialect::Sqlite {
            format!("VALUES {}", rows.join(", "))
        } else {
            rows.join(", ")
        };
        format!("{} IN ({values})", self.compared(name, alias, &table.key))
    }

    /// Rows that `base` holds for, and whatever hangs on them, however far down; where it `ends_at_others`, nothing that hangs
    /// on a row of somebody else.
    pub(in crate::generation) fn closure(
        &self,
        name: &str,
        table: &Table,
        join: &Join,
        alias: &str,
        base: impl Fn(&str) -> String,
        ends_at_others: bool,
    ) -> String {
        let (first, next, all) = (self.alias(), self.alias(), self.alias());
        let of_parent: Vec<_> = join.on.values().cloned().collect();
        // the closure carries the key, what children refer to, and by what a row is somebody's
        let mut carried: Vec<_> = table.key.iter().collect();
        let owners = table.owner.iter().filter(|other| other.to != name).flat_map(|other| other.on.keys());
        for column in of_parent.iter().chain(owners) {
            if !carried.contains(&column) {
                carried.push(column);
            }
        }
        let goes_on =
            if ends_at_others { format!(" WHERE NOT {}", self.of_another(name, &all)) } else { String::new() };
        let list =
            |alias: &str| carried.iter().map(|c| format!("{alias}.{}", quoted(c))).collect::<Vec<_>>().join(", ");
        let names = carried.iter().map(|c| quoted(c)).collect::<Vec<_>>().join(", ");
        let on = alike::all_equal(&self.equal((name, &next), (name, &all), &join.on));
        format!(
            "{} IN (WITH RECURSIVE {all} ({names}) AS (SELECT {} FROM {table} {first} WHERE {} UNION SELECT {} FROM {table} {next} JOIN {all} ON {}{goes_on}) SELECT {} FROM {all})",
            columns(alias, &table.key),
            list(&first),
            base(&first),
            list(&next),
            on,
            table.key.iter().map(|c| format!("{all}.{}", quoted(c))).collect::<Vec<_>>().join(", "),
            table = quoted(name),
        )
    }

    /// The condition that any of `parts` holds; several are joined by keys, since an OR would keep the database from
    /// using its indexes.
    pub(in crate::generation) fn any_of(&self, name: &str, alias: &str, parts: &[impl Fn(&str) -> String]) -> String {
        match (parts, self.map.table(name)) {
            ([], _) | (_, None) => NEVER.to_owned(),
            ([only], _) => only(alias),
            (several, Some(table)) => {
                let branch = |part: &dyn Fn(&str) -> String| {
                    let x = self.alias();
                    format!("SELECT {} FROM {} {x} WHERE {}", list(&x, &table.key), quoted(name), part(&x))
                };
                let branches: Vec<_> = several.iter().map(|part| branch(part)).collect();
                let mut keys = branches.join(" UNION ");
                if self.dialect == Dialect::Maria {
                    // it would look into each branch for every row of the table
                    keys = format!("SELECT * FROM ({keys}) {}", self.alias());
                }
                format!("{} IN ({keys})", columns(alias, &table.key))
            }
        }
    }
}

fn list(alias: &str, columns: &[String]) -> String {
    columns.iter().map(|column| format!("{alias}.{}", quoted(column))).collect::<Vec<_>>().join(", ")
}
