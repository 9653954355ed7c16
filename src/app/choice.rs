//! What forms offer to choose from.

use super::App;
use crate::domain::rights::Reach;

/// A person or product to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<Id> {
    /// What the form sends.
    pub id: Id,
    /// What the person reads.
    pub name: String,
}

/// Products to choose from, as far as `reach` goes.
#[must_use]
pub fn products(app: &App, reach: &Reach) -> Vec<Choice<String>> {
    let within = app.packs.iter().filter(|pack| reach.holds(&pack.id));
    within.map(|pack| Choice { id: pack.id.clone(), name: pack.short.clone() }).collect()
}
