//! The table of every address against everybody who may ask, read from the file that is checked in. A test asks each of
//! them over HTTP and fails where the answer is another one, and where an address has no row.

use crate::domain::codes::codes;

/// Who asks, in the order of the table's columns.
pub const COLUMNS: [&str; 9] = [
    "Nobody signed in",
    "Password only",
    "Grievance officer",
    "Data protection lead",
    "Agent",
    "Restricted responder",
    "Auditor",
    "Engineer",
    "Administrator",
];

codes! {
    /// What somebody gets who asks.
    Expected {
        Yes "yes" "yes",
        No "no" "refused",
        Hidden "hidden" "no such page",
        Door "door" "has to sign in",
        Second "second" "has to give the second factor",
        Home "home" "is signed in already",
    }
}

/// One address and one way to ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// GET or POST.
    pub method: String,
    /// The address as a pattern.
    pub path: String,
    /// What each of [`COLUMNS`] gets.
    pub expected: [Expected; 9],
}

const TABLE: &str = include_str!("table.txt");

/// Every row; none where the file cannot be read, which a test excludes.
#[must_use]
pub fn table() -> Vec<Row> {
    let lines = TABLE.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(row).collect::<Option<Vec<_>>>().unwrap_or_default()
}

fn row(line: &str) -> Option<Row> {
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let expected: Vec<_> = words.map(Expected::from_code).collect::<Option<_>>()?;
    Some(Row { method, path, expected: expected.try_into().ok()? })
}
