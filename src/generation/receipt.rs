//! Receipts: what a run did, signed with Ed25519 (RFC 8032). The exact bytes that were signed are kept and handed out;
//! nothing in them identifies the person. The private key lives in a file, never in a database.

use crate::domain::{
    copy::CopyForm,
    plan::{FileCount, PlanLine},
};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{
    fs,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};
use zeroize::Zeroizing;

/// The format's name, in every receipt.
pub const FORMAT: &str = "recourse-receipt-1";

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// `FORMAT`.
    pub format: String,
    /// The run, `E-12`.
    pub run: String,
    /// The case, `R-10021`.
    pub case: String,
    /// The product's id.
    pub product: String,
    /// What the system is called in letters.
    pub system: String,
    /// What kind of run.
    pub kind: String,
    /// What was approved.
    pub scope_hash: String,
    /// What the run was limited to, in words; nothing where it was everything of the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<String>,
    /// The data map's version.
    pub map_version: String,
    /// The staff id of who asked, and when (RFC 3339).
    pub asked: Who,
    /// The staff id of who approved, and when; none for a copy that the pack lets go without a review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Who>,
    /// The number of the standing approval, where that is what the run began under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<i64>,
    /// When the run began, RFC 3339.
    pub started_at: String,
    /// When the re-query ended, RFC 3339.
    pub finished_at: String,
    /// Each step with how many rows it deleted or changed, and how many a re-query found.
    pub steps: Vec<StepDone>,
    /// What stays, why and until when.
    pub kept: Vec<PlanLine>,
    /// Files deleted and confirmed, and their size as planned.
    pub files: FileCount,
    /// Tables in which other people's rows still mention the person, as accepted when the run was approved.
    pub mentions: Vec<Mention>,
    /// The package of a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<PackageSum>,
    /// The erasure that was done once more because a restored backup had brought back what it erased, `E-12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<String>,
    /// True: a re-query found nothing left in scope, or the package was read back.
    pub verified: bool,
    /// The key that signs.
    pub key_id: String,
}

/// A package, by what it is compared with and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageSum {
    /// The archive's size.
    pub bytes: i64,
    /// Its SHA-256 in hexadecimal; of several archives that of their digests, one after the other.
    pub sha256: String,
    /// In which form it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<CopyForm>,
    /// What it is limited to, in words; none where it is everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limited: Vec<String>,
    /// The archives, where there are several: size and SHA-256 of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartSum>,
}

/// One archive of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartSum {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Somebody who decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Who {
    /// The staff id: a number, no name.
    pub staff: i64,
    /// When, RFC 3339.
    pub at: String,
}

/// What one step did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepDone {
    /// The table and what was done to which columns.
    pub step: String,
    /// Rows deleted or changed.
    pub rows: i64,
    /// Rows the re-query found.
    pub found_after: i64,
}

/// Rows of others in which the person is mentioned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mention {
    /// The table.
    pub table: String,
    /// How many rows.
    pub rows: i64,
}

/// A receipt as it is handed out: the exact text that was signed, the signature, the key's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The receipt, byte for byte.
    pub signed: String,
    /// The signature, base64.
    pub signature: String,
    /// The key's name.
    pub key_id: String,
    /// `Ed25519`.
    pub algorithm: String,
    /// The public half of a key that is published nowhere: in rehearsals only, and never believed by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<PublicKey>,
}

/// A public key with the time in which it signed, as published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// The key's name.
    pub kid: String,
    /// `OKP` (RFC 8037).
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// The key, base64url.
    pub x: String,
    /// Since when, RFC 3339.
    pub valid_from: String,
    /// Until when; none while it is in use.
    pub valid_until: Option<String>,
}

/// The list of public keys, as published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys {
    /// Every key that ever signed.
    pub keys: Vec<PublicKey>,
}

/// Why a receipt is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotBelieved {
    /// It is no receipt.
    #[error("this is no receipt: {0}")]
    Unreadable(String),
    /// The list of keys does not have its key.
    #[error("no known key is called {0}")]
    UnknownKey(String),
    /// The bytes are not the ones that were signed.
    #[error("the signature does not fit: the receipt was changed, or another key signed it")]
    Forged,
    /// It says that it was made when its key did not sign.
    #[error("the receipt says {0}, when its key was not in use")]
    OutOfTime(String),
}

