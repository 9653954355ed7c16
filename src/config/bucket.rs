//! The settings of an S3-compatible bucket, wherever one may stand in the configuration.

use super::{ConfigError, Secret, read_secret};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// An S3-compatible bucket, with keys of its own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bucket {
    /// Its name.
    pub bucket: String,
    /// Its region; by default `us-east-1`, which most servers other than Amazon's take for any.
    pub region: String,
    /// The server's address; empty means Amazon's.
    pub endpoint: String,
    /// What all keys begin with, without a slash at its ends; empty for the whole bucket.
    pub prefix: String,
    /// Whose keys these are.
    pub access_key_id: String,
    /// What requests are signed with.
    pub secret_access_key: Secret,
    /// A file that holds it instead.
    pub secret_access_key_file: Option<PathBuf>,
    /// True lets `endpoint` begin with `http://`: on one machine, or in a network that nobody else hears.
    pub allow_http: bool,
}

impl Bucket {
    /// A bucket from a TOML file of its own.
    ///
    /// # Errors
    /// When the file cannot be read, has an unknown key or says something that cannot work.
    pub fn from_file(file: &Path) -> Result<Self, ConfigError> {
        let says = |what: String| ConfigError::Senseless(format!("{}: {what}", file.display()));
        let text = std::fs::read_to_string(file).map_err(|error| says(error.to_string()))?;
        // the parser quotes the line that it stumbles over, which may hold the secret
        let mut bucket: Self = toml::from_str(&text).map_err(|error| says(error.message().to_owned()))?;
        bucket.read("the bucket", "secret_access_key_file")?;
        Ok(bucket)
    }

    /// Reads the secret's file and refuses what cannot work; `place` is where in the configuration this stands.
    pub(super) fn read(&mut self, place: &str, file_key: &'static str) -> Result<(), ConfigError> {
        read_secret(&mut self.secret_access_key, self.secret_access_key_file.as_deref(), file_key)?;
        match self.fault() {
            Some(says) => Err(ConfigError::Senseless(format!("{place}{says}"))),
            None => Ok(()),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        let segments_are_plain = self.prefix.split('/').all(|part| !["", ".", ".."].contains(&part));
        let has_scheme = ["https://", "http://"].iter().any(|scheme| self.endpoint.starts_with(scheme));
        if self.bucket.len() < 3 || self.bucket.len() > 63 || !self.bucket.chars().all(named) {
            Some(".bucket must be the bucket’s name: 3 to 63 lower-case letters, digits, hyphens and dots")
        } else if self.access_key_id.is_empty() || self.secret_access_key.reveal().is_empty() {
            Some(" needs access_key_id, and secret_access_key or secret_access_key_file")
        } else if !(self.prefix.is_empty() || segments_are_plain) {
            Some(".prefix must have no slash at its ends and no empty or dotted part")
        } else if self.endpoint.starts_with("http://") && !self.allow_http {
            Some(".endpoint must begin with https://, unless allow_http = true says that nobody hears this network")
        } else if !(self.endpoint.is_empty() || has_scheme) {
            Some(".endpoint must begin with https://, or be empty for Amazon’s own")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_in_a_file_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("bucket.toml");
        let read = |text: &str| {
            std::fs::write(&file, text).expect("it is written");
            Bucket::from_file(&file).map_err(|error| error.to_string())
        };
        let whole = "bucket = \"pictures\"\naccess_key_id = \"me\"\nsecret_access_key = \"quiet\"\n";
        let bucket = read(whole).expect("it is read");
        assert_eq!((bucket.bucket.as_str(), bucket.secret_access_key.reveal()), ("pictures", "quiet"));
        for wrong in [&whole.replace("me", "me\"\n quiet = \""), &whole.replace("pictures", "P"), "bucket = "] {
            let says = read(wrong).expect_err("it is refused");
            assert!(says.contains("bucket") && !says.contains("quiet\""), "{says}");
        }
        assert!(Bucket::from_file(&folder.path().join("none.toml")).is_err());
    }
}
