//! The rows that go and the rows that stay: as the person's, or because they point to what goes.

use super::{Condition, NEVER, Scope};
use crate::generation::map::{Erase, Others, Table};
use std::collections::BTreeMap;

impl Scope<'_> {
    /// The rows of the person that go.
    #[must_use]
    pub fn gone_as_own(&self, name: &str, alias: &str) -> Option<String> {
        Some(self.not_kept_back(name, alias, self.would_go(name, alias)?))
    }

    /// The rows of the person that would go if no hold stood.
    #[must_use]
    pub(in crate::generation) fn would_go(&self, name: &str, alias: &str) -> Option<String> {
        let table = self.map.table(name)?;
        match (table.erase, self.past(name, alias)) {
            (Erase::Delete | Erase::Seal, _) => self.meant(name, alias, &self.mine(name, alias)),
            (Erase::Keep, Some(past)) => {
                let over = format!("({} AND {past})", self.mine(name, alias));
                if self.reach.past.contains(name) { Some(over) } else { self.meant(name, alias, &over) }
            }
            (Erase::Keep | Erase::Change, _) => None,
        }
    }

    /// Of rows that are sealed those whose period is over already, which simply go.
    #[must_use]
    pub fn past_sealing(&self, name: &str, alias: &str) -> Option<String> {
        let past = self.past(name, alias)?;
        let meant = self.meant(name, alias, &format!("({} AND {past})", self.mine(name, alias)))?;
        Some(self.not_kept_back(name, alias, meant))
    }

    /// The rows that are sealed.
    #[must_use]
    pub fn sealed(&self, name: &str, alias: &str) -> Option<String> {
        let meant = self.meant(name, alias, &self.not_past(name, self.map.table(name)?, alias))?;
        Some(self.not_kept_back(name, alias, meant))
    }

    /// The rows that stay of those whose fate is the person's to decide, and that are meant as a whole. Where columns of
    /// theirs change, what rows under a hold need is none of them: it keeps that by which those are the person's.
    #[must_use]
    pub fn staying(&self, name: &str, alias: &str) -> Option<String> {
        let stay = self.would_stay(name, alias)?;
        let change = self.map.table(name).is_some_and(Table::changes);
        Some(if change { self.not_kept_back(name, alias, stay) } else { self.not_held(name, alias, stay) })
    }

    /// The same if no hold stood.
    pub(in crate::generation) fn would_stay(&self, name: &str, alias: &str) -> Option<String> {
        let table = self.map.table(name).filter(|table| !table.is_left())?;
        self.meant(name, alias, &self.not_past(name, table, alias))
    }

    /// Those whose fate is the person's to decide, without those past their period.
    pub(in crate::generation) fn not_past(&self, name: &str, table: &Table, alias: &str) -> String {
        match (table.erase, self.past(name, alias)) {
            (Erase::Keep | Erase::Seal, Some(past)) => format!("({} AND ({past}) IS NOT TRUE)", self.mine(name, alias)),
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
}
