//! Whether what a data map says about copies holds together: reasons are given, and nothing is said twice or in vain.

use crate::generation::{
    Fault,
    engine::Dialect,
    map::{DataMap, Redact, Table},
    schema::Schema,
    scope::Scope,
};
use chrono::NaiveDate;

/// What is wrong with the map by itself.
pub fn faults(map: &DataMap) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (name, table) in &map.tables {
        of_table(map, name, table, &mut faults);
    }
    faults
}

fn of_table(map: &DataMap, name: &str, table: &Table, faults: &mut Vec<Fault>) {
    let mut fault = |column: Option<&str>, says: &str| faults.push(Fault::new(name, column, says));
    let empty = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
    let copied = name == map.subject || !table.owner.is_empty();
    let mut says_something = table.leave_out.is_some();
    if empty(&table.title) {
        fault(None, "title has to say something");
    }
    if empty(&table.leave_out) {
        fault(None, "leave_out needs a reason, which the person will read");
    }
    for (column, is) in &table.columns {
        let leaves_out = is.leave_out.is_some();
        says_something |= leaves_out || is.redact.is_some();
        let says = match is.redact {
            _ if empty(&is.title) => "title has to say something",
            _ if empty(&is.leave_out) => "leave_out needs a reason, which the person will read",
            Some(_) if leaves_out => "is left out of copies; there is nothing to redact",
            Some(Redact::Always) if is.file => "names files; leave it out, or redact it in shared rows only",
            Some(_) if table.leave_out.is_some() => "the table is left out of copies; there is nothing to redact",
            None if leaves_out && table.leave_out.is_some() => "the whole table is left out of copies already",
            _ => continue,
        };
        fault(Some(column), says);
    }
    if says_something && !copied {
        fault(None, "has no owner: copies have none of its rows anyway; take leave_out and redact out");
    }
    if !table.columns.is_empty() && table.columns.values().all(|column| column.leave_out.is_some()) {
        fault(None, "every column is left out of copies; say leave_out for the table instead");
    }
}

/// Columns that are redacted in shared rows of tables that have none, with what is wrong.
pub fn unfit<'m>(map: &'m DataMap, schema: &Schema, dialect: Dialect) -> Vec<(&'m str, &'m str, &'static str)> {
    let scope = Scope::new(map, schema, dialect, 1, NaiveDate::MIN);
    let never = map.tables.iter().filter(|(name, _)| !scope.may_be_shared(name));
    never
        .flat_map(|(name, table)| {
            let redacted = table.columns.iter().filter(|(_, is)| is.redact == Some(Redact::Shared));
            redacted.map(|(column, _)| {
                let says = "is redacted in shared rows, but no row of the table can be; use redact = \"always\"";
                (name.as_str(), column.as_str(), says)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::generation::DataMap;

    const SOUND: &str = r#"
        product = "imagegen"
        version = "1"
        system = "ImageGen"
        subject = "users"
        identity = [{ kind = "email", table = "users", column = "email" }]

        [tables.users]
        title = "Account"
        key = ["id"]
        erase = "delete"
        [tables.users.columns]
        id = { title = "Number" }
        email = {}
        secret = { leave_out = "whoever has it can sign in" }
        invited_by = { redact = "always" }
        avatar = { file = true }

        [tables.devices]
        key = ["id"]
        erase = "delete"
        link = [{ to = "users", on = { user_id = "id" } }]
        columns = { id = {}, user_id = {} }
    "#;

    #[track_caller]
    fn check(from: &str, to: &str, expected: &str) {
        assert!(SOUND.contains(from), "no {from}");
        let faults = DataMap::read(&SOUND.replacen(from, to, 1)).err().unwrap_or_default();
        assert!(faults.iter().any(|fault| fault.to_string().contains(expected)), "{faults:?}");
    }

    #[test]
    #[rustfmt::skip]
    fn what_is_said_about_copies_holds_together() {
        assert_eq!(DataMap::read(SOUND).err(), None);
        check("\"Account\"", "\" \"", "users: title has to say something");
        check("\"Number\"", "\"\"", "users.id: title has to say something");
        check("\"whoever has it can sign in\"", "\"\"", "users.secret: leave_out needs a reason");
        check("title = \"Account\"", "leave_out = \"\"", "users: leave_out needs a reason");
        check("leave_out = \"w", "redact = \"always\", leave_out = \"w", "users.secret: is left out of copies");
        check("title = \"Account\"", "leave_out = \"it is secret\"", "users.secret: the whole table is left out");
        check("title = \"Account\"", "leave_out = \"it is secret\"", "users.invited_by: the table is left out");
        check("file = true", "file = true, redact = \"always\"", "users.avatar: names files; leave it out");
        check("user_id = {}", "user_id = { redact = \"always\" }", "devices: has no owner");
        check("\"always\"", "\"sometimes\"", "the data map cannot be read");
        check("{ id = {}, user_id = {} }", "{ id = { leave_out = \"x\" }, user_id = { leave_out = \"x\" } }", "devices: every column is left out");
    }
}