/// The keeper of the private key.
#[derive(Clone)]
pub struct Signer {
    key: SigningKey,
    id: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.id)
    }
}

impl Signer {
    /// A signer over a seed of 32 random bytes.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self::of("receipts", seed)
    }

    /// A signer of something else, whose key is called after `what` it signs.
    #[must_use]
    pub fn of(what: &str, seed: [u8; 32]) -> Self {
        let key = SigningKey::from_bytes(&seed);
        let digest = data_encoding::BASE32_NOPAD.encode(&Sha256::digest(key.verifying_key().as_bytes())[..5]);
        Self { key, id: format!("{what}-{}", digest.to_lowercase()) }
    }

    /// Reads the key from `file`: 32 bytes in hexadecimal. Where there is none, one is made of `seed`, readable by its
    /// owner only; an existing file is never overwritten.
    ///
    /// # Errors
    /// In words, when the file cannot be read or written, or holds no key.
    pub fn open_or_create(file: &Path, seed: [u8; 32]) -> Result<Self, String> {
        Self::open_or_create_as("receipts", file, seed)
    }

    /// The same for a key that signs something else.
    ///
    /// # Errors
    /// As [`Signer::open_or_create`].
    pub fn open_or_create_as(what: &str, file: &Path, seed: [u8; 32]) -> Result<Self, String> {
        let says = |wrong: String| format!("the key file {}: {wrong}", file.display());
        if let Some(folder) = file.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| says(e.to_string()))?;
        }
        // written whole beside it and then named: two consoles that start together never read half a key
        let text = Zeroizing::new(data_encoding::HEXLOWER.encode(&seed) + "\n");
        let beside = file.with_extension(format!("new-{}", std::process::id()));
        if !file.exists() {
            let written = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&beside)
                .and_then(|mut out| out.write_all(text.as_bytes()).and_then(|()| out.sync_all()))
                .and_then(|()| match fs::hard_link(&beside, file) {
                    Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
                    _ => fs::remove_file(&beside),
                });
            written.map_err(|error| says(error.to_string()))?;
        }
        let text = Zeroizing::new(fs::read_to_string(file).map_err(|error| says(error.to_string()))?);
        let seed = data_encoding::HEXLOWER_PERMISSIVE
            .decode(text.trim().as_bytes())
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or_else(|| says("it must hold 64 hexadecimal digits".to_owned()))?;
        Ok(Self::of(what, seed))
    }

    /// The key's name.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.id
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    /// The receipt's bytes and their signature.
    #[must_use]
    pub fn sign(&self, receipt: &Receipt) -> (Vec<u8>, Vec<u8>) {
        let body = serde_json::to_vec_pretty(receipt).unwrap_or_default();
        let signature = self.signature(&body);
        (body, signature)
    }

    /// The signature of any bytes; they have to say themselves what they are.
    #[must_use]
    pub fn signature(&self, bytes: &[u8]) -> Vec<u8> {
        self.key.sign(bytes).to_bytes().to_vec()
    }
}

impl Signed {
    /// A receipt as it is handed out.
    #[must_use]
    pub fn new(body: &[u8], signature: &[u8], key_id: &str) -> Self {
        Self {
            signed: String::from_utf8_lossy(body).into_owned(),
            signature: data_encoding::BASE64.encode(signature),
            key_id: key_id.to_owned(),
            algorithm: "Ed25519".to_owned(),
            public_key: None,
        }
    }

    /// The receipt, once its signature was checked against the published keys.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn verify(&self, keys: &PublicKeys) -> Result<Receipt, NotBelieved> {
        let key = keys.keys.iter().find(|key| key.kid == self.key_id && key.crv == self.algorithm);
        let key = key.ok_or_else(|| NotBelieved::UnknownKey(self.key_id.clone()))?;
        let signature = data_encoding::BASE64.decode(self.signature.as_bytes()).map_err(|_| NotBelieved::Forged)?;
        if !key.signed(self.signed.as_bytes(), &signature) {
            return Err(NotBelieved::Forged);
        }
        let receipt: Receipt =
            serde_json::from_str(&self.signed).map_err(|error| NotBelieved::Unreadable(error.to_string()))?;
        if receipt.key_id != self.key_id || receipt.format != FORMAT {
            return Err(NotBelieved::Unreadable("its parts do not belong together".to_owned()));
        }
        let moment = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
        let (at, from) = (moment(&receipt.finished_at), moment(&key.valid_from));
        let until = key.valid_until.as_deref().map(moment);
        if at.is_none() || from.is_none() || at < from || until.is_some_and(|until| at > until) {
            return Err(NotBelieved::OutOfTime(receipt.finished_at));
        }
        Ok(receipt)
    }
}

