//! Whether a data map holds together by itself: every name it uses is defined, every table leads to the subject,
//! nothing leads in a circle, every rule has what it needs.

use super::{
    Fault,
    map::{DataMap, Erase, Others, Table},
};
use crate::domain::plan::Action;

/// What is wrong; empty when nothing is.
pub fn faults(map: &DataMap) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !map.tables.contains_key(&map.subject) {
        faults.push(Fault::new("", None, format!("subject = \"{}\" names no table of the map", map.subject)));
    }
    if map.version.trim().is_empty() || map.system.trim().is_empty() {
        faults.push(Fault::new(
            "",
            None,
            "version and system have to say something: plans, receipts and letters name them",
        ));
    }
    if map.identities.is_empty() {
        faults.push(Fault::new("", None, "no [[identity]] says how a person is found"));
    }
    for identity in &map.identities {
        let known = map.table(&identity.table).is_some_and(|table| table.columns.contains_key(&identity.column));
        if !known {
            let says = format!("identity {} names a column that the map does not list", identity.kind);
            faults.push(Fault::new(&identity.table, Some(&identity.column), says));
        }
    }
    for (name, table) in &map.tables {
        of_table(map, name, table, &mut faults);
        circles(map, name, &mut faults);
    }
    faults.extend(super::export::rules::faults(map));
    faults.extend(super::choices::unsound(map));
    faults.extend(super::consents::unsound(map));
    faults
}

/// Whether each join leads from a listed column to one.
fn joins(map: &DataMap, table: &Table, fault: &mut dyn FnMut(Option<&str>, String)) {
    for (to, on) in table.owner.iter().map(|j| (&j.to, &j.on)).chain(table.link.iter().map(|l| (&l.to, &l.on))) {
        let Some(other) = map.table(to) else {
            fault(None, format!("joins {to}, which the map does not have"));
            continue;
        };
        if on.is_empty() {
            fault(None, format!("the join to {to} names no columns"));
        }
        for (here, there) in on {
            if !table.columns.contains_key(here) {
                fault(Some(here), format!("joins {to} but is not listed under columns"));
            }
            if !other.columns.contains_key(there) {
                fault(Some(here), format!("joins {to}.{there}, which is not listed under columns there"));
            }
        }
    }
}

fn of_table(map: &DataMap, name: &str, table: &Table, faults: &mut Vec<Fault>) {
    let mut fault = |column: Option<&str>, says: String| faults.push(Fault::new(name, column, says));
    if table.key.is_empty() {
        fault(None, "key names no column".to_owned());
    }
    for column in table.key.iter().filter(|column| !table.columns.contains_key(*column)) {
        fault(Some(column), "is a key but not listed under columns".to_owned());
    }
    if name == map.subject && !table.owner.is_empty() {
        fault(None, "is the subject's table and belongs to nobody else; remove owner".to_owned());
    }
    if name != map.subject && table.owner.is_empty() && table.link.is_empty() {
        fault(None, "has neither owner nor link: nothing leads from it to the subject".to_owned());
    }
    joins(map, table, &mut fault);
    for link in table.link.iter().filter(|link| link.to == name && link.others == Some(Others::Delete)) {
        let column = link.on.keys().next().map(String::as_str);
        fault(column, "a link of a table to itself cannot delete; use others = \"null\"".to_owned());
    }
    for link in table.link.iter().filter(|link| link.others == Some(Others::Null)) {
        let owning = |column: &&String| table.owner.iter().any(|join| join.on.contains_key(*column));
        if let Some(column) = link.on.keys().find(owning) {
            fault(Some(column), "a column by which rows are owned cannot be a link that becomes null".to_owned());
        }
    }
    if table.erase == Erase::Seal {
        for link in table.link.iter().filter(|link| link.others == Some(Others::Delete)) {
            let says =
                "rows that have to be sealed first cannot be deleted by a link; use others = \"null\"".to_owned();
            fault(link.on.keys().next().map(String::as_str), says);
        }
    } else if table.erase != Erase::Delete {
        for link in table.link.iter().filter(|link| link.others == Some(Others::Delete)) {
            let says = "rows that stay cannot be deleted by a link; use others = \"null\"".to_owned();
            fault(link.on.keys().next().map(String::as_str), says);
        }
    }
    periods(name, table, faults);
    faults.extend(super::seal::unsound(map, name, table));
    let mut fault = |column: Option<&str>, says: String| faults.push(Fault::new(name, column, says));
    if table.erase == Erase::Change && table.columns.values().all(|column| column.erase.is_none()) {
        fault(None, "erase = \"change\" needs a column that changes".to_owned());
    }
    let joins = table.owner.iter().map(|join| &join.on).chain(table.link.iter().map(|link| &link.on));
    let joined: Vec<_> = joins.flat_map(|on| on.keys()).chain(&table.key).collect();
    for (column, is) in table.columns.iter().filter(|(column, is)| is.correct && (is.file || joined.contains(column))) {
        let what = if is.file { "names a file" } else { "says whose the row is, or which" };
        fault(Some(column), format!("{what}: that cannot be corrected; take correct out"));
    }
    for (column, is) in &table.columns {
        let says = match (is.erase, &is.value) {
            (
                Some(
                    Action::Delete
                    | Action::Keep
                    | Action::Seal
                    | Action::Copy
                    | Action::Summarise
                    | Action::LeaveOut
                    | Action::Redact,
                ),
                _,
            ) => "a column can be null, fixed, default, pseudonym or truncate; leave erase out to keep it",
            (Some(_), _) if table.erase == Erase::Delete => "the rows are deleted; a column has nothing to erase",
            (Some(_), _) if is.file => {
                "names files, which would stay without a row that names them; delete the rows or keep the column"
            }
            (Some(Action::Fixed), None) => "erase = \"fixed\" needs a value",
            (Some(Action::Truncate), Some(to)) if !matches!(to.as_str(), "day" | "month") => {
                "erase = \"truncate\" knows the values day and month"
            }
            (Some(Action::Null | Action::Default | Action::Pseudonym) | None, Some(_)) => {
                "value needs erase = \"fixed\""
            }
            _ => continue,
        };
        fault(Some(column), says.to_owned());
    }
}

