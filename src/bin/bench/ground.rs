//! Where the bench works: a temporary `SQLite` file or a database of a `PostgreSQL` server of its own.

use recourse::{
    app::{
        App, Parts, Settings,
        packs::{self, Packs},
    },
    generation::{Source, receipt::Signer},
    mail::{authenticity::Checker, classify::Classifier, outbox::Transport},
    store::{Clock, Db, Objects, migrate, vault::Vault},
};
use std::{collections::HashMap, path::Path};

#[path = "../../testing/maria.rs"]
#[expect(clippy::expect_used, reason = "without its server there is nothing to measure")]
mod maria;
#[path = "../../testing/postgres.rs"]
#[expect(clippy::expect_used, reason = "without its server there is nothing to measure")]
mod postgres;

/// Which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// A file in a temporary folder.
    Sqlite,
    /// A fresh database.
    Postgres,
    /// A fresh database of people's data; the console's own then is on `SQLite`.
    Maria,
}

impl Ground {
    /// How people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL 15",
            Self::Maria => "MariaDB 10.11",
        }
    }

    /// A house on an empty database, with `settings` where they matter; the folder has to live as long as the house.
    pub async fn house(self, folder: &Path, settings: Settings) -> anyhow::Result<App> {
        self.house_with(folder, settings, HashMap::new()).await
    }

    /// The same with generation databases.
    pub async fn house_with(
        self,
        folder: &Path,
        settings: Settings,
        sources: HashMap<String, Source>,
    ) -> anyhow::Result<App> {
        let db = match self {
            Self::Sqlite | Self::Maria => Db::sqlite(&folder.join("recourse.db"), Clock::System).await?,
            Self::Postgres => Db::postgres(&fresh_postgres().await?, 8, Clock::System).await?,
        };
        migrate::run(&db).await?;
        let classifier = Classifier::new(&packs::word_list(None)?)?;
        let settings = Settings { max_message: 32 << 20, spool: folder.to_owned(), ..settings };
        let transport = Transport::Files(folder.join("outgoing"));
        let (vault, signer) = (Vault::new([1; 32]), Signer::new([2; 32]));
        let packs = Packs::load(None)?;
        let packages = Objects::folder(&folder.join("packages"))?;
        Ok(App::new(Parts {
            db,
            vault,
            signer,
            packs,
            classifier,
            checker: Checker::default(),
            transport,
            packages,
            sources,
            settings,
        }))
    }
}

/// The address of a fresh database of the bench's server.
pub async fn fresh_postgres() -> anyhow::Result<String> {
    use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
    let name = postgres::fresh_name();
    let mut admin = PgConnection::connect(&postgres::url("postgres")).await?;
    admin.execute(sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))).await?;
    admin.close().await?;
    Ok(postgres::url(&name))
}

/// The address of a database of the bench's server.
pub fn postgres_url(database: &str) -> String {
    postgres::url(database)
}

/// The address of a fresh database of the bench's `MariaDB` server.
pub async fn fresh_maria() -> anyhow::Result<String> {
    use sqlx::{AssertSqlSafe, Connection as _, Executor as _, MySqlConnection};
    let name = postgres::fresh_name();
    let mut admin = MySqlConnection::connect(&maria::url("")).await?;
    admin.execute(sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name} CHARACTER SET utf8mb4")))).await?;
    admin.close().await?;
    Ok(maria::url(&name))
}

/// The address of a database of the bench's `MariaDB` server.
pub fn maria_url(database: &str) -> String {
    maria::url(database)
}
