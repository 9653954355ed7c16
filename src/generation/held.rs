//! What holds on parts of a person's data mean for an erasure, as conditions in SQL beside those of `scope`: rows under a
//! hold stay as they are, and rows that those need stay with them. Never decides whether a hold stands.

use super::{
    Error, Key, Source, alike,
    engine::{Statement, quoted},
    extent::{Extent, Item},
    map::{Others, Shared, Table},
    reach::Reach,
    schema::Schema,
    scope::{Condition, Scope},
    steps::may_be_null,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The holds on parts that stand on a run's subject, all together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Held {
    /// Their numbers.
    pub holds: Vec<i64>,
    /// What they are about: every row of a table, every row with a column of a category, single rows, and whatever
    /// belongs to rows of those tables and to those single rows. Of several accounts, each.
    pub extent: Extent,
    /// What holds kept of the erasure that this one repeats, whether or not they stand any more. Of this, what nobody knows
    /// any more protects nothing, and stops nothing.
    pub earlier: Extent,
}

impl Held {
    /// Everything that stays.
    #[must_use]
    pub fn all(&self) -> Extent {
        self.extent.with(&self.earlier)
    }

    /// One line each: part of the scope hash.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let holds = self.holds.iter().map(|hold| format!("hold on a part {hold}"));
        holds.chain(self.all().lines().into_iter().map(|line| format!("held {line}"))).collect()
    }
}

/// A way by which rows of one table point to rows of another.
struct Way<'m> {
    to: &'m str,
    on: &'m BTreeMap<String, String>,
    /// True where a row that stays only because others need it can let go of the way.
    may_let_go: bool,
}