impl PublicKey {
    /// A key as it is published.
    #[must_use]
    pub fn new(kid: &str, public: &[u8], valid_from: String, valid_until: Option<String>) -> Self {
        let (kty, crv) = ("OKP".to_owned(), "Ed25519".to_owned());
        Self {
            kid: kid.to_owned(),
            kty,
            crv,
            x: data_encoding::BASE64URL_NOPAD.encode(public),
            valid_from,
            valid_until,
        }
    }

    /// True where this key made `signature` of `bytes`.
    #[must_use]
    pub fn signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        let public = data_encoding::BASE64URL_NOPAD.decode(self.x.as_bytes()).ok();
        let public = public.and_then(|bytes| VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok());
        let parts = public.zip(Signature::from_slice(signature).ok());
        parts.is_some_and(|(public, signature)| public.verify_strict(bytes, &signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(key_id: &str) -> Receipt {
        let who = |staff| Who { staff, at: "2026-11-24T05:31:00Z".into() };
        Receipt {
            format: FORMAT.into(),
            run: "E-1".into(),
            case: "R-10001".into(),
            product: "imagegen-artisticmonk".into(),
            system: "ImageGen".into(),
            kind: "erase".into(),
            scope_hash: "00".into(),
            limits: Vec::new(),
            map_version: "1".into(),
            asked: who(1),
            approved: Some(who(2)),
            package: None,
            standing: None,
            repeats: None,
            started_at: "2026-11-24T05:32:00Z".into(),
            finished_at: "2026-11-24T05:39:00Z".into(),
            steps: vec![StepDone { step: "images delete".into(), rows: 3, found_after: 0 }],
            kept: Vec::new(),
            files: FileCount { count: 3, bytes: 300 },
            mentions: Vec::new(),
            verified: true,
            key_id: key_id.into(),
        }
    }

    fn keys(signer: &Signer, from: &str, until: Option<&str>) -> PublicKeys {
        let key = PublicKey::new(signer.key_id(), &signer.public_key(), from.into(), until.map(str::to_owned));
        PublicKeys { keys: vec![key] }
    }

    #[test]
    fn a_receipt_is_believed_as_it_was_signed_and_not_otherwise() {
        let signer = Signer::new([9; 32]);
        let (body, signature) = signer.sign(&receipt(signer.key_id()));
        let handed_out = Signed::new(&body, &signature, signer.key_id());
        let known = keys(&signer, "2026-01-01T00:00:00Z", None);
        assert_eq!(handed_out.verify(&known).expect("it is believed").steps[0].rows, 3);
        let mut changed = handed_out.clone();
        changed.signed = changed.signed.replace("\"rows\": 3", "\"rows\": 4");
        assert_eq!(changed.verify(&known), Err(NotBelieved::Forged));
        let other = keys(&Signer::new([8; 32]), "2026-01-01T00:00:00Z", None);
        assert!(matches!(handed_out.verify(&other), Err(NotBelieved::UnknownKey(_))));
        for (from, until) in [("2026-12-01T00:00:00Z", None), ("2026-01-01T00:00:00Z", Some("2026-11-24T05:38:59Z"))] {
            assert!(matches!(handed_out.verify(&keys(&signer, from, until)), Err(NotBelieved::OutOfTime(_))), "{from}");
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("keys/receipt.key");
        let first = Signer::open_or_create(&file, [1; 32]).expect("it is made");
        let second = Signer::open_or_create(&file, [2; 32]).expect("it opens");
        assert_eq!(first.key_id(), second.key_id());
        assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o600);
        fs::write(&file, "no key").expect("it is written");
        assert!(Signer::open_or_create(&file, [1; 32]).is_err());
    }
}
