//! The list of promises is kept: every number in SECURITY.md names tests, and every test that it names is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Names of tests that begin with a number, by the number: `s19` and what it is called.
fn tests() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut folders = vec![root.join("src"), root.join("end2end")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("it lists").flatten().map(|entry| entry.path()) {
            if entry.is_dir() {
                folders.extend((!entry.ends_with("node_modules")).then_some(entry));
                continue;
            }
            let is_rust = entry.extension().is_some_and(|ending| ending == "rs");
            if !is_rust && !entry.to_string_lossy().ends_with(".test.mjs") {
                continue;
            }
            let text = fs::read_to_string(&entry).expect("a source file reads");
            let starts = if is_rust { &["fn "][..] } else { &["test(\"", "test(`"][..] };
            for start in starts {
                for rest in text.split(start).skip(1) {
                    let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                    let number = name.split('_').next().unwrap_or_default().to_owned();
                    let is_number =
                        number.len() == 3 && number.starts_with('s') && number[1..].bytes().all(|b| b.is_ascii_digit());
                    if is_number {
                        found.entry(number).or_default().insert(name);
                    }
                }
            }
        }
    }
    found
}

/// The lines of the table in SECURITY.md: the number, and the names that stand behind it.
fn promised() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md")).expect("it reads");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| S")?.split_once(" | "));
    rows.map(|(number, rest)| {
        let names = rest.split('`').skip(1).step_by(2).filter(|name| name.starts_with('s')).map(str::to_owned);
        (format!("s{number:0>2}"), names.collect())
    })
    .collect()
}

/// Signing in elsewhere is not there yet.
const LATER: [&str; 1] = ["s13"];

#[test]
fn every_promise_has_its_tests_and_every_test_its_promise() {
    let (tests, promised) = (tests(), promised());
    for number in (1..=40).map(|number| format!("s{number:02}")).filter(|number| !LATER.contains(&number.as_str())) {
        assert!(promised.contains_key(&number), "SECURITY.md says nothing of {number}");
    }
    for (number, names) in &promised {
        let there = tests.get(number).cloned().unwrap_or_default();
        assert!(!there.is_empty(), "no test is called {number}_…");
        assert!(!names.is_empty(), "SECURITY.md names no test for {number}");
        for name in names {
            assert!(there.contains(name), "SECURITY.md names {name}, which is nowhere");
        }
    }
    for number in tests.keys().filter(|number| !LATER.contains(&number.as_str())) {
        assert!(promised.contains_key(number), "tests are called {number}_… and SECURITY.md does not say why");
    }
}

/// Where text that is no literal may become SQL.
const MADE_SQL: [&str; 2] = ["src/store/engine/sql.rs", "src/generation/engine/"];

#[test]
fn s37_sql_is_made_of_text_in_two_places_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut seen) = (vec![root.join("src")], 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("it lists").flatten().map(|entry| entry.path()) {
            let name = entry.strip_prefix(root).expect("it lies within").to_string_lossy().into_owned();
            // tests and measurements build worlds of their own
            if name.starts_with("src/testing") || name.starts_with("src/bin") || name.starts_with("src/cli/demo") {
                continue;
            }
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let text = fs::read_to_string(&entry).unwrap_or_default();
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            if text.contains("AssertSqlSafe(") {
                seen += 1;
                assert!(MADE_SQL.iter().any(|place| name.starts_with(place)), "{name} makes SQL of text");
            }
            let raw = text.matches("sqlx::raw_sql(").count();
            assert!(
                raw == 0
                    || name.starts_with("src/store/engine")
                    || name.starts_with("src/store/migrate")
                    || name.starts_with("src/generation/engine"),
                "{name} runs text as it is"
            );
        }
    }
    assert!(seen >= 2, "the places were found");
}

#[test]
fn the_readme_says_where_the_list_is() {
    let readme = include_str!("../../../../README.md");
    assert!(readme.contains("(SECURITY.md)"));
}
