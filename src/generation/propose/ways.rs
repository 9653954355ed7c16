//! The ways between tables: foreign keys, and columns that name another table's key without one. And the table with one
//! row a person, which most ways lead to.

use super::words::{any_of, singular, stems, words};
use crate::generation::schema::{Schema, TableSchema, Type};

/// Words for whoever a row belongs to.
pub const OWNERS: &[&str] =
    &["user", "owner", "author", "creator", "account", "customer", "member", "person", "client", "uid", "subscriber"];

/// Columns of one table that hold the key of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub from: String,
    pub to: String,
    /// Here and there.
    pub on: Vec<(String, String)>,
    /// True where one of the columns may be null and none is part of the key.
    pub may_be_null: bool,
    /// True for a foreign key.
    pub is_sure: bool,
}

impl Way {
    /// Why it is believed.
    pub fn why(&self) -> String {
        let here: Vec<_> = self.on.iter().map(|(here, _)| here.as_str()).collect();
        if self.is_sure {
            format!("foreign key {}", here.join(", "))
        } else {
            format!("decide: {} is named like a key of {}, but no foreign key says so", here.join(", "), self.to)
        }
    }

    /// True where its column is named like whom a row belongs to.
    pub fn owns(&self, subject: &str) -> bool {
        let subject = stems(subject);
        self.on.iter().any(|(here, _)| {
            let named = stems(here);
            let last = subject.last().cloned().unwrap_or_default();
            (any_of(&named, OWNERS).is_some() || named.contains(&last)) && !named.contains(&"by".to_owned())
                || any_of(&named, &["created by", "owned by"]).is_some()
        })
    }
}

/// The columns of the table's key, in their order; empty where it has none.
pub fn key(live: &TableSchema) -> Vec<String> {
    let certain = live.unique.iter().find(|key| {
        let is_fit =
            |column: &String| live.columns.get(column).is_some_and(|is| !is.nullable && is.kind != Type::Bytes);
        !key.is_empty() && key.iter().all(is_fit)
    });
    let Some(key) = certain else { return Vec::new() };
    let ordered = live.indexes.iter().find(|index| index.len() == key.len() && index.iter().all(|c| key.contains(c)));
    ordered.cloned().unwrap_or_else(|| key.iter().cloned().collect())
}

/// The table with one row a person, and why.
pub fn subject(schema: &Schema) -> Option<(String, String)> {
    const NAMES: [&[&str]; 3] =
        [&["user"], &["account", "customer", "member", "person", "client", "subscriber"], &["profile", "contact"]];
    let candidates = schema.tables.iter().filter(|(_, live)| !key(live).is_empty());
    let scored = candidates.map(|(name, live)| {
        let stems = stems(name);
        // the last word says what its rows are: `app_users`, but not `user_devices`
        let last = stems.last().map(String::as_str).unwrap_or_default();
        let named = NAMES.iter().position(|known| known.contains(&last));
        let referring = schema.tables.iter().filter(|(other, live)| {
            *other != name
                && (live.references.iter().any(|r| r.to == *name)
                    || live.columns.keys().any(|c| is_named_like(c, &stems)))
        });
        let referring = referring.count();
        let has_mail = live.columns.keys().any(|column| any_of(&self::stems(column), &["email", "mail"]).is_some());
        let by_name = named.map_or(0, |rank| 40 - 10 * rank);
        let score = by_name + 2 * referring.min(15) + if has_mail { 15 } else { 0 };
        // `users` before `archived_users`
        let score = (2 * score).saturating_sub(stems.len());
        let name_says = if named.is_some() { "named like people" } else { "decide: not named like people" };
        let mail = if has_mail { ", with a mail address" } else { "" };
        let refer = if referring == 1 { "1 table refers".to_owned() } else { format!("{referring} tables refer") };
        (score, name.clone(), format!("{name_says}{mail}; {refer} to it"))
    });
    let best = scored.max_by(|a, b| (a.0, &b.1).cmp(&(b.0, &a.1)));
    best.filter(|(score, ..)| *score >= 29).map(|(_, name, why)| (name, why))
}

/// `user_id` and `userId` for `users`.
fn is_named_like(column: &str, table: &[String]) -> bool {
    let words = words(column);
    words.split_last().is_some_and(|(last, before)| {
        let before: Vec<_> = before.iter().map(|word| singular(word)).collect();
        last == "id"
            && !before.is_empty()
            && (before == table || table.last().is_some_and(|last| before == [last.clone()]))
    })
}

/// Every way: foreign keys first, then what names alone say.
pub fn all(schema: &Schema, subject: &str) -> Vec<Way> {
    let mut ways = Vec::new();
    for (name, live) in &schema.tables {
        for reference in live.references.iter().filter(|reference| schema.tables.contains_key(&reference.to)) {
            let on = reference.columns.iter().cloned().zip(reference.to_columns.iter().cloned()).collect();
            ways.push(way(name, live, &reference.to, on, true));
        }
        for (column, is) in &live.columns {
            let known = live.references.iter().any(|reference| reference.columns.contains(column));
            if let (false, Some((to, there))) = (known, named_target(schema, subject, name, column, is.kind)) {
                ways.push(way(name, live, &to, vec![(column.clone(), there)], false));
            }
        }
    }
    ways
}

fn way(from: &str, live: &TableSchema, to: &str, on: Vec<(String, String)>, is_sure: bool) -> Way {
    let key = key(live);
    let nullable = |column: &String| live.columns.get(column).is_some_and(|is| is.nullable);
    let may_be_null = on.iter().all(|(here, _)| nullable(here) && !key.contains(here));
    Way { from: from.to_owned(), to: to.to_owned(), on, may_be_null, is_sure }
}

/// The table whose key a column is named like, of the same type.
fn named_target(schema: &Schema, subject: &str, from: &str, column: &str, kind: Type) -> Option<(String, String)> {
    let key_of = |table: &str| match key(schema.tables.get(table)?).as_slice() {
        [only] if schema.tables[table].columns.get(only).is_some_and(|is| is.kind == kind) => Some(only.clone()),
        _ => None,
    };
    let named = stems(column);
    let own_key = key(schema.tables.get(from)?) == [column.to_owned()];
    let points = named.last().is_some_and(|last| last == "id" || last == "by" || last == "uid");
    if !points || !matches!(kind, Type::Integer | Type::Uuid | Type::Text) || (named.len() < 2 && named != ["uid"]) {
        return None;
    }
    let same = schema.tables.keys().find(|table| *table != from && is_named_like(column, &stems(table)));
    if let Some(there) = same.and_then(|table| key_of(table)) {
        return Some((same?.clone(), there));
    }
    let to_self = any_of(&named, &["parent", "reply to", "remix of", "original", "previous", "forked from"]).is_some();
    if to_self && !own_key {
        return Some((from.to_owned(), key_of(from)?));
    }
    let is_person = any_of(&named, OWNERS).is_some() || named.last().is_some_and(|last| last == "by");
    (is_person && !own_key && from != subject || (is_person && from == subject && named.contains(&"by".to_owned())))
        .then(|| Some((subject.to_owned(), key_of(subject)?)))
        .flatten()
}
