//! Which tables hold something of a person, and how their rows belong to one: from the subject's table along the ways,
//! nearest first.

use super::{
    evidence,
    ways::{Way, key},
    words::{any_of, stems},
};
use crate::generation::schema::{Schema, TableSchema};
use std::collections::BTreeMap;

/// A table as it is proposed.
#[derive(Debug, Clone, Default)]
pub struct Mapped {
    /// By which ways its rows are the person's; from `to` to this table where `reversed`.
    pub owners: Vec<Way>,
    /// True where its rows are the person's by rows that refer to it.
    pub reversed: bool,
    /// By which ways anybody's rows point to the person's, with what becomes of them and why.
    pub links: Vec<(Way, Option<&'static str>, String)>,
}

/// The tables that are proposed.
pub fn tables(schema: &Schema, subject: &str, ways: &[Way]) -> BTreeMap<String, Mapped> {
    let mut mapped = BTreeMap::from([(subject.to_owned(), Mapped::default())]);
    by_subject(schema, subject, ways, &mut mapped);
    by_others(schema, subject, ways, &mut mapped);
    by_use(schema, ways, &mut mapped);
    for (name, table) in &mut mapped {
        table.links = links(&schema.tables[name], subject, ways.iter().filter(|way| way.from == *name), table);
    }
    let known: Vec<_> = mapped.keys().cloned().collect();
    for table in mapped.values_mut() {
        table.links.retain(|(way, ..)| known.contains(&way.to));
    }
    mapped
}

/// Tables that name the person themselves.
fn by_subject(schema: &Schema, subject: &str, ways: &[Way], mapped: &mut BTreeMap<String, Mapped>) {
    for (name, live) in schema.tables.iter().filter(|(name, live)| *name != subject && !key(live).is_empty()) {
        let to_subject: Vec<_> = ways.iter().filter(|way| way.from == *name && way.to == subject).collect();
        let elsewhere = ways.iter().any(|way| way.from == *name && way.to != subject && way.to != *name && way.is_sure);
        let owning = to_subject.iter().find(|way| way.owns(subject));
        // somebody who only added or approved a row owns it where nothing else says whose it is
        let owner = owning.or_else(|| to_subject.first().filter(|_| !elsewhere || is_all_keys(live, &to_subject)));
        if let Some(owner) = owner {
            mapped.insert(name.clone(), Mapped { owners: vec![(*owner).clone()], ..Mapped::default() });
        }
    }
}

fn is_all_keys(live: &TableSchema, ways: &[&Way]) -> bool {
    let key = key(live);
    ways.iter().flat_map(|way| &way.on).any(|(here, _)| key.contains(here))
}

/// Tables that hang on what was found already, until nothing more is found.
fn by_others(schema: &Schema, subject: &str, ways: &[Way], mapped: &mut BTreeMap<String, Mapped>) {
    loop {
        let fresh = |name: &&String, live: &TableSchema, mapped: &BTreeMap<String, Mapped>| {
            !mapped.contains_key(*name) && !key(live).is_empty()
        };
        let found = schema.tables.iter().filter(|(name, live)| fresh(name, live, mapped)).find_map(|(name, _)| {
            let mut up: Vec<_> = ways
                .iter()
                .filter(|way| way.from == *name && way.to != *name && mapped.contains_key(&way.to))
                .collect();
            // gallery_items hang on galleries, not on the images in them
            let named = |way: &Way| any_of_table(name, &way.to);
            up.sort_by_key(|way| (way.to == subject, !named(way), way.may_be_null, !way.is_sure));
            Some((name.clone(), (*up.first()?).clone()))
        });
        let Some((name, owner)) = found else { return };
        mapped.insert(name, Mapped { owners: vec![owner], ..Mapped::default() });
    }
}

fn any_of_table(name: &str, other: &str) -> bool {
    let (name, other) = (stems(name), stems(other));
    name.windows(other.len().max(1)).any(|window| window == other.as_slice())
}

/// Tables without a word about anybody, which belong to whoever is listed with them: devices, addresses.
fn by_use(schema: &Schema, ways: &[Way], mapped: &mut BTreeMap<String, Mapped>) {
    let known: Vec<_> = mapped.keys().cloned().collect();
    for (name, live) in schema.tables.iter().filter(|(name, live)| !known.contains(name) && !key(live).is_empty()) {
        let is_device = any_of(&stems(name), &["device", "phone", "address", "email", "contact", "card"]).is_some();
        let personal = is_device || evidence::personal(live).next().is_some();
        let user = ways.iter().find(|way| way.to == *name && way.from != *name && known.contains(&way.from));
        if let (true, Some(way)) = (personal, user) {
            let on = way.on.iter().map(|(here, there)| (there.clone(), here.clone())).collect();
            let back = Way { from: name.clone(), to: way.from.clone(), on, ..way.clone() };
            mapped.insert(name.clone(), Mapped { owners: vec![back], reversed: true, ..Mapped::default() });
        }
    }
}

/// What becomes of rows that point to rows that go.
fn links<'w>(
    live: &TableSchema,
    subject: &str,
    ways: impl Iterator<Item = &'w Way>,
    table: &Mapped,
) -> Vec<(Way, Option<&'static str>, String)> {
    let ways: Vec<_> = ways.collect();
    let pointing = |column: &String| ways.iter().any(|way| way.on.iter().any(|(here, _)| here == column));
    // rows that do nothing but bring two together mean nothing without one of them
    let key = key(live);
    let joins_only = live
        .columns
        .iter()
        .all(|(column, is)| pointing(column) || key.contains(column) || evidence::is_moment(column, is));
    let by_owner = |way: &&&Way| table.owners.iter().any(|owner| owner == **way);
    let own_columns: Vec<_> = table.owners.iter().flat_map(|owner| owner.on.iter().map(|(here, _)| here)).collect();
    let rest = ways.iter().filter(|way| !by_owner(way));
    let link = |way: &&Way| {
        let may_be_null = way.may_be_null && !way.on.iter().any(|(here, _)| own_columns.contains(&here));
        let why = way.why();
        let kept = evidence::kept(&way.from).is_some();
        match () {
            () if way.to == way.from && !may_be_null => (
                None,
                format!("{why}; decide: refers to its own table and may not be null, so rows cannot go in batches"),
            ),
            () if way.to == way.from => (Some("null"), format!("{why}; what others made of it stands without it")),
            () if way.to == subject && may_be_null => {
                (Some("null"), format!("{why}; the row is not theirs, only names them"))
            }
            () if joins_only && !kept && way.to != subject && table.owners.iter().all(|owner| !owner.on.is_empty()) => {
                (Some("delete"), format!("{why}; the row means nothing without it"))
            }
            () => (
                None,
                format!(
                    "{why}; decide: others = \"delete\" or \"null\" where somebody else's row may point here; a plan that meets one stops"
                ),
            ),
        }
    };
    rest.map(|way| {
        let (others, why) = link(way);
        ((*way).clone(), others, why)
    })
    .collect()
}
