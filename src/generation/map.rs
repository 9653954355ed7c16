//! The data map: which tables of a product's generation database hold a person's data, how they join, what an erasure
//! does to each row and column, and what a copy for the person shows of it. Written in TOML by the engineer who knows the schema; read here, never changed.

use super::Fault;
use crate::domain::{clock::period::Period, plan::Action};
use serde::Deserialize;
use std::collections::BTreeMap;

/// One product's data map.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataMap {
    /// The product's id, for example `imagegen-artisticmonk`.
    pub product: String,
    /// The map's own version, as shown beside a plan; by custom the day of the last change.
    pub version: String,
    /// What the system is called in letters to the person, for example `ImageGen accounts and images`.
    pub system: String,
    /// The table with one row a person.
    pub subject: String,
    /// What finds a person.
    #[serde(rename = "identity")]
    pub identities: Vec<IdentityColumn>,
    /// What a person may choose about the use of their data, and where it stands.
    #[serde(default, rename = "choice")]
    pub choices: Vec<Choice>,
    /// Where it is recorded what a person agreed to.
    #[serde(default, rename = "consent")]
    pub consents: Vec<Consent>,
    /// Every table that holds something of a person, by name.
    pub tables: BTreeMap<String, Table>,
}

/// A column in which a value finds a person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityColumn {
    /// `email`, `account`, `device`, `phone`, `order` or another short word.
    pub kind: String,
    /// A mapped table; the person is whom its rows belong to.
    pub table: String,
    /// The column.
    pub column: String,
    /// How values are made alike before they are compared.
    #[serde(default)]
    pub normal: Normal,
    /// True for the mail address on record: where a verification link goes.
    #[serde(default)]
    pub contact: bool,
}

/// A use of people's data that each of them may stop: by a flag, or by statements of the map's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// `training`, `marketing`, `sale`, `restriction` or another short word. `restriction` is the use of everything.
    pub what: String,
    /// Where it stands.
    #[serde(default)]
    pub flag: Option<Flag>,
    /// How it is written down where a flag cannot say it.
    #[serde(default)]
    pub statements: Option<Statements>,
}

/// A column that says whether a use is allowed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// A mapped table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The value that stops the use.
    pub stop: String,
    /// The value that allows it.
    pub allow: String,
    /// What else stands in the rows that speak of this use; others are left alone.
    #[serde(default)]
    pub only: BTreeMap<String, String>,
    /// The column that says since when.
    #[serde(default)]
    pub at: Option<String>,
    /// True where who never chose has no row: one is added.
    #[serde(default)]
    pub add: bool,
}

/// Where consents are recorded: a table with a row for each, or a flag in a row.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// A mapped table whose rows are the person's.
    pub table: String,
    /// What it is about, as the person will read it; either this or `of`.
    #[serde(default)]
    pub what: Option<String>,
    /// The column that says what it is about.
    #[serde(default)]
    pub of: Option<String>,
    /// What the person reads for each value of `of`; a value without words stands as it is.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The column that says whether it is given; needed where `given_at` does not say it.
    #[serde(default)]
    pub state: Option<ConsentState>,
    /// The column that says since when the state is so.
    #[serde(default)]
    pub at: Option<String>,
    /// The column that says when it was given.
    #[serde(default)]
    pub given_at: Option<String>,
    /// The column that says when it was taken back; empty while it stands.
    #[serde(default)]
    pub withdrawn_at: Option<String>,
    /// The column that says how it was recorded: the form, the version of the app.
    #[serde(default)]
    pub how: Option<String>,
    /// The column that says which words or which version of the policy it was given to.
    #[serde(default)]
    pub version: Option<String>,
}

/// Whether a consent is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentState {
    /// The column.
    pub column: String,
    /// Its value while it is given; any other says that it is not, and nothing says nothing.
    pub given: String,
}

/// Statements in the database's own SQL. `{column}` of the subject's key stands for a list of the person's keys, to be used
/// with IN.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statements {
    /// Stops the use; may run twice.
    pub stop: String,
    /// Allows it; may run twice.
    pub allow: String,
    /// Counts where it is not stopped yet; 0 when it is.
    pub not_stopped: String,
    /// Counts where it is not allowed yet; 0 when it is.
    pub not_allowed: String,
}

/// How two writings of one identity are made alike. Comparison is by code point, never by a language's collation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normal {
    /// As it stands.
    #[default]
    Exact,
    /// Without spaces around it, in lower case: mail addresses.
    Lower,
    /// Digits alone: phone numbers.
    Digits,
}

/// What is done with the rows of a table that belong to the person alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erase {
    /// The rows go.
    Delete,
    /// The rows stay; columns change as they say.
    Change,
    /// The rows stay for a reason and a period; columns may change too.
    Keep,
    /// The rows leave the table for another that nobody uses, for a reason and a period; columns may change on the way.
    Seal,
}

/// What is done with rows that belong to the person and to somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shared {
    /// They stay as they are.
    Keep,
    /// They stay; the columns that lead to the person become null.
    Detach,
    /// They go all the same.
    Delete,
}

/// What is done with other people's rows that point to rows that go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Others {
    /// They go too: a like on an image that goes.
    Delete,
    /// They stay; the link becomes null: the remix of an image that goes.
    Null,
}

/// When a value in a copy gives way to a sentence, because it is about somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Redact {
    /// In every row.
    Always,
    /// In rows that are somebody else's as well.
    Shared,
}

