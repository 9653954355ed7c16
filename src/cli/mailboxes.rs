//! The mailboxes and posters of the configuration, as the house knows them; and whether a mailbox can be used.

use crate::{
    app::{Poster, mailboxes::Watched, packs::Packs},
    config::{self, Config, Tls},
    mail::inbox::{Mailbox, Security, Server, Then, Trust},
    store::vault::Vault,
};
use anyhow::{Context as _, bail};
use std::time::Duration;
use zeroize::Zeroizing;

/// Every folder that is to be watched; nothing is asked yet.
pub(crate) fn watched(config: &Config) -> anyhow::Result<Vec<Watched>> {
    let mut all = Vec::new();
    let mut system: Option<Trust> = None;
    for (product, section) in &config.products {
        for mailbox in &section.mailbox {
            let server = server(mailbox, &mut system)
                .with_context(|| format!("products.{product}.mailbox {:?}", mailbox.name))?;
            let then = match (mailbox.then.as_str(), mailbox.moves_to()) {
                (_, Some(folder)) => Then::Move(folder.to_owned()),
                ("flag", None) => Then::Flag,
                _ => Then::Leave,
            };
            all.extend(mailbox.folders.iter().map(|folder| Watched {
                product: product.clone(),
                name: mailbox.name.clone(),
                server: server.clone(),
                folder: folder.clone(),
                then: then.clone(),
                poll: Duration::from_secs(mailbox.poll_seconds),
            }));
        }
    }
    all.sort_by(|a, b| (&a.product, &a.name, &a.folder).cmp(&(&b.product, &b.name, &b.folder)));
    Ok(all)
}

fn server(mailbox: &config::Mailbox, system: &mut Option<Trust>) -> anyhow::Result<Server> {
    let mut trust = || match (&mailbox.ca_file, &system) {
        (Some(file), _) => Trust::file(file).context("ca_file"),
        (None, Some(known)) => Ok(known.clone()),
        (None, None) => Ok(system.insert(Trust::system()?).clone()),
    };
    let security = match mailbox.tls {
        Tls::Implicit => Security::Implicit(trust()?),
        Tls::StartTls => Security::StartTls(trust()?),
        Tls::None => Security::Clear,
    };
    Ok(Server {
        host: mailbox.host.clone(),
        port: mailbox.port(),
        security,
        user: mailbox.user.clone(),
        password: Zeroizing::new(mailbox.password.reveal().to_owned()),
    })
}

/// Refuses posters of products that are not there.
pub(crate) fn posters_exist(config: &Config, packs: &Packs) -> anyhow::Result<()> {
    if let Some(token) = config.intake.tokens.iter().find(|token| packs.get(&token.product).is_none()) {
        bail!(
            "the configuration: intake.tokens {:?} names no product; the products are: {}",
            token.name,
            super::plan::names(packs)
        );
    }
    Ok(())
}

/// Who may post mail.
pub(crate) fn posters(config: &Config, vault: &Vault) -> Vec<Poster> {
    let digest = |token: &config::Token| vault.digest(Poster::DIGEST, token.token.reveal().as_bytes());
    let tokens = config.intake.tokens.iter();
    tokens.map(|token| Poster { product: token.product.clone(), token: digest(token) }).collect()
}

/// Logs in to each mailbox and opens each folder; says which cannot be used.
pub(crate) async fn check(config: &Config) -> anyhow::Result<()> {
    let mut wrong = 0;
    for watched in watched(config)? {
        let Watched { product, name, folder, .. } = &watched;
        match look(&watched).await {
            Ok(exists) => println!("Mailbox {name} of {product}, folder {folder}: opens, {exists} messages lie in it."),
            Err(error) => {
                wrong += 1;
                println!("Mailbox {name} of {product}, folder {folder}: {error}.");
            }
        }
    }
    if wrong > 0 {
        bail!("{wrong} of the folders cannot be read");
    }
    Ok(())
}

async fn look(watched: &Watched) -> Result<u32, crate::mail::inbox::Error> {
    let mut mailbox = Mailbox::connect(&watched.server).await?;
    let opened = mailbox.open(&watched.folder).await?;
    mailbox.leave().await;
    Ok(opened.exists)
}
