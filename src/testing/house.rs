//! A house for one test: a fresh database, a hand-moved clock, mail into a folder, two people at work.

use super::postgres;
use crate::{
    app::{
        Alarms, App, Judging, Outgoing, Parts, Poster, Settings,
        case_page::{self, CasePage, Full},
        intake,
        mailboxes::Watched,
        packs::{self, Packs},
        staff,
    },
    domain::{
        audit::Written,
        identity::Reference,
        kind::Kind,
        mail::Came,
        rights::{Actor, Role},
        sign_in::Proof,
        time::Instant,
    },
    generation::{Source, receipt::Signer},
    jobs,
    mail::{
        authenticity::{self, Checker},
        classify::Classifier,
        outbox::Transport,
    },
    store::{Clock, Db, Objects, audit::entries_from, keyring, migrate, runs::receipts::receipt_key_use, vault::Vault},
};
use std::{collections::HashMap, fs, path::Path};
use tokio::sync::OnceCell;

/// The product of most tests.
pub const PRODUCT: &str = "imagegen-artisticmonk";
/// Its mail address in tests.
pub const ADDRESS: &str = "privacy@imagegen.example";
/// The name under which the product's mail server writes what it found out about a mail.
pub const RELAY: &str = "mx.imagegen.example";
/// Tuesday 24 November 2026, 10:00 in India.
pub const START: Instant = Instant(1_795_494_600_000);

/// A house for one test.
pub struct House {
    /// The house itself.
    pub app: App,
    /// Its clock.
    pub clock: Clock,
    /// Sees behind the wall.
    pub officer: Actor,
    /// Does not.
    pub agent: Actor,
    /// Where mail goes.
    pub folder: tempfile::TempDir,
}

