//! Prints the least that Recourse's account in a generation database has to be allowed, as SQL of that engine. Changes
//! nothing: whoever looks after the database reads it and runs it.

use super::plan;
use crate::{config::Config, generation::Source};
use anyhow::{Context as _, bail};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Grants {
    /// The product whose generation database is meant
    #[arg(long, value_name = "ID", required_unless_present = "map")]
    product: Option<String>,
    /// A data map, where no product is configured yet
    #[arg(long, value_name = "FILE", requires = "url", conflicts_with = "product")]
    map: Option<PathBuf>,
    /// The address of its database, with an account that sees the schema
    #[arg(long, value_name = "URL", requires = "map")]
    url: Option<String>,
    /// What the account is called
    #[arg(long, value_name = "NAME", default_value = "recourse_run")]
    account: String,
}

pub async fn run(config: impl FnOnce() -> anyhow::Result<Config>, asked: Grants) -> anyhow::Result<()> {
    let source = source(config, &asked)?;
    let sql = source.grants(&asked.account).await;
    source.close().await;
    print!("{}", sql.context("the schema of the generation database cannot be compared with the data map")?);
    Ok(())
}

fn source(config: impl FnOnce() -> anyhow::Result<Config>, asked: &Grants) -> anyhow::Result<Source> {
    if let Some(product) = &asked.product {
        let mut sources = plan::sources(&config()?)?;
        return sources
            .remove(product)
            .with_context(|| format!("{product} has no generation database; set products.{product}.generation"));
    }
    let (Some(map), Some(url)) = (&asked.map, &asked.url) else { bail!("--map and --url belong together") };
    let text = std::fs::read_to_string(map).with_context(|| format!("the data map {}", map.display()))?;
    Source::new(url, None, &text).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the data map {}:\n  {}", map.display(), faults.join("\n  "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::generation::world::{MAP, On, World};
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Asked {
        #[command(flatten)]
        grants: Grants,
    }

    #[tokio::test]
    async fn a_map_and_an_address_are_enough() {
        let world = World::new(On::Maria).await;
        let file = world.folder.path().join("map.toml");
        std::fs::write(&file, MAP).expect("it is written");
        let given = ["grants", "--map", &file.display().to_string(), "--url", &world.url, "--account", "o'brien"];
        let asked = Asked::try_parse_from(given).expect("it is asked for").grants;
        let printed = source(|| Ok(Config::default()), &asked)
            .expect("it opens")
            .grants(&asked.account)
            .await
            .expect("it prints");
        for line in [
            "CREATE USER 'o''brien'@'%' IDENTIFIED BY",
            ".`order` TO 'o''brien'@'%';",
            "GRANT UPDATE (`account`, `user_id`) ON",
            "GRANT UPDATE (`user_id`) ON",
        ] {
            assert!(printed.contains(line), "{line} in {printed}");
        }
        assert!(
            !printed.lines().any(|line| line.starts_with("GRANT DELETE") && line.contains("usage_log")),
            "{printed}"
        );
        assert!(Asked::try_parse_from(["grants", "--map", "x"]).is_err() && Asked::try_parse_from(["grants"]).is_err());
        let unknown = Asked::try_parse_from(["grants", "--product", "nobody"]).expect("it is asked for").grants;
        let says = source(|| Ok(Config::default()), &unknown).expect_err("no such product").to_string();
        assert!(says.contains("nobody has no generation database"), "{says}");
    }
}
