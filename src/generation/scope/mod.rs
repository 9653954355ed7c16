//! Which rows are meant, as conditions in SQL: the person's rows, those shared with somebody else, those that go, those
//! of others that point to them. Set-based, from the subject's keys alone, so that the same condition holds before and
//! after a crash. The subject's keys are always the first values of a statement.

mod gone;
mod listed;
mod own;
mod period;

pub use period::kept_until;

use super::{
    alike::{self, tuple},
    engine::{Dialect, quoted},
    map::{DataMap, Join, Shared},
    reach::Reach,
    schema::{Schema, Type},
};
use chrono::NaiveDate;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

/// Builds conditions for one map, one schema and a number of subjects.
pub struct Scope<'a> {
    /// The map.
    pub map: &'a DataMap,
    /// The schema, which the map was checked against.
    pub schema: &'a Schema,
    /// How the database speaks.
    pub dialect: Dialect,
    /// How many subjects there are.
    pub subjects: usize,
    /// The day that periods of rows that are kept are judged by.
    pub today: NaiveDate,
    /// The day that the period of rows without a date counts from where they are sealed.
    pub begun: NaiveDate,
    /// What is meant of it.
    pub reach: Reach,
    /// Conditions of what a hold on a part forbids to touch; none where no such hold stands.
    pub(super) within: Option<Box<Self>>,
    /// True where it says what holds are about: what belongs to rows that are somebody else's as well is meant too.
    pub(super) is_of_holds: bool,
    /// How many values stand between the subjects' keys and its own.
    pub(super) before: usize,
    /// What its aliases begin with: conditions of two scopes stand in one statement.
    pub(super) prefix: &'static str,
    aliases: Cell<usize>,
    mentioned: RefCell<BTreeSet<String>>,
}

/// A condition on the rows of an alias.
pub(super) type Condition<'c> = Box<dyn Fn(&str) -> String + 'c>;

/// A condition that holds for no row.
const NEVER: &str = "1 = 0";

impl<'a> Scope<'a> {
    /// Conditions for `subjects` subjects, and everything of theirs.
    #[must_use]
    pub fn new(map: &'a DataMap, schema: &'a Schema, dialect: Dialect, subjects: usize, today: NaiveDate) -> Self {
        let (aliases, mentioned) = (Cell::new(0), RefCell::default());
        let (reach, within, is_of_holds, before, prefix) = (Reach::default(), None, false, 0, "x");
        Self {
            map,
            schema,
            dialect,
            subjects,
            today,
            begun: today,
            reach,
            within,
            is_of_holds,
            before,
            prefix,
            aliases,
            mentioned,
        }
    }

    /// The same for a run that begins, or began, on `day`.
    #[must_use]
    pub fn beginning(self, day: NaiveDate) -> Self {
        Self { begun: day, ..self }
    }

    /// The same with limits.
    #[must_use]
    pub fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// The tables that the conditions built since the last call rest on, besides the ones asked about.
    pub fn mentioned(&self) -> BTreeSet<String> {
        self.mentioned.take()
    }

    /// The placeholder of the `n`-th value, as the type of `column`.
    #[must_use]
    pub fn value(&self, table: &str, column: &str, n: usize) -> String {
        match (self.dialect, self.schema.tables.get(table).and_then(|t| t.columns.get(column))) {
            // text of a bounded type would be cut
            (Dialect::Postgres, Some(is)) if is.kind != Type::Text => format!("CAST(${n}::text AS {})", is.named),
            (Dialect::Postgres, _) => format!("${n}::text"),
            (Dialect::Sqlite, _) => format!("${n}"),
            (Dialect::Maria, is) => alike::value(n, is),
        }
    }

    /// How many values a statement with these conditions begins with: the subjects' keys, then the items' or those of
    /// corrections, then the items under a hold, then the pseudonym, last what the run is called. As `Target::bound` gives
    /// them.
    #[must_use]
    pub fn values(&self) -> usize {
        self.keys() + self.reach.values.len() + self.within.as_ref().map_or(0, |within| within.reach.values.len()) + 2
    }

    /// The number of the pseudonym among them.
    pub(super) fn pseudonym(&self) -> usize {
        self.values() - 1
    }

    /// How many of them are the subjects' keys.
    pub(super) fn keys(&self) -> usize {
        self.subjects * self.map.table(&self.map.subject).map_or(0, |table| table.key.len())
    }

    pub(super) fn alias(&self) -> String {
        self.aliases.set(self.aliases.get() + 1);
        format!("{}{}", self.prefix, self.aliases.get())
    }

