//! What a run is limited to: categories, tables, items; several of them add up. Names and keys only; which rows and
//! columns that means is `reach`'s to say.

use super::{Source, map::DataMap};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, str::FromStr};

/// What a run is limited to. Empty means everything of the person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Extent {
    /// Categories of the map; one stands for itself and for what follows it after a dot.
    pub categories: Vec<String>,
    /// Tables of the map.
    pub tables: Vec<String>,
    /// Single rows.
    pub items: Vec<Item>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// A table of the map.
    pub table: String,
    /// The values of its key as text, in the map's order.
    pub key: Vec<String>,
}

impl FromStr for Item {
    type Err = &'static str;

    /// Reads `TABLE:KEY`, the values of a key of several columns with commas between them, and `\` before a sign that is
    /// meant as it stands.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (mut table, mut key): (Option<String>, Vec<String>) = (None, Vec::new());
        let (mut part, mut signs) = (String::new(), text.chars());
        while let Some(sign) = signs.next() {
            match (sign, &table) {
                ('\\', _) => part.extend(signs.next()),
                (':', None) => table = Some(std::mem::take(&mut part)),
                (',', Some(_)) => key.push(std::mem::take(&mut part)),
                _ => part.push(sign),
            }
        }
        key.push(part);
        match table {
            Some(table) if !table.is_empty() && key != [""] => Ok(Self { table, key }),
            _ => Err("wants TABLE:KEY, for example images:17, or gallery_items:3,17 for a key of two columns"),
        }
    }
}

impl Extent {
    /// True where nothing is limited.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.categories.is_empty() && self.tables.is_empty() && self.items.is_empty()
    }

    /// What this or `other` names.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self {
            categories: [self.categories.clone(), other.categories.clone()].concat(),
            tables: [self.tables.clone(), other.tables.clone()].concat(),
            items: [self.items.clone(), other.items.clone()].concat(),
        }
    }

    /// True where `category` is one of the chosen ones or follows one after a dot.
    #[must_use]
    pub fn has_category(&self, category: &str) -> bool {
        self.categories.iter().any(|chosen| is_within(category, chosen))
    }

    /// One line a limit, in an order of its own: part of the scope hash.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        // as JSON, so that no name or key can look like another line
        let line = |what: &str, value: serde_json::Value| format!("{what} {value}");
        let categories = self.categories.iter().map(|category| line("only category", category.as_str().into()));
        let tables = self.tables.iter().map(|table| line("only table", table.as_str().into()));
        let items = self.items.iter().map(|item| line("only item", serde_json::json!([item.table, item.key])));
        let mut lines: Vec<_> = categories.chain(tables).chain(items).collect();
        lines.sort();
        lines.dedup();
        lines
    }

    /// Everything it names, in words, with the keys of items: for those who see the person's case.
    #[must_use]
    pub fn in_full(&self) -> Vec<String> {
        let categories = self.categories.iter().map(|category| format!("category {category}"));
        let tables = self.tables.iter().map(|table| format!("table {table}"));
        let items = self.items.iter().map(|item| format!("{} {}", item.table, item.key.join(", ")));
        categories.chain(tables).chain(items).collect()
    }

    /// The limits in words, without keys of items.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        let mut items = BTreeMap::<&str, usize>::new();
        for item in &self.items {
            *items.entry(&item.table).or_default() += 1;
        }
        let categories = self.categories.iter().map(|category| format!("category {category}"));
        let tables = self.tables.iter().map(|table| format!("table {table}"));
        let items = items.into_iter().map(|(table, n)| match n {
            1 => format!("1 item of {table}"),
            n => format!("{n} items of {table}"),
        });
        categories.chain(tables).chain(items).collect()
    }

    /// Whether the map has what this names.
    ///
    /// # Errors
    /// What it does not have, with what there is.
    pub fn known_to(&self, map: &DataMap) -> Result<(), String> {
        let tables = || map.tables.keys().cloned().collect::<Vec<_>>().join(", ");
        for category in &self.categories {
            let all = categories(map);
            if category.is_empty() || !all.iter().any(|known| is_within(known, category)) {
                return Err(format!("the data map has no category {category:?}; it has: {}", all.join(", ")));
            }
        }
        if let Some(table) = self.tables.iter().find(|table| map.table(table).is_none()) {
            return Err(format!("the data map has no table {table:?}; it has: {}", tables()));
        }
        for Item { table, key } in &self.items {
            let Some(is) = map.table(table) else {
                return Err(format!("the data map has no table {table:?}; it has: {}", tables()));
            };
            if is.key.len() != key.len() {
                let (columns, given) = (is.key.join(", "), key.len());
                return Err(format!("an item of {table} is named by its key ({columns}), not by {given} values"));
            }
        }
        Ok(())
    }
}

