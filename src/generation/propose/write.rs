//! Writes a proposal down as TOML, each line with its reason.

use super::{
    evidence::{self, Guess},
    mapped::Mapped,
    ways::{Way, key},
};
use crate::generation::schema::{ColumnSchema, Schema, TableSchema, Type};
use std::{collections::BTreeMap, fmt::Write as _};

/// The whole proposal.
pub fn map(
    schema: &Schema,
    (subject, why): (&str, &str),
    tables: &BTreeMap<String, Mapped>,
    product: Option<&str>,
    day: &str,
) -> String {
    let mut out = head(product, day);
    let _ = writeln!(out, "# {why}\nsubject = {}\n", quoted(subject));
    let mut named: Vec<_> = tables.iter().collect();
    named.sort_by_key(|(name, _)| *name != subject);
    identities(schema, subject, &named, &mut out);
    super::consents::consents(schema, &named, subject, &mut out);
    for (name, mapped) in &named {
        table(schema, name, subject, mapped, tables, &mut out);
    }
    let rest: Vec<_> = schema.tables.iter().filter(|(name, _)| !tables.contains_key(*name)).collect();
    if !rest.is_empty() {
        out.push_str("# ---- Not in the map ----\n");
    }
    for (name, live) in rest {
        let personal: Vec<_> = evidence::personal(live).map(|(column, why)| format!("{column}: {why}")).collect();
        let says = match (key(live).is_empty(), personal.is_empty()) {
            (true, _) => "decide: it has no key that names a row, so it cannot be mapped".to_owned(),
            (false, true) => "nothing leads from it to a person".to_owned(),
            (false, false) => {
                format!("decide: looks personal, but nothing leads from it to {subject} ({})", personal.join("; "))
            }
        };
        let _ = writeln!(out, "# {}: {says}", one_line(name));
    }
    out
}

/// What is proposed for a database in which nothing looks like people: an example that says so.
pub fn example(product: Option<&str>, day: &str) -> String {
    head(product, day)
        + "# decide: no table looks like one with a row a person; put yours here\nsubject = \"users\"\n\n\
           [[identity]]\nkind = \"email\" # decide\ntable = \"users\"\ncolumn = \"email\"\nnormal = \"lower\"\ncontact = true\n\n\
           [tables.users] # decide\nkey = [\"id\"]\nerase = \"delete\"\n\n[tables.users.columns] # decide\n\
           id = { category = \"account\", purpose = \"account\" }\nemail = { category = \"contact\", purpose = \"account\" }\n"
}

fn head(product: Option<&str>, day: &str) -> String {
    let product = product.map_or_else(
        || "\"your-product\" # decide: the product's id".to_owned(),
        |product| format!("{} # as it was given", quoted(product)),
    );
    format!(
        "# Proposed from names, types and foreign keys; no row was read. Every line says why it stands here. What is\n\
         # marked \"decide:\" is unsure: look at it before the map is used, then run recourse data-map check.\n\n\
         product = {product}\n# by custom the day of the last change\nversion = {}\n\
         # decide: what letters to the person call the system\nsystem = \"Accounts and content\"\n",
        quoted(day)
    )
}

fn identities(schema: &Schema, subject: &str, named: &[(&String, &Mapped)], out: &mut String) {
    let mut one = |kind: &str, table: &str, column: &str, normal: &str, contact: bool, why: &str| {
        let _ = writeln!(out, "[[identity]] # {why}\nkind = {}\ntable = {}", quoted(kind), quoted(table));
        let _ = writeln!(out, "column = {}", quoted(column));
        if normal != "exact" {
            let _ = writeln!(out, "normal = {}", quoted(normal));
        }
        if contact {
            let _ = writeln!(out, "contact = true # the address on record: where a verification link goes");
        }
        out.push('\n');
    };
    for (name, _) in named {
        for (column, live) in &schema.tables[*name].columns {
            if let Some((kind, normal, what)) = evidence::identity(name, column, live) {
                one(kind, name, column, normal, kind == "email" && *name == subject, &format!("named like {what}"));
            }
        }
    }
    let first = key(&schema.tables[subject]).into_iter().next().unwrap_or_default();
    one("account", subject, &first, "exact", false, "the key of the account");
}

