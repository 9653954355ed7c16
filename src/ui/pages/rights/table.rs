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
    /// What is there, in words.
    pub says: String,
    /// The heading that it stands under: the last line of comment above it.
    pub under: String,
}

const TABLE: &str = include_str!("table.txt");

/// Every row; none where the file cannot be read, which a test excludes.
#[must_use]
pub fn table() -> Vec<Row> {
    let mut heading = "";
    let mut rows = Vec::new();
    for line in TABLE.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(says) = line.strip_prefix('#') {
            heading = says.trim();
        } else {
            let Some(row) = row(line, heading) else { return Vec::new() };
            rows.push(row);
        }
    }
    rows
}

fn row(line: &str, under: &str) -> Option<Row> {
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let expected: Vec<_> = words.by_ref().take(COLUMNS.len()).map(Expected::from_code).collect::<Option<_>>()?;
    let says = words.collect::<Vec<_>>().join(" ");
    Some(Row { method, path, expected: expected.try_into().ok()?, says, under: under.to_owned() })
}
