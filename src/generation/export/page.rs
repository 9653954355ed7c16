//! The page that a person reads: first what the law wants told, then what there is, in words and with the first rows.
//! Works offline, without scripts, and refers to nothing outside the package.

use super::{
    About,
    files::FilesDone,
    layout::{ColumnCopy, TableCopy},
    table::SHOWN_ROWS,
    write::Told,
};
use askama::Template;
use std::collections::{BTreeMap, BTreeSet};

/// The page before its tables.
pub fn head(about: &About, system: &str, told: &Told<'_>) -> String {
    let with_rows = || told.tables.iter().chain(&told.left_out).filter(|(_, rows)| *rows > 0);
    let (mut purposes, mut categories) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeMap::<_, BTreeSet<_>>::new());
    for (table, _) in with_rows() {
        for ColumnCopy { category, purpose, .. } in &table.columns {
            if !purpose.is_empty() {
                purposes.entry(purpose.as_str()).or_default().insert(table.title.as_str());
            }
            if !category.is_empty() {
                categories.entry(category.as_str()).or_default().insert(table.title.as_str());
            }
        }
    }
    let listed = |map: BTreeMap<&str, BTreeSet<&str>>| {
        map.into_iter()
            .map(|(word, titles)| (word.to_owned(), titles.into_iter().collect::<Vec<_>>().join(", ")))
            .collect()
    };
    let kept = with_rows().filter_map(|(table, _)| {
        let (reason, period) = table.kept.as_ref()?;
        Some(format!("{}: {}, {reason}", table.title, in_words(period)))
    });
    let retention = about.retention.iter().cloned().chain(kept).collect();
    let contents = told.tables.iter().filter(|(_, rows)| *rows > 0);
    let nothing = told.tables.iter().filter(|(_, rows)| *rows == 0);
    written(Head {
        about,
        system,
        purposes: listed(purposes),
        categories: listed(categories),
        retention,
        contents: contents.map(|(table, rows)| (*table, grouped(*rows))).collect(),
        nothing: nothing.map(|(table, _)| table.title.clone()).collect(),
        files: (told.files.count.count > 0).then(|| grouped(told.files.count.count)),
        missing: (told.files.missing > 0).then(|| grouped(told.files.missing)),
    })
}

/// One table with its first rows.
pub fn table(table: &TableCopy, rows: i64, shown: &[Vec<Option<String>>]) -> String {
    let more = rows - i64::try_from(shown.len()).unwrap_or(rows);
    debug_assert!(shown.len() <= SHOWN_ROWS, "the page shows the first rows only");
    written(Section { table, rows: grouped(rows), shown, more: (more > 0).then(|| grouped(more)) })
}

/// The page after its tables.
pub fn foot<'t>(told: &'t Told<'t>) -> String {
    let FilesDone { pictures, all_pictures, .. } = &told.files;
    let more = all_pictures - pictures.len();
    let tables = || told.tables.iter().filter(|(_, rows)| *rows > 0).map(|(table, _)| *table);
    written(Foot {
        pictures,
        more: (more > 0).then(|| grouped(i64::try_from(more).unwrap_or(i64::MAX))),
        left_out: told.left_out.iter().map(|(table, rows)| (*table, grouped(*rows))).collect(),
        partly: tables()
            .map(|table| (table, told.redacted(table).collect::<Vec<_>>()))
            .filter(|(table, redacted)| !table.left_out.is_empty() || !redacted.is_empty())
            .collect(),
    })
}

#[derive(Template)]
#[template(path = "package_head.html")]
struct Head<'t> {
    about: &'t About,
    system: &'t str,
    purposes: Vec<(String, String)>,
    categories: Vec<(String, String)>,
    retention: Vec<String>,
    contents: Vec<(&'t TableCopy, String)>,
    nothing: Vec<String>,
    files: Option<String>,
    missing: Option<String>,
}

#[derive(Template)]
#[template(path = "package_table.html")]
struct Section<'t> {
    table: &'t TableCopy,
    rows: String,
    shown: &'t [Vec<Option<String>>],
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "package_foot.html")]
struct Foot<'t> {
    pictures: &'t [String],
    more: Option<String>,
    left_out: Vec<(&'t TableCopy, String)>,
    partly: Vec<(&'t TableCopy, Vec<&'t ColumnCopy>)>,
}

/// Writing to memory does not fail, and these templates ask for nothing else that might.
fn written(template: impl Template) -> String {
    template.render().unwrap_or_default()
}

/// 12,345.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut parts: Vec<_> = digits.as_bytes()[first..].chunks(3).map(String::from_utf8_lossy).collect();
    if first > 0 {
        parts.insert(0, String::from_utf8_lossy(&digits.as_bytes()[..first]));
    }
    parts.join(",")
}

/// "8 years" for `P8Y`.
fn in_words(period: &str) -> String {
    let unit = match period.chars().last() {
        Some('Y') => "year",
        Some('M') => "month",
        Some('W') => "week",
        Some('D') => "day",
        _ => return period.to_owned(),
    };
    let count = period.trim_start_matches('P').trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return period.to_owned();
    }
    format!("{count} {unit}{}", if count == "1" { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_periods_in_words() {
        for (number, expected) in [(0, "0"), (12, "12"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), expected);
        }
        for (period, expected) in [("P8Y", "8 years"), ("P1M", "1 month"), ("P30D", "30 days"), ("P1Y6M", "P1Y6M")] {
            assert_eq!(in_words(period), expected);
        }
    }
}
