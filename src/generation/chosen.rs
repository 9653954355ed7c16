//! The rows that the limits of a run mean, as conditions in SQL beside those of `scope`. What hangs on a row that is
//! meant, by its owners downward and by a table's way to itself, is meant as well; what it hangs on is not.

use super::{
    map::{Erase, Shared, Table},
    scope::{Condition, Scope},
};

/// Which of a table's rows of the person are meant.
enum Chosen<'c> {
    All,
    None,
    Those(Condition<'c>),
}

impl Scope<'_> {
    /// `rows`, which are the person's, as far as they are meant; none where none are.
    pub(super) fn meant(&self, name: &str, alias: &str, rows: &str) -> Option<String> {
        match self.chosen(name) {
            Chosen::All => Some(rows.to_owned()),
            Chosen::None => None,
            Chosen::Those(those) => Some(format!("({rows} AND {})", those(alias))),
        }
    }

    /// The rows that are meant only as far as their columns are of a chosen category; none where none are.
    #[must_use]
    pub fn by_category(&self, name: &str, alias: &str) -> Option<String> {
        Some(self.not_kept_back(name, alias, self.would_by_category(name, alias)?))
    }

    /// The same if no hold stood.
    pub(super) fn would_by_category(&self, name: &str, alias: &str) -> Option<String> {
        let table = self.map.table(name).filter(|_| self.reach.columns.contains_key(name))?;
        let past_go = table.erase == Erase::Keep && self.reach.past.contains(name);
        let rows = if past_go { self.not_past(name, table, alias) } else { self.mine(name, alias) };
        match self.chosen(name) {
            Chosen::All => None,
            Chosen::None => Some(rows),
            Chosen::Those(those) => Some(format!("({rows} AND ({}) IS NOT TRUE)", those(alias))),
        }
    }

    /// The rows of the person, alone or with others, of which anything is meant; none where nothing is.
    #[must_use]
    pub fn own_meant(&self, name: &str, alias: &str) -> Option<String> {
        let own = self.own(name, alias);
        if self.reach.columns.contains_key(name) { Some(own) } else { self.meant(name, alias, &own) }
    }

    /// The condition that a row of the person is meant as a whole, where a category means columns of all of them;
    /// none where no row is.
    #[must_use]
    pub fn wholly(&self, name: &str, alias: &str) -> Option<String> {
        match self.chosen(name) {
            Chosen::All => Some("1 = 1".to_owned()),
            Chosen::None => None,
            Chosen::Those(those) => Some(those(alias)),
        }
    }

    /// The rows that lose the file in `column`: they go, or the column becomes empty.
    #[must_use]
    pub fn lost(&self, name: &str, column: &str, alias: &str) -> Option<String> {
        let emptied = self.reach.columns.get(name).filter(|columns| columns.contains_key(column));
        let emptied = emptied.and_then(|_| self.by_category(name, alias));
        let parts: Vec<_> = self.gone(name, alias).into_iter().chain(emptied).collect();
        (!parts.is_empty()).then(|| format!("({})", parts.join(") OR (")))
    }

    /// `rows` that do not go, neither as the person's nor because they point to what goes.
    #[must_use]
    pub fn not_gone(&self, name: &str, alias: &str, rows: &str) -> String {
        match self.gone(name, alias) {
            Some(gone) => format!("({rows}) AND ({gone}) IS NOT TRUE"),
            None => rows.to_owned(),
        }
    }

    /// The rows that go as the person's, and those that are somebody else's as well: no link takes them along.
    #[must_use]
    pub fn own_or_shared(&self, name: &str, alias: &str) -> String {
        let go_anyway = self.map.table(name).is_some_and(|table| table.shared == Some(Shared::Delete));
        let shared = (!go_anyway).then(|| self.shared(name, alias));
        let parts: Vec<_> = self.gone_as_own(name, alias).into_iter().chain(shared).collect();
        if parts.is_empty() { "1 = 0".to_owned() } else { format!("({})", parts.join(") OR (")) }
    }

    /// The items of a table that are the person's.
    #[must_use]
    pub fn items(&self, name: &str, alias: &str) -> Option<String> {
        let n = self.reach.items.get(name)?;
        let listed = self.listed(name, alias, self.keys() + self.before + n + 1);
        Some(format!("({} AND {listed})", self.own(name, alias)))
    }

    fn chosen(&self, name: &str) -> Chosen<'_> {
        let Some(table) = self.map.table(name) else { return Chosen::None };
        if !self.reach.is_limited || self.reach.tables.contains(name) {
            return Chosen::All;
        }
        let owners: Vec<_> = table.owner.iter().filter(|join| join.to != name).collect();
        if !owners.is_empty() && owners.iter().all(|join| matches!(self.chosen(&join.to), Chosen::All)) {
            return Chosen::All;
        }
        let mut parts: Vec<Condition<'_>> = Vec::new();
        let name = name.to_owned();
        for join in owners {
            if matches!(self.chosen(&join.to), Chosen::None) {
                continue;
            }
            let here = name.clone();
            parts.push(Box::new(move |alias| {
                let theirs = |p: &str| if self.is_of_holds { self.own(&join.to, p) } else { self.mine(&join.to, p) };
                let parent = |p: &str| self.meant(&join.to, p, &theirs(p)).unwrap_or_default();
                self.joined(&here, alias, &join.to, &join.on, &parent)
            }));
        }
        if self.reach.items.contains_key(&name) {
            let here = name.clone();
            parts.push(Box::new(move |alias| self.items(&here, alias).unwrap_or_default()));
        }
        if parts.is_empty() {
            return Chosen::None;
        }
        Chosen::Those(self.with_answers(name, table, parts))
    }

    /// Rows that one of `parts` holds for, and in a table with a way to itself whatever hangs on them.
    fn with_answers<'c>(&'c self, name: String, table: &'c Table, parts: Vec<Condition<'c>>) -> Condition<'c> {
        let to_self = table.owner.iter().find(|join| join.to == name);
        Box::new(move |alias| match to_self {
            None => self.any_of(&name, alias, &parts),
            Some(join) => {
                let first =
                    |first: &str| format!("({} AND {})", self.own(&name, first), self.any_of(&name, first, &parts));
                // a hold goes on, since what is not the person's is no part of it anyway
                let ends = !self.is_of_holds && table.shared != Some(Shared::Delete);
                self.closure(&name, table, join, alias, first, ends)
            }
        })
    }
}
