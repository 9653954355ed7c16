//! Steps and numbers of a run in words.

use crate::{
    app::runs::{RunPage, RunStep},
    domain::{
        plan::Action,
        run::{RunKind, RunState},
    },
    ui::shell::thousands,
};

/// The class of a run's state; the word stands beside it.
#[must_use]
pub const fn state_class(state: RunState) -> &'static str {
    match state {
        RunState::Planned | RunState::Approved | RunState::Running | RunState::Packed => "tag is-info",
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

/// What a run does to one person, before the product's name.
#[must_use]
pub const fn does(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Erase => "erase one person from",
        RunKind::Export => "copy one person’s data from",
        RunKind::Correct => "correct one person’s data in",
        RunKind::Restrict => "restrict the use of one person’s data in",
        RunKind::Release => "lift the restriction of one person’s data in",
        RunKind::OptOut => "stop a use of one person’s data in",
        RunKind::OptIn => "allow a use of one person’s data in",
    }
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
        Action::Seal => "seal",
        Action::Copy => "copy",
        Action::Summarise => "summarise",
        Action::LeaveOut => "leave out",
        Action::Redact => "redact",
        Action::Correct => "correct",
    }
}

/// What is done to the rows of a step, and its columns with what becomes of each.
fn parts(step: &RunStep) -> (&str, Vec<(&str, &str)>) {
    let words: Vec<_> = step.does.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let named = words.iter().position(|word| *word == "to").map_or(words.len(), |at| at - 1);
    let does =
        if words.starts_with(&["delete", "linked"]) { "delete linked" } else { words.first().copied().unwrap_or("") };
    let columns = words[named..].chunks_exact(3).map(|of| (of[0], of[2])).collect();
    (does, columns)
}

/// A step as it is being done: "delete", "null `parent_id`".
#[must_use]
pub fn doing(step: &RunStep) -> String {
    said(step, "delete")
}

/// A step as it was done: "deleted", "null `parent_id`, in rows that stay".
#[must_use]
pub fn done(step: &RunStep) -> String {
    said(step, "deleted")
}

fn said(step: &RunStep, delete: &str) -> String {
    let (does, columns) = parts(step);
    let verb_of = |code| Action::from_code(code).map_or("change", verb);
    let columns = columns.iter().map(|(name, code)| format!("{} {name}", verb_of(code))).collect::<Vec<_>>().join(", ");
    match does {
        "delete linked" => format!("{delete}, rows of others"),
        "delete" => delete.to_owned(),
        "seal" if delete == "deleted" => format!("sealed{}", before(&columns)),
        "seal" => format!("seal{}", before(&columns)),
        "copy" if delete == "deleted" => "copied".to_owned(),
        "copy" => "copy".to_owned(),
        "summarise" if delete == "deleted" => "summarised".to_owned(),
        "summarise" => "summarise".to_owned(),
        "unlink" => format!("{columns}, in rows that stay"),
        "detach" => format!("{columns}, rows of others"),
        "loosen" => format!("{columns}, between own rows"),
        _ => columns,
    }
}

/// Rows that were sealed.
#[must_use]
pub fn sealed(run: &RunPage) -> i64 {
    run.steps.iter().filter(|step| parts(step).0 == "seal").map(|step| step.done).sum()
}

fn before(columns: &str) -> String {
    if columns.is_empty() { String::new() } else { format!(", {columns}") }
}

/// Rows that went, rows that were changed and stay, and files that went. Rows that are kept count as kept, also where
/// they were changed; what was only loosened went in a later step, and is counted there.
#[must_use]
pub fn sums(run: &RunPage) -> (i64, i64, i64) {
    let kept = |step: &RunStep| {
        run.plan.tables.iter().any(|line| line.action == Action::Keep && !line.is_on_hold() && line.table == step.table)
    };
    let (mut erased, mut changed) = (0, 0);
    for step in &run.steps {
        match parts(step).0 {
            "delete" | "delete linked" => erased += step.done,
            // what is sealed is counted by itself
            "loosen" | "seal" => {}
            "change" if kept(step) => {}
            _ => changed += step.done,
        }
    }
    let removed: i64 = run.steps.iter().map(|step| step.files).sum();
    (erased, changed, removed.max(run.files.count))
}

/// How far a run came that began and did not finish: "3 of 7 steps were done; 1,200 rows and 12 files are gone, 30 rows are
/// changed." Steps that had nothing to do do not count. None before it began.
#[must_use]
pub fn position(run: &RunPage) -> Option<String> {
    if run.steps.is_empty() || run.kind.is_copy() {
        return None;
    }
    let all: Vec<_> = run.steps.iter().filter(|step| step.found > 0 || step.done > 0).collect();
    let ended = all.iter().filter(|step| step.ended).count();
    let (mut erased, mut changed) = (0, 0);
    for step in &all {
        match parts(step).0 {
            "delete" | "delete linked" => erased += step.done,
            "loosen" => {}
            _ => changed += step.done,
        }
    }
    let removed: i64 = all.iter().map(|step| step.files).sum();
    let with_files = if removed > 0 { format!(" and {}", files(removed)) } else { String::new() };
    let gone = (erased > 0 || removed > 0).then(|| format!("{}{with_files} are gone", rows(erased)));
    let differ = (changed > 0).then(|| format!("{} changed", rows(changed)));
    let did: Vec<_> = gone.into_iter().chain(differ).collect();
    let did = if did.is_empty() { "nothing is gone or changed".to_owned() } else { did.join(", ") };
    Some(format!("{ended} of {} steps were done: {did}.", all.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_read_as_what_was_done() {
        let said = |does: &str| {
            let does = does.replace('=', " to ");
            done(&RunStep { table: "t".into(), does, found: 1, done: 1, files: 0, ended: true })
        };
        assert_eq!(said("delete"), "deleted");
        assert_eq!(said("seal"), "sealed");
        assert_eq!(said("seal email=pseudonym"), "sealed, keyed pseudonym in email");
        assert_eq!(said("delete linked"), "deleted, rows of others");
        assert_eq!(said("unlink parent_id=null"), "null parent_id, in rows that stay");
        assert_eq!(said("loosen parent_id=null"), "null parent_id, between own rows");
        assert_eq!(said("change ip=truncate, user_id=null"), "truncate ip, null user_id");
    }
}
