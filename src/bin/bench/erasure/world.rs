//! A generation database to erase from, made once and copied for every run.

use crate::{ground, ground::Ground, spent};
use anyhow::Context as _;
use recourse::{
    cli::demo::company::{IMAGEGEN, On, spelled},
    generation::Source,
};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, MySqlConnection, PgConnection, Row as _, SqliteConnection,
    sqlite::SqliteConnectOptions,
};
use std::{fs, path::Path, str::FromStr as _};

const ROWS: &str = include_str!("rows.sql");
const BY_HAND: &str = include_str!("by_hand.sql");

/// Its tables.
const TABLES: [&str; 20] = [
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
    /// Its engine.
    pub ground: Ground,
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
        Ground::Maria => {
            let mut conn = MySqlConnection::connect(url).await?;
            // its recursive queries count to a thousand otherwise
            conn.execute(
                "SET max_recursive_iterations = 100000000, sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,STRICT_ALL_TABLES'",
            )
            .await?;
            conn.execute(sqlx::raw_sql(AssertSqlSafe(text))).await?;
            conn.close().await?;
        }
    }
    Ok(())
}

/// `rows` in the words of an engine.
fn in_words_of(ground: Ground, rows: &str) -> String {
    let words = match ground {
        Ground::Sqlite => [("{uuid}", "printf('%032x', i)"), ("{day}", "TEXT"), ("{moment}", "TEXT")],
        Ground::Postgres => {
            [("{uuid}", "CAST(lpad(to_hex(i), 32, '0') AS uuid)"), ("{day}", "date"), ("{moment}", "timestamptz")]
        }
        Ground::Maria => {
            [("{uuid}", "CAST(lpad(hex(i), 32, '0') AS uuid)"), ("{day}", "date"), ("{moment}", "datetime")]
        }
    };
    let rows = words.iter().fold(rows.to_owned(), |text, (word, becomes)| text.replace(word, becomes));
    // it reads no zone behind a moment
    if ground == Ground::Maria { rows.replace("Z'", "'").replace("AS BIGINT", "AS SIGNED") } else { rows }
}

/// The company's tables in the words of an engine.
fn schema(on: On) -> String {
    spelled(IMAGEGEN.schema, on)
}

/// Makes the company's tables in a new database, which is `file` where it is one, and fills them by `rows`. Its address, and
/// the first process of the server, where there is one.
pub async fn filled(ground: Ground, file: &Path, rows: &str) -> anyhow::Result<(String, Option<u32>)> {
    let rows = in_words_of(ground, rows);
    match ground {
        Ground::Sqlite => {
            fs::write(file, "")?;
            let url = file_url(file);
            let schema = schema(On::Sqlite);
            let text =
                format!("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; {schema} BEGIN; {rows} COMMIT; ANALYZE;");
            all(&url, ground, text).await?;
            Ok((url, None))
        }
        Ground::Postgres => {
            let url = ground::fresh_postgres().await?;
            // references are looked at once more by the run; row by row would take minutes here
            let schema = schema(On::Postgres);
            all(&url, ground, format!("{schema} SET session_replication_role = replica; {rows}")).await?;
            all(&url, ground, "VACUUM ANALYZE".to_owned()).await?;
            let mut conn = PgConnection::connect(&url).await?;
            let backend: i32 = conn.fetch_one("SELECT pg_backend_pid()").await?.try_get(0)?;
            conn.close().await?;
            Ok((url, Some(spent::parent(u32::try_from(backend)?)?)))
        }
        Ground::Maria => {
            let url = ground::fresh_maria().await?;
            let schema = schema(On::Maria);
            all(&url, ground, format!("{schema} SET foreign_key_checks = 0, unique_checks = 0; {rows}")).await?;
            let tables = TABLES.join(", ");
            all(&url, ground, format!("ANALYZE TABLE {tables}")).await?;
            Ok((url, None))
        }
    }
}

