//! A console filled with synthetic cases, for this machine only: to look at, to try, to test in a browser.
//! The cases are made by the same verbs as real ones, at moments of the past.

pub mod company;
mod copies;
mod people;
mod runs;
mod script;
mod story;

use super::{log, open, serve};
use crate::{
    app::pickup::Access,
    config::{Config, Flags},
    domain::{identity::Reference, time::DAY},
    store::Clock,
};
use anyhow::{Context as _, anyhow, bail};
use company::{ALL, Company};
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::unix::fs::DirBuilderExt as _,
    path::Path,
};

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
    log::log(&config);
    let listener = serve::listen(config.server.listen).await?;
    let address = reached_at(listener.local_addr()?);
    if config.server.public_url.is_empty() {
        config.server.public_url.clone_from(&address);
    }
    if is_new {
        let Filled { opened, passwords, handed, .. } = filled(&config).await?;
        opened.app.db.close().await;
        drop(opened.lock);
        fs::write(folder.join(MARK), "Delete this folder to begin a new demo.\n")?;
        fs::remove_file(folder.join(BEGUN))?;
        println!("Recourse demo: {address}/signin\n");
        for (person, password) in passwords {
            println!("  {:<32} {password}   {}", person.email, person.says);
        }
        println!("\nWho left no address is answered at {address}/case\n");
        for (asks, access) in handed {
            println!("  {asks:<32} {}   PIN {}", access.code.unwrap_or_default(), access.pin);
        }
        println!("\nThe passwords are shown only now. Delete {} to begin again.", folder.display());
    } else {
        println!("Recourse demo: {address}/signin");
        println!("Sign in with the passwords of its first start, or delete {} to begin again.", folder.display());
    }
    let opened = open::open(&config, Clock::System).await?;
    serve::until_stopped(opened.app.clone(), &config, listener).await?;
    opened.app.db.close().await;
    drop(opened.lock);
    Ok(())
}

/// The address to look at: by its name where it has one, since browsers tie passkeys to names.
fn reached_at(address: SocketAddr) -> String {
    let is_localhost = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)].contains(&address.ip());
    if is_localhost { format!("http://localhost:{}", address.port()) } else { format!("http://{address}") }
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
    for company in ALL {
        fs::write(places.data_map(company), company.map)?;
    }
    fs::write(folder.join("recourse.toml"), places.configuration())?;
    Ok(true)
}

/// Where the companies of the demo keep what they have of their users, by whole paths: the console may be started
/// elsewhere.
struct Places {
    folder: String,
}

impl Places {
    fn of(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.canonicalize()?.into_os_string().into_string();
        Ok(Self { folder: path.map_err(|path| anyhow!("the folder {} is not named in UTF-8", path.display()))? })
    }

    fn url(&self, company: &Company) -> String {
        // an address has its own meaning for these two
        let folder = self.folder.replace('%', "%25").replace('?', "%3F");
        format!("sqlite://{folder}/{}.db", company.name)
    }

    fn files(&self, company: &Company) -> String {
        format!("{}/{}-files", self.folder, company.name)
    }

    fn data_map(&self, company: &Company) -> String {
        format!("{}/{}-data-map.toml", self.folder, company.name)
    }

    fn configuration(&self) -> String {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let section = |company: &Company| {
            format!(
                "[products.{0}]\naddress = {1}\nbackups = \"P30D\"\n\n[products.{0}.generation]\nurl = {2}\nfiles = {3}\ndata_map = {4}\n",
                company.product,
                quoted(&story::address_of(company.product)),
                quoted(&self.url(company)),
                quoted(&self.files(company)),
                quoted(&self.data_map(company)),
            )
        };
        format!(
            "# The demo's configuration; `recourse ingest --data-dir FOLDER` reads it too. Each product has a database of\n\
             # accounts, prompts and images, and a map of what is in it.\n\n{}\n\
             # Only a demo may do this: elsewhere everybody needs a second factor.\n\
             [sign_in]\nsecond_factor = \"offered\"\n\n\
             # Whoever else has some of the data, and how they are told.\n\
             [products.imagegen-artisticmonk.recipients.groq]\nmail = \"privacy@groq.example\"\nidentify_by = [\"account\", \"email\"]\n",
            ALL.map(section).join("\n")
        )
    }
}

