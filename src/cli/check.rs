//! Checks configuration, packs, database and key, and says what is wrong; changes nothing.

use super::open;
use crate::{
    app::packs::{self, Packs},
    config::Config,
    mail::{classify::Classifier, outbox::Transport},
    store::{Clock, house, migrate, vault::Vault},
};
use anyhow::bail;

pub async fn check(config: &Config) -> anyhow::Result<()> {
    let packs = Packs::load(config.policies.folder.as_deref())?;
    Classifier::new(&packs::word_list(config.policies.folder.as_deref())?)?;
    println!("Packs: {}.", open::names(&packs));
    if let Some(id) = config.products.keys().find(|id| packs.get(id).is_none()) {
        bail!("the configuration: products.{id} names no product");
    }
    for pack in packs.iter().filter(|p| config.products.get(&p.id).is_none_or(|c| c.address.is_empty())) {
        println!(
            "Note: products.{}.address is not set; its mail would come from an address that leads nowhere.",
            pack.id
        );
    }
    let url = config.mail.smtp_url.reveal();
    if url.is_empty() {
        println!("Mail: written as files to {}.", config.data_dir.join("outgoing").display());
    } else {
        Transport::smtp(url).map_err(anyhow::Error::msg)?;
        println!("Mail: leaves through the configured server.");
    }
    open::lock(config)?;
    if config.database.url.reveal().is_empty() && !config.data_dir.join("recourse.db").exists() {
        println!("Database: there is none yet; the first start makes it.");
        return Ok(());
    }
    let db = open::database(config, Clock::System).await?;
    match (migrate::applied(&db).await?, migrate::newest()) {
        (0, _) => println!("Database: empty; the first start fills it."),
        (applied, newest) if applied < newest => {
            println!("Database: at migration {applied}; the next start brings it to {newest}.");
        }
        (applied, newest) if applied > newest => {
            bail!("the database was made by a newer version (migration {applied}; this one knows {newest})")
        }
        (applied, _) => println!("Database: up to date (migration {applied})."),
    }
    if migrate::applied(&db).await? > 0
        && let Some(id) = house::key_id(&db).await?
    {
        let vault = Vault::open_file(&config.key_file())?;
        if vault.key_id() != id {
            bail!("the key file {} does not belong to this database", config.key_file().display());
        }
        println!("Key: {id}, and it fits.");
    }
    db.close().await;
    Ok(())
}
