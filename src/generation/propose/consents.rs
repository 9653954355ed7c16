//! Where a schema probably records what people agreed to, as lines of a proposed map, each with its reason. Names and types
//! alone; a guess for somebody to look at.

use super::{
    evidence,
    mapped::Mapped,
    words::{any_of, stems},
    write::{one_line, quoted},
};
use crate::generation::schema::{ColumnSchema, Schema, TableSchema, Type};
use std::fmt::Write as _;

const TABLES: &[&str] =
    &["consent", "agreement", "opt out", "opt in", "permission", "training flag", "preference", "choice"];
const FLAGS: &[&str] =
    &["consent", "newsletter", "marketing", "opt in", "may train", "training", "subscribed", "accept", "want letter"];
const ABOUT: &[&str] = &["purpose", "scope", "kind", "type", "topic", "category"];
const GIVEN: &[&str] = &["given", "accepted", "granted", "agreed", "consented", "signed", "created"];
const WITHDRAWN: &[&str] = &["withdrawn", "revoked", "ended", "declined"];
const CHANGED: &[&str] = &["changed", "updated", "recorded", "set", "at", "created"];
const VERSION: &[&str] = &["wording", "version", "policy", "term", "text", "document"];
const HOW: &[&str] = &["source", "how", "method", "channel", "form", "origin", "via", "app"];

/// The `[[consent]]` of a proposed map.
pub fn consents(schema: &Schema, named: &[(&String, &Mapped)], subject: &str, out: &mut String) {
    for (name, mapped) in named.iter().filter(|(name, mapped)| *name == subject || !mapped.owners.is_empty()) {
        let live = &schema.tables[*name];
        match any_of(&stems(name), TABLES) {
            Some(word) => of_table(name, word, live, mapped, out),
            None => flags(name, live, out),
        }
    }
}

/// A table with a row for each consent.
fn of_table(name: &str, word: &str, live: &TableSchema, mapped: &Mapped, out: &mut String) {
    let joins = |column: &str| mapped.owners.iter().any(|way| way.on.iter().any(|(here, _)| here == column));
    let find = |known: &[&'static str], fits: &dyn Fn(&str, &ColumnSchema) -> bool| {
        // the first word that is known counts most
        known.iter().find_map(|word| {
            let named = |(column, is): &(&String, &ColumnSchema)| {
                !joins(column) && fits(column, is) && any_of(&stems(column), &[*word]).is_some()
            };
            live.columns.iter().find(named).map(|(column, _)| (column.clone(), *word))
        })
    };
    let is_moment = |column: &str, is: &ColumnSchema| is.kind != Type::Integer && evidence::is_moment(column, is);
    let is_text = |column: &str, is: &ColumnSchema| is.kind == Type::Text && !is_moment(column, is);
    let flag = live.columns.iter().find(|(_, is)| is.kind == Type::Bool).map(|(column, _)| column.clone());
    let (given, withdrawn) = (find(GIVEN, &is_moment), find(WITHDRAWN, &is_moment));
    if flag.is_none() && given.is_none() {
        return;
    }
    let mut head =
        format!("[[consent]] # “{word}” in its name: told to who asks what they agreed to\ntable = {}\n", quoted(name));
    match find(ABOUT, &is_text) {
        Some((column, word)) => {
            let _ = writeln!(head, "of = {} # “{word}” in its name", quoted(&column));
            let _ = writeln!(head, "# decide: labels = {{ value = \"what the person reads for it\" }}");
        }
        None => {
            let _ = writeln!(head, "what = {} # decide: what the person reads", quoted(&spoken(name)));
        }
    }
    out.push_str(&head);
    let mut say = |key: &str, found: Option<(String, &str)>| {
        if let Some((column, word)) = found {
            let _ = writeln!(out, "{key} = {} # “{word}” in its name", quoted(&column));
        }
    };
    match (&flag, given) {
        (Some(_), _) => say("at", find(CHANGED, &is_moment)),
        (None, given) => {
            say("given_at", given);
            say("withdrawn_at", withdrawn);
        }
    }
    say("version", find(VERSION, &is_text));
    say("how", find(HOW, &is_text));
    if let Some(column) = flag {
        state(&column, out);
    }
    out.push('\n');
}

/// Flags about one use each, in a row about something else.
fn flags(name: &str, live: &TableSchema, out: &mut String) {
    for (column, _) in live.columns.iter().filter(|(_, is)| is.kind == Type::Bool) {
        if let Some(word) = any_of(&stems(column), FLAGS) {
            let _ = writeln!(
                out,
                "[[consent]] # “{word}” in the name of {}\ntable = {}\nwhat = {} # decide: what the person reads",
                one_line(column),
                quoted(name),
                quoted(&spoken(column))
            );
            state(column, out);
            out.push('\n');
        }
    }
}

fn state(column: &str, out: &mut String) {
    let _ = writeln!(
        out,
        "state = {{ column = {}, given = \"true\" }} # decide: whether true means that it is given",
        quoted(column)
    );
}

fn spoken(name: &str) -> String {
    let words = stems(name).join(" ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
