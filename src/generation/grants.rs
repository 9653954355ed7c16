//! The least that an account needs for a data map: as SQL, to be read and run by whoever looks after the database. Follows
//! from the steps of an erasure, the map's choices and what can be corrected, so that nothing else is allowed. What a
//! map's own statements need is for whoever wrote them to grant. Grants nothing by itself.

use super::{
    Error, Source, check,
    engine::{Dialect, Statement, quoted},
    introspect,
    scope::Scope,
    steps,
};
use chrono::NaiveDate;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// What stands where the password belongs.
pub const PASSWORD: &str = "PUT A LONG ONE HERE";

/// What is done to a table besides reading it.
#[derive(Debug, Default)]
struct Needs {
    delete: bool,
    insert: bool,
    update: BTreeSet<String>,
}

impl Source {
    /// What `account` has to be allowed to look people up, to erase them and to copy their data, in SQL.
    ///
    /// # Errors
    /// When the database does not answer or the map does not fit it.
    pub async fn grants(&self, account: &str) -> Result<String, Error> {
        let dialect = self.engine.dialect();
        if dialect == Dialect::Sqlite {
            return Ok("-- SQLite knows no accounts: whoever may write to the file and its folder may do everything.\n\
                -- Recourse's user needs both, for the file and for the folder it lies in; nobody else should have them.\n"
                .to_owned());
        }
        let mut conn = self.engine.conn().await?;
        let schema = introspect::read(&mut conn, dialect).await?;
        if let Some(fault) = check::check(&self.map, &schema, dialect).first() {
            return Err(Error::Drift(format!("{}: {}; see data-map check", fault.table, fault.detail)));
        }
        let mut needs: BTreeMap<&str, Needs> =
            self.map.tables.keys().map(|name| (name.as_str(), Needs::default())).collect();
        {
            let scope = Scope::new(&self.map, &schema, dialect, 1, NaiveDate::MIN);
            for step in steps::erasing(&scope).unwrap_or_default() {
                let Some(needs) = needs.get_mut(step.table.as_str()) else { continue };
                needs.delete |= step.deletes();
                // what changes on the way to where rows are sealed is written there
                if step.does != steps::Does::Seal {
                    needs.update.extend(step.columns.into_keys());
                }
            }
            for (.., into) in self.map.sealing() {
                let needs = needs.entry(into).or_default();
                (needs.insert, needs.delete) = (true, true);
            }
            // a run that is limited, or kept back by a hold, lets rows that stay go of rows that go
            for (name, table) in &self.map.tables {
                for link in
                    table.link.iter().filter(|link| link.others.is_none() && steps::may_be_null(&scope, name, link))
                {
                    needs.entry(name).or_default().update.extend(link.on.keys().cloned());
                }
            }
            for flag in self.map.choices.iter().filter_map(|choice| choice.flag.as_ref()) {
                let Some(needs) = needs.get_mut(flag.table.as_str()) else { continue };
                needs.insert |= flag.add;
                needs.update.extend(flag.at.iter().chain([&flag.column]).cloned());
            }
            for (name, table) in &self.map.tables {
                let corrected = table.columns.iter().filter(|(_, is)| is.correct).map(|(column, _)| column.clone());
                needs.entry(name).or_default().update.extend(corrected);
            }
        }
        if dialect == Dialect::Maria {
            let database = conn.rows(Statement::new("SELECT CAST(DATABASE() AS CHAR)", &[])).await?;
            return Ok(maria(account, &name_of(database), &needs));
        }
        let asks = "SELECT current_schema()::text UNION ALL SELECT current_database()::text";
        let mut names = conn.rows(Statement::new(asks, &[])).await?;
        let database = names.pop().into_iter().collect();
        Ok(postgres(account, &name_of(names), &name_of(database), &needs))
    }
}

fn name_of(rows: Vec<Vec<Option<String>>>) -> String {
    rows.into_iter().flatten().flatten().next().unwrap_or_default()
}

fn postgres(account: &str, schema: &str, database: &str, needs: &BTreeMap<&str, Needs>) -> String {
    let who = quoted(account);
    let table = |name: &str| format!("{}.{}", quoted(schema), quoted(name));
    let mut sql = format!("CREATE ROLE {who} LOGIN PASSWORD '{PASSWORD}';\n");
    let _ = writeln!(sql, "GRANT CONNECT ON DATABASE {} TO {who};", quoted(database));
    let _ = writeln!(sql, "GRANT USAGE ON SCHEMA {} TO {who};", quoted(schema));
    if schema != "public" {
        let _ = writeln!(sql, "ALTER ROLE {who} SET search_path = {};", quoted(schema));
    }
    sql + &on_tables(&who, table, quoted, needs)
}

fn maria(account: &str, database: &str, needs: &BTreeMap<&str, Needs>) -> String {
    let ticked = |name: &str| format!("`{}`", name.replace('`', "``"));
    let who = format!("'{}'@'%'", account.replace('\'', "''"));
    let table = |name: &str| format!("{}.{}", ticked(database), ticked(name));
    let mut sql = format!("CREATE USER {who} IDENTIFIED BY '{PASSWORD}';\n");
    sql.push_str("-- to see which tables refer to the ones below, and not a row of them\n");
    // in a grant on a whole database these two stand for other letters
    let whole = ticked(database).replace('_', "\\_").replace('%', "\\%");
    let _ = writeln!(sql, "GRANT REFERENCES ON {whole}.* TO {who};");
    sql + &on_tables(&who, table, ticked, needs)
}

fn on_tables(
    who: &str,
    table: impl Fn(&str) -> String,
    column: impl Fn(&str) -> String,
    needs: &BTreeMap<&str, Needs>,
) -> String {
    let mut sql = String::from("-- a copy of their data and a replica need this and nothing below\n");
    for name in needs.keys() {
        let _ = writeln!(sql, "GRANT SELECT ON {} TO {who};", table(name));
    }
    sql.push_str("-- rows that go and columns that change, by an erasure, a choice or a correction\n");
    for (name, needs) in needs {
        if needs.delete {
            let _ = writeln!(sql, "GRANT DELETE ON {} TO {who};", table(name));
        }
        if needs.insert {
            let _ = writeln!(sql, "GRANT INSERT ON {} TO {who};", table(name));
        }
        if !needs.update.is_empty() {
            let columns: Vec<_> = needs.update.iter().map(|name| column(name)).collect();
            let _ = writeln!(sql, "GRANT UPDATE ({}) ON {} TO {who};", columns.join(", "), table(name));
        }
    }
    sql
}
