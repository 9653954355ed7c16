//! Compares a data map with the schema of its generation database, for the product's own tests: a column that was added
//! without a word about it is found before it is shipped. Opens nothing of the console's own.

use super::{files_at, text_of, unanswered};
use crate::{
    cli::open,
    config::Config,
    domain::plan::Warning,
    generation::{Files, Source},
};
use anyhow::{Context as _, bail};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Check {
    /// The product whose generation database is compared, as the configuration has it
    #[arg(long, value_name = "ID", required_unless_present = "map")]
    pub product: Option<String>,
    /// The data map, without a configuration
    #[arg(long, value_name = "FILE", requires = "url", conflicts_with = "product")]
    pub map: Option<PathBuf>,
    /// Its database
    #[arg(long, value_name = "URL", requires = "map")]
    pub url: Option<String>,
    /// Where the files lie that rows name, with --map; nobody looks at them
    #[arg(long, value_name = "FOLDER", requires = "map")]
    pub files: Option<String>,
    /// Takes what deserves a look for a fault: joins without an index, tables that look personal
    #[arg(long)]
    pub strict: bool,
}

/// Compares and prints what was found.
///
/// # Errors
/// When there is a fault, or something cannot be read.
pub async fn run(config: impl FnOnce() -> anyhow::Result<Config>, check: Check) -> anyhow::Result<()> {
    let (looked, whose) = match (&check.map, &check.url, &check.product) {
        (Some(map), Some(url), _) => {
            let files = check.files.as_deref().map(files_at).transpose()?;
            // whether files are configured is not asked of a map alone
            let files = files.unwrap_or_else(|| Files::Folder(PathBuf::new()));
            (look_at(url, Some(files), &text_of(map)?, ("", "--url")).await?, map.display().to_string())
        }
        (_, _, Some(product)) => (look(&config()?, product).await?, product.clone()),
        _ => bail!("give --product, or --map and --url"),
    };
    for line in looked.faults.iter().chain(&looked.advice) {
        eprintln!("{line}");
    }
    let faults = looked.faults.len() + if check.strict { looked.advice.len() } else { 0 };
    if faults == 0 {
        println!("the data map {} of {whose} fits the live schema", looked.version);
        return Ok(());
    }
    let what = if faults == 1 { "fault" } else { "faults" };
    bail!("the data map of {whose} has {faults} {what}; no plan is made before they are gone")
}

/// What a comparison found.
#[derive(Debug)]
struct Looked {
    /// The map's own version; empty where the map does not hold together.
    version: String,
    /// The product that the map says it is of.
    product: Option<String>,
    /// What keeps the map from being used, each as `table.column: what (code)`.
    faults: Vec<String>,
    /// What deserves a look, in the same form.
    advice: Vec<String>,
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
    let (whose, key) = (format!(" of {product}"), format!("products.{product}.generation.url"));
    let files = open::files(product, generation)?;
    let mut looked = look_at(generation.url.reveal(), files, &text, (&whose, &key)).await?;
    if let Some(other) = looked.product.take().filter(|other| other != product) {
        looked.faults.insert(0, format!("product = \"{other}\", but the configuration names it for {product}"));
    }
    Ok(looked)
}

/// Compares the map whose text is `map` with the database at `url`.
async fn look_at(url: &str, files: Option<Files>, map: &str, (whose, key): (&str, &str)) -> anyhow::Result<Looked> {
    let source = match Source::new(url, files, map) {
        Ok(source) => source,
        Err(faults) => {
            let faults = faults.iter().map(ToString::to_string).collect();
            return Ok(Looked { version: String::new(), product: None, faults, advice: Vec::new() });
        }
    };
    let found = async { Ok((source.check().await?, source.advice().await?)) };
    let found: Result<(Vec<Warning>, Vec<Warning>), crate::generation::Error> = found.await;
    source.close().await;
    let (faults, advice) = found.map_err(|error| unanswered(error, whose, key))?;
    let lines = |found: Vec<Warning>| found.iter().map(line).collect();
    Ok(Looked {
        version: source.map_version().to_owned(),
        product: Some(source.product().to_owned()),
        faults: lines(faults),
        advice: lines(advice),
    })
}

fn line(found: &Warning) -> String {
    let column = found.column.as_ref().map(|column| format!(".{column}")).unwrap_or_default();
    format!("{}{column}: {} ({})", found.table, found.detail, found.code.code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::demo::company::IMAGEGEN,
        config::Flags,
        testing::{house, postgres},
    };
    use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
    use std::{fs, path::Path};

    const PRODUCT: &str = "imagegen-artisticmonk";
    const DATA_MAP: &str = IMAGEGEN.map;

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

    async fn advice(folder: &Path, url: &str) -> Vec<String> {
        look(&configured(folder, url, DATA_MAP), PRODUCT).await.expect("it looks").advice
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
        IMAGEGEN.found(url, &folder.join("files")).await.expect("it is founded");
        assert_eq!(faults(folder, url, DATA_MAP).await, Vec::<String>::new());

        let forced = DATA_MAP.replace("erase = \"fixed\", value = \"(erased)\"", "erase = \"null\"");
        let says = faults(folder, url, &forced).await;
        assert!(
            says.len() == 1 && says[0].starts_with("filter_events.excerpt: ") && says[0].contains("NOT NULL"),
            "{says:?}"
        );

        // what deserves a look stops nothing, unless it is asked to
        assert_eq!(advice(folder, url).await, ["filter_events.user_id"; 0]);
        change(url, "CREATE TABLE newsletter (mail TEXT, user_id INTEGER); DROP INDEX images_user").await;
        assert_eq!(faults(folder, url, DATA_MAP).await, Vec::<String>::new());
        let found = advice(folder, url).await;
        assert!(found[0].starts_with("images.user_id: ") && found[0].ends_with("(no_index)"), "{found:?}");
        assert!(found[1].starts_with("newsletter.mail: looks personal") && found[1].ends_with("(drift)"), "{found:?}");
        // SQLite's integers and PostgreSQL's are of different widths and one kind
        assert!(found[2].starts_with("newsletter.user_id: is named like a key of users"), "{found:?}");
        assert_eq!(found.len(), 3, "{found:?}");
        let alone = |strict| Check {
            product: None,
            map: Some(folder.join("map.toml")),
            url: Some(url.to_owned()),
            files: None,
            strict,
        };
        run(|| bail!("no configuration is read"), alone(false)).await.expect("it fits");
        let strict = run(|| bail!("no configuration is read"), alone(true)).await;
        assert!(strict.expect_err("it is strict").to_string().contains("3 faults"));
        change(url, "CREATE INDEX images_user ON images (user_id); DROP TABLE newsletter").await;

        change(url, "ALTER TABLE users ADD COLUMN phone TEXT").await;
        change(url, "ALTER TABLE likes RENAME COLUMN created_at TO liked_at").await;
        let says = faults(folder, url, DATA_MAP).await;
        for column in ["users.phone: ", "likes.created_at: ", "likes.liked_at: "] {
            assert!(says.iter().any(|fault| fault.starts_with(column)), "{column}: {says:?}");
        }
        assert_eq!(says.len(), 3, "{says:?}");
        let check = Check { product: Some(PRODUCT.into()), map: None, url: None, files: None, strict: false };
        let error = run(|| Ok(configured(folder, url, DATA_MAP)), check).await;
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
