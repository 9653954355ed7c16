//! Whom a case is about: what somebody typed to find them, whom it finds in the generation database, and the digest
//! by which an account is known in our own.

use super::{App, Error};
use crate::{
    domain::identity::{Identity, Reference},
    generation::{self, Found, Key},
    store::{self, Tx, contents::Content, holds},
};

use serde::{Deserialize, Serialize};

/// What a content row that holds identities is kept as.
pub const PURPOSE: &str = "identities";
/// The longest value that is looked up.
const LONGEST: usize = 320;

/// The digest by which holds, runs and tombstones know an account: keyed, so that it says nothing without the key.
#[must_use]
pub fn digest(app: &App, product: &str, key: &Key) -> Vec<u8> {
    app.vault.digest("subject", serde_json::json!([product, key.0]).to_string().as_bytes())
}

/// Remembers which accounts the case is about: a hold on one of them keeps what we hold of the case, too.
///
/// # Errors
/// As the database says.
pub async fn remember(app: &App, tx: &mut Tx, case: Reference, product: &str, subjects: &[Key]) -> store::Result<()> {
    let digests: Vec<_> = subjects.iter().map(|key| digest(app, product, key)).collect();
    holds::case_accounts_keep(tx, case, &digests).await
}

/// What staff typed, made ready: trimmed, of kinds that the product's data map knows.
///
/// # Errors
/// `Invalid` on `identity` or `value`.
pub fn typed(app: &App, product: &str, identities: &[Identity]) -> Result<Vec<Identity>, Error> {
    let kinds = kinds(app, product);
    if identities.is_empty() {
        return Err(Error::field("value", "Enter what the person is looked up by"));
    }
    let ready = |identity: &Identity| {
        let value = identity.value.trim().to_owned();
        if !kinds.contains(&identity.kind) {
            return Err(Error::field("identity", "Choose what the person is looked up by"));
        }
        if value.is_empty() || value.len() > LONGEST || value.contains(char::is_control) {
            return Err(Error::field("value", "Enter what the person is looked up by, at most 320 characters"));
        }
        Ok(Identity { kind: identity.kind.clone(), value })
    };
    identities.iter().map(ready).collect()
}

/// The kinds of identity that forms offer: those of the product's data map, or a mail address and an account where
/// the product has no generation database and staff decide by themselves.
#[must_use]
pub fn kinds(app: &App, product: &str) -> Vec<String> {
    let known = app.sources.get(product).map(generation::Source::identity_kinds).unwrap_or_default();
    if known.is_empty() { vec!["email".to_owned(), "account".to_owned()] } else { known }
}

/// Whom the identities lead to. Never called inside a transaction: it asks another database.
///
/// # Errors
/// `Invalid` where the product has no generation database, or it does not answer; what was typed stays in the form.
pub async fn find(app: &App, product: &str, identities: &[Identity]) -> Result<Found, Error> {
    let Some(source) = app.sources.get(product) else {
        return Err(Error::field(
            "value",
            "This product has no generation database here, so nobody can be looked up. Decide yourself instead",
        ));
    };
    source.find(identities).await.map_err(|error| unasked(product, &error))
}

/// The accounts that the identities name by their keys, by digest, whether or not they are there any more. Asks another
/// database, as `find` does.
///
/// # Errors
/// `Invalid` where it does not answer.
pub async fn named(app: &App, product: &str, identities: &[Identity]) -> Result<Vec<Vec<u8>>, Error> {
    let Some(source) = app.sources.get(product) else { return Ok(Vec::new()) };
    let keys = source.keys_of(identities).await.map_err(|error| unasked(product, &error))?;
    Ok(keys.iter().map(|key| digest(app, product, key)).collect())
}

fn unasked(product: &str, error: &generation::Error) -> Error {
    tracing::warn!(product, %error, "the generation database could not be asked");
    let says = match error {
        generation::Error::Answer(says) => format!("Nothing was done: {says}"),
        generation::Error::Drift(_) => {
            "Nothing was done: the data map does not fit the generation database. Tell whoever keeps the map".into()
        }
        _ => "Nothing was done: the generation database did not answer. Try again in a moment".into(),
    };
    Error::field("value", says)
}

/// What a person was verified by, as a content row keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// What they are looked up by.
    pub identities: Vec<Identity>,
    /// The digests of the accounts that this led to then, in hexadecimal; none where nobody looked.
    pub accounts: Option<Vec<String>>,
    /// The address that a link went to; none where staff decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Known {
    /// What was looked up, and what was found.
    #[must_use]
    pub fn new(app: &App, product: &str, identities: Vec<Identity>, found: Option<&Found>) -> Self {
        Self { identities, accounts: found.map(|found| digests(app, product, &found.subjects)), address: None }
    }

    /// The content row that keeps it.
    #[must_use]
    pub fn kept(&self) -> Content {
        Content { text: serde_json::to_string(self).unwrap_or_default(), ..Content::default() }
    }

    /// Reads what `kept` wrote; nothing where it was erased.
    #[must_use]
    pub fn read(content: &Content) -> Self {
        serde_json::from_str(&content.text).unwrap_or_default()
    }

    /// True where what is found now is what was found then: a name may have gone to somebody else since.
    #[must_use]
    pub fn leads_to(&self, app: &App, product: &str, found: &Found) -> bool {
        self.accounts.as_ref().is_none_or(|accounts| *accounts == digests(app, product, &found.subjects))
    }
}

fn digests(app: &App, product: &str, subjects: &[Key]) -> Vec<String> {
    subjects.iter().map(|key| data_encoding::HEXLOWER.encode(&digest(app, product, key))).collect()
}
