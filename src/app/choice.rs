//! What forms offer to choose from.

use super::App;

/// A person or product to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<Id> {
    /// What the form sends.
    pub id: Id,
    /// What the person reads.
    pub name: String,
}

/// Products to choose from.
#[must_use]
pub fn products(app: &App) -> Vec<Choice<String>> {
    app.packs.iter().map(|pack| Choice { id: pack.id.clone(), name: pack.short.clone() }).collect()
}
