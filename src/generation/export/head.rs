//! The beginning of the page that a person reads: what the law wants told, what the package is limited to, which parts it
//! has, what is in it. Works offline, without scripts, and refers to nothing outside the package.

use super::{
    About,
    layout::{ColumnCopy, TableCopy},
    limits::Limits,
    page::written,
    summary::{self, KindOfData},
    told::Told,
    volume::Holds,
    words::{self, Opening, Words, fill},
};
use crate::{domain::copy::CopyForm, generation::Extent};
use askama::Template;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What goes around that which waited.
pub struct Ending {
    pub about: About,
    /// What the system is called, and the map's version.
    pub map: (String, String),
    pub form: CopyForm,
    pub extent: Extent,
    pub limits: Limits,
    pub told: Told,
}

/// What archive number `part` of `of` is called, counted from 1; the one that a password opens where `locked`.
#[must_use]
pub fn archive_name(part: usize, of: usize, locked: bool) -> String {
    let number = if of > 1 { format!("-part-{part}-of-{of}") } else { String::new() };
    format!("your-data{number}{}.zip", if locked { "-with-password" } else { "" })
}

/// The same without a password.
pub(super) fn name_of(part: usize, of: usize) -> String {
    archive_name(part, of, false)
}

/// One archive in the list of all.
struct PartLine {
    name: String,
    holds: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "package_head.html")]
struct Head<'t> {
    w: &'static Words,
    opening: &'static Opening,
    about: &'t About,
    form: CopyForm,
    lead: String,
    /// The case, and the run where there is one.
    reference: String,
    nobody: String,
    schema: String,
    part: Option<String>,
    parts: Vec<PartLine>,
    limits: Vec<String>,
    purposes: Vec<(String, String)>,
    categories: Vec<(String, String)>,
    retention: Vec<String>,
    kinds: Vec<KindOfData>,
    contents: Vec<(Arc<TableCopy>, String)>,
    nothing: Option<String>,
    files: Option<String>,
    missing: Option<String>,
}

impl Head<'_> {
    /// True where what the pack says stands on a page in another language.
    fn is_foreign(&self) -> bool {
        self.w.code != "en"
    }
}

/// The page of the `n`-th archive, counted from 0, before its tables.
pub fn head(ending: &Ending, all: &[Holds], n: usize) -> String {
    let Ending { about, map: (system, _), form, limits, told, .. } = ending;
    let (w, here, is_summary) = (words::of(about.language), &all[n], !form.has_rows());
    let (purposes, categories) = uses(told);
    let kept = told.tables.iter().chain(&told.left_out).filter(|(_, rows)| *rows > 0).filter_map(|(table, _)| {
        let (reason, period) = table.kept.as_ref()?;
        Some(fill(w.kept_for, &[("title", &table.title), ("period", &w.period(period)), ("reason", reason)]))
    });
    let made = fill(w.made, &[("product", &about.product), ("date", &about.made)]);
    let opening = w.opening(*form);
    let run = (!about.run.is_empty()).then(|| fill(w.run, &[("run", &about.run)]));
    let reference = [Some(fill(w.reference, &[("reference", &about.reference)])), run];
    let nothing = told.tables.iter().filter(|(_, rows)| *rows == 0).map(|(table, _)| table.title.as_str());
    let nothing: Vec<_> = nothing.collect();
    let number = |n: usize| w.grouped(i64::try_from(n).unwrap_or(i64::MAX));
    let counted = if is_summary { told.files.count.count } else { here.files.count };
    let filled = |text: &str, count: i64| (count > 0).then(|| fill(text, &[("count", &w.grouped(count))]));
    written(Head {
        w,
        opening,
        about,
        form: *form,
        reference: reference.into_iter().flatten().collect::<Vec<_>>().join(", "),
        nobody: fill(w.nobody, &[("product", &about.product)]),
        schema: fill(w.schema, &[("address", &about.schema)]),
        lead: format!("{made} {}", fill(opening.lead, &[("system", system)])),
        part: (all.len() > 1).then(|| fill(w.part_of, &[("n", &number(n + 1)), ("of", &number(all.len()))])),
        parts: if all.len() > 1 { parts(all, n, w) } else { Vec::new() },
        limits: limits.lines(w),
        purposes,
        // a summary tells them one by one
        categories: if is_summary { Vec::new() } else { categories },
        retention: about.retention.iter().cloned().chain(kept).collect(),
        kinds: if is_summary { summary::kinds(told, &about.recipients, w, about.language) } else { Vec::new() },
        contents: here.tables.iter().map(|(table, rows)| (table.clone(), w.grouped(*rows))).collect(),
        nothing: (!nothing.is_empty()).then(|| fill(w.nothing, &[("list", &nothing.join(", "))])),
        files: filled(if is_summary { w.files_held } else { w.files }, counted),
        missing: filled(w.missing, here.missing),
    })
}

/// Words with the tables they are said of.
type Listed = Vec<(String, String)>;

/// What the tables with rows are used for, and which kinds of data they are.
fn uses(told: &Told) -> (Listed, Listed) {
    let (mut purposes, mut categories) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeMap::<_, BTreeSet<_>>::new());
    for (table, _) in told.tables.iter().chain(&told.left_out).filter(|(_, rows)| *rows > 0) {
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
    (listed(purposes), listed(categories))
}

fn parts(all: &[Holds], this: usize, w: &Words) -> Vec<PartLine> {
    let lines = all.iter().enumerate().map(|(n, holds)| {
        let tables = holds.tables.iter().map(|(table, rows)| format!("{} ({})", table.title, w.grouped(*rows)));
        let files = (holds.files.count > 0).then(|| fill(w.files_held, &[("count", &w.grouped(holds.files.count))]));
        let tables = tables.collect::<Vec<_>>().join(", ");
        let holds = [Some(tables).filter(|is| !is.is_empty()), files].into_iter().flatten().collect::<Vec<_>>();
        PartLine { name: name_of(n + 1, all.len()), holds: holds.join("; "), is_this: n == this }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_have_numbers_where_there_are_several() {
        for (part, of, locked, expected) in [
            (1, 1, false, "your-data.zip"),
            (1, 1, true, "your-data-with-password.zip"),
            (2, 5, false, "your-data-part-2-of-5.zip"),
            (2, 5, true, "your-data-part-2-of-5-with-password.zip"),
        ] {
            assert_eq!(archive_name(part, of, locked), expected);
        }
    }
}
