//! A small generation database on any engine, with a map, for tests of the generation room alone.

use crate::{
    domain::identity::Identity,
    generation::{Error, Extent, Files, Found, Source, Target, Verified},
    testing::{house, maria, postgres},
};
use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, AssertSqlSafe as Text, Connection as _, Executor as _, Row as _};
use std::{fmt::Write as _, fs, path::PathBuf};

/// Which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
    Maria,
}

/// A database with its files.
pub struct World {
    pub url: String,
    pub folder: tempfile::TempDir,
    pub on: On,
}

/// Every engine understands it.
pub const SCHEMA: &str = "
CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(255) NOT NULL UNIQUE, name TEXT, referred_by BIGINT REFERENCES users (id));
CREATE TABLE logins (user_id BIGINT NOT NULL REFERENCES users (id), at TIMESTAMP NOT NULL, address TEXT, PRIMARY KEY (user_id, at));
CREATE TABLE images (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id),
    remix_of BIGINT REFERENCES images (id), object_key TEXT, title TEXT);
CREATE TABLE likes (user_id BIGINT NOT NULL REFERENCES users (id), image_id BIGINT NOT NULL REFERENCES images (id),
    PRIMARY KEY (user_id, image_id));
CREATE TABLE devices (serial VARCHAR(60) PRIMARY KEY, model TEXT);
CREATE TABLE user_devices (user_id BIGINT NOT NULL REFERENCES users (id), serial VARCHAR(60) NOT NULL REFERENCES devices (serial),
    PRIMARY KEY (user_id, serial));
CREATE TABLE invoices (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), name TEXT, issued_on DATE NOT NULL);
CREATE TABLE usage_log (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id), account TEXT NOT NULL, line TEXT);
CREATE TABLE \"order\" (\"Id\" BIGINT PRIMARY KEY, \"user\" BIGINT NOT NULL REFERENCES users (id), \"camelCase\" TEXT);
";

/// Ada is number 1, Bo number 2, Cy number 0.
pub const ROWS: &str = "
INSERT INTO users VALUES (0, 'cy@example.org', 'Cy', NULL), (1, 'Ada@Example.org', 'Ada', NULL), (2, 'bo@example.org', 'Bo', 1);
INSERT INTO logins VALUES (1, '2026-01-02 03:04:05', '10.0.0.1'), (1, '2026-01-03 03:04:05', NULL), (2, '2026-01-02 00:00:00', NULL);
INSERT INTO images VALUES (10, 1, NULL, 'a/10.png', 'one'), (11, 1, 10, 'a/11.png', NULL), (20, 2, 10, 'b/20.png', 'remix'),
    (21, 2, NULL, 'shared.png', NULL), (12, 1, 20, 'shared.png', NULL), (13, 1, 11, NULL, 'no file');
INSERT INTO likes VALUES (1, 20), (2, 10), (2, 21), (0, 11);
INSERT INTO devices VALUES ('tablet', 'shared by two'), ('phone', 'of Ada alone'), ('laptop', 'of Bo');
INSERT INTO user_devices VALUES (1, 'tablet'), (2, 'tablet'), (1, 'phone'), (2, 'laptop');
INSERT INTO invoices VALUES (100, 1, 'Ada', '2024-05-06'), (101, 1, 'Ada', '2017-01-01'), (102, 2, 'Bo', '2017-01-01');
INSERT INTO usage_log VALUES (1, 1, 'ada', 'made one'), (2, 2, 'bo', 'wrote to ada@example.org'), (3, 1, 'ada', NULL);
INSERT INTO \"order\" VALUES (1, 1, 'x'), (2, 2, 'y');
";