impl Source {
    /// What a run can be limited to: the map's categories, and its tables with what people call them.
    #[must_use]
    pub fn limits(&self) -> (Vec<String>, Vec<(String, String)>) {
        let tables = self.map.tables.iter().map(|(name, table)| (name.clone(), table.title(name)));
        (categories(&self.map), tables.collect())
    }
}

/// The categories that the map gives to columns, in order, each once.
#[must_use]
pub fn categories(map: &DataMap) -> Vec<String> {
    let columns = map.tables.values().flat_map(|table| table.columns.values());
    let mut all: Vec<_> = columns.map(|column| column.category.clone()).filter(|is| !is.is_empty()).collect();
    all.sort();
    all.dedup();
    all
}

fn is_within(category: &str, chosen: &str) -> bool {
    category.strip_prefix(chosen).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_itself_and_what_follows_it_after_a_dot() {
        let content = Extent { categories: vec!["content".into()], ..Extent::default() };
        for (category, is) in [
            ("content", true),
            ("content.prompt", true),
            ("content.prompt.text", true),
            ("content_old", false),
            ("contents", false),
            ("conten", false),
            ("", false),
        ] {
            assert_eq!(content.has_category(category), is, "{category:?}");
        }
        let prompt = Extent { categories: vec!["content.prompt".into()], ..Extent::default() };
        assert!(prompt.has_category("content.prompt") && !prompt.has_category("content"));
        assert!(!Extent::default().has_category(""));
    }

    #[test]
    fn no_two_limits_make_the_same_line() {
        let item = |table: &str, key: &[&str]| Extent {
            items: vec![Item { table: table.into(), key: key.iter().map(|k| (*k).to_owned()).collect() }],
            ..Extent::default()
        };
        assert_ne!(item("a", &["1", "2"]).lines(), item("a", &["1,2"]).lines());
        assert_eq!(item("a", &["1\nonly category \"x\""]).lines().concat().lines().count(), 1);
        let twice = Extent { tables: vec!["b".into(), "a".into(), "b".into()], ..Extent::default() };
        let once = Extent { tables: vec!["a".into(), "b".into()], ..Extent::default() };
        assert_eq!(twice.lines(), once.lines());
    }

    #[test]
    fn an_item_is_a_table_and_its_key() {
        for (text, table, key) in [
            ("images:17", "images", vec!["17"]),
            ("images:0", "images", vec!["0"]),
            ("pages:1,0", "pages", vec!["1", "0"]),
            ("tags:a\\,b,c", "tags", vec!["a,b", "c"]),
            ("logins:1,2026-01-02 03:04:05", "logins", vec!["1", "2026-01-02 03:04:05"]),
            ("a\\:b:c:d", "a:b", vec!["c:d"]),
            ("files:a\\\\b", "files", vec!["a\\b"]),
            ("pages:,2", "pages", vec!["", "2"]),
        ] {
            let item: Item = text.parse().expect("it is read");
            assert_eq!(
                (item.table.as_str(), item.key),
                (table, key.iter().map(|k| (*k).to_owned()).collect()),
                "{text}"
            );
        }
        for text in ["images", "images:", ":1", "", "images\\:1"] {
            assert!(text.parse::<Item>().is_err(), "{text:?}");
        }
    }
}