impl Scope<'_> {
    /// The same with what holds on parts forbid to touch.
    #[must_use]
    pub fn holding(mut self, held: &Held) -> Self {
        let extent = held.all();
        if !extent.is_whole() {
            let reach = Reach::of_copy(self.map, self.schema, &extent, self.dialect);
            let mut within = Self::new(self.map, self.schema, self.dialect, self.subjects, self.today).reaching(reach);
            (within.before, within.prefix, within.is_of_holds) = (self.reach.values.len(), "h", true);
            self.within = Some(Box::new(within));
        }
        self
    }

    /// True where rows of the person that the map would delete can stay: the run is limited, or a hold stands.
    #[must_use]
    pub fn some_stay(&self) -> bool {
        self.reach.is_limited || self.within.is_some()
    }

    /// The person's rows under a hold; none where no row of the table can be.
    #[must_use]
    pub fn under_hold(&self, name: &str, alias: &str) -> Option<String> {
        self.within.as_ref()?.own_meant(name, alias)
    }

    /// The rows that rows under a hold need: those they belong to or point to, and so on up. None where no row of the table
    /// can be one.
    #[must_use]
    pub fn needed(&self, name: &str, alias: &str) -> Option<String> {
        self.within.as_ref()?.needed_by(name, alias, &[])
    }

    /// `rows` without those under a hold.
    #[must_use]
    pub fn not_held(&self, name: &str, alias: &str, rows: String) -> String {
        without(rows, self.under_hold(name, alias))
    }

    /// `rows` without those under a hold and those that such rows need.
    #[must_use]
    pub fn not_kept_back(&self, name: &str, alias: &str, rows: String) -> String {
        without(self.not_held(name, alias, rows), self.needed(name, alias))
    }

    /// Rows of the person within the run's limits that a hold keeps as they are, and rows that would go or change and stay
    /// as they are because those need them; each none where there can be none.
    #[must_use]
    pub fn kept_back(&self, name: &str, alias: &str) -> [Option<String>; 2] {
        let meant = self.own_meant(name, alias).zip(self.under_hold(name, alias));
        let held = meant.map(|(meant, held)| format!("{meant} AND {held}"));
        let needed = self.needed(name, alias).and_then(|needed| {
            let touched = self.would_be_touched(name, alias)?;
            Some(self.not_held(name, alias, format!("{touched} AND {needed}")))
        });
        [held, needed]
    }

    /// The person's rows that something would be done with if no hold stood.
    fn would_be_touched(&self, name: &str, alias: &str) -> Option<String> {
        let table = self.map.table(name)?;
        let change = if table.changes() { self.would_stay(name, alias) } else { None };
        let detached = table.shared == Some(Shared::Detach) && self.may_be_shared(name);
        let detached = if detached { self.meant(name, alias, &self.shared(name, alias)) } else { None };
        let all = [self.would_go(name, alias), change, self.would_by_category(name, alias), detached];
        let all: Vec<_> = all.into_iter().flatten().collect();
        (!all.is_empty()).then(|| format!("({})", all.join(" OR ")))
    }

    /// Rows that stay because of a hold and nothing else, under it or needed; none where none can.
    #[must_use]
    pub fn stay_by_hold(&self, name: &str, alias: &str) -> Option<String> {
        let stay: Vec<_> = self.under_hold(name, alias).into_iter().chain(self.needed(name, alias)).collect();
        (!stay.is_empty()).then(|| format!("({})", stay.join(" OR ")))
    }

    /// Rows that stay by a hold and cannot let go of rows that go: table, column, condition on the alias `t`. Only where
    /// tables refer to each other in a circle; elsewhere what is needed stays.
    #[must_use]
    pub fn torn(&self) -> Vec<(String, String, String)> {
        let Some(within) = self.within.as_deref() else { return Vec::new() };
        let mut torn = Vec::new();
        for (name, table) in &self.map.tables {
            for way in within.ways(name, table).filter(|way| self.gone(way.to, "x").is_some()) {
                let stay = if way.may_let_go { self.under_hold(name, "t") } else { self.stay_by_hold(name, "t") };
                if let Some(stay) = stay {
                    let to_gone = self.to_gone(name, "t", way.to, way.on);
                    let column = way.on.keys().next().cloned().unwrap_or_default();
                    torn.push((name.clone(), column, format!("{stay} AND {to_gone}")));
                }
            }
        }
        torn
    }

    fn ways<'m>(&'m self, name: &'m str, table: &'m Table) -> impl Iterator<Item = Way<'m>> {
        let owners = table.owner.iter().map(|join| Way { to: &join.to, on: &join.on, may_let_go: false });
        let links = table.link.iter().map(move |link| {
            // what goes by a link would go with what it points to
            let may_let_go = link.others != Some(Others::Delete) && may_be_null(self, name, link);
            Way { to: &link.to, on: &link.on, may_let_go }
        });
        owners.chain(links)
    }

    /// `needed` for the scope of the holds; the tables of `path` are being asked about already.
    fn needed_by(&self, name: &str, alias: &str, path: &[String]) -> Option<String> {
        let path = [path, &[name.to_owned()]].concat();
        let mut parts: Vec<Condition<'_>> = Vec::new();
        let mut to_self = None;
        for (other, table) in &self.map.tables {
            for way in self.ways(other, table).filter(|way| way.to == name) {
                if other == name && !way.may_let_go {
                    to_self = Some(way.on);
                }
                let goes_on = !way.may_let_go && !path.contains(other);
                let further = goes_on && self.needed_by(other, "h", &path).is_some();
                if self.own_meant(other, "h").is_none() && !further {
                    continue;
                }
                let (name, path) = (name.to_owned(), path.clone());
                parts.push(Box::new(move |alias| {
                    let x = self.alias();
                    let pairs = self.equal((other, &x), (&name, alias), way.on);
                    let pairs: Vec<_> = pairs.into_iter().map(|(here, there)| (there, here)).collect();
                    let further = if further { self.needed_by(other, &x, &path) } else { None };
                    let stay: Vec<_> = self.own_meant(other, &x).into_iter().chain(further).collect();
                    alike::among(&pairs, &format!("{} {x} WHERE ({})", quoted(other), stay.join(") OR (")))
                }));
            }
        }
        if parts.is_empty() {
            return None;
        }
        let (table, on) = (self.map.table(name)?, to_self);
        Some(match on {
            None => self.any_of(name, alias, &parts),
            Some(on) => self.upward(name, table, on, alias, &|first| self.any_of(name, first, &parts)),
        })
    }

    /// Rows that `base` holds for, and whatever they belong to by the table's way to itself.
    fn upward(
        &self,
        name: &str,
        table: &Table,
        on: &BTreeMap<String, String>,
        alias: &str,
        base: &dyn Fn(&str) -> String,
    ) -> String {
        let (first, next, all) = (self.alias(), self.alias(), self.alias());
        let mut carried: Vec<_> = table.key.iter().collect();
        carried.extend(on.keys().filter(|column| !table.key.contains(column)));
        let list = |alias: &str, columns: &[&String]| {
            columns.iter().map(|c| format!("{alias}.{}", quoted(c))).collect::<Vec<_>>().join(", ")
        };
        let names = carried.iter().map(|c| quoted(c)).collect::<Vec<_>>().join(", ");
        let key: Vec<_> = table.key.iter().collect();
        format!(
            "{} IN (WITH RECURSIVE {all} ({names}) AS (SELECT {} FROM {table} {first} WHERE {} UNION SELECT {} FROM {table} {next} JOIN {all} ON {}) SELECT {} FROM {all})",
            alike::tuple(table.key.iter().map(|c| format!("{alias}.{}", quoted(c)))),
            list(&first, &carried),
            base(&first),
            list(&next, &carried),
            alike::all_equal(&self.equal((name, &all), (name, &next), on)),
            list(&all, &key),
            table = quoted(name),
        )
    }
}