/// How much a template holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 200,000 rows of person 1 among 1,300,000 of others.
    Usual,
    /// 20,000, 200,000 and 2,000,000 rows of three people among 13,000,000 of others.
    Large,
}

impl Size {
    /// Whom it has many rows of, the one with the fewest first.
    pub const fn people(self) -> &'static [i64] {
        match self {
            Self::Usual => &[1],
            Self::Large => &[20_002, 20_001, 1],
        }
    }

    fn rows(self) -> String {
        let (people, pictures, mine) = match self {
            Self::Usual => ("20000", "355000", "1"),
            Self::Large => {
                let mine = "CASE WHEN (i - i % 71) / 71 % 113 < 1 THEN 20002 WHEN (i - i % 71) / 71 % 113 < 12 THEN 20001 ELSE 1 END";
                ("20002", "3550000", mine)
            }
        };
        ROWS.replace("{people}", people).replace("{pictures}", pictures).replace("{mine}", mine)
    }
}

impl Template {
    /// Makes it, with its indexes, analysed.
    pub async fn make(ground: Ground, size: Size) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("template.db");
        let (url, server) = filled(ground, &file, &size.rows()).await?;
        let name = match ground {
            Ground::Sqlite => file.display().to_string(),
            Ground::Postgres | Ground::Maria => {
                url.rsplit('/').next().and_then(|name| name.split('?').next()).context("a name")?.to_owned()
            }
        };
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
            Ground::Maria => {
                // it has no template: tables are made again and filled from the first
                let url = ground::fresh_maria().await?;
                let name = url.rsplit('/').next().and_then(|name| name.split('?').next()).context("a name")?.to_owned();
                let fill =
                    TABLES.iter().map(|table| format!("INSERT INTO {table} SELECT * FROM {}.{table};", self.name));
                let fill = fill.collect::<String>();
                let schema = schema(On::Maria);
                let tables = TABLES.join(", ");
                let text =
                    format!("{schema} SET foreign_key_checks = 0, unique_checks = 0; {fill} ANALYZE TABLE {tables}");
                all(&url, self.ground, text).await?;
                (name, url)
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

    /// Erases a person by statements written for this schema alone.
    pub async fn by_hand(&self, person: i64) -> anyhow::Result<()> {
        // MariaDB: BEGIN has another meaning where several statements are read at once, and references of rows that go
        // together are looked at row by row
        let (begin, loosen) = match self.ground {
            Ground::Maria => (
                "START TRANSACTION",
                "UPDATE generations SET parent_id = NULL WHERE user_id = {person} AND parent_id IS NOT NULL; ",
            ),
            Ground::Sqlite | Ground::Postgres => ("BEGIN", ""),
        };
        let text = BY_HAND.replace("{loosen}", loosen).replace("{person}", &person.to_string());
        all(&self.url, self.ground, format!("{begin}; {text} COMMIT;")).await
    }

    /// How many rows each table has, and how many of them speak of nobody: the same whoever erased.
    pub async fn left(&self) -> anyhow::Result<Vec<i64>> {
        let number = if self.ground == Ground::Maria { "SIGNED" } else { "BIGINT" };
        let mut counts: Vec<_> =
            TABLES.iter().map(|table| format!("SELECT CAST(count(*) AS {number}) FROM {table}")).collect();
        for column in [
            "users.referred_by",
            "generations.parent_id",
            "gallery_items.added_by",
            "invoices.user_id",
            "credits_ledger.user_id",
            "filter_events.user_id",
        ] {
            let (table, column) = column.split_once('.').context("a table and a column")?;
            counts.push(format!("SELECT CAST(count(*) AS {number}) FROM {table} WHERE {column} IS NULL"));
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
            Ground::Maria => {
                let mut conn = MySqlConnection::connect(&self.url).await?;
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
            Ground::Maria => all(&ground::maria_url(""), self.ground, format!("DROP DATABASE {}", self.name)).await,
        }
    }
}