/// A demo in which everything is told.
#[cfg_attr(not(test), expect(dead_code, reason = "tests play the people's parts"))]
struct Filled {
    opened: open::Opened,
    people: people::Cast,
    cases: Vec<(String, Reference)>,
    handed: Vec<(String, Access)>,
    passwords: Vec<(people::Person, String)>,
}

async fn filled(config: &Config) -> anyhow::Result<Filled> {
    let places = Places::of(&config.data_dir)?;
    company::found_all(|company| (places.url(company), places.files(company))).await?;
    // a day ago: what is signed until now has to be signed with a key that was there
    let clock = Clock::manual(Clock::System.now().plus(-DAY));
    let opened = open::open(config, clock.clone()).await?;
    let (people, passwords) = people::hire(&opened.app).await?;
    let story::Told { cases, handed } = story::tell(&opened.app, &clock, &people).await?;
    runs::tell(&opened.app, &people, &cases).await?;
    copies::tell(&opened.app, &clock, &people, &cases).await?;
    Ok(Filled { opened, people, cases, handed, passwords })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run::RunState;

    #[test]
    fn this_machine_is_called_by_its_name() {
        for (address, reached) in [
            ("127.0.0.1:8080", "http://localhost:8080"),
            ("[::1]:80", "http://localhost:80"),
            ("127.0.0.2:8080", "http://127.0.0.2:8080"),
        ] {
            assert_eq!(reached_at(address.parse().expect("an address")), reached);
        }
    }

    /// What people who look at the demo do with the cases of every product: verify, plan, approve, carry out.
    #[tokio::test]
    async fn the_cases_lead_to_people_of_the_databases() {
        let folder = tempfile::tempdir().expect("a folder");
        let demo = folder.path().join("demo");
        prepare(&demo).expect("it is made ready");
        let flags = Flags { data_dir: Some(demo), ..Flags::default() };
        let mut config = Config::load(&flags).expect("it reads");
        config.mail.ask_senders = false;
        let Filled { opened, people, cases, .. } = filled(&config).await.expect("it is filled");
        let app = &opened.app;
        let [agent, lead] = ["agent", "lead"].map(|part| story::player(&people, part).expect("somebody"));
        for (whose, identity, value) in [
            ("yuki.tanabe@post.example", "username", "yukitanabe"),
            ("rosalie.quint@inbox.example", "email", "rosalie.quint@inbox.example"),
            ("theo.alvarado@mail.example", "email", "Theo.Alvarado@mail.example"),
            ("marit.solberg@post.example", "email", "marit.solberg@post.example"),
            ("gwen.parry@inbox.example", "email", "gwen.parry@inbox.example"),
            ("Delete what this device made", "device", "igus-7f3a-91c2-04be"),
        ] {
            let reference = runs::case_of(&cases, whose).expect("it is there");
            let run = runs::plan(app, agent, reference, (identity, value)).await.expect("it is planned");
            runs::carry_out(app, lead, run).await.expect("it is carried out");
            let page = crate::app::runs::load_run(app, lead, run).await.expect("a page");
            assert_eq!(page.state, RunState::Finished, "{whose}");
            assert!(page.steps.iter().map(|step| step.done).sum::<i64>() > 0, "{whose} has nothing there");
        }
        app.db.close().await;
    }

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
    fn the_configuration_names_the_companies_places_whatever_the_folder_is_called() {
        let folder = tempfile::tempdir().expect("a folder");
        let odd = folder.path().join("100% \"odd\"?");
        assert!(prepare(&odd).expect("a new folder is fine"));
        let flags = Flags { data_dir: Some(odd.clone()), ..Flags::default() };
        let config = Config::load(&flags).expect("it reads");
        let odd = odd.canonicalize().expect("it is there");
        for company in ALL {
            let generation = &config.products[company.product].generation;
            let options: sqlx::sqlite::SqliteConnectOptions = generation.url.reveal().parse().expect("an address");
            assert_eq!(options.get_filename(), odd.join(format!("{}.db", company.name)));
            assert_eq!(generation.files, Some(odd.join(format!("{}-files", company.name))));
            assert!(generation.data_map.as_ref().is_some_and(|map| map.exists()));
        }
    }
}
