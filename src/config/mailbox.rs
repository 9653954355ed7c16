//! The settings of a mailbox that is read over IMAP, and of those who may post mail over HTTP.

use super::{ConfigError, Secret, read_secret};
use serde::Deserialize;
use std::path::PathBuf;

/// How the connection to a mailbox is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// From the first byte; port 993.
    #[default]
    Implicit,
    /// After STARTTLS; port 143.
    StartTls,
    /// Not at all: only on this machine.
    None,
}

/// A mailbox that is read over IMAP.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mailbox {
    /// What it is called on screens; each mailbox of a product has its own.
    pub name: String,
    /// The server.
    pub host: String,
    /// Its port; by default the usual one for `tls`.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub tls: Tls,
    /// A file of certificates in PEM that sign the server's, in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret,
    /// A file that holds it instead.
    pub password_file: Option<PathBuf>,
    /// The folders that are read.
    pub folders: Vec<String>,
    /// What happens there to what is kept: `leave`, `flag` or `move:FOLDER`.
    pub then: String,
    /// How often to look where the server says nothing by itself, in seconds.
    pub poll_seconds: u64,
}

impl Default for Mailbox {
    fn default() -> Self {
        Self {
            name: String::new(),
            host: String::new(),
            port: None,
            tls: Tls::default(),
            ca_file: None,
            user: String::new(),
            password: Secret::default(),
            password_file: None,
            folders: vec!["INBOX".to_owned()],
            then: "leave".to_owned(),
            poll_seconds: 60,
        }
    }
}

/// Mail that providers post.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Intake {
    /// Who may post.
    pub tokens: Vec<Token>,
    /// How many mails a minute each of them may post; 0 for any number.
    pub per_minute: u32,
}

impl Default for Intake {
    fn default() -> Self {
        Self { tokens: Vec::new(), per_minute: 600 }
    }
}

/// Who may post mail of one product.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Token {
    /// Whose token it is, for people.
    pub name: String,
    /// The product whose mail may be posted with it.
    pub product: String,
    /// The token: 32 characters at least.
    pub token: Secret,
    /// A file that holds it instead.
    pub token_file: Option<PathBuf>,
}

/// The shortest token.
const TOKEN: usize = 32;

impl Mailbox {
    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.tls == Tls::Implicit { 993 } else { 143 })
    }

    /// The folder that messages go to once they are kept.
    #[must_use]
    pub fn moves_to(&self) -> Option<&str> {
        self.then.strip_prefix("move:")
    }

    /// Reads the secret's file and refuses what cannot work; `product` is whose mailbox this is.
    pub(super) fn read(&mut self, product: &str) -> Result<(), ConfigError> {
        read_secret(&mut self.password, self.password_file.as_deref(), "products.ID.mailbox.password_file")?;
        match self.fault() {
            Some(says) => Err(ConfigError::Senseless(format!("products.{product}.mailbox {:?}: {says}", self.name))),
            None => Ok(()),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        let is_here = self.host == "localhost" || self.host == "::1" || self.host.starts_with("127.");
        let fits = |folder: &str| {
            !folder.is_empty() && folder.trim() == folder && folder.len() <= 200 && !folder.contains(char::is_control)
        };
        let is_line = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        let twice = |at: usize, folder: &String| self.folders[..at].contains(folder);
        let target = self.moves_to();
        if !fits(&self.name) {
            Some("name is needed, without spaces at its ends")
        } else if self.host.is_empty() || self.host.contains(|c: char| c.is_whitespace() || c == '/') {
            Some("host must be the server's name or address, without a scheme")
        } else if self.port == Some(0) {
            Some("port must be between 1 and 65535")
        } else if self.tls == Tls::None && !is_here {
            Some("tls = \"none\" is for a server on this machine only")
        } else if !is_line(&self.user) || !is_line(self.password.reveal()) {
            Some("user is needed, and password or password_file; neither may have a line break")
        } else if self.folders.is_empty() || !self.folders.iter().all(|folder| fits(folder)) {
            Some("folders needs at least one folder, without spaces at its ends")
        } else if self.folders.iter().enumerate().any(|(at, folder)| twice(at, folder)) {
            Some("folders names a folder twice")
        } else if !["leave", "flag"].contains(&self.then.as_str()) && !target.is_some_and(fits) {
            Some("then must be leave, flag or move:FOLDER")
        } else if target.is_some_and(|target| self.folders.iter().any(|folder| folder == target)) {
            Some("then moves to a folder that is read too")
        } else if !(5..=3_600).contains(&self.poll_seconds) {
            Some("poll_seconds must be between 5 and 3600")
        } else {
            None
        }
    }
}

impl Intake {
    /// Reads the tokens' files and refuses what cannot work.
    pub(super) fn read(&mut self) -> Result<(), ConfigError> {
        for token in &mut self.tokens {
            read_secret(&mut token.token, token.token_file.as_deref(), "intake.tokens.token_file")?;
            let secret = token.token.reveal();
            let is_plain = secret.bytes().all(|b| b.is_ascii_graphic());
            let says = if token.name.is_empty() || token.product.is_empty() {
                "name and product are needed"
            } else if secret.len() < TOKEN || !is_plain {
                "token or token_file needs 32 characters at least, letters, digits and signs only; `openssl rand -hex 32` makes one"
            } else {
                continue;
            };
            return Err(ConfigError::Senseless(format!("intake.tokens {:?}: {says}", token.name)));
        }
        Ok(())
    }
}

/// Two mailboxes of one product with one name, or one folder read twice, would be taken for one another.
pub(super) fn doubles(product: &str, mailboxes: &[Mailbox]) -> Result<(), ConfigError> {
    for (at, mailbox) in mailboxes.iter().enumerate() {
        if mailboxes[..at].iter().any(|other| other.name == mailbox.name) {
            let says = format!("products.{product}.mailbox: the name {:?} stands twice", mailbox.name);
            return Err(ConfigError::Senseless(says));
        }
    }
    Ok(())
}
