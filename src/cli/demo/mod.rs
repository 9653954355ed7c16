//! A console filled with synthetic cases, for this machine only: to look at, to try, to test in a browser.
//! The cases are made by the same verbs as real ones, at moments of the past.

pub mod company;
mod copies;
mod people;
mod runs;
mod script;
mod story;

use super::{open, serve};
use crate::{
    config::{Config, Flags},
    domain::time::DAY,
    store::Clock,
};
use anyhow::{Context as _, anyhow, bail};
use std::{fs, os::unix::fs::DirBuilderExt as _, path::Path};

/// The file that marks a directory as a demo's.
const MARK: &str = "this-is-a-demo";
/// The file that marks a demo that is not complete yet.
const BEGUN: &str = "demo-begun";

pub(super) async fn demo(flags: Flags) -> anyhow::Result<()> {
    let mut flags = flags;
    let folder = flags.data_dir.get_or_insert_with(|| "demo-data".into()).clone();
    if flags.listen.is_some_and(|listen| !listen.ip().is_loopback()) {
        bail!("a demo serves this machine only; give --listen a loopback address such as 127.0.0.1:8080");
    }
    let is_new = prepare(&folder)?;
    let mut config = Config::load(&flags)?;
    // the demo's people are made up: nobody answers for their domains
    config.mail.ask_senders = false;
    open::log(&config);
    let listener = serve::listen(config.server.listen).await?;
    let address = listener.local_addr()?;
    if is_new {
        let passwords = fill(&config).await?;
        fs::write(folder.join(MARK), "Delete this folder to begin a new demo.\n")?;
        fs::remove_file(folder.join(BEGUN))?;
        println!("Recourse demo: http://{address}/signin\n");
        for (person, password) in passwords {
            println!("  {:<32} {password}   {}", person.email, person.says);
        }
        println!("\nThe passwords are shown only now. Delete {} to begin again.", folder.display());
    } else {
        println!("Recourse demo: http://{address}/signin");
        println!("Sign in with the passwords of its first start, or delete {} to begin again.", folder.display());
    }
    let opened = open::open(&config, Clock::System).await?;
    serve::until_stopped(opened.app.clone(), &config, listener).await?;
    opened.app.db.close().await;
    drop(opened.lock);
    Ok(())
}

/// Makes the folder ready; true when it has to be filled. Refuses folders that are not a demo's.
fn prepare(folder: &Path) -> anyhow::Result<bool> {
    if folder.join(MARK).exists() {
        return Ok(false);
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let begun = folder.join(BEGUN);
    if begun.exists() {
        // the last start was cut off before the demo was complete
        for entry in fs::read_dir(folder)?.flatten() {
            let path = entry.path();
            if path.is_dir() { fs::remove_dir_all(&path)? } else { fs::remove_file(&path)? }
        }
    } else if fs::read_dir(folder)?.next().is_some() {
        bail!("the folder {} is not a demo's; give --data-dir an empty or new one", folder.display());
    }
    fs::write(&begun, "")?;
    let places = Places::of(folder)?;
    fs::write(&places.data_map, company::DATA_MAP)?;
    fs::write(folder.join("recourse.toml"), places.configuration())?;
    Ok(true)
}

/// Where the company of the demo keeps what it has of its users, by whole paths: the console may be started elsewhere.
struct Places {
    url: String,
    files: String,
    data_map: String,
}

impl Places {
    fn of(folder: &Path) -> anyhow::Result<Self> {
        let folder = folder.canonicalize()?;
        let inside = |name: &str| -> anyhow::Result<String> {
            let path = folder.join(name).into_os_string().into_string();
            path.map_err(|path| anyhow!("the folder {} is not named in UTF-8", path.display()))
        };
        // an address has its own meaning for these two
        let file = inside("imagegen.db")?.replace('%', "%25").replace('?', "%3F");
        let (files, data_map) = (inside("imagegen-files")?, inside("imagegen-data-map.toml")?);
        Ok(Self { url: format!("sqlite://{file}"), files, data_map })
    }

    fn configuration(&self) -> String {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let address = |product| format!("[products.{product}]\naddress = {}\n", quoted(&story::address_of(product)));
        let others: Vec<_> = ["imagodraw", "imgen", "imgprompts", "imgus"].map(address).into();
        format!(
            "# The demo's configuration; `recourse ingest --data-dir FOLDER` reads it too.\n\n\
             [products.imagegen-artisticmonk]\naddress = \"privacy@imagegen.example\"\nbackups = \"P30D\"\n\n\
             [products.imagegen-artisticmonk.recipients.groq]\nmail = \"privacy@groq.example\"\nidentify_by = [\"account\", \"email\"]\n\n\
             # The company's own database of accounts, prompts and images, and the map of what is in it.\n\
             [products.imagegen-artisticmonk.generation]\nurl = {}\nfiles = {}\ndata_map = {}\n\n{}",
            quoted(&self.url),
            quoted(&self.files),
            quoted(&self.data_map),
            others.join("\n")
        )
    }
}

async fn fill(config: &Config) -> anyhow::Result<Vec<(people::Person, String)>> {
    let places = Places::of(&config.data_dir)?;
    company::found(&places.url, Path::new(&places.files)).await?;
    // a day ago: what is signed until now has to be signed with a key that was there
    let clock = Clock::manual(Clock::System.now().plus(-DAY));
    let opened = open::open(config, clock.clone()).await?;
    let (people, passwords) = people::hire(&opened.app).await?;
    let cases = story::tell(&opened.app, &clock, &people).await?;
    runs::tell(&opened.app, &people, &cases).await?;
    copies::tell(&opened.app, &clock, &people, &cases).await?;
    opened.app.db.close().await;
    Ok(passwords)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_something_else_in_it_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(prepare(&folder.path().join("new")).expect("a new folder is fine"));
        fs::write(folder.path().join("letter.txt"), "mine").expect("it is written");
        let says = prepare(folder.path()).expect_err("it is refused").to_string();
        assert!(says.contains("not a demo's"), "{says}");
        assert!(folder.path().join("letter.txt").exists());
    }

    #[test]
    fn the_configuration_names_the_company_s_places_whatever_the_folder_is_called() {
        let folder = tempfile::tempdir().expect("a folder");
        let odd = folder.path().join("100% \"odd\"?");
        assert!(prepare(&odd).expect("a new folder is fine"));
        let flags = Flags { data_dir: Some(odd.clone()), ..Flags::default() };
        let config = Config::load(&flags).expect("it reads");
        let generation = &config.products["imagegen-artisticmonk"].generation;
        let options: sqlx::sqlite::SqliteConnectOptions = generation.url.reveal().parse().expect("an address");
        let odd = odd.canonicalize().expect("it is there");
        assert_eq!(options.get_filename(), odd.join("imagegen.db"));
        assert_eq!(generation.files, Some(odd.join("imagegen-files")));
        assert!(generation.data_map.as_ref().is_some_and(|map| map.exists()));
    }
}
