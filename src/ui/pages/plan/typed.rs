//! What was typed and ticked on the page, and what of it is chosen.

use crate::{
    app::{
        error::Error,
        runs::{Chosen, Item, SetValue},
    },
    ui::{components::parts::PartTyped, form::Fields},
};
use std::collections::BTreeMap;

/// What was typed and ticked.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// Ticked accounts, by their keys.
    pub accounts: Vec<Vec<String>>,
    /// True where several accounts were offered.
    pub several: bool,
    /// How much of the person's data.
    pub part: PartTyped,
    /// The values as they should be, by `name_of`.
    pub values: BTreeMap<String, String>,
    /// The values as they were on the page, by `name_of`.
    pub before: BTreeMap<String, String>,
    /// True where the restriction is to end.
    pub lifts: bool,
    /// True where a full copy is wished for.
    pub full_copy: bool,
}

/// The name of the box of one value: a row's table and key and the column, so that no order has to stay the same.
#[must_use]
pub fn name_of(table: &str, key: &[String], column: &str) -> String {
    serde_json::json!([table, key, column]).to_string()
}

/// The value of the box of an account.
#[must_use]
pub fn box_of(key: &[String]) -> String {
    serde_json::json!(key).to_string()
}

impl Typed {
    /// Reads the form.
    #[must_use]
    pub fn read(fields: &Fields) -> Self {
        let under = |prefix: &str| {
            let pairs = fields.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(prefix)?, value)));
            pairs.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect::<BTreeMap<_, _>>()
        };
        Self {
            accounts: fields.all("account").filter_map(|key| serde_json::from_str(key).ok()).collect(),
            several: !fields.get("several").is_empty(),
            part: PartTyped::read(fields),
            values: under("set:"),
            before: under("was:"),
            lifts: !fields.get("lifts").is_empty(),
            full_copy: !fields.get("full").is_empty(),
        }
    }

    /// What that chooses. A value that is as it was is no correction.
    ///
    /// # Errors
    /// `Invalid` on `items` for a line that names no row, on `accounts` where several were offered and none was ticked.
    pub fn chosen(&self) -> Result<Chosen, Error> {
        if self.several && self.accounts.is_empty() {
            return Err(Error::field("accounts", "Tick the accounts that are theirs; where none is, verify them anew"));
        }
        let sets = self.values.iter().filter_map(|(name, value)| {
            let was = self.before.get(name).filter(|was| *was != value)?;
            let (table, key, column) = serde_json::from_str::<(String, Vec<String>, String)>(name).ok()?;
            let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
            Some(SetValue { item: Item { table, key }, column, was: filled(was), becomes: filled(value) })
        });
        Ok(Chosen {
            accounts: self.accounts.clone(),
            extent: self.part.extent()?,
            sets: sets.collect(),
            lifts: self.lifts,
            full_copy: self.full_copy,
        })
    }
}
