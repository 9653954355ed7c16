//! Compares a product's data map with the schema of its generation database, for the product's own tests: a column
//! that was added without a word about it is found before it is shipped. Opens nothing of the console's own.

use super::{grants, open};
use crate::{
    config::Config,
    generation::{Error, Source},
};
use anyhow::{Context as _, bail};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum DataMap {
    /// Compares the data map with the live schema; exit code 1 where it does not fit
    Check {
        /// The product whose generation database is compared
        #[arg(long, value_name = "ID")]
        product: String,
    },
    /// Prints what its account in the generation database has to be allowed, and no more, as SQL
    Grants(grants::Grants),
}

pub async fn run(config: &Config, command: DataMap) -> anyhow::Result<()> {
    let product = match command {
        DataMap::Check { product } => product,
        DataMap::Grants(asked) => return grants::run(config, asked).await,
    };
    let looked = look(config, &product).await?;
    if looked.faults.is_empty() {
        println!("the data map {} of {product} fits the live schema", looked.version);
        return Ok(());
    }
    for fault in &looked.faults {
        eprintln!("{fault}");
    }
    let (count, what) = (looked.faults.len(), if looked.faults.len() == 1 { "fault" } else { "faults" });
    bail!("the data map of {product} has {count} {what}; no plan is made before they are gone")
}

/// What a comparison found.
#[derive(Debug)]
struct Looked {
    /// The map's own version; empty where the map does not hold together.
    version: String,
    /// Each as `table.column: what`.
    faults: Vec<String>,
}

async fn look(config: &Config, product: &str) -> anyhow::Result<Looked> {
    let Some(configured) = config.products.get(product) else {
        let mut known: Vec<_> = config.products.keys().map(String::as_str).collect();
        known.sort_unstable();
        bail!("the configuration has no products.{product}; it has: {}", known.join(", "));
    };
    let generation = &configured.generation;
    let Some(file) = &generation.data_map else {
        bail!("{product} has no generation database; set products.{product}.generation.url and its data_map");
    };
    let text = std::fs::read_to_string(file).with_context(|| {
        format!("the data map {} cannot be read; check products.{product}.generation.data_map", file.display())
    })?;
    let source = match Source::new(generation.url.reveal(), open::files(product, generation)?, &text) {
        Ok(source) => source,
        Err(faults) => {
            let faults = faults.iter().map(ToString::to_string).collect();
            return Ok(Looked { version: String::new(), faults });
        }
    };
    let mut faults = Vec::new();
    if source.product() != product {
        faults.push(format!("product = \"{}\", but the configuration names it for {product}", source.product()));
    }
    let found = source.check().await.map_err(|error| unanswered(product, error))?;
    faults.extend(found.into_iter().map(|fault| {
        let column = fault.column.map(|column| format!(".{column}")).unwrap_or_default();
        format!("{}{column}: {}", fault.table, fault.detail)
    }));
    source.close().await;
    Ok(Looked { version: source.map_version().to_owned(), faults })
}

