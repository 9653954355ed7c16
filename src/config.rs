//! The operator's configuration: one struct a section; file, then environment, then flags. Unknown keys are
//! refused by name; secrets are never printed.

mod bucket;
mod mailbox;
mod recipient;
mod sections;
mod sense;
mod trouble;

pub use bucket::Bucket;
pub use mailbox::{Intake, Mailbox, Tls, Token};
pub use recipient::Recipient;
pub use sections::{
    Alarms, Audit, Database, Generation, Jobs, Log, Mail, Outgoing, Packages, Policies, Product, SecondFactor, Secrets,
    Server, SignIn,
};

use serde::Deserialize;
use std::{
    collections::HashMap,
    fmt, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// A value that no log and no screen may show.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// The whole configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where Recourse keeps its files.
    pub data_dir: PathBuf,
    /// The web console.
    pub server: Server,
    /// Our own database.
    pub database: Database,
    /// How people sign in.
    pub sign_in: SignIn,
    /// Keys.
    pub secrets: Secrets,
    /// Mail in and out.
    pub mail: Mail,
    /// Mail that providers post.
    pub intake: Intake,
    /// Durable work.
    pub jobs: Jobs,
    /// Packages of people's data.
    pub packages: Packages,
    /// Policy packs.
    pub policies: Policies,
    /// Who else is called when a short clock starts.
    pub alarms: Alarms,
    /// Where webhooks may lead.
    pub outgoing: Outgoing,
    /// Checkpoints of the audit log.
    pub audit: Audit,
    /// What is written to standard error.
    pub log: Log,
    /// What each product needs beyond its pack, by product id.
    pub products: HashMap<String, Product>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("recourse-data"),
            server: Server::default(),
            database: Database::default(),
            sign_in: SignIn::default(),
            secrets: Secrets::default(),
            mail: Mail::default(),
            intake: Intake::default(),
            jobs: Jobs::default(),
            packages: Packages::default(),
            policies: Policies::default(),
            alarms: Alarms::default(),
            outgoing: Outgoing::default(),
            audit: Audit::default(),
            log: Log::default(),
            products: HashMap::new(),
        }
    }
}

/// A configuration that cannot be used. Quotes no value that was read: it may be a secret in the wrong place.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that cannot be read, or a key or value that is not understood.
    #[error("the configuration: {0}")]
    Unreadable(String),
    /// A file of a secret that cannot be read.
    #[error("the configuration: {key} {}: {error}", .file.display())]
    SecretFile {
        /// The key that names the file.
        key: &'static str,
        /// The file.
        file: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// A value that makes no sense.
    #[error("the configuration: {0}")]
    Senseless(String),
}

/// What flags decide, over file and environment.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// The file; by default `recourse.toml` in the data directory that a flag names, or in the working directory.
    pub file: Option<PathBuf>,
    /// Where Recourse keeps its files.
    pub data_dir: Option<PathBuf>,
    /// Address and port.
    pub listen: Option<SocketAddr>,
}

impl Flags {
    fn chosen_file(&self) -> Option<PathBuf> {
        let beside = |folder: &Path| Some(folder.join("recourse.toml")).filter(|file| file.exists());
        self.file.clone().or_else(|| match &self.data_dir {
            Some(folder) => beside(folder),
            None => beside(Path::new(".")),
        })
    }
}

