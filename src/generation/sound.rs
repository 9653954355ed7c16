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
    faults
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
    for link in table.link.iter().filter(|link| link.to == name && link.others == Some(Others::Delete)) {
        let column = link.on.keys().next().map(String::as_str);
        fault(column, "a link of a table to itself cannot delete; use others = \"null\"".to_owned());
    }
    if table.erase != Erase::Delete {
        for link in table.link.iter().filter(|link| link.others == Some(Others::Delete)) {
            let says = "rows that stay cannot be deleted by a link; use others = \"null\"".to_owned();
            fault(link.on.keys().next().map(String::as_str), says);
        }
    }
    match (table.erase, &table.keep) {
        (Erase::Keep, None) => fault(None, "erase = \"keep\" needs keep = { reason, period, after }".to_owned()),
        (Erase::Delete | Erase::Change, Some(_)) => fault(None, "keep needs erase = \"keep\"".to_owned()),
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
    if table.erase == Erase::Change && table.columns.values().all(|column| column.erase.is_none()) {
        fault(None, "erase = \"change\" needs a column that changes".to_owned());
    }
    for (column, is) in &table.columns {
        let says = match (is.erase, &is.value) {
            (Some(Action::Delete | Action::Keep), _) => {
                "a column can be null, fixed, default, pseudonym or truncate; leave erase out to keep it"
            }
            (Some(_), _) if table.erase == Erase::Delete => "the rows are deleted; a column has nothing to erase",
            (Some(Action::Fixed), None) => "erase = \"fixed\" needs a value",
            (Some(Action::Null | Action::Default | Action::Pseudonym | Action::Truncate) | None, Some(_)) => {
                "value needs erase = \"fixed\""
            }
            _ => continue,
        };
        fault(Some(column), says.to_owned());
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
