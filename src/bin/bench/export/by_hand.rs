//! The same rows by the database's own client, as a table and as JSON, each table into `zip -1`, nothing in between: on
//! `PostgreSQL` `COPY` in one session of psql, on `MariaDB` a session a statement.

use crate::{erasure::world::Copy, ground::Ground};
use anyhow::{Context as _, bail};
use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Every table with the condition that a row is the person's.
const TABLES: [(&str, &str); 20] = [
    ("users", "id = {person}"),
    ("profiles", "user_id = {person}"),
    ("sessions", "user_id = {person}"),
    ("oauth_identities", "user_id = {person}"),
    ("devices", "id IN (SELECT device_id FROM user_devices WHERE user_id = {person})"),
    ("user_devices", "user_id = {person}"),
    ("password_resets", "user_id = {person}"),
    ("prompts", "user_id = {person}"),
    ("generations", "user_id = {person}"),
    ("images", "user_id = {person}"),
    ("galleries", "user_id = {person}"),
    ("gallery_items", "gallery_id IN (SELECT id FROM galleries WHERE user_id = {person})"),
    ("likes", "user_id = {person}"),
    ("subscriptions", "user_id = {person}"),
    ("invoices", "user_id = {person}"),
    ("credits_ledger", "user_id = {person}"),
    ("consents", "user_id = {person}"),
    ("training_flags", "user_id = {person}"),
    ("support_messages", "user_id = {person}"),
    ("filter_events", "user_id = {person}"),
];

/// How many rows the copy has in each of its forms.
pub fn rows(folder: &Path) -> anyhow::Result<[usize; 2]> {
    let mut rows = [0; 2];
    for (form, rows) in ["csv", "json"].into_iter().zip(&mut rows) {
        for (table, _) in TABLES {
            let file = folder.join(format!("{table}.{form}.zip"));
            let text = Command::new("unzip").arg("-p").arg(file).output().context("unzip has to be there")?.stdout;
            // CSV begins with the names of the columns
            *rows += memchr::memchr_iter(b'\n', &text).count().saturating_sub(usize::from(form == "csv"));
        }
    }
    Ok(rows)
}

/// Copies a person's rows.
pub fn copy(of: &Copy, person: i64, folder: &Path) -> anyhow::Result<()> {
    let tables = TABLES.map(|(table, condition)| (table, condition.replace("{person}", &person.to_string())));
    for form in ["csv", "json"] {
        for (table, _) in &tables {
            // an archive that is there would be added to
            let _ = fs::remove_file(folder.join(format!("{table}.{form}.zip")));
        }
    }
    match of.ground {
        Ground::Postgres => by_psql(&of.url, &tables, folder),
        Ground::Maria => by_mariadb(&of.url, &tables, folder),
        Ground::Sqlite => bail!("it has no such command"),
    }
}

fn by_psql(url: &str, tables: &[(&str, String)], folder: &Path) -> anyhow::Result<()> {
    let mut script = String::new();
    for form in ["csv", "json"] {
        for (table, condition) in tables {
            let (what, with) = match form {
                "csv" => ("t.*", " WITH (FORMAT csv, HEADER)"),
                _ => ("row_to_json(t)", ""),
            };
            let file = folder.join(format!("{table}.{form}.zip"));
            let file = file.display();
            writeln!(
                script,
                "COPY (SELECT {what} FROM {table} t WHERE {condition}) TO STDOUT{with} \\g | zip -q -1 {file} -"
            )?;
        }
    }
    let file = folder.join("copy.sql");
    fs::write(&file, script)?;
    let psql = ["/usr/lib/postgresql/15/bin/psql", "psql"].into_iter().find(|path| Path::new(path).exists());
    let status = Command::new(psql.unwrap_or("psql"))
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f"])
        .arg(&file)
        .arg(url)
        .stdout(Stdio::null())
        .status()
        .context("psql has to be there")?;
    if !status.success() {
        bail!("psql ended with {status}");
    }
    Ok(())
}

/// `MariaDB`'s own client has no CSV: its columns with tabs between them, and `JSON_OBJECT` of them.
fn by_mariadb(url: &str, tables: &[(&str, String)], folder: &Path) -> anyhow::Result<()> {
    let (_, url) = url.split_once("://").context("an address")?;
    let (user, rest) = url.split_once('@').context("a user")?;
    let (at, database) = rest.split_once('/').context("a database")?;
    let (host, port) = at.split_once(':').context("a port")?;
    let database = database.split('?').next().context("a database")?;
    let user = user.split(':').next().context("a user")?;
    let client = format!("mariadb --no-defaults -q -B -h {host} -P {port} -u {user} {database}");
    let mut script = "set -e -o pipefail\n".to_owned();
    for (table, condition) in tables {
        let file = folder.join(format!("{table}.csv.zip"));
        writeln!(
            script,
            "{client} -e \"SELECT t.* FROM {table} t WHERE {condition}\" | zip -q -1 {} -",
            file.display()
        )?;
        let columns = format!(
            "{client} -N -e \"SELECT group_concat(concat(quote(column_name), ', t.', column_name) ORDER BY ordinal_position) \
             FROM information_schema.columns WHERE table_schema = database() AND table_name = '{table}'\""
        );
        let file = folder.join(format!("{table}.json.zip"));
        writeln!(
            script,
            "c=$({columns}); {client} -N -r -e \"SELECT JSON_OBJECT($c) FROM {table} t WHERE {condition}\" | zip -q -1 {} -",
            file.display()
        )?;
    }
    let status = Command::new("bash").arg("-c").arg(script).status().context("bash has to be there")?;
    if !status.success() {
        bail!("the database's client ended with {status}");
    }
    Ok(())
}
