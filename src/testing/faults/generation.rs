//! A generation database beside a house, on any engine: founded once, copied for each test, compared row by row and file by file.

use crate::{
    house::{PRODUCT, Store, create},
    maria, postgres,
};
use recourse::cli::demo::company;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, MySqlConnection, PgConnection, Row as _, SqliteConnection};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Where a generation database is.
#[derive(Clone)]
pub enum Place {
    /// A file in its folder.
    Sqlite,
    /// A database of the tests' `PostgreSQL` server, by its address.
    Postgres(String),
    /// A database of the tests' `MariaDB` server, by its name.
    Maria(String),
}

/// A generation database with its files.
pub struct Generation {
    /// Where it is.
    pub place: Place,
    /// Its file, where it is one, the folder `files` and the map.
    pub folder: PathBuf,
}

impl Generation {
    /// The demo's company, on the same engine as the console's own store.
    pub async fn found(folder: PathBuf, like: &Store) -> Self {
        let place = match like {
            Store::Sqlite => Place::Sqlite,
            Store::Postgres(_) => {
                let name = postgres::fresh_name();
                create(&name, "template0").await;
                Place::Postgres(postgres::url(&name))
            }
        };
        Self::found_at(folder, place).await
    }

    async fn found_at(folder: PathBuf, place: Place) -> Self {
        fs::create_dir_all(&folder).expect("a folder");
        let founded = Self { place, folder };
        company::IMAGEGEN.found(&founded.url(), &founded.folder.join("files")).await.expect("it is founded");
        fs::write(founded.folder.join("map.toml"), company::IMAGEGEN.map).expect("the map is written");
        founded
    }

    /// The same company on `MariaDB`.
    pub async fn found_on_maria(folder: PathBuf) -> Self {
        Self::found_at(folder, Place::Maria(maria_database().await)).await
    }

    /// The same with sign-ins that are sealed instead of deleted.
    pub async fn sealing(self) -> Self {
        let here = company::spelled(
            "CREATE TABLE sessions_sealed (\n    id uuid PRIMARY KEY,\n    user_id number NOT NULL,\n    ip name NOT NULL,\n    \
             user_agent name NOT NULL,\n    created_at moment NOT NULL,\n    expires_at moment NOT NULL,\n    \
             sealed_until day NOT NULL,\n    sealed_run name NOT NULL\n)",
            match self.place {
                Place::Sqlite => company::On::Sqlite,
                Place::Postgres(_) => company::On::Postgres,
                Place::Maria(_) => company::On::Maria,
            },
        );
        self.run(&here).await;
        let (table, keep) =
            ("[tables.sessions]\n", "keep = { reason = \"logs\", period = \"P10Y\", after = \"created_at\" }");
        let (before, after) = company::IMAGEGEN.map.split_once(table).expect("they are in the map");
        let sealed = format!("erase = \"seal\"\nseal_into = \"sessions_sealed\"\n{keep}\n");
        let map = format!("{before}{table}{}", after.replacen("erase = \"delete\"\n", &sealed, 1));
        fs::write(self.folder.join("map.toml"), map).expect("the map is written");
        self
    }

