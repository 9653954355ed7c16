//! What a run is limited to: categories, tables, items; several of them add up. Names and keys only; which rows and
//! columns that means is `reach`'s to say.

use super::map::DataMap;
use serde::{Deserialize, Serialize};

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

impl Extent {
    /// True where nothing is limited.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.categories.is_empty() && self.tables.is_empty() && self.items.is_empty()
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
}