impl Config {
    /// Reads file, environment (`RECOURSE__SECTION__KEY`) and flags.
    ///
    /// # Errors
    /// When something is unreadable, unknown or makes no sense.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        let (mut builder, mut text) = (config::Config::builder(), String::new());
        if let Some(file) = flags.chosen_file() {
            let unreadable = |error| ConfigError::Unreadable(format!("{}: {error}", file.display()));
            text = fs::read_to_string(&file).map_err(unreadable)?;
            builder = builder.add_source(config::File::from_str(&text, config::FileFormat::Toml));
        }
        let read = builder.add_source(Self::environment()).build().and_then(config::Config::try_deserialize);
        let mut config: Self = read.map_err(|error| ConfigError::Unreadable(trouble::in_words(&error, &text)))?;
        if let Some(data_dir) = &flags.data_dir {
            config.data_dir.clone_from(data_dir);
        }
        if let Some(listen) = flags.listen {
            config.server.listen = listen;
        }
        read_secret(&mut config.database.url, config.database.url_file.as_deref(), "database.url_file")?;
        read_secret(
            &mut config.alarms.webhook_url,
            config.alarms.webhook_url_file.as_deref(),
            "alarms.webhook_url_file",
        )?;
        let secret_file = config.alarms.webhook_secret_file.as_deref();
        read_secret(&mut config.alarms.webhook_secret, secret_file, "alarms.webhook_secret_file")?;
        read_secret(&mut config.mail.smtp_url, config.mail.smtp_url_file.as_deref(), "mail.smtp_url_file")?;
        if let Some(bucket) = &mut config.packages.s3 {
            bucket.read("packages.s3", "packages.s3.secret_access_key_file")?;
        }
        config.intake.read()?;
        for (id, product) in &mut config.products {
            for mailbox in &mut product.mailbox {
                mailbox.read(id)?;
            }
            mailbox::doubles(id, &product.mailbox)?;
            for (name, recipient) in &mut product.recipients {
                recipient.read(id, name)?;
            }
            let generation = &mut product.generation;
            read_secret(&mut generation.url, generation.url_file.as_deref(), "products.ID.generation.url_file")?;
            let replica_file = generation.replica_url_file.as_deref();
            read_secret(&mut generation.replica_url, replica_file, "products.ID.generation.replica_url_file")?;
            if let Some(bucket) = &mut generation.s3 {
                let place = format!("products.{id}.generation.s3");
                bucket.read(&place, "products.ID.generation.s3.secret_access_key_file")?;
            }
        }
        config.checked()
    }

    /// Everything there is text, which becomes a number where one is wanted.
    fn environment() -> config::Environment {
        config::Environment::with_prefix("RECOURSE").prefix_separator("__").separator("__")
    }

    /// The file of the key that signs receipts.
    #[must_use]
    pub fn receipt_key_file(&self) -> PathBuf {
        self.secrets.receipt_key_file.clone().unwrap_or_else(|| self.data_dir.join("keys").join("receipt.key"))
    }

    /// The file of the key that signs checkpoints of the audit log.
    #[must_use]
    pub fn audit_key_file(&self) -> PathBuf {
        self.secrets.audit_key_file.clone().unwrap_or_else(|| self.data_dir.join("keys").join("audit.key"))
    }

    /// The folder of the audit log's checkpoints.
    #[must_use]
    pub fn checkpoints_folder(&self) -> PathBuf {
        self.audit.checkpoints.clone().unwrap_or_else(|| self.data_dir.join("checkpoints"))
    }

    /// The folder of packages, where they lie in one.
    #[must_use]
    pub fn packages_folder(&self) -> PathBuf {
        self.packages.folder.clone().unwrap_or_else(|| self.data_dir.join("packages"))
    }

    /// The address under which people reach this console, without a slash at its end.
    #[must_use]
    pub fn public_url(&self) -> String {
        let given = self.server.public_url.trim_end_matches('/');
        if given.is_empty() { format!("http://{}", self.server.listen) } else { given.to_owned() }
    }

    /// The master key's file.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.secrets.key_file.clone().unwrap_or_else(|| self.data_dir.join("keys").join("master.key"))
    }
}

