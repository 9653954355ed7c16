//! Those who receive people's data from a product, and how each is told what became of it. Knows no pack and no kind of
//! run; `cli` reads those words.

use super::{ConfigError, Secret, read_secret};
use serde::Deserialize;
use std::path::PathBuf;

/// How one recipient is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipient {
    /// Its mail address; this or a webhook.
    pub mail: String,
    /// `https://…`, or `http://` on this machine: is posted a signed JSON object.
    pub webhook: Secret,
    /// Why it has to be told of nothing, in place of both: it has no data that leads to a person, say.
    pub never: String,
    /// Signs what is posted there and what it posts back.
    pub secret: Secret,
    /// A file that holds the key instead.
    pub secret_file: Option<PathBuf>,
    /// By when it has to be told, ISO 8601.
    pub within: String,
    /// What it is told of: codes of runs; empty for everything.
    pub kinds: Vec<String>,
    /// By which kinds of identity it knows the person; only these are handed on.
    pub identify_by: Vec<String>,
}

impl Default for Recipient {
    fn default() -> Self {
        Self {
            mail: String::new(),
            webhook: Secret::default(),
            never: String::new(),
            secret: Secret::default(),
            secret_file: None,
            within: "P7D".to_owned(),
            kinds: Vec::new(),
            identify_by: vec!["account".to_owned()],
        }
    }
}

/// The shortest key that signs.
const KEY: usize = 32;

impl Recipient {
    /// Reads the key's file and refuses what cannot work.
    pub(super) fn read(&mut self, product: &str, id: &str) -> Result<(), ConfigError> {
        read_secret(&mut self.secret, self.secret_file.as_deref(), "products.ID.recipients.ID.secret_file")?;
        let (mail, url) = (!self.mail.is_empty(), self.webhook.reveal());
        let never = !self.never.trim().is_empty();
        let says = if [mail, !url.is_empty(), never].iter().filter(|is| **is).count() != 1 {
            "needs one of mail, webhook and never"
        } else if never {
            return Ok(());
        } else if mail && self.mail.parse::<lettre::Address>().is_err() {
            "mail is no mail address"
        } else if !mail && !is_safe(url) {
            "webhook has to begin with https:// (or http:// on this machine)"
        } else if !mail && self.secret.reveal().len() < KEY {
            "secret or secret_file needs 32 characters at least; `openssl rand -hex 32` makes one"
        } else if self.identify_by.is_empty() {
            "identify_by says by which kinds of identity it knows the person, for example [\"account\"]"
        } else {
            return Ok(());
        };
        Err(ConfigError::Senseless(format!("products.{product}.recipients.{id}: {says}")))
    }
}

/// True for addresses that keep what is posted from others: TLS, or this machine.
fn is_safe(url: &str) -> bool {
    let here = ["http://127.0.0.1", "http://[::1]", "http://localhost"];
    let is_here = |start: &str| url.strip_prefix(start).is_some_and(|r| r.is_empty() || r.starts_with([':', '/']));
    url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty()) || here.into_iter().any(is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_refused_by_name_and_without_its_secret() {
        let key = "hunter2hunter2hunter2hunter2hunter2";
        let read = |text: &str| {
            let mut one: Recipient = toml::from_str(text).map_err(|e| e.to_string())?;
            one.read("p", "stripe").map_err(|e| e.to_string())?;
            assert!(!format!("{one:?}").contains("hunter2") && !format!("{one:?}").contains("/hook"));
            Ok::<_, String>(one)
        };
        let good = format!("webhook = 'https://stripe.example/hook'\nsecret = '{key}'");
        assert_eq!(read(&good).expect("it reads").within, "P7D");
        read("mail = 'privacy@stripe.example'\nkinds = ['erase']").expect("it reads");
        read("never = 'has statistics without names'").expect("it reads");
        read(&format!("webhook = 'http://127.0.0.1:9/hook'\nsecret = '{key}'")).expect("it reads");
        for (text, says) in [
            ("within = 'P1D'", "one of mail"),
            (&format!("{good}\nmail = 'a@b.example'"), "one of mail"),
            (&format!("{good}\nnever = 'has no names'"), "one of mail"),
            ("mail = 'nobody'", "no mail address"),
            (&format!("webhook = 'http://stripe.example/hook'\nsecret = '{key}'"), "https://"),
            (&format!("webhook = 'http://localhost.evil.example/'\nsecret = '{key}'"), "https://"),
            ("webhook = 'https://stripe.example/hook'\nsecret = 'hunter2'", "32 characters"),
            ("mail = 'a@b.example'\nidentify_by = []", "identify_by"),
            ("mail = 'a@b.example'\nurl = 'x'", "url"),
        ] {
            let refused = read(text).expect_err(text);
            assert!(refused.contains(says) && !refused.contains("hunter2"), "{refused}");
        }
    }
}
