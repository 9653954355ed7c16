//! What every verb needs at hand: the database, the vault, the packs, the way out for mail.

use super::{follow_ups::Partner, packs::Packs, passwords};
use crate::{
    domain::{
        clock::period::Period,
        kind::Kind,
        network::Network,
        sign_in::SecondFactor,
        time::{DAY, Instant, MINUTE},
    },
    generation::{Source, receipt::Signer},
    mail::{
        authenticity::Checker, classify::Classifier, compose::Letterhead, outbox::Transport, thread::ReplyKey,
        webhook::Webhook,
    },
    store::{Db, Objects, vault::Vault},
};
use std::{collections::HashMap, ops::Deref, sync::Arc};
use tokio::sync::Notify;

/// The running house; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<House>);

struct House {
    parts: Parts,
    /// Bounds how many passwords are hashed at once.
    hashing: Arc<passwords::Turns>,
    wake: Notify,
}

/// The parts of the running house.
pub struct Parts {
    /// Our own database.
    pub db: Db,
    /// The keeper of the master key.
    pub vault: Vault,
    /// The keeper of the key that signs receipts.
    pub signer: Signer,
    /// What the products promised.
    pub packs: Packs,
    /// How mail is understood.
    pub classifier: Classifier,
    /// How it is found out where mail comes from.
    pub checker: Checker,
    /// The way out for mail.
    pub transport: Transport,
    /// The files of packages.
    pub packages: Objects,
    /// The products' generation databases, by product id.
    pub sources: HashMap<String, Source>,
    /// What the operator configured.
    pub settings: Settings,
}

/// What the operator configured and verbs need.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Each product's own mail address, by product id.
    pub addresses: HashMap<String, String>,
    /// How mail leaves.
    pub outgoing: Outgoing,
    /// The largest message intake takes, in bytes.
    pub max_message: usize,
    /// The address under which people reach this console, for links in mail, without a slash at its end.
    pub public_url: String,
    /// Who else is called when a short clock starts.
    pub alarms: Alarms,
    /// How mail that arrives is judged.
    pub mail: Judging,
    /// The mailboxes that are read.
    pub mailboxes: Vec<super::mailboxes::Watched>,
    /// Who may post mail.
    pub posters: Vec<Poster>,
    /// How many mails a minute each of them may post; 0 for any number.
    pub posts_per_minute: u32,
    /// The proxies that are believed when they say who asked them.
    pub trusted_proxies: Vec<Network>,
    /// Those who receive people's data and are told what became of it, by product id.
    pub partners: HashMap<String, Vec<Partner>>,
    /// How long backups keep what was erased, by product id.
    pub backups: HashMap<String, Period>,
    /// Whether everybody who signs in needs a second factor.
    pub second_factor: SecondFactor,
    /// Where rows wait, encrypted under a key that is nowhere else, before they go into a package.
    pub spool: std::path::PathBuf,
    /// The size from which on a package gets another archive, in bytes; 0: it never does.
    pub part_bytes: u64,
}

/// How mail that arrives is judged.
#[derive(Debug, Clone)]
pub struct Judging {
    /// Mails of one sender an hour that are taken at once; what is more waits for staff.
    pub per_sender: i64,
    /// Addresses of a product that are there for one kind of request, in lower case, by product id.
    pub kinds: HashMap<String, Vec<(String, Kind)>>,
}

impl Default for Judging {
    fn default() -> Self {
        Self { per_sender: 60, kinds: HashMap::new() }
    }
}

impl Settings {
    /// The kind that the address a mail went to is there for, and the address.
    #[must_use]
    pub fn kind_of(&self, product: &str, recipients: &[String]) -> Option<(Kind, &str)> {
        let kinds = self.mail.kinds.get(product)?;
        kinds.iter().find(|(address, _)| recipients.contains(address)).map(|(address, kind)| (*kind, address.as_str()))
    }
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// What stands before a token in a product's reply address, by product id; `+` where nothing is said, empty where the
    /// mail server knows no subaddresses.
    pub subaddresses: HashMap<String, String>,
    /// Where reports about automatic mail come back to, by product id; none means mail without an envelope sender.
    pub returns: HashMap<String, String>,
    /// How many automatic mails an address gets in an hour; zero for any number.
    pub automatic_per_hour: i64,
    /// How many mails a domain gets in a minute; zero for any number.
    pub domain_per_minute: i64,
    /// How many mails an address gets in a minute; zero for any number.
    pub recipient_per_minute: i64,
    /// The first wait after a server said "not now", in milliseconds.
    pub retry: i64,
    /// For how long a mail is tried, in milliseconds.
    pub patience: i64,
}

impl Default for Outgoing {
    /// Without limits.
    fn default() -> Self {
        Self {
            subaddresses: HashMap::new(),
            returns: HashMap::new(),
            automatic_per_hour: 0,
            domain_per_minute: 0,
            recipient_per_minute: 0,
            retry: 5 * MINUTE,
            patience: 4 * DAY,
        }
    }
}

/// Who else is called when a short clock starts.
#[derive(Debug, Clone, Default)]
pub struct Alarms {
    /// Mail addresses of those who stand in.
    pub deputies: Vec<String>,
    /// Where a machine is told.
    pub webhook: Option<Webhook>,
}

/// A mail provider that may post the mail of one product.
#[derive(Debug, Clone)]
pub struct Poster {
    /// The product.
    pub product: String,
    /// Keyed digest of the token that it shows.
    pub token: Vec<u8>,
}

impl Poster {
    /// What the digest of a token is made for.
    pub const DIGEST: &str = "intake token";
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

impl App {
    /// Puts the house together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(House { parts, hashing: Arc::default(), wake: Notify::new() }))
    }

    /// The turns of those who hash a password.
    pub(crate) fn hashing(&self) -> &Arc<passwords::Turns> {
        &self.0.hashing
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.db.now()
    }

    /// The zone in which screens without a product speak: the first product's.
    #[must_use]
    pub fn zone(&self) -> chrono_tz::Tz {
        self.packs.first_zone()
    }

    /// Tells the job runner of this process that work was committed.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Waits until work was committed in this process.
    pub async fn woken(&self) {
        self.0.wake.notified().await;
    }

    /// The product's own mail address; a reserved one that leads nowhere while none is configured.
    #[must_use]
    pub fn address_of(&self, product: &str) -> String {
        self.settings.addresses.get(product).cloned().unwrap_or_else(|| format!("privacy@{product}.invalid"))
    }

    /// What stands before a token in an address of the product; empty where its mail server knows no subaddresses.
    #[must_use]
    pub fn subaddress(&self, product: &str) -> &str {
        self.settings.outgoing.subaddresses.get(product).map_or("+", String::as_str)
    }

    /// The key of the tokens in reply addresses and Message-IDs.
    #[must_use]
    pub fn reply_key(&self) -> ReplyKey {
        ReplyKey::new(self.vault.derive("reply token"))
    }

    /// What every mail of a product says of it and its officer.
    #[must_use]
    pub fn letterhead(&self, product: &str) -> Letterhead {
        let pack = self.packs.get(product);
        let officer = pack.map(|pack| &pack.officer);
        Letterhead {
            product: pack.map_or_else(|| product.to_owned(), |pack| pack.name.clone()),
            officer: officer.map(|o| o.name.clone()).unwrap_or_default(),
            title: officer.map(|o| o.title.clone()).unwrap_or_default(),
            post: officer.map(|o| o.address.clone()).unwrap_or_default(),
            mail: self.address_of(product),
        }
    }
}
