//! Which rows are meant, as conditions in SQL: the person's rows, those shared with somebody else, those that go, those
//! of others that point to them. Set-based, from the subject's keys alone, so that the same condition holds before and
//! after a crash. The subject's keys are always the first values of a statement.

use super::{
    alike::{self, tuple},
    engine::{Dialect, quoted},
    map::{DataMap, Erase, Join, Others, Shared, Table},
    reach::Reach,
    schema::{Schema, Type},
};
use chrono::{Days, Months, NaiveDate};
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
    /// What is meant of it.
    pub reach: Reach,
    /// Conditions of what a hold on a part forbids to touch; none where no such hold stands.
    pub(super) within: Option<Box<Self>>,
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
        let (reach, within, before, prefix) = (Reach::default(), None, 0, "x");
        Self { map, schema, dialect, subjects, today, reach, within, before, prefix, aliases, mentioned }
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
    /// corrections, then the items under a hold, last the pseudonym. As `Target::bound` gives them.
    #[must_use]
    pub fn values(&self) -> usize {
        self.keys() + self.reach.values.len() + self.within.as_ref().map_or(0, |within| within.reach.values.len()) + 1
    }

    /// How many of them are the subjects' keys.
    pub(super) fn keys(&self) -> usize {
        self.subjects * self.map.table(&self.map.subject).map_or(0, |table| table.key.len())
    }

    pub(super) fn alias(&self) -> String {
        self.aliases.set(self.aliases.get() + 1);
        format!("{}{}", self.prefix, self.aliases.get())
    }

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
            Some(join) => self.closure(name, table, join, alias, base),
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

    /// Rows whose parents, however far up, are the person's.
    pub(super) fn closure(
        &self,
        name: &str,
        table: &Table,
        join: &Join,
        alias: &str,
        base: impl Fn(&str) -> String,
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
        // what hangs on somebody else's answer is not the person's, unless the map says that such answers go
        let goes_on = match table.shared {
            Some(Shared::Delete) => String::new(),
            _ => format!(" WHERE NOT {}", self.of_another(name, &all)),
        };
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
    pub(super) fn any_of(&self, name: &str, alias: &str, parts: &[impl Fn(&str) -> String]) -> String {
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

    /// The rows of the person that go.
    #[must_use]
    pub fn gone_as_own(&self, name: &str, alias: &str) -> Option<String> {
        Some(self.not_kept_back(name, alias, self.would_go(name, alias)?))
    }

    /// The rows of the person that would go if no hold stood.
    #[must_use]
    pub(super) fn would_go(&self, name: &str, alias: &str) -> Option<String> {
        let table = self.map.table(name)?;
        match (table.erase, self.past(table, alias)) {
            (Erase::Delete, _) => self.meant(name, alias, &self.mine(name, alias)),
            (Erase::Keep, Some(past)) => {
                let over = format!("({} AND {past})", self.mine(name, alias));
                if self.reach.past.contains(name) { Some(over) } else { self.meant(name, alias, &over) }
            }
            (Erase::Keep | Erase::Change, _) => None,
        }
    }

    /// The rows that stay of those whose fate is the person's to decide, and that are meant as a whole.
    #[must_use]
    pub fn staying(&self, name: &str, alias: &str) -> Option<String> {
        let table = self.map.table(name)?;
        if table.erase == Erase::Delete {
            return None;
        }
        Some(self.not_held(name, alias, self.meant(name, alias, &self.not_past(name, table, alias))?))
    }

    /// Those whose fate is the person's to decide, without those past their period.
    pub(super) fn not_past(&self, name: &str, table: &Table, alias: &str) -> String {
        match (table.erase, self.past(table, alias)) {
            (Erase::Keep, Some(past)) => format!("({} AND ({past}) IS NOT TRUE)", self.mine(name, alias)),
            _ => self.mine(name, alias),
        }
    }

    /// Every row that goes, as the person's or because it points to one that goes; none where no row can.
    #[must_use]
    pub fn gone(&self, name: &str, alias: &str) -> Option<String> {
        let table = self.map.table(name)?;
        let as_own = self.gone_as_own(name, "x").is_some();
        let deleting: Vec<_> = table.link.iter().filter(|link| link.others == Some(Others::Delete)).collect();
        let mut parts: Vec<Condition<'_>> = Vec::new();
        if as_own {
            parts.push(Box::new(move |alias| self.gone_as_own(name, alias).unwrap_or_else(|| NEVER.to_owned())));
        }
        for link in deleting {
            parts.push(Box::new(move |alias| self.to_gone(name, alias, &link.to, &link.on)));
        }
        if parts.is_empty() { None } else { Some(self.any_of(name, alias, &parts)) }
    }

    /// The rows that `on` leads to rows of `to` that go.
    #[must_use]
    pub fn to_gone(&self, name: &str, alias: &str, to: &str, on: &BTreeMap<String, String>) -> String {
        if self.gone(to, "x").is_none() {
            return NEVER.to_owned();
        }
        let gone = |p: &str| self.gone(to, p).unwrap_or_else(|| NEVER.to_owned());
        // of the subject's rows a hold can keep some
        if self.within.is_some() {
            self.looked_up(name, alias, to, on, &gone)
        } else {
            self.joined(name, alias, to, on, &gone)
        }
    }

    /// The kept rows whose period is over.
    fn past(&self, table: &Table, alias: &str) -> Option<String> {
        let keep = table.keep.as_ref()?;
        let cut = first_day_kept(self.today, keep.length()?);
        let at = format!("{alias}.{}", quoted(&keep.after));
        Some(match self.dialect {
            Dialect::Postgres => format!("{at} < DATE '{cut}'"),
            // nor can the year 0
            Dialect::Maria => format!("({at} >= DATE '1000-01-01' AND {at} < DATE '{cut}')"),
            // whatever is not an ISO date cannot be judged, and stays
            Dialect::Sqlite => {
                format!("(typeof({at}) = 'text' AND {at} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-*' AND {at} < '{cut}')")
            }
        })
    }

    /// The condition that nothing can be counted from the date of a row that is kept: there is none.
    #[must_use]
    pub fn undated(&self, table: &Table, alias: &str) -> Option<String> {
        let at = format!("{alias}.{}", quoted(&table.keep.as_ref()?.after));
        Some(match self.dialect {
            Dialect::Postgres => format!("{at} IS NULL"),
            Dialect::Maria => format!("({at} IS NULL OR {at} < DATE '1000-01-01')"),
            Dialect::Sqlite => {
                format!("(typeof({at}) = 'text' AND {at} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-*') IS NOT TRUE")
            }
        })
    }

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

fn list(alias: &str, columns: &[String]) -> String {
    columns.iter().map(|column| format!("{alias}.{}", quoted(column))).collect::<Vec<_>>().join(", ")
}

/// The first day whose rows are still kept on `today`: a floor, so that months count to the later day where the
/// month of the end is short.
fn first_day_kept(today: NaiveDate, period: crate::domain::clock::period::Period) -> NaiveDate {
    use crate::domain::clock::period::Period;
    let days = |count: u32| today.checked_sub_days(Days::new(u64::from(count))).unwrap_or(NaiveDate::MIN);
    match period {
        // refused when the map is read
        Period::Elapsed(_) | Period::Working(_) | Period::Yearly(..) => NaiveDate::MIN,
        Period::Days(count) => days(count),
        Period::Months(count) => {
            let cut = today.checked_sub_months(Months::new(count)).unwrap_or(NaiveDate::MIN);
            // 31 January and a month end on 1 March, not on 28 February
            (0..4)
                .filter_map(|back| cut.checked_sub_days(Days::new(back)))
                .take_while(|day| kept_until(*day, period) >= today || *day == cut)
                .last()
                .unwrap_or(cut)
        }
    }
}

/// The last day on which a row of `day` is kept.
#[must_use]
pub fn kept_until(day: NaiveDate, period: crate::domain::clock::period::Period) -> NaiveDate {
    use crate::domain::clock::period::Period;
    use chrono::Datelike as _;
    match period {
        Period::Elapsed(_) | Period::Working(_) | Period::Yearly(..) => NaiveDate::MAX,
        Period::Days(count) => day.checked_add_days(Days::new(u64::from(count))).unwrap_or(NaiveDate::MAX),
        Period::Months(count) => {
            let end = day.checked_add_months(Months::new(count)).unwrap_or(NaiveDate::MAX);
            if end.day() == day.day() { end } else { end.succ_opt().unwrap_or(NaiveDate::MAX) }
        }
    }
}
