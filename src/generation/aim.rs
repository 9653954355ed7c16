//! What a run changes in a generation database: it erases, writes a person's choice down, or corrects values. Says what,
//! never how.

use crate::domain::run::RunKind;
use serde::{Deserialize, Serialize};

/// What a run is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case", deny_unknown_fields)]
pub enum Aim {
    /// Rows go, or forget the person.
    #[default]
    Erase,
    /// A use of the person's data is to stop, or may go on.
    Choose {
        /// The use, as the map calls it: `training`, `marketing`, `restriction`.
        what: String,
        /// True where it is to stop.
        stops: bool,
    },
    /// Values become others.
    Correct {
        /// Each of them.
        corrections: Vec<Correction>,
    },
}

/// One value that becomes another. Holds what is personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The table.
    pub table: String,
    /// The row's key as text, in the map's order.
    pub key: Vec<String>,
    /// The column.
    pub column: String,
    /// The value that was there when the correction was proposed; none for NULL.
    pub was: Option<String>,
    /// What it becomes; none for NULL.
    pub becomes: Option<String>,
}

impl Aim {
    /// What kind of run has it.
    #[must_use]
    pub fn kind(&self) -> RunKind {
        match self {
            Self::Erase => RunKind::Erase,
            Self::Correct { .. } => RunKind::Correct,
            Self::Choose { what, stops } => RunKind::of_choice(what, *stops),
        }
    }

    /// True where a hold on the person's data forbids it: what has to be kept must not change either.
    #[must_use]
    pub const fn is_stopped_by_holds(&self) -> bool {
        matches!(self, Self::Erase | Self::Correct { .. })
    }

    /// What the statements need besides keys, in the order in which `corrections` numbers it.
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        let Self::Correct { corrections } = self else { return Vec::new() };
        corrections.iter().flat_map(Correction::values).collect()
    }

    /// One line each: part of the scope hash.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Erase => Vec::new(),
            Self::Choose { what, stops } => vec![format!("choose {what} stops={stops}")],
            Self::Correct { corrections } => {
                corrections.iter().map(|one| format!("correct {}", serde_json::json!(one))).collect()
            }
        }
    }
}

impl Correction {
    /// The key, the value that was there and the new one; NULL stands in the statement itself.
    fn values(&self) -> Vec<String> {
        self.key.iter().cloned().chain(self.was.clone()).chain(self.becomes.clone()).collect()
    }

    /// How many values it has.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.key.len() + self.was.is_some() as usize + self.becomes.is_some() as usize
    }
}
