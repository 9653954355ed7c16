//! What every verb needs at hand: the database, the vault, the packs, the way out for mail.

use super::packs::Packs;
use crate::{
    domain::time::Instant,
    generation::{Source, receipt::Signer},
    mail::{classify::Classifier, compose::Letterhead, outbox::Transport, webhook::Webhook},
    store::{Db, Objects, vault::Vault},
};
use std::{collections::HashMap, ops::Deref, sync::Arc};
use tokio::sync::{Notify, Semaphore};

/// The running house; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<House>);

struct House {
    parts: Parts,
    /// Bounds how many passwords are hashed at once.
    hashing: Semaphore,
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
    /// The largest message intake takes, in bytes.
    pub max_message: usize,
    /// The address under which people reach this console, for links in mail, without a slash at its end.
    pub public_url: String,
    /// Who else is called when a short clock starts.
    pub alarms: Alarms,
    /// The mailboxes that are read.
    pub mailboxes: Vec<super::mailboxes::Watched>,
    /// Who may post mail.
    pub posters: Vec<Poster>,
    /// Where rows wait, encrypted under a key that is nowhere else, before they go into a package.
    pub spool: std::path::PathBuf,
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

/// How many passwords may be hashed at the same time, 19 MiB each.
const HASHES: usize = 2;

impl App {
    /// Puts the house together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(House { parts, hashing: Semaphore::new(HASHES), wake: Notify::new() }))
    }

    /// Bounds how many passwords are hashed at once.
    pub(super) fn hashing(&self) -> &Semaphore {
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