impl House {
    /// On `SQLite`.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::manual(START);
        let db = Db::sqlite(&folder.path().join("recourse.db"), clock.clone()).await.expect("it opens");
        migrate::run(&db).await.expect("it migrates");
        Self::furnish(db, clock, folder).await
    }

    /// On `PostgreSQL`, in a database copied from one that is migrated.
    pub async fn postgres() -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let clock = Clock::manual(START);
        let template = TEMPLATE
            .get_or_init(|| async {
                let name = postgres::fresh_name();
                create(&name, "template0").await;
                let db = Db::postgres(&postgres::url(&name), 2, Clock::System).await.expect("it connects");
                migrate::run(&db).await.expect("it migrates");
                db.close().await;
                name
            })
            .await;
        let name = postgres::fresh_name();
        create(&name, template).await;
        let db = Db::postgres(&postgres::url(&name), 8, clock.clone()).await.expect("it connects");
        Self::furnish(db, clock, tempfile::tempdir().expect("a folder")).await
    }

    async fn furnish(db: Db, clock: Clock, folder: tempfile::TempDir) -> Self {
        let app = opened(db, folder.path(), HashMap::new());
        let mut tx = app.db.begin().await.expect("a writer");
        let (key_id, public) = (app.signer.key_id().to_owned(), app.signer.public_key());
        receipt_key_use(&mut tx, &key_id, &public, app.now()).await.expect("the key is in use");
        tx.commit().await.expect("it is kept");
        let officer = hire(&app, "officer@imagegen.example", "Nisha Rao", &[Role::Officer, Role::Responder]).await;
        let agent = hire(&app, "agent@imagegen.example", "Arun Pillai", &[Role::Agent]).await;
        Self { app, clock, officer, agent, folder }
    }

    /// The same house with generation databases behind it.
    pub fn with_sources(self, sources: HashMap<String, Source>) -> Self {
        let app = opened_with(self.app.db.clone(), self.folder.path(), sources, self.app.packs.clone());
        Self { app, ..self }
    }

    /// The same house that calls others when a short clock starts.
    pub fn with_alarms(self, alarms: Alarms) -> Self {
        let app = opened_by(self.app.db.clone(), self.folder.path(), HashMap::new(), self.app.packs.clone(), alarms);
        Self { app, ..self }
    }

    /// The same house where whoever shows this token may post the product's mail.
    pub fn with_poster(self, token: &str) -> Self {
        let db = self.app.db.clone();
        let app = opened_as(db, self.folder.path(), HashMap::new(), self.app.packs.clone(), |vault, settings| {
            let token = vault.digest(Poster::DIGEST, token.as_bytes());
            settings.posters.push(Poster { product: PRODUCT.to_owned(), token });
        });
        Self { app, ..self }
    }

    /// The same house that begins another archive of a package at this size.
    pub fn with_parts_of(self, bytes: u64) -> Self {
        let (db, sources, packs) = (self.app.db.clone(), self.app.sources.clone(), self.app.packs.clone());
        let app = opened_as(db, self.folder.path(), sources, packs, |_, settings| settings.part_bytes = bytes);
        Self { app, ..self }
    }

    /// The same house that watches these folders.
    pub fn with_mailboxes(self, mailboxes: Vec<Watched>) -> Self {
        let db = self.app.db.clone();
        let app = opened_as(db, self.folder.path(), HashMap::new(), self.app.packs.clone(), |_, settings| {
            settings.mailboxes = mailboxes;
        });
        Self { app, ..self }
    }

    /// The same house whose mail leaves another way.
    pub fn with_mail(self, transport: Transport, outgoing: Outgoing) -> Self {
        let (db, packs) = (self.app.db.clone(), self.app.packs.clone());
        let mut parts = parts(db, self.folder.path(), HashMap::new(), packs);
        parts.transport = transport;
        parts.settings.outgoing = outgoing;
        Self { app: App::new(parts), ..self }
    }

    /// The same house with another data key, which has taken over whatever is sealed; the old one is nowhere.
    pub async fn with_another_data_key(self) -> Self {
        let both = Vault::of(&[3; 32], &[[33; 32], [3; 32]]);
        for place in keyring::PLACES {
            let (mut tx, mut after) = (self.app.db.begin().await.expect("a writer"), i64::MIN);
            while let Some(last) = place.take_over(&mut tx, &both, after).await.expect("it opens") {
                after = last;
            }
            tx.commit().await.expect("it is kept");
        }
        let sources = self.app.sources.clone();
        self.rebuilt(sources, |parts| parts.vault = Vault::of(&[3; 32], &[[33; 32]]))
    }

    /// The same house with generation databases behind it, and whatever else is changed.
    pub fn rebuilt(self, sources: HashMap<String, Source>, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = parts(self.app.db.clone(), self.folder.path(), sources, self.app.packs.clone());
        change(&mut parts);
        Self { app: App::new(parts), ..self }
    }

    /// The same house whose pack lets copies go without a review.
    pub fn without_review(self) -> Self {
        let folder = self.folder.path().join("policies");
        fs::create_dir_all(folder.join("products")).expect("it is made");
        let file = format!("{PRODUCT}.toml");
        let text = include_str!("../../policies/products/imagegen-artisticmonk.toml");
        let text = text.replace("review = true", "review = false");
        fs::write(folder.join("products").join(file), text).expect("it is written");
        let packs = Packs::load(Some(&folder)).expect("the packs load");
        let app = opened_with(self.app.db.clone(), self.folder.path(), HashMap::new(), packs);
        Self { app, ..self }
    }

    /// The same house whose pack says `to` where it said `from`.
    pub fn whose_pack_says(self, from: &str, to: &str) -> Self {
        let folder = self.folder.path().join("policies");
        fs::create_dir_all(folder.join("products")).expect("it is made");
        let text = include_str!("../../policies/products/imagegen-artisticmonk.toml");
        assert!(text.contains(from), "the pack has no {from}");
        let text = text.replacen(from, to, 1);
        fs::write(folder.join("products").join(format!("{PRODUCT}.toml")), text).expect("it is written");
        let packs = Packs::load(Some(&folder)).expect("the packs load");
        let app = opened_with(self.app.db.clone(), self.folder.path(), HashMap::new(), packs);
        Self { app, ..self }
    }

    /// The same house whose pack has a language switched on.
    pub fn answering_in(self, language: &str) -> Self {
        let folder = self.folder.path().join("policies");
        fs::create_dir_all(folder.join("products")).expect("it is made");
        let text = include_str!("../../policies/products/imagegen-artisticmonk.toml");
        let head = format!("[language.{language}]\nreviewed_by = \"");
        assert!(text.contains(&head), "the pack has no {head}");
        let text = text.replace(&head, &format!("{head}A. Lawyer, 1 November 2026"));
        fs::write(folder.join("products").join(format!("{PRODUCT}.toml")), text).expect("it is written");
        let packs = Packs::load(Some(&folder)).expect("the packs load");
        let app = opened_with(self.app.db.clone(), self.folder.path(), HashMap::new(), packs);
        Self { app, ..self }
    }

    /// Another console on the same database.
    pub fn another_console(&self) -> App {
        opened_with(self.app.db.clone(), self.folder.path(), HashMap::new(), self.app.packs.clone())
    }

    /// Lets time pass.
    pub fn pass(&self, millis: i64) {
        self.clock.set(self.clock.now().plus(millis));
    }

    /// A mail arrives and is read; the case it opened or went to. Mail that leaves meanwhile stays in the outbox.
    pub async fn receives(&self, raw: &str) -> intake::Read {
        let raw = raw.replace('\n', "\r\n");
        match intake::keep(&self.app, PRODUCT, raw.as_bytes(), Came::Pipe).await.expect("it is kept") {
            Some(message) => intake::read(&self.app, message).await.expect("it is read"),
            None => intake::Read::Already,
        }
    }

    /// A mail that opens a case.
    pub async fn opens(&self, raw: &str) -> Reference {
        match self.receives(raw).await {
            intake::Read::Opened(reference) => reference,
            other => panic!("the mail opened no case: {other:?}"),
        }
    }

    /// Does everything that is due.
    pub async fn works(&self) {
        jobs::drain(&self.app).await.expect("the work is done");
    }

    /// The case in full, as the officer sees it.
    pub async fn case(&self, reference: Reference) -> Full {
        match case_page::load(&self.app, &self.officer, reference, crate::app::runs::Letter::Proposed)
            .await
            .expect("the page loads")
        {
            CasePage::Full(full) => *full,
            CasePage::Walled(_) => panic!("the officer sees every case"),
        }
    }

    /// What the audit log says, oldest first: whose doing, what, on which case, of which thing.
    pub async fn log(&self) -> Vec<String> {
        let mut tx = self.app.db.read().await.expect("a reader");
        let entries = entries_from(&mut tx, 1, 10_000).await.expect("entries");
        let line = |one: Written| {
            let case = one.case.map(|case| Reference(case).to_string());
            let parts = [one.who, one.action, case.unwrap_or_default(), one.object];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        };
        entries.into_iter().map(|(written, _)| line(written)).collect()
    }

    /// The mails that left, by file name.
    pub fn sent(&self) -> Vec<String> {
        let Ok(folder) = fs::read_dir(self.folder.path().join("outgoing")) else { return Vec::new() };
        let mut files: Vec<_> = folder.flatten().map(|entry| entry.path()).collect();
        files.sort();
        files.iter().map(|file| fs::read_to_string(file).expect("a mail reads")).collect()
    }
}