/// Rows that are kept or sealed need a reason, a period and a day to count it from; no others have one.
fn periods(name: &str, table: &Table, faults: &mut Vec<Fault>) {
    let mut fault = |column: Option<&str>, says: String| faults.push(Fault::new(name, column, says));
    match (table.erase, &table.keep) {
        (Erase::Keep, None) => fault(None, "erase = \"keep\" needs keep = { reason, period, after }".to_owned()),
        (Erase::Seal, None) => fault(None, "erase = \"seal\" needs keep = { reason, period, after }".to_owned()),
        (Erase::Delete | Erase::Change, Some(_)) => fault(None, "keep needs erase = \"keep\" or \"seal\"".to_owned()),
        (_, Some(keep)) => {
            if keep.reason.trim().is_empty() {
                fault(None, "keep needs a reason".to_owned());
            }
            if keep.length().is_none() {
                fault(None, format!("'{}' is no period of days, months or years such as P8Y", keep.period));
            }
            if !table.columns.contains_key(&keep.after) {
                fault(Some(&keep.after), "keep counts after a column that is not listed".to_owned());
            }
        }
        _ => {}
    }
}

/// Ownership must end at the subject; only a table's way to itself may turn in a circle. Links that delete must not.
fn circles(map: &DataMap, name: &str, faults: &mut Vec<Fault>) {
    let owners = |table: &Table| table.owner.iter().map(|join| join.to.clone()).collect::<Vec<_>>();
    let deletes = |table: &Table| {
        let deleting = table.link.iter().filter(|link| link.others == Some(Others::Delete));
        deleting.map(|link| link.to.clone()).collect::<Vec<_>>()
    };
    if name != map.subject
        && map.table(name).is_some_and(|table| !table.owner.is_empty())
        && !leads(map, name, &map.subject, owners)
    {
        faults.push(Fault::new(name, None, format!("its owner does not lead to {}", map.subject)));
    }
    for (what, circle) in
        [("owner leads", turns(map, name, owners)), ("deleting links lead", turns(map, name, deletes))]
    {
        if circle {
            faults.push(Fault::new(name, None, format!("its {what} in a circle through other tables")));
        }
    }
}

