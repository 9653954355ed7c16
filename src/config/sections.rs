//! The sections of the configuration and what they are while nobody says otherwise.

use super::{Bucket, Mailbox, Recipient, Secret};
use serde::Deserialize;
use std::{collections::HashMap, net::SocketAddr, path::PathBuf};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

/// The web console.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    /// The address under which people reach this console, for links in mail, and for passkeys, which are tied to the name of
    /// its host; by default `http://` and `listen`.
    pub public_url: String,
    /// Addresses and networks of the proxies in front of it: only they are believed when they say who asked them.
    pub trusted_proxies: Vec<String>,
}

/// What leaves for addresses that others give names to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outgoing {
    /// Addresses and networks inside that webhooks may lead to; without them only public ones.
    pub allow: Vec<String>,
}

/// Our own database.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://…`; empty means the `SQLite` file in the data directory.
    pub url: Secret,
    /// A file that holds the address instead.
    pub url_file: Option<PathBuf>,
    /// Connections to `PostgreSQL`.
    pub connections: u32,
}

/// Whether everybody needs a second factor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecondFactor {
    /// Nobody gets in without one.
    #[default]
    Required,
    /// Whoever has one is asked for it: for demonstrations and tests.
    Offered,
}

/// How people sign in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// `required`: nobody gets in without a second factor; `offered` is for demonstrations and tests only.
    pub second_factor: SecondFactor,
}

/// Keys.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Secrets {
    /// The master key's file; by default `keys/master.key` in the data directory. Shared by all consoles.
    pub key_file: Option<PathBuf>,
    /// The file of the key that signs receipts; by default `keys/receipt.key` in the data directory. Shared by all
    /// consoles.
    pub receipt_key_file: Option<PathBuf>,
    /// The file of the key that signs checkpoints of the audit log; by default `keys/audit.key` in the data directory.
    pub audit_key_file: Option<PathBuf>,
}

/// Mail in and out.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// `smtp://user:password@host:587?tls=required`; empty means files in the data directory.
    pub smtp_url: Secret,
    /// A file that holds the address instead.
    pub smtp_url_file: Option<PathBuf>,
    /// How many automatic mails an address gets in an hour; what is more waits. Zero for any number. Alarms do not count.
    pub automatic_per_hour: i64,
    /// How many mails a domain gets in a minute through the mail server; zero for any number.
    pub domain_per_minute: i64,
    /// How many mails an address gets in a minute through the mail server; zero for any number.
    pub recipient_per_minute: i64,
    /// How long to wait after the mail server said "not now" for the first time; then twice as long each time.
    pub retry_seconds: i64,
    /// For how long a mail that does not leave is tried.
    pub patience_hours: i64,
    /// The largest message that is opened, in bytes; a larger one makes a case that says so.
    pub max_bytes: usize,
    /// Mails of one sender an hour that are taken at once; what is more waits for staff.
    pub per_sender_hourly: i64,
    /// The name under which the operator's mail server writes Authentication-Results; then it is believed, and nobody
    /// else is asked.
    pub authserv_id: String,
    /// The names under which the operator's mail servers write Received headers: what lets SPF be known.
    pub received_by: Vec<String>,
    /// True where senders' domains are asked, by DNS, whether a mail comes from them.
    pub ask_senders: bool,
}

/// Durable work.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Jobs {
    /// How many jobs at a time.
    pub workers: usize,
    /// How often to look for work, in milliseconds.
    pub poll_ms: u64,
    /// How long a vanished worker's job waits, in milliseconds.
    pub lease_ms: i64,
}

/// Packages of people's data: the files that are made for them.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Packages {
    /// The folder they lie in; by default `packages` in the data directory. Shared by all consoles.
    pub folder: Option<PathBuf>,
    /// The bucket they lie in instead.
    pub s3: Option<Bucket>,
    /// The size from which on a package gets another archive, in bytes; an archive ends with a whole entry, so it may be
    /// larger by one file.
    pub part_bytes: u64,
}

impl Default for Packages {
    fn default() -> Self {
        Self { folder: None, s3: None, part_bytes: 2 * 1024 * 1024 * 1024 }
    }
}

/// Checkpoints of the audit log.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// The folder that this console writes its checkpoints to; by default `checkpoints` in the data directory. It proves
    /// something where whoever can change the database cannot change it.
    pub checkpoints: Option<PathBuf>,
    /// After how many entries there is a checkpoint at the latest.
    pub entries: i64,
    /// After how many minutes there is one at the latest, where there are new entries.
    pub minutes: i64,
}