fn opened(db: Db, folder: &Path, sources: HashMap<String, Source>) -> App {
    opened_with(db, folder, sources, Packs::load(None).expect("the packs load"))
}

fn opened_with(db: Db, folder: &Path, sources: HashMap<String, Source>, packs: Packs) -> App {
    opened_by(db, folder, sources, packs, Alarms::default())
}

fn opened_by(db: Db, folder: &Path, sources: HashMap<String, Source>, packs: Packs, alarms: Alarms) -> App {
    opened_as(db, folder, sources, packs, |_, settings| settings.alarms = alarms)
}

fn opened_as(
    db: Db,
    folder: &Path,
    sources: HashMap<String, Source>,
    packs: Packs,
    change: impl FnOnce(&Vault, &mut Settings),
) -> App {
    let mut parts = parts(db, folder, sources, packs);
    change(&parts.vault, &mut parts.settings);
    App::new(parts)
}

fn parts(db: Db, folder: &Path, sources: HashMap<String, Source>, packs: Packs) -> Parts {
    let classifier = Classifier::new(&packs::word_list(None).expect("it is there")).expect("it compiles");
    let transport = Transport::Files(folder.join("outgoing"));
    let checker = Checker::new(authenticity::Settings { authserv_id: RELAY.to_owned(), ..Default::default() })
        .expect("one that asks nobody");
    let grievances = vec![("grievance@imagegen.example".to_owned(), Kind::Grievance)];
    let kinds = HashMap::from([(PRODUCT.to_owned(), grievances)]);
    let (vault, signer) = (Vault::new([3; 32]), Signer::new([4; 32]));
    let settings = Settings {
        addresses: HashMap::from([(PRODUCT.to_owned(), ADDRESS.to_owned())]),
        max_message: 1_000_000,
        public_url: "https://desk.imagegen.example".to_owned(),
        spool: folder.to_owned(),
        mail: Judging { kinds, ..Judging::default() },
        ..Settings::default()
    };
    let packages = Objects::folder(&folder.join("packages")).expect("the folder opens");
    Parts { db, vault, signer, packs, classifier, checker, transport, packages, sources, settings }
}

async fn hire(app: &App, email: &str, name: &str, roles: &[Role]) -> Actor {
    let id = staff::create_user(app, email, name, "correct horse battery", roles).await.expect("they are hired");
    Actor::with_roles(id, name, roles, Proof::Fresh)
}

/// Creates a database.
pub async fn create(name: &str, template: &str) {
    use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
    // a template may be copied by one at a time
    static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _one = ONE.lock().await;
    let mut admin = PgConnection::connect(&postgres::url("postgres")).await.expect("the server answers");
    let statement = format!("CREATE DATABASE {name} TEMPLATE {template}");
    admin.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.expect("it is created");
    admin.close().await.expect("it closes");
}

/// A plain mail.
pub fn mail(from: &str, subject: &str, id: &str, text: &str) -> String {
    format!("From: {from}\nTo: {ADDRESS}\nSubject: {subject}\nMessage-ID: <{id}>\n\n{text}\n")
}