/// The map of it.
pub const MAP: &str = r#"
product = "imagegen-artisticmonk"
version = "1"
system = "ImageGen"
subject = "users"
[[identity]]
kind = "email"
table = "users"
column = "email"
normal = "lower"
contact = true
[[identity]]
kind = "account"
table = "users"
column = "id"
[[identity]]
kind = "device"
table = "devices"
column = "serial"
[tables.users]
key = ["id"]
erase = "delete"
link = [{ to = "users", on = { referred_by = "id" }, others = "null" }]
columns = { id = {}, email = {}, name = {}, referred_by = {} }
[tables.logins]
key = ["user_id", "at"]
owner = [{ to = "users", on = { user_id = "id" } }]
erase = "delete"
columns = { user_id = {}, at = {}, address = {} }
[tables.images]
key = ["id"]
owner = [{ to = "users", on = { user_id = "id" } }]
link = [{ to = "images", on = { remix_of = "id" }, others = "null" }]
erase = "delete"
columns = { id = {}, user_id = {}, remix_of = {}, object_key = { file = true }, title = {} }
[tables.likes]
key = ["user_id", "image_id"]
owner = [{ to = "users", on = { user_id = "id" } }]
link = [{ to = "images", on = { image_id = "id" }, others = "delete" }]
erase = "delete"
columns = { user_id = {}, image_id = {} }
[tables.devices]
key = ["serial"]
owner = [{ to = "user_devices", on = { serial = "serial" } }]
shared = "keep"
erase = "delete"
columns = { serial = {}, model = {} }
[tables.user_devices]
key = ["user_id", "serial"]
owner = [{ to = "users", on = { user_id = "id" } }]
link = [{ to = "devices", on = { serial = "serial" }, others = "delete" }]
erase = "delete"
columns = { user_id = {}, serial = {} }
[tables.invoices]
key = ["id"]
owner = [{ to = "users", on = { user_id = "id" } }]
erase = "keep"
keep = { reason = "books of account", period = "P8Y", after = "issued_on" }
columns = { id = {}, user_id = { erase = "null" }, name = {}, issued_on = {} }
[tables.usage_log]
key = ["id"]
owner = [{ to = "users", on = { user_id = "id" } }]
erase = "change"
columns = { id = {}, user_id = { erase = "null" }, account = { erase = "pseudonym" }, line = { search = true } }
[tables.order]
key = ["Id"]
owner = [{ to = "users", on = { user = "id" } }]
erase = "delete"
columns = { Id = {}, user = {}, camelCase = {} }
"#;

/// The day of these tests.
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day")
}

impl World {
    /// The small database.
    pub async fn new(on: On) -> Self {
        let world = Self::empty(on).await;
        // MariaDB's TEXT holds 64 KiB
        let schema = if on == On::Maria { SCHEMA.replace("title TEXT", "title LONGTEXT") } else { SCHEMA.to_owned() };
        world.run(&schema).await;
        world.run(ROWS).await;
        for name in ["a/10.png", "a/11.png", "b/20.png", "shared.png"] {
            let file = world.files().join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("it is made");
            fs::write(&file, format!("picture {name}")).expect("it is written");
        }
        world
    }

