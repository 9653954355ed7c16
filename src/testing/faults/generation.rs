//! A generation database beside a house: founded once, copied for each test, compared row by row and file by file.

use crate::{
    house::{PRODUCT, Store, create},
    postgres,
};
use recourse::cli::demo::company;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// A generation database with its files.
pub struct Generation {
    /// Where it is.
    pub store: Store,
    /// Its file, where it is one, the folder `files` and the map.
    pub folder: PathBuf,
}

impl Generation {
    /// The demo's company, on the same engine as the console's own store.
    pub async fn found(folder: PathBuf, like: &Store) -> Self {
        fs::create_dir_all(&folder).expect("a folder");
        let store = match like {
            Store::Sqlite => Store::Sqlite,
            Store::Postgres(_) => {
                let name = postgres::fresh_name();
                create(&name, "template0").await;
                Store::Postgres(postgres::url(&name))
            }
        };
        let founded = Self { store, folder };
        company::IMAGEGEN.found(&founded.url(), &founded.folder.join("files")).await.expect("it is founded");
        fs::write(founded.folder.join("map.toml"), company::IMAGEGEN.map).expect("the map is written");
        founded
    }

    /// Its address.
    pub fn url(&self) -> String {
        match &self.store {
            Store::Sqlite => format!("sqlite://{}", self.folder.join("generation.db").display()),
            Store::Postgres(url) => url.clone(),
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
        Self { store: copy_store(&self.store).await, folder }
    }

    /// Every row of every table, and the name of every file: equal when nothing differs by a byte.
    pub async fn dump(&self) -> String {
        let tables = match self.store {
            Store::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1",
            Store::Postgres(_) => {
                "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 1"
            }
        };
        let mut dump = String::new();
        for table in self.texts(tables).await {
            let rows = match self.store {
                Store::Sqlite => {
                    let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                    let list: Vec<_> = columns.iter().map(|c| format!("coalesce(quote(\"{c}\"), '')")).collect();
                    format!("SELECT {} FROM \"{table}\" ORDER BY 1", list.join(" || '|' || "))
                }
                Store::Postgres(_) => format!("SELECT t::text FROM \"{table}\" t ORDER BY 1"),
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
        match &self.store {
            Store::Sqlite => {
                let mut conn = SqliteConnection::connect(&self.url()).await.expect("it opens");
                let rows = sqlx::query(text).fetch_all(&mut conn).await.expect("it runs");
                rows.iter().map(|row| row.get(0)).collect()
            }
            Store::Postgres(url) => {
                let mut conn = PgConnection::connect(url).await.expect("it connects");
                let rows = sqlx::query(text).fetch_all(&mut conn).await.expect("it runs");
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }
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