fn read_secret(secret: &mut Secret, file: Option<&Path>, key: &'static str) -> Result<(), ConfigError> {
    if let Some(file) = file {
        let text =
            fs::read_to_string(file).map_err(|error| ConfigError::SecretFile { key, file: file.to_owned(), error })?;
        *secret = Secret(text.trim().to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("recourse.toml");
        fs::write(&file, text).expect("it is written");
        Config::load(&Flags { file: Some(file), ..Flags::default() })
    }

    #[test]
    fn unknown_keys_are_refused_by_name_and_secrets_do_not_print() {
        let says = load("[server]\nlistn = \"127.0.0.1:1\"\n").expect_err("it is refused").to_string();
        assert!(says.contains("listn"), "{says}");
        let config = load("[database]\nurl = \"postgres://u:hunter2@h/d\"\n").expect("it reads");
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(load("[database]\nurl = \"mysql://h/d\"\n").is_err());
        assert!(load("[jobs]\nworkers = 0\n").is_err());
    }

    #[test]
    fn an_address_has_a_host_and_a_level_is_one() {
        for (text, says) in [
            ("[server]\npublic_url = \"https://\"\n", "server.public_url"),
            ("[server]\npublic_url = \"privacy.imagegen.example\"\n", "server.public_url"),
            ("[server]\npublic_url = \"ftp://privacy.imagegen.example\"\n", "server.public_url"),
            ("[log]\nlevel = \"inof\"\n", "log.level"),
            ("[log]\nlevel = \"recourse=debgu,info\"\n", "log.level"),
            ("[log]\nlevel = \"info,recourse\"\n", "log.level"),
        ] {
            let refused = load(text).expect_err(text).to_string();
            assert!(refused.contains(says), "{refused}");
        }
        for level in ["info", "WARN", "off", "recourse=debug", "recourse=trace, info", "info,recourse::web[x]=debug"] {
            load(&format!("[log]\nlevel = \"{level}\"\n")).expect(level);
        }
        load("[server]\npublic_url = \"https://privacy.imagegen.example/desk\"\n").expect("it reads");
    }

    #[test]
    fn a_second_factor_is_required_unless_somebody_says_otherwise() {
        let asked = |text: &str| load(text).map(|config| config.sign_in.second_factor);
        assert_eq!(asked("").expect("it reads"), SecondFactor::Required);
        assert_eq!(asked("[sign_in]\nsecond_factor = \"offered\"\n").expect("it reads"), SecondFactor::Offered);
        assert!(asked("[sign_in]\nsecond_factor = \"none\"\n").is_err());
    }

    #[test]
    fn a_bucket_needs_its_keys_and_stands_alone() {
        let keys = "bucket = \"pictures\", access_key_id = \"id\", secret_access_key = \"hunter2\"";
        let config = load(&format!("[packages]\ns3 = {{ {keys} }}\n")).expect("it reads");
        assert!(!format!("{config:?}").contains("hunter2"));
        for (text, says) in [
            (format!("[packages]\nfolder = \"p\"\ns3 = {{ {keys} }}\n"), "both folder and s3"),
            ("[packages]\ns3 = { bucket = \"pictures\" }\n".to_owned(), "access_key_id"),
            (format!("[packages]\ns3 = {{ {keys}, endpoint = \"http://h\" }}\n"), "allow_http"),
            (format!("[packages]\ns3 = {{ {keys}, endpoint = \"ftp://h\" }}\n"), "https://"),
            (format!("[packages]\ns3 = {{ {keys}, prefix = \"a/../b\" }}\n"), "prefix"),
            (format!("[packages]\ns3 = {{ {keys}, bucket_name = \"b\" }}\n"), "bucket_name"),
            ("[packages]\npart_bytes = 1000\n".to_owned(), "packages.part_bytes"),
            (format!("[products.p.generation]\nfiles = \"f\"\ns3 = {{ {keys} }}\n"), "both files and s3"),
        ] {
            let refused = load(&text).expect_err("it is refused").to_string();
            assert!(refused.contains(says) && !refused.contains("hunter2"), "{refused}");
        }
        load(&format!("[packages]\ns3 = {{ {keys}, endpoint = \"http://h\", allow_http = true }}\n"))
            .expect("it reads");
    }

    #[test]
    fn a_generation_database_is_of_an_engine_that_we_speak() {
        let product = |text: &str| load(&format!("[products.p.generation]\ndata_map = \"m\"\n{text}\n"));
        for url in ["postgres://h/d", "postgresql://h/d", "mariadb://u:hunter2@h/d", "mysql://h/d", "sqlite:///d"] {
            let config = product(&format!("url = \"{url}\"")).expect(url);
            assert!(!format!("{config:?}").contains("hunter2"));
        }
        product("url = \"mysql://h/d\"\nreplica_url = \"mariadb://h2/d\"").expect("another address of the same engine");
        for (text, says) in [
            ("url = \"oracle://u:hunter2@h/d\"", "generation.url must begin with"),
            ("url = \"mysql://h/d\"\nreplica_url = \"u:hunter2@h/d\"", "generation.replica_url must begin with"),
            ("url = \"mysql://h/d\"\nreplica_url = \"postgres://u:hunter2@h/d\"", "same engine"),
            ("url = \"sqlite:///d\"\nreplica_url = \"sqlite:///e\"", "SQLite has no replicas"),
            ("replica_url = \"mysql://h/d\"", "same engine"),
        ] {
            let refused = product(text).expect_err(text).to_string();
            assert!(refused.contains(says) && !refused.contains("hunter2"), "{refused}");
        }
    }

    #[test]
    fn a_mailbox_that_makes_no_sense_is_refused_by_name() {
        let good = "name = \"privacy\", host = \"imap.example\", user = \"u\", password = \"hunter2\"";
        let product = |fields: &str| load(&format!("[products.p]\nmailbox = [{{ {fields} }}]\n"));
        let config = product(good).expect("it reads");
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(config.products["p"].mailbox[0].port(), 993);
        for (more, says) in [
            ("tls = \"none\"", "this machine only"),
            ("tls = \"maybe\"", "mailbox[0]"),
            ("then = \"delete\"", "then must be"),
            ("then = \"move:INBOX\"", "read too"),
            ("folders = []", "folders"),
            ("folders = [\"A\", \"A\"]", "twice"),
            ("poll_seconds = 1", "poll_seconds"),
            ("flag = true", "flag"),
        ] {
            let refused = product(&format!("{good}, {more}")).expect_err(more).to_string();
            assert!(refused.contains(says) && !refused.contains("hunter2"), "{refused}");
        }
        assert!(product("name = \"privacy\", host = \"imap.example\", user = \"u\"").is_err());
        let twice = load(&format!("[products.p]\nmailbox = [{{ {good} }}, {{ {good} }}]\n"));
        assert!(twice.expect_err("it is refused").to_string().contains("stands twice"));
        let token = |token: &str| {
            load(&format!("[intake]\ntokens = [{{ name = \"n\", product = \"p\", token = \"{token}\" }}]\n"))
        };
        assert!(!format!("{:?}", token(&"x".repeat(32)).expect("it reads")).contains("xxx"));
        assert!(token(&"x".repeat(31)).expect_err("it is refused").to_string().contains("32 characters"));
    }

    #[test]
    fn the_example_is_a_valid_configuration() {
        load(include_str!("../recourse.example.toml")).expect("the example reads");
    }
}