    /// The rows that a join leads to rows of `to` for which `pred` holds.
    pub fn joined(
        &self,
        name: &str,
        alias: &str,
        to: &str,
        on: &BTreeMap<String, String>,
        pred: &dyn Fn(&str) -> String,
    ) -> String {
        let here: Vec<_> = on.keys().cloned().collect();
        let there: Vec<_> = on.values().cloned().collect();
        // the subject's own key is known: no need to look it up, unless only some of the subject's rows are meant
        let of_subject = to == self.map.subject
            && !self.reach.items.contains_key(to)
            && self.map.table(to).is_some_and(|t| t.key == there && there.len() == 1);
        if of_subject && self.dialect == Dialect::Maria {
            // which text leads to which is the database's to say
            let is_text = self.column(to, &there[0]).is_some_and(|is| is.collation.is_some());
            if !is_text && self.subjects > 0 {
                return self.known(name, alias, &here, (to, &there));
            }
        } else if of_subject {
            let values: Vec<_> = (1..=self.subjects).map(|n| self.value(to, &there[0], n)).collect();
            if !values.is_empty() {
                return format!("{} IN ({})", self.compared(name, alias, &here), values.join(", "));
            }
        }
        self.looked_up(name, alias, to, on, pred)
    }

    /// The same, always by looking.
    fn looked_up(
        &self,
        name: &str,
        alias: &str,
        to: &str,
        on: &BTreeMap<String, String>,
        pred: &dyn Fn(&str) -> String,
    ) -> String {
        self.mentioned.borrow_mut().insert(to.to_owned());
        let x = self.alias();
        let found = pred(&x);
        alike::among(&self.equal((name, alias), (to, &x), on), &format!("{} {x} WHERE {found}", quoted(to)))
    }

    /// True where rows of the table may be somebody else's as well: several owners, or an owner that several rows name.
    #[must_use]
    pub fn may_be_shared(&self, name: &str) -> bool {
        let Some(table) = self.map.table(name) else { return false };
        // a row may be somebody else's answer to one of the person's
        let owners = &table.owner;
        let several_name_it =
            |join: &&Join| self.schema.tables.get(&join.to).is_some_and(|other| !other.names_a_row(join.on.values()));
        owners.len() > 1 || owners.iter().filter(|join| join.to != name).any(|join| several_name_it(&join))
    }

    /// The condition that a row belongs, by one of its owners, to somebody else.
    #[must_use]
    pub fn of_another(&self, name: &str, alias: &str) -> String {
        let Some(table) = self.map.table(name) else { return NEVER.to_owned() };
        let exists = |join: &Join| {
            let x = self.alias();
            let on = alike::all_equal(&self.equal((name, alias), (&join.to, &x), &join.on));
            let theirs = self.own(&join.to, &x);
            // a row of a shared row is shared as well
            let shared = if self.may_be_shared(&join.to) {
                format!(" OR {}", self.of_another(&join.to, &x))
            } else {
                String::new()
            };
            format!("EXISTS (SELECT 1 FROM {} {x} WHERE {} AND (({theirs}) IS NOT TRUE{shared}))", quoted(&join.to), on)
        };
        let parts: Vec<_> = table.owner.iter().filter(|join| join.to != name).map(exists).collect();
        if parts.is_empty() { NEVER.to_owned() } else { format!("({})", parts.join(" OR ")) }
    }

    /// The rows whose fate is the person's to decide: theirs alone, or shared where the map says that they go anyway.
    #[must_use]
    pub fn mine(&self, name: &str, alias: &str) -> String {
        let goes_anyway = self.map.table(name).is_some_and(|table| table.shared == Some(Shared::Delete));
        if goes_anyway || !self.may_be_shared(name) {
            return self.own(name, alias);
        }
        format!("({} AND NOT {})", self.own(name, alias), self.of_another(name, alias))
    }

    /// The rows that are the person's and somebody else's.
    #[must_use]
    pub fn shared(&self, name: &str, alias: &str) -> String {
        if !self.may_be_shared(name) {
            return NEVER.to_owned();
        }
        format!("({} AND {})", self.own(name, alias), self.of_another(name, alias))
    }

    /// Every column of the map that names files, with its table.
    pub fn file_columns(&self) -> impl Iterator<Item = (&str, &str)> {
        self.map.tables.iter().flat_map(|(name, table)| {
            let files = table.columns.iter().filter(|(_, is)| is.file);
            files.map(move |(column, _)| (name.as_str(), column.as_str()))
        })
    }

    /// What a column holds.
    #[must_use]
    pub fn column(&self, table: &str, column: &str) -> Option<&super::schema::ColumnSchema> {
        self.schema.tables.get(table)?.columns.get(column)
    }

    /// Columns that known values are compared with. What `SQLite` compares by another collation, we compare as it stands.
    fn compared(&self, table: &str, alias: &str, list: &[String]) -> String {
        tuple(list.iter().map(|column| {
            let is_text = self.column(table, column).is_some_and(|is| is.kind == Type::Text);
            let collate = if is_text && self.dialect == Dialect::Sqlite { " COLLATE BINARY" } else { "" };
            format!("{alias}.{}{collate}", quoted(column))
        }))
    }
}

fn columns(alias: &str, columns: &[String]) -> String {
    tuple(columns.iter().map(|column| format!("{alias}.{}", quoted(column))))
}
