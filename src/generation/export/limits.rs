//! What a limited copy is limited to, in words: what the person is told, and what staff read.

use super::words::{Words, fill};
use crate::generation::{Extent, map::DataMap};
use std::collections::BTreeMap;

/// The limits by their kind; all empty where there are none.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Categories.
    pub categories: Vec<String>,
    /// Tables, as people call them.
    pub tables: Vec<String>,
    /// How many single records of which table, as people call it.
    pub items: Vec<(String, usize)>,
}

impl Limits {
    pub fn new(map: &DataMap, extent: &Extent) -> Self {
        let title = |name: &String| map.table(name).map_or_else(|| name.clone(), |table| table.title(name));
        let mut items = BTreeMap::<_, std::collections::BTreeSet<_>>::new();
        for item in &extent.items {
            items.entry(title(&item.table)).or_default().insert(&item.key);
        }
        let mut limits = Self {
            categories: extent.categories.clone(),
            tables: extent.tables.iter().map(title).collect(),
            items: items.into_iter().map(|(table, keys)| (table, keys.len())).collect(),
        };
        for list in [&mut limits.categories, &mut limits.tables] {
            list.sort();
            list.dedup();
        }
        limits
    }

    /// From the words of `Extent::in_words`, which have no keys; none where a line is of another making.
    pub fn read(map: &DataMap, lines: &[String]) -> Option<Self> {
        let title = |name: &str| map.table(name).map_or_else(|| name.to_owned(), |table| table.title(name));
        let mut limits = Self::default();
        for line in lines {
            let (head, name) = line.split_once(' ')?;
            match head {
                "category" => limits.categories.push(name.to_owned()),
                "table" => limits.tables.push(title(name)),
                count => {
                    let table = name.strip_prefix("items of ").or_else(|| name.strip_prefix("item of "))?;
                    limits.items.push((title(table), count.parse().ok()?));
                }
            }
        }
        Some(limits)
    }

    /// A line each.
    pub fn lines(&self, words: &Words) -> Vec<String> {
        let list = |head: &str, list: &[String]| (!list.is_empty()).then(|| format!("{head}: {}", list.join(", ")));
        let items = self.items.iter().map(|(table, count)| {
            let count = words.grouped(i64::try_from(*count).unwrap_or(i64::MAX));
            fill(words.limited_items, &[("table", table), ("count", &count)])
        });
        [list(words.limited_categories, &self.categories), list(words.limited_tables, &self.tables)]
            .into_iter()
            .flatten()
            .chain(items)
            .collect()
    }
}