    /// Runs statements behind everybody's back.
    pub async fn run(&self, text: &str) {
        let statement = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
        match &self.place {
            Place::Sqlite => {
                let mut conn = SqliteConnection::connect(&self.url()).await.expect("it opens");
                conn.execute(statement).await.expect("it runs");
                conn.close().await.expect("it closes");
            }
            Place::Postgres(url) => {
                let mut conn = PgConnection::connect(url).await.expect("it connects");
                conn.execute(statement).await.expect("it runs");
            }
            Place::Maria(name) => on_maria(name, text).await,
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        match &self.place {
            Place::Sqlite => format!("sqlite://{}", self.folder.join("generation.db").display()),
            Place::Postgres(url) => url.clone(),
            Place::Maria(name) => maria::url(name),
        }
    }

    /// The part of a configuration that names it.
    pub fn configuration(&self) -> String {
        format!(
            "[products.{PRODUCT}.generation]\nurl = \"{}\"\nfiles = \"{}\"\ndata_map = \"{}\"\n",
            self.url(),
            self.folder.join("files").display(),
            self.folder.join("map.toml").display()
        )
    }

    /// A copy of its own.
    pub async fn copy(&self, folder: PathBuf) -> Self {
        copy_folder(&self.folder, &folder);
        let place = match &self.place {
            Place::Sqlite => Place::Sqlite,
            Place::Postgres(url) => match copy_store(&Store::Postgres(url.clone())).await {
                Store::Postgres(url) => Place::Postgres(url),
                Store::Sqlite => Place::Sqlite,
            },
            Place::Maria(name) => {
                let copy = maria_database().await;
                let schema = company::spelled(company::IMAGEGEN.schema, company::On::Maria);
                let mut text = format!("{schema} SET foreign_key_checks = 0;");
                for table in self.tables().await {
                    write!(text, "CREATE TABLE IF NOT EXISTS {table} LIKE {name}.{table};").expect("text");
                    write!(text, "INSERT INTO {table} SELECT * FROM {name}.{table};").expect("text");
                }
                on_maria(&copy, &text).await;
                Place::Maria(copy)
            }
        };
        Self { place, folder }
    }

    async fn tables(&self) -> Vec<String> {
        self.texts(match self.place {
            Place::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1",
            Place::Postgres(_) => {
                "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 1"
            }
            Place::Maria(_) => {
                "SELECT CAST(table_name AS CHAR) FROM information_schema.tables WHERE table_schema = database() ORDER BY 1"
            }
        })
        .await
    }

    /// Every row of every table, and the name of every file: equal when nothing differs by a byte.
    pub async fn dump(&self) -> String {
        let mut dump = String::new();
        for table in self.tables().await {
            let rows = match self.place {
                Place::Sqlite => {
                    let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                    let list: Vec<_> = columns.iter().map(|c| format!("coalesce(quote(\"{c}\"), '')")).collect();
                    format!("SELECT {} FROM \"{table}\" ORDER BY 1", list.join(" || '|' || "))
                }
                Place::Postgres(_) => format!("SELECT t::text FROM \"{table}\" t ORDER BY 1"),
                Place::Maria(_) => {
                    let columns = format!(
                        "SELECT CAST(column_name AS CHAR) FROM information_schema.columns WHERE table_schema = database() AND table_name = '{table}'"
                    );
                    let list: Vec<_> = self
                        .texts(&columns)
                        .await
                        .iter()
                        .map(|c| format!("coalesce(concat('\\'', {c}, '\\''), '')"))
                        .collect();
                    format!("SELECT concat('|', concat_ws('|', {}), '|') FROM {table} ORDER BY 1", list.join(", "))
                }
            };
            for row in self.texts(&rows).await {
                writeln!(dump, "{table}: {row}").expect("text takes text");
            }
        }
        let mut files = files_in(&self.folder.join("files"));
        files.sort();
        for file in files {
            writeln!(dump, "file {} {}", file.display(), fs::metadata(&file).expect("it is there").len())
                .expect("text");
        }
        dump.replace(&self.folder.display().to_string(), "")
    }

    async fn texts(&self, text: &str) -> Vec<String> {
        let text = AssertSqlSafe(text.to_owned());
        match &self.place {
            Place::Sqlite => {
                let mut conn = SqliteConnection::connect(&self.url()).await.expect("it opens");
                let rows = sqlx::query(text).fetch_all(&mut conn).await.expect("it runs");
                rows.iter().map(|row| row.get(0)).collect()
            }
            Place::Postgres(url) => {
                let mut conn = PgConnection::connect(url).await.expect("it connects");
                let rows = sqlx::query(text).fetch_all(&mut conn).await.expect("it runs");
                rows.iter().map(|row| row.get(0)).collect()
            }
            Place::Maria(name) => {
                let mut conn = MySqlConnection::connect(&maria::url(name)).await.expect("it connects");
                let rows = sqlx::query(text).fetch_all(&mut conn).await.expect("it runs");
                rows.iter().map(|row| row.get_unchecked(0)).collect()
            }
        }
    }
}

/// A new database of `MariaDB`; its name.
async fn maria_database() -> String {
    let name = postgres::fresh_name();
    on_maria("", &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4")).await;
    name
}

async fn on_maria(name: &str, text: &str) {
    let mut conn = MySqlConnection::connect(&maria::url(name)).await.expect("it connects");
    conn.execute("SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'").await.expect("it is set");
    conn.execute(sqlx::raw_sql(AssertSqlSafe(text.to_owned()))).await.expect("it runs");
    conn.close().await.expect("it closes");
}

/// A copy of a database on the server; a file is copied with its folder.
pub async fn copy_store(store: &Store) -> Store {
    let Store::Postgres(url) = store else { return Store::Sqlite };
    let (template, name) = (url.rsplit('/').next().unwrap_or_default(), postgres::fresh_name());
    create(&name, template).await;
    Store::Postgres(postgres::url(&name))
}

/// Everything in a folder, into another.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("it lists").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).expect("it is copied");
        }
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("it lists").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}