/// What to look at when the database does not answer.
fn unanswered(product: &str, error: Error) -> anyhow::Error {
    let is_database = matches!(error, Error::Database(_));
    let error = anyhow::Error::new(error);
    if !is_database {
        return error;
    }
    error.context(format!(
        "the generation database of {product} cannot be read; check products.{product}.generation.url, that it is \
         there and that it lets this account in"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::demo::company::{DATA_MAP, found},
        config::Flags,
        testing::{house, postgres},
    };
    use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
    use std::{fs, path::Path};

    const PRODUCT: &str = "imagegen-artisticmonk";

    fn configured(folder: &Path, url: &str, map: &str) -> Config {
        fs::write(folder.join("map.toml"), map).expect("it is written");
        let text = format!(
            "[products.other]\naddress = \"privacy@other.example\"\n[products.{PRODUCT}.generation]\nurl = \"{url}\"\n\
             files = \"{0}/files\"\ndata_map = \"{0}/map.toml\"\n",
            folder.display()
        );
        let file = folder.join("recourse.toml");
        fs::write(&file, text).expect("it is written");
        Config::load(&Flags { file: Some(file), ..Flags::default() }).expect("it reads")
    }

    async fn faults(folder: &Path, url: &str, map: &str) -> Vec<String> {
        look(&configured(folder, url, map), PRODUCT).await.expect("it looks").faults
    }

    async fn change(url: &str, statement: &'static str) {
        if url.starts_with("sqlite") {
            let mut conn = SqliteConnection::connect(url).await.expect("it opens");
            conn.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.expect("it runs");
            conn.close().await.expect("it closes");
        } else {
            let mut conn = PgConnection::connect(url).await.expect("it connects");
            conn.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.expect("it runs");
            conn.close().await.expect("it closes");
        }
    }

    async fn fits_until_it_drifts(folder: &Path, url: &str) {
        found(url, &folder.join("files")).await.expect("it is founded");
        assert_eq!(faults(folder, url, DATA_MAP).await, Vec::<String>::new());

        let forced = DATA_MAP.replace("erase = \"fixed\", value = \"(erased)\"", "erase = \"null\"");
        let says = faults(folder, url, &forced).await;
        assert!(
            says.len() == 1 && says[0].starts_with("filter_events.excerpt: ") && says[0].contains("NOT NULL"),
            "{says:?}"
        );

        change(url, "ALTER TABLE users ADD COLUMN phone TEXT").await;
        change(url, "ALTER TABLE likes RENAME COLUMN created_at TO liked_at").await;
        let says = faults(folder, url, DATA_MAP).await;
        for column in ["users.phone: ", "likes.created_at: ", "likes.liked_at: "] {
            assert!(says.iter().any(|fault| fault.starts_with(column)), "{column}: {says:?}");
        }
        assert_eq!(says.len(), 3, "{says:?}");
        let error = run(&configured(folder, url, DATA_MAP), DataMap::Check { product: PRODUCT.into() }).await;
        assert!(error.expect_err("it does not fit").to_string().contains("3 faults"));
    }

    #[tokio::test]
    async fn a_map_fits_until_the_schema_drifts_on_sqlite() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/imagegen.db", folder.path().display());
        fits_until_it_drifts(folder.path(), &url).await;
        assert!(!folder.path().join("recourse.db").exists());
    }

    #[tokio::test]
    async fn a_map_fits_until_the_schema_drifts_on_postgres() {
        let folder = tempfile::tempdir().expect("a folder");
        let name = postgres::fresh_name();
        house::create(&name, "template0").await;
        fits_until_it_drifts(folder.path(), &postgres::url(&name)).await;
    }

    #[tokio::test]
    async fn a_map_that_does_not_hold_together_says_everything_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let broken = DATA_MAP.replace("period = \"P8Y\"", "period = \"eight years\"");
        // no database is asked: there is none
        let says = faults(folder.path(), "sqlite:///nowhere/imagegen.db", &broken).await;
        assert_eq!(says.len(), 2, "{says:?}");
        assert!(says.iter().all(|fault| fault.contains("'eight years' is no period")), "{says:?}");
    }

    #[tokio::test]
    async fn what_is_missing_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = configured(folder.path(), "sqlite:///nowhere/imagegen.db", DATA_MAP);
        for (product, says) in [
            ("imagegen", "no products.imagegen; it has: imagegen-artisticmonk, other"),
            ("other", "set products.other.generation.url"),
            (PRODUCT, "check products.imagegen-artisticmonk.generation.url"),
        ] {
            let error = look(&config, product).await.expect_err("it is refused").to_string();
            assert!(error.contains(says), "{error}");
        }
        fs::remove_file(folder.path().join("map.toml")).expect("it goes");
        let error = look(&config, PRODUCT).await.expect_err("it is refused").to_string();
        assert!(error.contains("map.toml cannot be read"), "{error}");
    }
}
