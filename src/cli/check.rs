//! Checks configuration, packs, database and key, and says what is wrong; changes nothing.

use super::{
    open,
    plan::{self, Plan},
};
use crate::{
    app::{Settings, calendars::Calendars, follow_ups::Reach as Told},
    config::{Config, SecondFactor},
    store::{Clock, keyring, master::MasterKey, migrate},
};
use anyhow::{Context as _, bail};

pub async fn check(config: &Config) -> anyhow::Result<()> {
    let Plan { packs, settings, .. } = plan::plan(config)?;
    println!("Packs: {}.", plan::names(&packs));
    let calendars = Calendars::load(config.policies.folder.as_deref())?;
    println!("Calendars: {}.", calendars.codes().collect::<Vec<_>>().join(", "));
    for pack in packs.iter().filter(|p| config.products.get(&p.id).is_none_or(|c| c.address.is_empty())) {
        println!(
            "Note: products.{}.address is not set; its mail would come from an address that leads nowhere.",
            pack.id
        );
    }
    if config.sign_in.second_factor == SecondFactor::Offered {
        println!(
            "WARNING: sign_in.second_factor is \"offered\": a stolen password is enough to get in. Never in service."
        );
    }
    if config.mail.smtp_url.reveal().is_empty() {
        println!("Mail: written as files to {}.", config.data_dir.join("outgoing").display());
    } else {
        println!("Mail: leaves through the configured server.");
    }
    webhooks(&settings)?;
    super::recipients::check(config, &packs)?;
    places(config).await?;
    super::mailboxes::check(config).await?;
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
        && let Some(id) = keyring::master_id(&mut db.read().await?).await?
    {
        let file = config.key_file();
        let next = MasterKey::open_file(&MasterKey::next_file(&file));
        if MasterKey::open_file(&file)?.id() == id {
            println!("Key: {id}, and it fits.");
        } else if next.is_ok_and(|next| next.id() == id) {
            println!("Key: {id}; a change of it was cut off, and the next start brings it to its end.");
        } else {
            bail!("the key file {} does not belong to this database", file.display());
        }
    }
    db.close().await;
    Ok(())
}

/// Whether each webhook may be reached at all, as far as its address says so.
fn webhooks(settings: &Settings) -> anyhow::Result<()> {
    let alarms = settings.alarms.webhook.iter().map(|hook| ("alarms.webhook_url".to_owned(), &hook.reach, &hook.url));
    let partners = settings.partners.iter().flat_map(|(product, partners)| {
        partners.iter().filter_map(move |partner| match &partner.reach {
            Told::Webhook(hook) => {
                Some((format!("products.{product}.recipients.{}.webhook", partner.id), &hook.reach, &hook.url))
            }
            Told::Mail(_) | Told::Never => None,
        })
    });
    for (key, reach, url) in alarms.chain(partners) {
        reach.client(url, reqwest::Client::builder()).with_context(|| format!("the configuration: {key}"))?;
    }
    Ok(())
}

/// Where packages and the products' files lie, and whether the buckets among these places can be used.
async fn places(config: &Config) -> anyhow::Result<()> {
    match &config.packages.s3 {
        None => println!("Packages: kept in {}.", config.packages_folder().display()),
        Some(settings) => {
            let checked = open::packages_bucket(settings)?.check().await;
            checked.with_context(|| format!("packages.s3, the bucket {}", settings.bucket))?;
            println!("Packages: kept in the bucket {}, which can be listed.", settings.bucket);
        }
    }
    for (id, product) in &config.products {
        let Some(files) = open::files(id, &product.generation)? else { continue };
        files.check().await.with_context(|| format!("the files of products.{id}.generation"))?;
        println!("Files of {id}: their place is there.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::s3::S3;

    #[tokio::test]
    async fn a_bucket_that_cannot_be_used_is_found_and_nothing_is_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let s3 = S3::serve(folder.path()).await;
        let data_dir = folder.path().join("data");
        std::fs::create_dir(&data_dir).expect("it is made");
        let mut config = Config { data_dir: data_dir.clone(), ..Config::default() };
        check(&config).await.expect("nothing is wrong");
        assert!(!data_dir.join("packages").exists());
        config.packages.s3 = Some(s3.settings("packages"));
        let says = format!("{:#}", check(&config).await.expect_err("there is no such bucket"));
        assert!(says.contains("packages.s3") && says.contains("not there") && !says.contains("tester"), "{says}");
        s3.create("packages");
        check(&config).await.expect("nothing is wrong");
    }

    #[tokio::test]
    async fn what_serve_would_refuse_is_refused_here() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a folder");
        let product = "[products.imagegen-artisticmonk]\n";
        let groq = "[products.imagegen-artisticmonk.recipients.groq]\nsecret = 'thirty-two letters and then some..'\n";
        let token = "token = '0123456789abcdef0123456789abcdef'";
        for (text, says) in [
            ("[server]\ntrusted_proxies = ['proxy']".to_owned(), "server.trusted_proxies"),
            ("[outgoing]\nallow = ['inside']".to_owned(), "outgoing.allow"),
            ("[alarms]\ndeputies = ['nobody']".to_owned(), "alarms.deputies"),
            ("[alarms]\nwebhook_url = 'ftp://x'".to_owned(), "alarms.webhook_url"),
            ("[alarms]\nwebhook_url = 'https://10.1.2.3/hook'".to_owned(), "alarms.webhook_url"),
            (format!("{groq}webhook = 'https://192.168.1.1/'"), "recipients.groq.webhook"),
            (format!("[[intake.tokens]]\nname = 'a'\nproduct = 'nobody'\n{token}"), "intake.tokens"),
            ("[products.nobody]".to_owned(), "products.nobody"),
            (format!("{product}kinds = {{ 'nobody' = 'erasure' }}"), ".kinds"),
            (format!("{product}generation = {{ url = 'sqlite:///x', data_map = '/nowhere.toml' }}"), "/nowhere.toml"),
        ] {
            let mut config: Config = toml::from_str(&text).expect(&text);
            config.data_dir = folder.path().to_owned();
            let refused = format!("{:#}", check(&config).await.expect_err(&text));
            assert!(refused.contains(says), "{refused}");
        }
        let allowed = "[outgoing]\nallow = ['10.0.0.0/8']\n[alarms]\nwebhook_url = 'https://10.1.2.3/hook'";
        let config: Config = toml::from_str(allowed).expect("it reads");
        check(&Config { data_dir: folder.path().to_owned(), ..config }).await.expect("nothing is wrong");
    }
}
