//! Names of entries that lead nowhere and fit every system.

use std::collections::BTreeSet;

/// A file's name that every system takes, and no other table has.
pub fn stem(name: &str, taken: &mut BTreeSet<String>) -> String {
    /// What Windows keeps for itself.
    const KEPT: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let mut stem: String = name.chars().map(safe).take(60).collect();
    let word = stem.to_ascii_lowercase();
    if stem.is_empty() || KEPT.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())) {
        stem = format!("table-{stem}");
    }
    let first = stem.clone();
    let mut n = 1;
    // some systems tell no case apart
    while !taken.insert(stem.to_ascii_lowercase()) {
        n += 1;
        stem = format!("{first}-{n}");
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_no_table_names_an_entry_that_leads_anywhere() {
        let mut taken = BTreeSet::new();
        for (name, expected) in [
            ("images", "images"),
            ("Images", "Images-2"),
            ("../../etc/passwd", "------etc-passwd"),
            ("a b", "a-b"),
            ("a/b", "a-b-2"),
            ("con", "table-con"),
            ("LPT1", "table-LPT1"),
            ("", "table-"),
            ("Größe", "Gr--e"),
        ] {
            assert_eq!(stem(name, &mut taken), expected, "{name:?}");
        }
    }
}