/// One table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What people call its rows, for example `Pictures`; the table's name where it is missing.
    #[serde(default)]
    pub title: Option<String>,
    /// Why a copy for the person has none of its rows, as the person will read it.
    #[serde(default)]
    pub leave_out: Option<String>,
    /// True where its rows were worked out from others: neither provided by the person nor observed of them, so that
    /// portable data leaves them out (GDPR Art. 20(1)).
    #[serde(default)]
    pub derived: bool,
    /// The columns that name a row; several for a composite key.
    pub key: Vec<String>,
    /// How its rows belong to a person: by a column of another mapped table, or of this one for rows that belong
    /// to whom their parent row belongs. Empty for the subject's own table.
    #[serde(default)]
    pub owner: Vec<Join>,
    /// How rows of anybody may point to rows of the person.
    #[serde(default)]
    pub link: Vec<Link>,
    /// What is done with the person's rows.
    pub erase: Erase,
    /// What is done with rows that are somebody else's as well; a plan that meets some stops where this is missing.
    #[serde(default)]
    pub shared: Option<Shared>,
    /// Why and how long rows are kept; with `erase = "keep"` and `"seal"` only.
    #[serde(default)]
    pub keep: Option<Keep>,
    /// The table that rows go to, out of use, until their period is over; with `erase = "seal"` only.
    #[serde(default)]
    pub seal_into: Option<String>,
    /// What each column is.
    pub columns: BTreeMap<String, Column>,
}

/// A way from a row to the row it belongs to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// The other table.
    pub to: String,
    /// This table's columns and the other's they equal.
    pub on: BTreeMap<String, String>,
}

/// A way from anybody's row to a row of the person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The other table, or this one.
    pub to: String,
    /// This table's columns and the other's they equal.
    pub on: BTreeMap<String, String>,
    /// What is done with them; a plan that meets some stops where this is missing.
    #[serde(default)]
    pub others: Option<Others>,
}

/// Why and how long rows are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// The reason, as the person will read it.
    pub reason: String,
    /// How long, in days, months or years: `P8Y`.
    pub period: String,
    /// The date or timestamp column from which the period counts. A row past its period is erased.
    pub after: String,
}

/// What a column is, and what an erasure does to it in rows that stay.
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own in the map")]
#[serde(default, deny_unknown_fields)]
pub struct Column {
    /// What people call it, for example `Signed in at`; the column's name where it is missing.
    pub title: Option<String>,
    /// The category of data, for example `contact`, `content`, `billing`.
    pub category: String,
    /// What it is held for, for example `account`, `service`, `tax`.
    pub purpose: String,
    /// `null`, `fixed`, `default`, `pseudonym` or `truncate`; missing means it stays.
    pub erase: Option<Action>,
    /// The fixed value, with `erase = "fixed"`; what moments are cut to, `day` or `month`, with `erase = "truncate"`.
    pub value: Option<String>,
    /// True where it names a file in the product's store of files.
    pub file: bool,
    /// True where people write freely: searched for the person's identities before and after.
    pub search: bool,
    /// Why a copy for the person does not have it, as the person will read it.
    pub leave_out: Option<String>,
    /// True where the person may have a wrong value corrected.
    pub correct: bool,
    /// True where its values were worked out from others, as for a table.
    pub derived: bool,
    /// When a copy has a sentence in its place: what is about somebody else.
    pub redact: Option<Redact>,
}

impl DataMap {
    /// Reads a map and checks that it holds together by itself; whether it fits the schema is `check`'s.
    ///
    /// # Errors
    /// What is wrong, with table and column.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let map: Self = toml::from_str(text)
            .map_err(|error| vec![Fault::new("", None, format!("the data map cannot be read: {error}"))])?;
        let faults = super::sound::faults(&map);
        if faults.is_empty() { Ok(map) } else { Err(faults) }
    }

    /// Every table whose rows are sealed: its name, the table, and the one that they go to.
    pub fn sealing(&self) -> impl Iterator<Item = (&String, &Table, &String)> {
        let sealing = self.tables.iter().filter(|(_, table)| table.erase == Erase::Seal);
        sealing.filter_map(|(name, table)| Some((name, table, table.seal_into.as_ref()?)))
    }

    /// The table of that name; a map that was read names no other.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }
}

impl Table {
    /// True where none of the person's rows stays in the table.
    #[must_use]
    pub const fn is_left(&self) -> bool {
        matches!(self.erase, Erase::Delete | Erase::Seal)
    }

    /// True where something is done with a column of it.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.columns.values().any(|column| column.erase.is_some())
    }

    /// What people call the rows of this table, which is `name` in the database.
    #[must_use]
    pub fn title(&self, name: &str) -> String {
        self.title.clone().unwrap_or_else(|| spoken(name))
    }

    /// What people call its column `name`.
    #[must_use]
    pub fn column_title(&self, name: &str) -> String {
        self.columns.get(name).and_then(|column| column.title.clone()).unwrap_or_else(|| spoken(name))
    }
}

/// `first_seen_at` as people would write it.
fn spoken(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

impl Keep {
    /// The period as a number of days or months.
    #[must_use]
    pub fn length(&self) -> Option<Period> {
        self.period.parse().ok().filter(|period| !matches!(period, Period::Elapsed(_)))
    }
}
