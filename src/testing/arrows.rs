//! The arrows between rooms run down only: every `crate::room` in the source is read, and one that runs otherwise
//! fails this test with file and line.

use std::{fs, path::Path};

/// Which rooms a room may name. A room may always name itself.
const MAY: &[(&str, &[&str])] = &[
    ("cli", &["web", "jobs", "app", "domain", "config", "mail", "store", "generation", "bucket"]),
    ("web", &["ui", "app", "domain", "store"]),
    ("ui", &["app", "domain"]),
    ("jobs", &["app", "store", "domain"]),
    ("app", &["generation", "mail", "store", "domain"]),
    ("generation", &["bucket", "domain"]),
    ("mail", &["domain"]),
    ("store", &["bucket", "domain"]),
    ("domain", &[]),
    ("bucket", &["config"]),
    ("config", &[]),
];

#[test]
fn arrows_run_down_only() {
    let mut wrong = Vec::new();
    walk(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").as_path(), &mut wrong);
    assert!(wrong.is_empty(), "arrows that run otherwise:\n{}", wrong.join("\n"));
}

fn walk(folder: &Path, wrong: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the folder lists").flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, wrong);
        } else if path.extension().is_some_and(|e| e == "rs") {
            read(&path, wrong);
        }
    }
}

fn read(path: &Path, wrong: &mut Vec<String>) {
    let inside = path.to_string_lossy().split("/src/").last().unwrap_or_default().to_owned();
    let room = inside.split('/').next().unwrap_or_default().trim_end_matches(".rs");
    let Some((_, allowed)) = MAY.iter().find(|(name, _)| *name == room) else { return };
    let text = fs::read_to_string(path).expect("a source file reads");
    // tests may reach for the builders in `testing`
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    for (line, named) in rooms_named(text) {
        let known = MAY.iter().any(|(name, _)| *name == named);
        if known && named != room && !allowed.contains(&named.as_str()) {
            wrong.push(format!("src/{inside}:{line}: {room} -> {named}"));
        }
    }
}

/// Every room that a `crate::` path names, with its line; grouped imports too.
fn rooms_named(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => first_level(group),
            None => vec![(0, word(rest))],
        };
        for (offset, name) in names {
            let line = text[..at + offset].lines().count().max(1);
            found.push((line, name));
        }
    }
    found
}

/// The first words of the entries of a group, up to its closing brace.
fn first_level(group: &str) -> Vec<(usize, String)> {
    let (mut depth, mut fresh, mut names) = (0, true, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && depth == 0 && c.is_alphabetic() => {
                names.push((at, word(&group[at..])));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn grouped_and_plain_imports_are_both_seen() {
    let names: Vec<_> = rooms_named("use crate::{\n app::{App, x},\n store,\n};\nuse crate::mail::parse;")
        .into_iter()
        .map(|(_, n)| n)
        .collect();
    assert_eq!(names, ["app", "store", "mail"]);
}
