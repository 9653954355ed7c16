//! What the program withstands, asked of itself over HTTP on both databases. The names begin with the number of the
//! promise in SECURITY.md. Looks into the database behind the program's back, and never into the program.

mod addresses;
mod at_rest;
mod bombs;
mod crowd;
mod elsewhere;
mod factors;
mod fields;
mod files;
mod first_start;
mod guessing;
mod hands;
mod headers;
mod inside;
mod keys;
mod links;
mod mail;
mod numbers;
mod others;
mod passwords;
mod people;
mod pickups;
mod proofs;
mod quiet;
mod roles;
mod routes;
mod second_person;
mod sessions;
mod slow;

use crate::{
    console::Console,
    house::{House, Store, request},
    verbs::{hires, signs_in},
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
use std::{collections::BTreeMap, time::Duration};

/// Somebody who may do everything, one case, and a console with a session; also the case's reference.
async fn at_work(house: &House) -> (Console, String, String) {
    hires(house).await;
    house.receives(&request(1)).await;
    let console = house.opens().await;
    house.all_is_done(Duration::from_secs(20)).await;
    let cookie = signs_in(&console).await;
    let reference = format!("R-{}", house.rows::<(i64,)>("SELECT id FROM cases").await[0].0);
    (console, cookie, reference)
}

/// Where the first file of a mail is handed out, as its case's page says.
async fn file_of(console: &Console, cookie: &str, case: i64, message: i64) -> String {
    let page = console.send("GET", &format!("/cases/R-{case}"), &[("cookie", cookie)], b"").await.expect("an answer");
    let place = format!("/cases/R-{case}/files/{message}/");
    let part = page.body().split(&place).nth(1).and_then(|rest| rest.split('"').next());
    format!("{place}{}", part.unwrap_or_else(|| panic!("there is no file on {}", page.text)))
}

/// Tables that a console writes to by itself, whoever asks or does not ask for a page.
const BY_ITSELF: [&str; 6] = ["jobs", "outflow", "ticks", "audit_checkpoints", "_sqlx_migrations", "sqlite_sequence"];

impl House {
    /// Every table and what is in it, for comparing.
    async fn contents(&self) -> BTreeMap<String, String> {
        let names: Vec<(String,)> = self
            .rows(match self.store {
                Store::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%_fts%'",
                Store::Postgres(_) => {
                    "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
                }
            })
            .await;
        let mut all = BTreeMap::new();
        for (name,) in names.into_iter().filter(|(name,)| !BY_ITSELF.contains(&name.as_str())) {
            let rows: Vec<(String,)> = match self.store {
                Store::Sqlite => {
                    let columns: Vec<(String,)> =
                        self.rows(&format!("SELECT name FROM pragma_table_info('{name}')")).await;
                    let quoted: Vec<_> = columns.iter().map(|(column,)| format!("quote(\"{column}\")")).collect();
                    self.rows(&format!("SELECT {} AS row FROM \"{name}\" ORDER BY row", quoted.join(" || ',' || ")))
                        .await
                }
                Store::Postgres(_) => self.rows(&format!("SELECT t::text FROM \"{name}\" t ORDER BY t::text")).await,
            };
            all.insert(name, rows.into_iter().map(|(row,)| row).collect::<Vec<_>>().join("\n"));
        }
        all
    }

    /// Runs a statement as somebody with a hand in the database would.
    async fn meddles(&self, statement: &str) {
        use sqlx::Executor as _;
        let text = AssertSqlSafe(statement.to_owned());
        match &self.store {
            Store::Sqlite => {
                let options = SqliteConnectOptions::new().filename(self.data_dir().join("recourse.db"));
                let mut db = options.busy_timeout(Duration::from_secs(10)).connect().await.expect("the file opens");
                db.execute(sqlx::raw_sql(text)).await.expect("it runs");
                db.close().await.expect("it closes");
            }
            Store::Postgres(url) => {
                let mut db = sqlx::PgConnection::connect(url).await.expect("the server answers");
                db.execute(sqlx::raw_sql(text)).await.expect("it runs");
                db.close().await.expect("it closes");
            }
        }
    }
}

/// Every byte as RFC 8187 writes it.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |written, byte| format!("{written}%{byte:02X}"))
}

/// The tables in which two looks differ.
fn changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let names = before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}