    /// A database without tables.
    pub async fn empty(on: On) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("files")).expect("it is made");
        let url = match on {
            On::Sqlite => {
                let file = folder.path().join("generation.db");
                fs::write(&file, "").expect("it is made");
                format!("sqlite://{}", file.display())
            }
            On::Postgres => {
                let name = postgres::fresh_name();
                house::create(&name, "template0").await;
                postgres::url(&name)
            }
            On::Maria => {
                let name = postgres::fresh_name();
                let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci");
                by_hand(&maria::url(""), &create).await;
                maria::url(&name)
            }
        };
        Self { url, folder, on }
    }

    pub fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    pub fn source(&self, map: &str) -> Source {
        Source::new(&self.url, Some(Files::Folder(self.files())), map).expect("the map holds together")
    }

    /// Runs statements.
    pub async fn run(&self, text: &str) {
        if self.on == On::Maria {
            return by_hand(&self.url, text).await;
        }
        let text = Text(text.to_owned());
        match self.on {
            On::Sqlite => {
                let mut conn = sqlx::SqliteConnection::connect(&self.url).await.expect("it opens");
                conn.execute(sqlx::raw_sql(text)).await.expect("it runs");
                conn.close().await.expect("it closes");
            }
            On::Postgres => {
                let mut conn = sqlx::PgConnection::connect(&self.url).await.expect("it connects");
                conn.execute(sqlx::raw_sql(text)).await.expect("it runs");
                conn.close().await.expect("it closes");
            }
            On::Maria => {}
        }
    }

    /// Every row of a table that a condition holds for, as text in order.
    pub async fn rows(&self, table: &str, condition: &str) -> Vec<String> {
        let text = match self.on {
            On::Sqlite => {
                let columns = self.columns(table).await;
                let list: Vec<_> = columns.iter().map(|c| format!("coalesce(quote(\"{c}\"), '')")).collect();
                format!("SELECT {} FROM \"{table}\" t WHERE {condition} ORDER BY 1", list.join(" || '|' || "))
            }
            On::Maria => {
                let columns = self.columns(table).await;
                let list: Vec<_> = columns.iter().map(|c| format!("coalesce(hex(t.{}), '')", quoted(c))).collect();
                format!(
                    "SELECT concat_ws('|', {}) FROM {} t WHERE {condition} ORDER BY 1",
                    list.join(", "),
                    quoted(table)
                )
            }
            On::Postgres => format!("SELECT t::text FROM \"{table}\" t WHERE {condition} ORDER BY 1"),
        };
        self.texts(&text).await
    }

    async fn columns(&self, table: &str) -> Vec<String> {
        let from = match self.on {
            On::Maria => format!(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = database() AND table_name = '{table}' ORDER BY ordinal_position"
            ),
            _ => format!("SELECT name FROM pragma_table_info('{table}')"),
        };
        self.texts(&from).await
    }

    /// The first column of every row.
    pub async fn texts(&self, text: &str) -> Vec<String> {
        match self.on {
            On::Sqlite => {
                let mut conn = sqlx::SqliteConnection::connect(&self.url).await.expect("it opens");
                let rows = sqlx::query(AssertSqlSafe(text)).fetch_all(&mut conn).await.expect("it runs");
                rows.iter().map(|row| row.get(0)).collect()
            }
            On::Postgres => {
                let mut conn = sqlx::PgConnection::connect(&self.url).await.expect("it connects");
                let rows = sqlx::query(AssertSqlSafe(text)).fetch_all(&mut conn).await.expect("it runs");
                rows.iter().map(|row| row.get(0)).collect()
            }
            On::Maria => {
                let mut conn = maria_by_hand(&self.url).await;
                let rows = sqlx::query(AssertSqlSafe(text)).fetch_all(&mut conn).await.expect("it runs");
                rows.iter().map(|row| row.get_unchecked(0)).collect()
            }
        }
    }

    /// Every row of every table and every file, as text: equal when nothing changed by a byte.
    pub async fn dump(&self) -> String {
        let tables = match self.on {
            On::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1",
            On::Maria => "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1",
            On::Postgres => {
                "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 1"
            }
        };
        let mut dump = String::new();
        for table in self.texts(tables).await {
            for row in self.rows(&table, "1 = 1").await {
                writeln!(dump, "{table}: {row}").expect("text takes text");
            }
        }
        let mut files = all_files(&self.files());
        files.sort();
        for file in files {
            let bytes = fs::read(&file).expect("it reads");
            let name = file.strip_prefix(self.files()).expect("it is inside").to_owned();
            writeln!(dump, "file {}: {}", name.display(), data_encoding::HEXLOWER.encode(&bytes)).expect("text");
        }
        dump
    }
}

/// A connection that reads statements as the other engines do.
async fn maria_by_hand(url: &str) -> sqlx::MySqlConnection {
    let mut conn = sqlx::MySqlConnection::connect(url).await.expect("it connects");
    let settings = "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,STRICT_ALL_TABLES', max_recursive_iterations = 1000000";
    conn.execute(settings).await.expect("it is set");
    conn
}

/// Runs statements on `MariaDB`.
pub async fn by_hand(url: &str, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let mut conn = maria_by_hand(url).await;
    conn.execute(sqlx::raw_sql(Text(text.to_owned()))).await.expect("it runs");
    conn.close().await.expect("it closes");
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn all_files(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("it lists").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { all_files(&path) } else { vec![path] }).collect()
}

/// Looks somebody up and says whom an erasure would be about.
pub async fn target(source: &Source, kind: &str, value: &str) -> Target {
    let identity = Identity { kind: kind.to_owned(), value: value.to_owned() };
    let Found { subjects, found_by, contacts } = source.find(&[identity]).await.expect("it looks");
    let pseudonym = "p_aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned();
    let extent = Extent::default();
    Target {
        subjects,
        found_by,
        texts: contacts,
        pseudonym,
        today: today(),
        holds: Vec::new(),
        held: crate::generation::Held::default(),
        extent,
        aim: crate::generation::Aim::Erase,
        run: "E-1".to_owned(),
        begun: None,
    }
}

/// Carries an erasure out: each step with its rows and files, and what the re-query found.
pub async fn carry_out(source: &Source, target: &Target) -> Result<(Vec<(String, i64, i64)>, Verified), Error> {
    let erasure = source.erasure(target).await?;
    let done = erasure.carry_out().await?;
    let steps = erasure.steps().into_iter().zip(done.steps);
    Ok((steps.map(|(step, did)| (step.label(), did.rows, did.files)).collect(), done.verified))
}