impl Source {
    /// True where map and schema know all that a hold on `part` is about. What they do not know protects nothing, whatever
    /// was meant by it.
    pub(super) fn knows_what_is_held(&self, schema: &Schema, part: &Extent) -> bool {
        let may_be = |item: &Item| Reach::may_be(&self.map, schema, item, self.engine.dialect());
        part.known_to(&self.map).is_ok() && part.items.iter().all(may_be)
    }

    /// The tables of single rows in `part` that are not all there, or not these subjects'.
    ///
    /// # Errors
    /// `Limits` where the map does not have what `part` names; otherwise when the database does not answer.
    pub async fn missing(&self, subjects: &[Key], part: &Extent) -> Result<Vec<String>, Error> {
        part.known_to(&self.map).map_err(Error::Limits)?;
        let mut conn = self.reader.conn().await?;
        let schema = self.live_rows(&mut conn).await?;
        let keys: Vec<_> = subjects.iter().flat_map(|key| key.0.clone()).collect();
        let (asked, values) = {
            let dialect = self.engine.dialect();
            let reach = Reach::of_copy(&self.map, &schema, part, dialect);
            let scope = Scope::new(&self.map, &schema, dialect, subjects.len(), chrono::NaiveDate::MIN).reaching(reach);
            let question = |(name, wanted): (&String, &i64)| {
                let count = alike::as_text("count(*)", dialect);
                let text = format!("SELECT {count} FROM {} t WHERE {}", quoted(name), scope.items(name, "t")?);
                Some((name.clone(), *wanted, text))
            };
            let asked: Vec<_> = scope.reach.wanted.iter().filter_map(question).collect();
            (asked, [keys, scope.reach.values.clone()].concat())
        };
        let mut missing = Vec::new();
        for (name, wanted, text) in asked {
            let found = conn.count(Statement::new(text, &values)).await?;
            missing.extend((found < wanted).then_some(name));
        }
        Ok(missing)
    }
}

fn without(rows: String, held: Option<String>) -> String {
    match held {
        Some(held) => format!("({rows} AND ({held}) IS NOT TRUE)"),
        None => rows,
    }
}
