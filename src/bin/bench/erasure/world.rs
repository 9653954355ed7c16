//! A generation database to erase from, made once and copied for every run.

use crate::{ground, ground::Ground, spent};
use anyhow::Context as _;
use recourse::{
    cli::demo::company::{IMAGEGEN, On, spelled},
    generation::Source,
};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection,
    sqlite::SqliteConnectOptions,
};
use std::{fs, path::Path, str::FromStr as _};

const ROWS: &str = include_str!("rows.sql");
const BY_HAND: &str = include_str!("by_hand.sql");

/// The database from which every run's is copied: a file's name or a database's.
pub struct Template {
    ground: Ground,
    name: String,
    folder: tempfile::TempDir,
    /// The first process of the server, where there is one.
    pub server: Option<u32>,
}

/// One run's own copy.
pub struct Copy {
    ground: Ground,
    name: String,
    /// Its address.
    pub url: String,
}

fn file_url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// Runs statements, all of them.
pub async fn all(url: &str, ground: Ground, text: String) -> anyhow::Result<()> {
    match ground {
        Ground::Sqlite => {
            let options = SqliteConnectOptions::from_str(url)?.foreign_keys(true);
            let mut conn = SqliteConnection::connect_with(&options).await?;
            conn.execute(sqlx::raw_sql(AssertSqlSafe(text))).await?;
            conn.close().await?;
        }
        Ground::Postgres => {
            let mut conn = PgConnection::connect(url).await?;
            conn.execute(sqlx::raw_sql(AssertSqlSafe(text))).await?;
            conn.close().await?;
        }
    }
    Ok(())
}

impl Template {
    /// Makes it: 200,000 rows of one person among 1,300,000 of others, with their indexes, analysed.
    pub async fn make(ground: Ground) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (words, name, url) = match ground {
            Ground::Sqlite => {
                let file = folder.path().join("template.db");
                fs::write(&file, "")?;
                (
                    [("{uuid}", "printf('%032x', i)"), ("{day}", "TEXT"), ("{moment}", "TEXT")],
                    file.display().to_string(),
                    file_url(&file),
                )
            }
            Ground::Postgres => {
                let url = ground::fresh_postgres().await?;
                let name = url.rsplit('/').next().context("a database without a name")?.to_owned();
                (
                    [
                        ("{uuid}", "CAST(lpad(to_hex(i), 32, '0') AS uuid)"),
                        ("{day}", "date"),
                        ("{moment}", "timestamptz"),
                    ],
                    name,
                    url,
                )
            }
        };
        let rows = words.iter().fold(ROWS.to_owned(), |text, (word, becomes)| text.replace(word, becomes));
        let mut server = None;
        match ground {
            Ground::Sqlite => {
                all(
                    &url,
                    ground,
                    format!(
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; {} BEGIN; {rows} COMMIT; ANALYZE;",
                        spelled(IMAGEGEN.schema, On::Sqlite)
                    ),
                )
                .await?;
            }
            Ground::Postgres => {
                // references are looked at once more by the run; row by row would take minutes here
                all(
                    &url,
                    ground,
                    format!(
                        "{} SET session_replication_role = replica; {rows}",
                        spelled(IMAGEGEN.schema, On::Postgres)
                    ),
                )
                .await?;
                all(&url, ground, "VACUUM ANALYZE".to_owned()).await?;
                let mut conn = PgConnection::connect(&url).await?;
                let backend: i32 = conn.fetch_one("SELECT pg_backend_pid()").await?.try_get(0)?;
                server = Some(spent::parent(u32::try_from(backend)?)?);
                conn.close().await?;
            }
        }
        Ok(Self { ground, name, folder, server })
    }

    /// A copy that nothing waits to be written of.
    pub async fn copy(&self) -> anyhow::Result<Copy> {
        let (name, url) = match self.ground {
            Ground::Sqlite => {
                let file = self.folder.path().join("copy.db");
                fs::copy(&self.name, &file)?;
                fs::File::open(&file)?.sync_all()?;
                (file.display().to_string(), file_url(&file))
            }
            Ground::Postgres => {
                let name = format!("{}_copy", self.name);
                let admin = ground::postgres_url("postgres");
                all(&admin, self.ground, format!("CREATE DATABASE {name} TEMPLATE {} STRATEGY file_copy", self.name))
                    .await?;
                all(&admin, self.ground, "CHECKPOINT".to_owned()).await?;
                (name.clone(), ground::postgres_url(&name))
            }
        };
        Ok(Copy { ground: self.ground, name, url })
    }
}

impl Copy {
    /// The database through the data map of the demo's company, without its files: those are measured apart.
    pub fn source(&self) -> anyhow::Result<Source> {
        let map = IMAGEGEN.map.replace(", file = true", "");
        Source::new(&self.url, None, &map).map_err(|faults| anyhow::anyhow!("{faults:?}"))
    }

    /// Erases person 1 by statements written for this schema alone.
    pub async fn by_hand(&self) -> anyhow::Result<()> {
        all(&self.url, self.ground, format!("BEGIN; {BY_HAND} COMMIT;")).await
    }

    /// How many rows each table has, and how many of them speak of nobody: the same whoever erased.
    pub async fn left(&self) -> anyhow::Result<Vec<i64>> {
        let tables = [
            "users",
            "profiles",
            "sessions",
            "oauth_identities",
            "devices",
            "user_devices",
            "password_resets",
            "prompts",
            "generations",
            "images",
            "galleries",
            "gallery_items",
            "likes",
            "subscriptions",
            "invoices",
            "credits_ledger",
            "consents",
            "training_flags",
            "support_messages",
            "filter_events",
        ];
        let mut counts: Vec<_> =
            tables.iter().map(|table| format!("SELECT CAST(count(*) AS BIGINT) FROM {table}")).collect();
        for column in [
            "users.referred_by",
            "generations.parent_id",
            "gallery_items.added_by",
            "invoices.user_id",
            "credits_ledger.user_id",
            "filter_events.user_id",
        ] {
            let (table, column) = column.split_once('.').context("a table and a column")?;
            counts.push(format!("SELECT CAST(count(*) AS BIGINT) FROM {table} WHERE {column} IS NULL"));
        }
        let mut left = Vec::new();
        match self.ground {
            Ground::Sqlite => {
                let mut conn = SqliteConnection::connect(&self.url).await?;
                for count in counts {
                    left.push(sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut conn).await?);
                }
                conn.close().await?;
            }
            Ground::Postgres => {
                let mut conn = PgConnection::connect(&self.url).await?;
                for count in counts {
                    left.push(sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut conn).await?);
                }
                conn.close().await?;
            }
        }
        Ok(left)
    }

    /// Makes room for the next.
    pub async fn drop(self) -> anyhow::Result<()> {
        match self.ground {
            Ground::Sqlite => {
                for end in ["", "-wal", "-shm"] {
                    // not every file is there
                    let _ = fs::remove_file(format!("{}{end}", self.name));
                }
                Ok(())
            }
            Ground::Postgres => {
                all(&ground::postgres_url("postgres"), self.ground, format!("DROP DATABASE {} WITH (FORCE)", self.name))
                    .await
            }
        }
    }
}
