//! How a copy of a person's data is made, and what is said with it.

use crate::domain::copy::CopyForm;
use serde::Deserialize;

/// How a copy of a person's data reaches them, and what has to be said with it (GDPR Art. 15(1), DPDP Act s. 11(1)).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyRules {
    /// What the product promised by itself, beyond what law asks: a full copy or a summary; missing where it promised nothing.
    #[serde(default)]
    pub form: Option<CopyForm>,
    /// True where a second person looks at what was packed before it goes.
    pub review: bool,
    /// For how many days the link works.
    pub days: u32,
    /// How often it can be fetched.
    pub downloads: u32,
    /// Where the data comes from.
    pub origin: String,
    /// How long what is kept, a sentence each.
    pub retention: Vec<String>,
    /// What the person may ask for, a sentence each.
    pub rights: Vec<String>,
    /// Who else gets data.
    #[serde(rename = "recipient")]
    pub recipients: Vec<Recipient>,
}

/// Somebody else who gets data.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Who.
    pub name: String,
    /// What for.
    pub purpose: String,
    /// The categories of data that they get, as the product's data map calls them; empty where it may be any.
    #[serde(default)]
    pub categories: Vec<String>,
}

impl CopyRules {
    /// What is wrong with it.
    pub(super) fn faults(&self) -> impl Iterator<Item = String> {
        let empty = [
            (self.days == 0 || self.days > 90, "copy.days must be between 1 and 90"),
            (self.downloads == 0 || self.downloads > 100, "copy.downloads must be between 1 and 100"),
            (self.origin.trim().is_empty(), "copy.origin says nothing: a copy has to name where the data comes from"),
            (self.retention.is_empty(), "copy.retention says nothing: a copy has to say how long data is kept"),
            (self.rights.is_empty(), "copy.rights says nothing: a copy has to name the person's rights"),
            (
                self.form == Some(CopyForm::Portable),
                "copy.form is full or summary; a case of portability is portable anyway",
            ),
            (self.recipients.is_empty(), "copy.recipient is missing: a copy has to name who else gets data"),
        ];
        empty.into_iter().filter(|(wrong, _)| *wrong).map(|(_, says)| says.to_owned())
    }
}