impl Default for Audit {
    fn default() -> Self {
        Self { checkpoints: None, entries: 1_000, minutes: 10 }
    }
}

/// Policy packs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policies {
    /// A folder whose `products/*.toml`, `law/*.toml`, `calendars/*` and `intake.toml` take the place of the ones inside
    /// the program.
    pub folder: Option<PathBuf>,
}

/// Who else is called when a clock of less than a day starts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// Mail addresses of those who stand in.
    pub deputies: Vec<String>,
    /// `https://…`: is posted a small JSON object without a word of what the case is about.
    pub webhook_url: Secret,
    /// A file that holds the address instead.
    pub webhook_url_file: Option<PathBuf>,
    /// Signs what is posted, with HMAC-SHA256 in the header `recourse-signature`.
    pub webhook_secret: Secret,
    /// A file that holds the key instead.
    pub webhook_secret_file: Option<PathBuf>,
}

/// What is written to standard error.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// For example `info` or `recourse=debug`.
    pub level: String,
    /// One JSON object a line.
    pub json: bool,
}

impl Log {
    /// True where every part of the level says how much is wanted. A library takes any other word for the name of a place,
    /// and then writes nothing.
    pub(super) fn is_understood(&self) -> bool {
        let is_level = |part: &str| {
            let level = part.rsplit('=').next().unwrap_or_default().trim();
            !level.is_empty() && level.parse::<LevelFilter>().is_ok()
        };
        self.level.split(',').all(is_level) && EnvFilter::try_new(&self.level).is_ok()
    }
}

/// What a product needs beyond its pack.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Product {
    /// The product's own mail address: where people write to and what answers come from.
    pub address: String,
    /// Further addresses of the product that are there for one kind of request, each with the kind's code.
    pub kinds: HashMap<String, String>,
    /// What stands between the address and what Recourse appends to it, so that an answer finds its case:
    /// `privacy+TOKEN@…`. Empty for mail servers that know no subaddresses.
    pub subaddress: String,
    /// Where reports about automatic mail come back to. Empty: such mail has no envelope sender, and no report comes.
    pub returns: String,
    /// The mailboxes that its mail is read from.
    pub mailbox: Vec<Mailbox>,
    /// The product's own database of accounts, prompts and images.
    pub generation: Generation,
    /// Those who receive people's data and are told what became of it, by the pack's ids; the others are told by hand.
    pub recipients: HashMap<String, Recipient>,
    /// How long its backups keep what was erased, ISO 8601; empty where nobody says.
    pub backups: String,
}

/// A generation database.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Generation {
    /// `postgres://…`, `mariadb://…` or `sqlite://FILE`; empty means that the product has none and no run is possible.
    pub url: Secret,
    /// A file that holds the address instead.
    pub url_file: Option<PathBuf>,
    /// A copy of it that the engine keeps up to date, for looking people up, planning and copies; empty means the
    /// database itself.
    pub replica_url: Secret,
    /// A file that holds that address instead.
    pub replica_url_file: Option<PathBuf>,
    /// The folder in which the files lie that rows name.
    pub files: Option<PathBuf>,
    /// The bucket in which they lie instead.
    pub s3: Option<Bucket>,
    /// The data map.
    pub data_map: Option<PathBuf>,
}

impl Default for Product {
    fn default() -> Self {
        Self {
            kinds: HashMap::new(),
            address: String::new(),
            subaddress: "+".to_owned(),
            returns: String::new(),
            mailbox: Vec::new(),
            generation: Generation::default(),
            recipients: HashMap::new(),
            backups: String::new(),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: String::new(),
            trusted_proxies: Vec::new(),
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: Secret::default(), url_file: None, connections: 16 }
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            smtp_url: Secret::default(),
            smtp_url_file: None,
            automatic_per_hour: 5,
            domain_per_minute: 60,
            recipient_per_minute: 10,
            retry_seconds: 300,
            patience_hours: 96,
            max_bytes: 50 * 1024 * 1024,
            per_sender_hourly: 60,
            authserv_id: String::new(),
            received_by: Vec::new(),
            ask_senders: true,
        }
    }
}

impl Default for Jobs {
    fn default() -> Self {
        Self { workers: 4, poll_ms: 500, lease_ms: 30_000 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), json: false }
    }
}
