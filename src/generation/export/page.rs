//! The rest of the page that a person reads: each table with its first rows, the pictures, what was left out and why.

use super::{
    head::Ending,
    layout::{ColumnCopy, TableCopy},
    volume::Holds,
    words::{self, Words, fill},
};
use crate::domain::copy::CopyForm;
use askama::Template;

/// One table with its first rows; `in_part` where other archives have more of them.
pub fn section(
    w: &'static Words,
    form: CopyForm,
    table: &TableCopy,
    rows: i64,
    shown: &[Vec<Option<String>>],
    in_part: bool,
) -> String {
    let all_shown = i64::try_from(shown.len()).unwrap_or(rows);
    let more = rows - all_shown;
    let text = match (in_part, more > 0) {
        (true, _) => w.count_part,
        (false, true) => w.count_shown,
        (false, false) => w.count,
    };
    let caption = fill(text, &[("count", &w.grouped(rows)), ("shown", &w.grouped(all_shown))]);
    let more = (more > 0).then(|| fill(w.more, &[("count", &w.grouped(more))]));
    written(Section { table, caption, shown, more, with_csv: form == CopyForm::Full })
}

/// The page after its tables.
pub fn foot(ending: &Ending, here: &Holds) -> String {
    let (w, told) = (words::of(ending.about.language), &ending.told);
    let more = i64::try_from(here.all_pictures - here.pictures.len()).unwrap_or(i64::MAX);
    let tables = || told.tables.iter().filter(|(_, rows)| *rows > 0).map(|(table, _)| table.as_ref());
    let out = told.left_out.iter().map(|(table, rows)| {
        let title = fill(w.left_out_rows, &[("title", &table.title), ("count", &w.grouped(*rows))]);
        (title, table.why_not(w))
    });
    let pictures = (1_usize..).zip(&here.pictures);
    let pictures = pictures.map(|(n, path)| (path.as_str(), fill(w.picture, &[("n", &n.to_string())])));
    written(Foot {
        w,
        pictures: pictures.collect(),
        more: (more > 0).then(|| fill(w.more_pictures, &[("count", &w.grouped(more))])),
        left_out: out.collect(),
        partly: tables()
            .map(|table| (table, told.redacted(table).collect::<Vec<_>>()))
            .filter(|(table, redacted)| !table.left_out.is_empty() || !redacted.is_empty())
            .collect(),
    })
}

#[derive(Template)]
#[template(path = "package_table.html")]
struct Section<'t> {
    table: &'t TableCopy,
    caption: String,
    shown: &'t [Vec<Option<String>>],
    more: Option<String>,
    with_csv: bool,
}

#[derive(Template)]
#[template(path = "package_foot.html")]
struct Foot<'t> {
    w: &'static Words,
    /// The place of each, and what it is called.
    pictures: Vec<(&'t str, String)>,
    more: Option<String>,
    left_out: Vec<(String, String)>,
    partly: Vec<(&'t TableCopy, Vec<&'t ColumnCopy>)>,
}

/// Writing to memory does not fail, and these templates ask for nothing else that might.
pub(super) fn written(template: impl Template) -> String {
    template.render().unwrap_or_default()
}