fn table(
    schema: &Schema,
    name: &str,
    subject: &str,
    mapped: &Mapped,
    tables: &BTreeMap<String, Mapped>,
    out: &mut String,
) {
    let live = &schema.tables[name];
    let guess = evidence::table(name);
    let why = match guess {
        Some((.., word)) => format!("“{word}” in its name"),
        None => "decide: nothing in its name says what it holds".to_owned(),
    };
    let keys: Vec<_> = key(live).iter().map(|column| quoted(column)).collect();
    let _ = writeln!(out, "[tables.{}] # {why}", bare(name));
    let _ = writeln!(out, "key = [{}] # as the database has it", keys.join(", "));
    let kept = evidence::kept(name).filter(|_| name != subject).and_then(|word| Some((word, counted_from(live)?)));
    match (&kept, evidence::kept(name).filter(|_| name != subject)) {
        (Some((word, after)), _) => {
            let _ = writeln!(
                out,
                "erase = \"keep\" # “{word}” in its name: books and bills have to be kept in most countries"
            );
            let _ = writeln!(
                out,
                "# decide: which law wants it kept, as the person will read it, how long, and from which day on"
            );
            let _ = writeln!(
                out,
                "keep = {{ reason = \"(the law that wants it kept)\", period = \"P8Y\", after = {} }}",
                quoted(after)
            );
        }
        (None, Some(word)) => {
            let _ = writeln!(
                out,
                "erase = \"delete\" # decide: “{word}” in its name may have to be kept, but no column says from which day on"
            );
        }
        (None, None) => {
            let _ = writeln!(out, "erase = \"delete\" # decide: \"change\" or \"keep\" where rows have to stay");
        }
    }
    joins("owner", mapped.owners.iter().map(|way| (way, None, owner_why(way, mapped.reversed))), out);
    if mapped.reversed {
        let _ = writeln!(out, "shared = \"keep\" # decide: what somebody else uses too stays");
    }
    let others = |others: Option<&'static str>| others.filter(|others| kept.is_none() || *others != "delete");
    joins("link", mapped.links.iter().map(|(way, does, why)| (way, others(*does), why.clone())), out);
    let _ = writeln!(out, "\n[tables.{}.columns]", bare(name));
    let of_table = guess.map_or(("content", "service"), |(category, purpose, _)| (category, purpose));
    for (column, is) in &live.columns {
        let points = |way: &&Way| !mapped.reversed && way.on.iter().any(|(here, _)| here == column);
        let owner = mapped.owners.iter().find(points);
        let goes =
            owner.is_some() || mapped.links.iter().any(|(way, ..)| way.on.iter().any(|(here, _)| here == column));
        let refers = kept.is_some() && goes && tables.len() > 1;
        let written = column_line(
            name,
            column,
            is,
            of_table,
            owner.map(|way| way.to == subject),
            refers.then(|| {
                mapped
                    .owners
                    .iter()
                    .chain(mapped.links.iter().map(|(way, ..)| way))
                    .any(|way| way.may_be_null && points(&way))
            }),
        );
        let _ = writeln!(out, "{written}");
    }
    out.push('\n');
}

fn owner_why(way: &Way, reversed: bool) -> String {
    if reversed {
        return format!("decide: whose it is, only {} says; rows may be several people's", way.to);
    }
    way.why()
}

fn joins<'w>(what: &str, ways: impl Iterator<Item = (&'w Way, Option<&'static str>, String)>, out: &mut String) {
    let mut lines = String::new();
    for (way, others, why) in ways {
        let on: Vec<_> = way.on.iter().map(|(here, there)| format!("{} = {}", bare(here), quoted(there))).collect();
        let others = others.map(|others| format!(", others = {}", quoted(others))).unwrap_or_default();
        let _ = writeln!(
            lines,
            "    {{ to = {}, on = {{ {} }}{others} }}, # {}",
            quoted(&way.to),
            on.join(", "),
            one_line(&why)
        );
    }
    if !lines.is_empty() {
        let _ = write!(out, "{what} = [\n{lines}]\n");
    }
}

/// One column. `owner` says whether it leads to the subject itself; `refers` whether it may be null, where it is in rows
/// that stay and refers to rows that go.
fn column_line(
    table: &str,
    column: &str,
    is: &ColumnSchema,
    of_table: (&'static str, &'static str),
    owner: Option<bool>,
    refers: Option<bool>,
) -> String {
    let mut guess = evidence::column(column, is, of_table);
    if owner == Some(true) {
        guess = Guess { category: "account", why: "whose row it is".to_owned(), ..guess };
    }
    let mut parts = vec![format!("category = {}, purpose = {}", quoted(guess.category), quoted(guess.purpose))];
    let mut whys = vec![guess.why];
    match evidence::file(table, column, is) {
        Some(true) => {
            parts.push("file = true".to_owned());
            whys.push("named like the key of a file".to_owned());
        }
        Some(false) => whys.push("decide: file = true where it names a file of yours".to_owned()),
        None if evidence::is_secret(column) => {
            parts.push("leave_out = \"A secret of signing in; it says nothing about you.\"".to_owned());
            whys.push("decide: named like a secret".to_owned());
        }
        None if evidence::is_free_text(column, is) => {
            parts.push("search = true".to_owned());
            whys.push("people write freely here".to_owned());
        }
        None => {}
    }
    match refers {
        Some(true) => {
            parts.push("erase = \"null\"".to_owned());
            whys.push("the row stays without the person".to_owned());
        }
        Some(false) => whys.push("decide: refers to rows that go, so it has to allow null".to_owned()),
        None => {}
    }
    format!("{} = {{ {} }} # {}", bare(column), parts.join(", "), one_line(&whys.join("; ")))
}

/// The column that a period counts from.
fn counted_from(live: &TableSchema) -> Option<String> {
    let fits = |(name, is): &(&String, &ColumnSchema)| {
        evidence::is_moment(name, is)
            && (matches!(is.kind, Type::Date | Type::Timestamp) || is.named.eq_ignore_ascii_case("text"))
    };
    let mut moments: Vec<_> = live.columns.iter().filter(fits).map(|(name, _)| name).collect();
    let rank = |name: &str| {
        let words = super::words::words(name);
        ["issued", "invoice", "paid", "booked", "date", "created"]
            .iter()
            .position(|known| words.iter().any(|w| w == known))
            .unwrap_or(9)
    };
    moments.sort_by_key(|name| rank(name));
    moments.first().map(|name| (*name).clone())
}

/// A key of TOML.
fn bare(name: &str) -> String {
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if plain { name.to_owned() } else { quoted(name) }
}

pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A comment ends with its line, whatever a name has in it.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
