//! The same rows by `COPY`, as CSV and as JSON, each table into `zip -1`: one session of psql, nothing in between.

use anyhow::{Context as _, bail};
use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Every table with the condition that a row is person 1's.
const TABLES: [(&str, &str); 20] = [
    ("users", "id = 1"),
    ("profiles", "user_id = 1"),
    ("sessions", "user_id = 1"),
    ("oauth_identities", "user_id = 1"),
    ("devices", "id IN (SELECT device_id FROM user_devices WHERE user_id = 1)"),
    ("user_devices", "user_id = 1"),
    ("password_resets", "user_id = 1"),
    ("prompts", "user_id = 1"),
    ("generations", "user_id = 1"),
    ("images", "user_id = 1"),
    ("galleries", "user_id = 1"),
    ("gallery_items", "gallery_id IN (SELECT id FROM galleries WHERE user_id = 1)"),
    ("likes", "user_id = 1"),
    ("subscriptions", "user_id = 1"),
    ("invoices", "user_id = 1"),
    ("credits_ledger", "user_id = 1"),
    ("consents", "user_id = 1"),
    ("training_flags", "user_id = 1"),
    ("support_messages", "user_id = 1"),
    ("filter_events", "user_id = 1"),
];

/// How many rows the copy has in each of its forms.
pub fn rows(folder: &Path) -> anyhow::Result<[usize; 2]> {
    let mut rows = [0; 2];
    for (form, rows) in ["csv", "json"].into_iter().zip(&mut rows) {
        for (table, _) in TABLES {
            let file = folder.join(format!("{table}.{form}.zip"));
            let text = Command::new("unzip").arg("-p").arg(file).output().context("unzip has to be there")?.stdout;
            // CSV begins with the names of the columns
            *rows += memchr::memchr_iter(b'\n', &text).count() - usize::from(form == "csv");
        }
    }
    Ok(rows)
}

/// Copies person 1's rows.
pub fn copy(url: &str, folder: &Path) -> anyhow::Result<()> {
    let mut script = String::new();
    for form in ["csv", "json"] {
        for (table, condition) in TABLES {
            let (what, with) = match form {
                "csv" => ("t.*", " WITH (FORMAT csv, HEADER)"),
                _ => ("row_to_json(t)", ""),
            };
            let file = folder.join(format!("{table}.{form}.zip"));
            // an archive that is there would be added to
            let _ = fs::remove_file(&file);
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
