//! Which values make no sense, alone or together. Reads no file and asks nobody.

use super::{Config, ConfigError};
use reqwest::Url;

impl Config {
    /// This configuration, where it can work.
    pub(super) fn checked(self) -> Result<Self, ConfigError> {
        let senseless = |what: &str| Err(ConfigError::Senseless(what.to_owned()));
        if self.jobs.workers == 0 || self.jobs.workers > 64 {
            return senseless("jobs.workers must be between 1 and 64");
        }
        if self.audit.entries < 1 || self.audit.minutes < 1 {
            return senseless("audit.entries and audit.minutes must be at least 1");
        }
        if self.jobs.poll_ms == 0 || self.jobs.lease_ms < 1_000 {
            return senseless("jobs.poll_ms must be at least 1 and jobs.lease_ms at least 1000");
        }
        if self.mail.per_sender_hourly < 1 {
            return senseless("mail.per_sender_hourly must be at least 1");
        }
        if self.database.connections < 2 {
            return senseless("database.connections must be at least 2");
        }
        let mail = &self.mail;
        let counts = [mail.automatic_per_hour, mail.domain_per_minute, mail.recipient_per_minute];
        if counts.iter().any(|most| !(0..=10_000).contains(most)) {
            return senseless("mail.automatic_per_hour, domain_per_minute and recipient_per_minute go from 0 to 10000");
        }
        if !(1..=3_600).contains(&mail.retry_seconds) || !(48..=240).contains(&mail.patience_hours) {
            return senseless("mail.retry_seconds goes from 1 to 3600, mail.patience_hours from 48 to 240");
        }
        if self.packages.folder.is_some() && self.packages.s3.is_some() {
            return senseless("packages has both folder and s3; packages can lie in one of them only");
        }
        // a bucket takes files of 48 GiB at most, and the last file of an archive comes on top
        if !(1024 * 1024..=32 * 1024 * 1024 * 1024).contains(&self.packages.part_bytes) {
            return senseless("packages.part_bytes goes from 1048576 (1 MiB) to 34359738368 (32 GiB)");
        }
        let public = &self.server.public_url;
        let leads_somewhere = |url: Url| matches!(url.scheme(), "https" | "http") && url.has_host();
        if !public.is_empty() && !Url::parse(public).is_ok_and(leads_somewhere) {
            return senseless("server.public_url must be the console's address, with https:// or http:// in front");
        }
        if !self.log.is_understood() {
            return senseless(
                "log.level must be error, warn, info, debug, trace or off, or such as recourse=debug,info",
            );
        }
        let url = self.database.url.reveal();
        if !url.is_empty() && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return senseless("database.url must begin with postgres:// or be empty for SQLite in the data directory");
        }
        for (id, product) in &self.products {
            if !product.address.is_empty() && product.address.parse::<lettre::Address>().is_err() {
                return Err(ConfigError::Senseless(format!("products.{id}.address is no mail address")));
            }
            if !["", "+", "-", "_", "=", "."].contains(&product.subaddress.as_str()) {
                return Err(ConfigError::Senseless(format!(
                    "products.{id}.subaddress is one of + - _ = . or empty, whatever the mail server cuts off at"
                )));
            }
            if !product.returns.is_empty() && product.returns.parse::<lettre::Address>().is_err() {
                return Err(ConfigError::Senseless(format!("products.{id}.returns is no mail address")));
            }
            let (generation, url) = (&product.generation, product.generation.url.reveal());
            for (key, url) in [("url", url), ("replica_url", generation.replica_url.reveal())] {
                if !url.is_empty() && engine(url).is_none() {
                    return Err(ConfigError::Senseless(format!(
                        "products.{id}.generation.{key} must begin with postgres://, mariadb://, mysql:// or sqlite://"
                    )));
                }
            }
            let replica = engine(generation.replica_url.reveal());
            if replica.is_some() && (replica != engine(url) || replica == Some("sqlite")) {
                return Err(ConfigError::Senseless(format!(
                    "products.{id}.generation.replica_url has to be of the same engine as url; SQLite has no replicas"
                )));
            }
            if generation.files.is_some() && generation.s3.is_some() {
                return Err(ConfigError::Senseless(format!(
                    "products.{id}.generation has both files and s3; the files lie in a folder or in a bucket, not in both"
                )));
            }
            if url.is_empty() != generation.data_map.is_none() {
                return Err(ConfigError::Senseless(format!(
                    "products.{id}.generation needs both url and data_map, or neither"
                )));
            }
        }
        Ok(self)
    }
}

/// Which engine a generation database's address means; none for any other address.
fn engine(url: &str) -> Option<&'static str> {
    match url.split_once("://")?.0 {
        "postgres" | "postgresql" => Some("postgres"),
        "mariadb" | "mysql" => Some("mariadb"),
        "sqlite" => Some("sqlite"),
        _ => None,
    }
}
