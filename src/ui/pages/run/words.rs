//! Steps and numbers of a run in words.

use crate::{
    app::runs::{RunPage, RunStep},
    domain::{plan::Action, run::RunState},
    ui::shell::thousands,
};

/// The class of a run's state; the word stands beside it.
#[must_use]
pub const fn state_class(state: RunState) -> &'static str {
    match state {
        RunState::Planned | RunState::Approved | RunState::Running => "tag is-info",
        RunState::Stopped => "tag is-over",
        RunState::Finished => "tag is-ok is-met",
        RunState::SentBack | RunState::Expired | RunState::Cancelled => "tag is-paused",
    }
}

/// "1 row", "5,711 rows".
#[must_use]
pub fn rows(n: i64) -> String {
    format!("{} {}", thousands(n), if n == 1 { "row" } else { "rows" })
}

/// "1 file", "2,412 files".
#[must_use]
pub fn files(n: i64) -> String {
    format!("{} {}", thousands(n), if n == 1 { "file" } else { "files" })
}

/// "9f2c 41d7 0b6e".
#[must_use]
pub fn in_groups(text: &str) -> String {
    text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}

/// What is done to a column, before its name.
#[must_use]
pub const fn verb(action: Action) -> &'static str {
    match action {
        Action::Delete => "delete",
        Action::Null => "null",
        Action::Fixed => "fixed value in",
        Action::Default => "default in",
        Action::Pseudonym => "keyed pseudonym in",
        Action::Truncate => "truncate",
        Action::Keep => "keep",
    }
}

/// What is done to the rows of a step, and to which columns: `delete`, or `change` and `email to null`.
fn parts(step: &RunStep) -> (&str, &str) {
    let does = step.does.as_str();
    ["delete linked", "delete"]
        .iter()
        .find_map(|start| does.strip_prefix(start).map(|rest| (*start, rest.trim())))
        .unwrap_or_else(|| does.split_once(' ').unwrap_or((does, "")))
}

/// A step as it is being done: "delete", "cut the link parent_id".
#[must_use]
pub fn doing(step: &RunStep) -> String {
    said(step, "delete", "cut the link", "change", "delete, rows of others")
}

/// A step as it was done: "deleted", "link cut, parent_id".
#[must_use]
pub fn done(step: &RunStep) -> String {
    said(step, "deleted", "link cut", "changed", "deleted, rows of others")
}

fn said(step: &RunStep, delete: &str, cut: &str, change: &str, linked: &str) -> String {
    let (does, columns) = parts(step);
    let columns = match does {
        _ if columns.is_empty() => String::new(),
        // a link that is cut is null by that
        "unlink" | "detach" | "loosen" => format!(": {}", columns.replace(" to null", "")),
        _ => format!(": {columns}"),
    };
    match does {
        "delete linked" => linked.to_owned(),
        "delete" => delete.to_owned(),
        "unlink" | "detach" => format!("{cut}, rows of others{columns}"),
        "loosen" => format!("{cut} between own rows{columns}"),
        _ => format!("{change}{columns}"),
    }
}

/// Rows that went, rows that were changed and stay, and files that went.
#[must_use]
pub fn sums(run: &RunPage) -> (i64, i64, i64) {
    let rows = |is: fn(&str) -> bool| run.steps.iter().filter(|step| is(parts(step).0)).map(|step| step.done).sum();
    let removed: i64 = run.steps.iter().map(|step| step.files).sum();
    // what is loosened goes in a later step, and is counted there
    (
        rows(|does| does.starts_with("delete")),
        rows(|does| !does.starts_with("delete") && does != "loosen"),
        removed.max(run.files.count),
    )
}