/// True when one of the ways from `name` to other tables comes back to it.
fn turns(map: &DataMap, name: &str, next: impl Fn(&Table) -> Vec<String>) -> bool {
    let start = map.table(name).map(&next).unwrap_or_default();
    start.iter().any(|to| to != name && leads(map, to, name, &next))
}

fn leads(map: &DataMap, from: &str, to: &str, next: impl Fn(&Table) -> Vec<String>) -> bool {
    let (mut seen, mut open) = (Vec::new(), vec![from.to_owned()]);
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if !seen.contains(&name) {
            open.extend(map.table(&name).map(&next).unwrap_or_default());
            seen.push(name);
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = r#"
        product = "imagegen"
        version = "1"
        system = "ImageGen"
        subject = "users"
        identity = [{ kind = "email", table = "users", column = "email" }]

        [tables.users]
        key = ["id"]
        erase = "delete"
        link = [{ to = "users", on = { referred_by = "id" }, others = "null" }]
        columns = { id = {}, email = {}, referred_by = {} }

        [tables.images]
        key = ["id"]
        erase = "delete"
        owner = [{ to = "users", on = { user_id = "id" } }]
        columns = { id = {}, user_id = {} }

        [tables.likes]
        key = ["user_id", "image_id"]
        erase = "delete"
        owner = [{ to = "users", on = { user_id = "id" } }]
        link = [{ to = "images", on = { image_id = "id" }, others = "delete" }]
        columns = { user_id = {}, image_id = {} }

        [tables.invoices]
        key = ["id"]
        erase = "keep"
        owner = [{ to = "users", on = { user_id = "id" } }]
        keep = { reason = "tax", period = "P8Y", after = "issued_on" }
        columns = { id = {}, user_id = { erase = "null" }, issued_on = {} }

        [tables.events]
        key = ["id"]
        erase = "change"
        owner = [{ to = "users", on = { user_id = "id" } }]
        columns = { id = {}, user_id = { erase = "null" }, excerpt = { erase = "fixed", value = "" } }
    "#;

    fn says(text: &str) -> Vec<String> {
        DataMap::read(text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    /// In the part of the sound map that begins with `part`, `from` becomes `to`; the faults have to have `expected`.
    #[track_caller]
    fn check(part: &str, from: &str, to: &str, expected: &str) {
        let at = SOUND.find(part).unwrap_or_else(|| panic!("no part {part}"));
        let (before, after) = SOUND.split_at(at);
        assert!(after.contains(from), "{part} has no {from}");
        let faults = says(&format!("{before}{}", after.replacen(from, to, 1)));
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{faults:?}");
    }

    #[test]
    fn a_sound_map_has_no_faults() {
        assert_eq!(says(SOUND), Vec::<String>::new());
    }

    #[test]
    #[rustfmt::skip]
    fn names_that_nothing_defines() {
        check("product", "product", "produkt", "the data map cannot be read");
        check("tables.users", "erase", "keys = []\nerase", "the data map cannot be read");
        check("subject", "\"users\"", "\"people\"", "subject = \"people\" names no table of the map");
        check("identity", "[{ kind = \"email\", table = \"users\", column = \"email\" }]", "[]", "no [[identity]] says how");
        check("identity", "column = \"email\"", "column = \"mail\"", "users.mail: identity email names a column");
        check("identity", "table = \"users\"", "table = \"people\"", "people.email: identity email names a column");
        check("tables.images", "[\"id\"]", "[]", "images: key names no column");
        check("tables.images", "[\"id\"]", "[\"nr\"]", "images.nr: is a key but not listed");
        check("tables.images", "to = \"users\"", "to = \"people\"", "images: joins people, which the map does not have");
        check("tables.images", "{ user_id = \"id\" }", "{}", "images: the join to users names no columns");
        check("tables.images", "user_id = \"id\"", "owner = \"id\"", "images.owner: joins users but is not listed");
        check("tables.images", "user_id = \"id\"", "user_id = \"nr\"", "images.user_id: joins users.nr, which is not listed");
        check("tables.likes", "image_id = \"id\"", "image_id = \"nr\"", "likes.image_id: joins images.nr, which is not listed");
    }

    #[test]
    #[rustfmt::skip]
    fn ways_that_lead_nowhere_or_in_a_circle() {
        check("tables.users", "erase", "owner = [{ to = \"images\", on = { id = \"user_id\" } }]\nerase", "users: is the subject's table");
        check("tables.images", "owner = [{ to = \"users\", on = { user_id = \"id\" } }]", "", "images: has neither owner nor link");
        check("tables.images", "to = \"users\"", "to = \"images\"", "images: its owner does not lead to users");
        check("tables.users", "others = \"null\"", "others = \"delete\"", "users.referred_by: a link of a table to itself cannot delete");
        check("tables.images", "erase", "link = [{ to = \"likes\", on = { id = \"image_id\" }, others = \"delete\" }]\nerase", "likes: its deleting links lead in a circle");
    }

    #[test]
    fn owners_in_a_circle_are_a_fault_even_where_another_way_leads_out() {
        let also = |to: &str, on: &str| format!("owner = [{{ to = \"{to}\", on = {{ {on} }} }}, ");
        let with = |text: &str, part: &str, more: String| {
            let (before, after) = text.split_at(text.find(part).expect("the part is there"));
            format!("{before}{}", after.replacen("owner = [", &more, 1))
        };
        let one = with(SOUND, "tables.images", also("likes", "id = \"image_id\""));
        assert_eq!(says(&one), Vec::<String>::new());
        let both = says(&with(&one, "tables.likes", also("images", "image_id = \"id\"")));
        let circle = |name: &str| format!("{name}: its owner leads in a circle through other tables");
        assert_eq!(both, [circle("images"), circle("likes")]);
    }

    #[test]
    #[rustfmt::skip]
    fn rules_that_lack_or_contradict_something() {
        let keep = "keep = { reason = \"tax\", period = \"P8Y\", after = \"issued_on\" }";
        let link = "link = [{ to = \"images\", on = { id = \"id\" }, others = \"delete\" }]\nerase";
        check("tables.invoices", keep, "", "invoices: erase = \"keep\" needs keep");
        check("tables.images", "erase", &format!("{keep}\nerase"), "images: keep needs erase = \"keep\"");
        check("tables.events", "erase", &format!("{keep}\nerase"), "events: keep needs erase = \"keep\"");
        check("tables.invoices", "\"tax\"", "\" \"", "invoices: keep needs a reason");
        check("tables.invoices", "P8Y", "PT8H", "invoices: 'PT8H' is no period of days, months or years");
        check("tables.invoices", "P8Y", "8 years", "invoices: '8 years' is no period");
        check("tables.invoices", "after = \"issued_on\"", "after = \"paid_on\"", "invoices.paid_on: keep counts after a column");
        check("tables.invoices", "erase", link, "invoices.id: rows that stay cannot be deleted by a link");
        check("tables.events", "erase", link, "events.id: rows that stay cannot be deleted by a link");
        check("tables.events", "columns = { id = {}, user_id = { erase = \"null\" }, excerpt = { erase = \"fixed\", value = \"\" } }", "columns = { id = {}, user_id = {} }", "events: erase = \"change\" needs a column");
        check("tables.events", "\"null\"", "\"delete\"", "events.user_id: a column can be null, fixed");
        check("tables.events", "\"null\"", "\"keep\"", "events.user_id: a column can be null, fixed");
        let seal = format!("erase = \"seal\"\n{keep}");
        check("tables.images", "erase = \"delete\"", "erase = \"seal\"", "images: erase = \"seal\" needs keep");
        check("tables.images", "erase = \"delete\"", &seal, "images: erase = \"seal\" needs seal_into");
        check("tables.images", "erase", "seal_into = \"sealed\"\nerase", "images: seal_into needs erase = \"seal\"");
        check("tables.images", "erase = \"delete\"", &format!("seal_into = \"users\"\n{seal}"), "images: seal_into names a table of the map");
        check("tables.likes", "erase = \"delete\"", &format!("seal_into = \"sealed\"\n{seal}"), "likes.image_id: rows that have to be sealed first");
        check("tables.images", "user_id = {}", "user_id = { erase = \"null\" }", "images.user_id: the rows are deleted");
        check("tables.events", ", value = \"\"", "", "events.excerpt: erase = \"fixed\" needs a value");
        check("tables.events", "\"null\"", "\"null\", value = \"0\"", "events.user_id: value needs erase = \"fixed\"");
        check("tables.events", "id = {}", "id = { value = \"0\" }", "events.id: value needs erase = \"fixed\"");
    }
}
