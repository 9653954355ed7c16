//! A summary: how many rows and files there are, since when and until when, of which kinds. No row and no file of the
//! person is read but to be counted (DPDP Act s. 11(1)(a)).

use super::{CopyOrder, Watch, layout::Layout, told::Told, words::Words};
use crate::{
    domain::language::Language,
    generation::{
        Error, Source,
        alike::as_text,
        engine::{Conn, Statement},
    },
};
use chrono::{DateTime, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

impl Source {
    /// Counts what a full copy would hold.
    pub(super) async fn summed_up(
        &self,
        conn: &mut Conn,
        layout: &Layout,
        order: &CopyOrder,
        watch: &Watch,
    ) -> Result<Told, Error> {
        let values = layout.values(&order.subjects);
        let mut told = Told::new(self.engine.dialect());
        for table in &layout.tables {
            watch.go_on()?;
            watch.begin_table(&table.name);
            let (rows, span) = counted(conn, Statement::new(table.span.clone(), &values)).await?;
            watch.rows_done(rows);
            if table.why_not.is_some() {
                told.left_out.extend((rows > 0).then(|| (table.clone(), rows)));
                continue;
            }
            told.spans.insert(table.name.clone(), span);
            told.tables.push((table.clone(), rows));
        }
        if let Some(names) = &layout.files {
            let count = as_text("count(*)", self.engine.dialect());
            let text = format!("SELECT {count} FROM ({names}) f");
            told.files.count.count = conn.count(Statement::new(text, &values)).await?;
        }
        Ok(told)
    }
}

async fn counted(conn: &mut Conn, statement: Statement) -> Result<(i64, [Option<String>; 2]), Error> {
    let row = conn.rows(statement).await?.into_iter().next().unwrap_or_default();
    let mut cells = row.into_iter();
    let count = cells.next().flatten().and_then(|text| text.parse().ok());
    let count = count.ok_or(Error::Answer("a number was expected"))?;
    Ok((count, [cells.next().flatten(), cells.next().flatten()]))
}

/// One table in a kind of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub title: String,
    pub fields: String,
    pub rows: String,
    pub since: String,
    pub until: String,
    pub purposes: String,
}

/// A kind of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindOfData {
    pub category: String,
    pub lines: Vec<Line>,
    pub shared_with: String,
}

/// What is held, by kind of data: the kinds in order of their names, what has none at the end.
pub fn kinds(told: &Told, recipients: &[super::Receiver], words: &Words, language: Language) -> Vec<KindOfData> {
    let mut kinds = BTreeMap::<(bool, &str), Vec<Line>>::new();
    for (table, rows) in told.tables.iter().filter(|(_, rows)| *rows > 0) {
        let shown = table.columns.iter().map(|c| (c.category.as_str(), c.title.as_str(), c.purpose.as_str()));
        let out = table.left_out.iter().map(|c| (c.category.as_str(), c.title(words), c.purpose.as_str()));
        let has_categories = table.columns.iter().any(|column| !column.category.is_empty());
        let mut by_category = BTreeMap::<&str, (Vec<&str>, BTreeSet<&str>)>::new();
        // a key says nothing of its own where the rest says what it is
        for (category, title, purpose) in shown.chain(out).filter(|(is, ..)| !is.is_empty() || !has_categories) {
            let (titles, purposes) = by_category.entry(category).or_default();
            titles.push(title);
            purposes.extend((!purpose.is_empty()).then_some(purpose));
        }
        let [since, until] = told.spans.get(&table.name).cloned().unwrap_or_default();
        let day = |at: Option<String>| at.as_deref().and_then(day_of).map(|day| language.day(day));
        let (since, until) = (day(since), day(until));
        for (category, (titles, purposes)) in by_category {
            kinds.entry((category.is_empty(), category)).or_default().push(Line {
                title: table.title.clone(),
                fields: titles.join(", "),
                rows: words.grouped(*rows),
                since: since.clone().unwrap_or_else(|| words.unknown.to_owned()),
                until: until.clone().unwrap_or_else(|| words.unknown.to_owned()),
                purposes: purposes.into_iter().collect::<Vec<_>>().join(", "),
            });
        }
    }
    let shared_with = |category: &str| {
        let gets = |receiver: &&super::Receiver| {
            let within =
                |of: &String| category.strip_prefix(of.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('.'));
            receiver.categories.is_empty() || receiver.categories.iter().any(within)
        };
        recipients.iter().filter(gets).map(|receiver| receiver.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let named = |(none, category): (bool, &str)| if none { words.other.to_owned() } else { category.to_owned() };
    kinds
        .into_iter()
        .map(|(of, lines)| KindOfData { category: named(of), shared_with: shared_with(of.1), lines })
        .collect()
}

/// The day in what a database writes for a moment: `2026-01-02 03:04:05`, or seconds or milliseconds since 1970.
fn day_of(text: &str) -> Option<NaiveDate> {
    if let Some(day) = text.get(..10).and_then(|day| day.parse().ok()) {
        return Some(day);
    }
    let number: i64 = text.parse().ok()?;
    let seconds = match number {
        100_000_000..100_000_000_000 => number,
        100_000_000_000..100_000_000_000_000 => number / 1_000,
        _ => return None,
    };
    Some(DateTime::from_timestamp(seconds, 0)?.date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_found_in_whatever_a_database_writes() {
        for (text, expected) in [
            ("2026-01-02 03:04:05", Some("2026-01-02")),
            ("2026-01-02", Some("2026-01-02")),
            ("2026-01-02T03:04:05Z", Some("2026-01-02")),
            ("1767225600", Some("2026-01-01")),
            ("1767225600123", Some("2026-01-01")),
            ("17", None),
            ("yesterday", None),
            ("हिन्दी में", None),
            ("", None),
        ] {
            assert_eq!(day_of(text).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
    }
}
