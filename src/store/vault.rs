//! Envelope encryption: each sealed thing has a key of its own, wrapped by the master key that lives in a file
//! outside the database. Forgetting the wrapped key makes the thing unreadable for ever.
//! Also keyed digests: the only form in which personal data is compared or audited.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::{fs, io::Write, path::Path, sync::Arc};
use zeroize::Zeroizing;

/// Random bytes from the operating system.
///
/// # Errors
/// When the system has none to give.
pub fn random<const N: usize>() -> Result<[u8; N], super::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(super::Error::Random)?;
    Ok(bytes)
}

/// Why something sealed stays closed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key file is missing, unreadable or not a key.
    #[error("{0}")]
    KeyFile(String),
    /// It was sealed under another key, or changed since.
    #[error("what was sealed does not open: it belongs to another key or was changed")]
    Closed,
}

/// Something sealed: its wrapped key and its ciphertext, each with the nonce in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The thing's own key, wrapped by the master key.
    pub wrapped_key: Vec<u8>,
    /// Format byte, nonce, ciphertext and tag.
    pub cipher: Vec<u8>,
}

/// The keeper of the master key.
#[derive(Clone)]
pub struct Vault {
    master: Arc<Zeroizing<[u8; 32]>>,
    digest: Arc<Zeroizing<[u8; 32]>>,
    id: Arc<str>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({})", self.id)
    }
}

/// XChaCha20-Poly1305, the first format.
const FORMAT: u8 = 1;
const NONCE: usize = 24;

impl Vault {
    /// A vault over a master key of 32 bytes.
    #[must_use]
    pub fn new(master: [u8; 32]) -> Self {
        let digest = mac(&master, [&b"recourse keyed digest"[..]]);
        let id = data_encoding::BASE32_NOPAD.encode(&mac(&master, [&b"recourse key id"[..]])[..5]).to_lowercase();
        Self { master: Arc::new(Zeroizing::new(master)), digest: Arc::new(Zeroizing::new(digest)), id: id.into() }
    }

    /// Reads the master key from `file`: 32 bytes in hexadecimal.
    ///
    /// # Errors
    /// When the file cannot be read or holds no key.
    pub fn open_file(file: &Path) -> Result<Self, VaultError> {
        let says = |what: &str| VaultError::KeyFile(format!("the key file {}: {what}", file.display()));
        let text = Zeroizing::new(fs::read_to_string(file).map_err(|e| says(&e.to_string()))?);
        let bytes = data_encoding::HEXLOWER_PERMISSIVE
            .decode(text.trim().as_bytes())
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or_else(|| says("it must hold 64 hexadecimal digits"))?;
        Ok(Self::new(bytes))
    }

    /// Writes a new master key to `file`, readable by its owner only. An existing file is never overwritten.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn create_file(file: &Path) -> Result<Self, super::Error> {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        let says = |e: std::io::Error| VaultError::KeyFile(format!("the key file {}: {e}", file.display()));
        let master = random::<32>()?;
        if let Some(folder) = file.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(says)?;
        }
        let mut out = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(says)?;
        let text = Zeroizing::new(data_encoding::HEXLOWER.encode(&master) + "\n");
        out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(says)?;
        Ok(Self::new(master))
    }

    /// A short name of the key, safe to store and show.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.id
    }

    /// Seals `plain` for one `purpose`; it opens for the same purpose only.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Sealed, super::Error> {
        let own = Zeroizing::new(random::<32>()?);
        let cipher = encrypt(&own, purpose.as_bytes(), plain)?;
        let wrapped_key = encrypt(&self.master, purpose.as_bytes(), own.as_slice())?;
        Ok(Sealed { wrapped_key, cipher })
    }

    /// Opens what `seal` closed.
    ///
    /// # Errors
    /// When it was sealed under another key or purpose, or was changed.
    pub fn open(&self, purpose: &str, sealed: &Sealed) -> Result<Vec<u8>, VaultError> {
        let own = Zeroizing::new(decrypt(&self.master, purpose.as_bytes(), &sealed.wrapped_key)?);
        let own = <[u8; 32]>::try_from(own.as_slice()).map_err(|_| VaultError::Closed)?;
        decrypt(&Zeroizing::new(own), purpose.as_bytes(), &sealed.cipher)
    }

    /// A new key for a thing that is kept in pieces, and the same wrapped by the master key.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn own_key(&self, purpose: &str) -> Result<(OwnKey, Vec<u8>), super::Error> {
        let own = Zeroizing::new(random::<32>()?);
        let wrapped = encrypt(&self.master, purpose.as_bytes(), own.as_slice())?;
        Ok((OwnKey { own, purpose: purpose.to_owned() }, wrapped))
    }

    /// The key of a thing that is kept in pieces.
    ///
    /// # Errors
    /// When it was wrapped by another key, or for another purpose.
    pub fn unwrapped(&self, purpose: &str, wrapped: &[u8]) -> Result<OwnKey, VaultError> {
        let own = Zeroizing::new(decrypt(&self.master, purpose.as_bytes(), wrapped)?);
        let own = <[u8; 32]>::try_from(own.as_slice()).map_err(|_| VaultError::Closed)?;
        Ok(OwnKey { own: Zeroizing::new(own), purpose: purpose.to_owned() })
    }

    /// A key for one use alone, made from the master key and the use's name.
    #[must_use]
    pub fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(mac(&self.master, [&b"recourse derived key"[..], &[0], label.as_bytes()]))
    }

    /// A keyed digest: equal for equal input, says nothing without the key.
    #[must_use]
    pub fn digest(&self, domain: &str, data: &[u8]) -> Vec<u8> {
        self.digest_of(domain, [data])
    }

    /// The same of pieces that follow each other.
    #[must_use]
    pub fn digest_of<'a>(&self, domain: &'a str, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        mac(&self.digest, [domain.as_bytes(), &[0][..]].into_iter().chain(pieces)).to_vec()
    }
}

/// The key of one thing that is kept in pieces. Each says which of how many it is: none can be left out or change places.
pub struct OwnKey {
    own: Zeroizing<[u8; 32]>,
    purpose: String,
}

impl OwnKey {
    /// Seals piece `n` of `all`.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(&self, n: usize, all: usize, plain: &[u8]) -> Result<Vec<u8>, super::Error> {
        encrypt(&self.own, format!("{} {n}/{all}", self.purpose).as_bytes(), plain)
    }

    /// Opens piece `n` of `all`.
    ///
    /// # Errors
    /// When it is another piece, of another thing, or was changed.
    pub fn open(&self, n: usize, all: usize, cipher: &[u8]) -> Result<Vec<u8>, VaultError> {
        decrypt(&self.own, format!("{} {n}/{all}", self.purpose).as_bytes(), cipher)
    }
}

fn mac<'a>(key: &[u8; 32], parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    // HMAC takes keys of any length; its block-sized constructor wants 64 bytes
    let mut block = Zeroizing::new([0_u8; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn encrypt(key: &[u8; 32], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, super::Error> {
    let nonce = random::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
        .map_err(|_| super::Error::Sealed(VaultError::Closed))?;
    let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
    out.push(FORMAT);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
    Ok(out)
}

fn decrypt(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    let rest = sealed.strip_prefix(&[FORMAT]).ok_or(VaultError::Closed)?;
    let (nonce, msg) = rest.split_at_checked(NONCE).ok_or(VaultError::Closed)?;
    let nonce = <[u8; NONCE]>::try_from(nonce).map_err(|_| VaultError::Closed)?;
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt(&XNonce::from(nonce), Payload { msg, aad }).map_err(|_| VaultError::Closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_the_same_key_and_purpose() {
        let vault = Vault::new([7; 32]);
        let sealed = vault.seal("message", b"hello").expect("sealing works");
        assert_eq!(vault.open("message", &sealed).expect("it opens"), b"hello");
        assert!(vault.open("content", &sealed).is_err());
        assert!(Vault::new([8; 32]).open("message", &sealed).is_err());
        let mut changed = sealed.clone();
        if let Some(byte) = changed.cipher.last_mut() {
            *byte ^= 1;
        }
        assert!(vault.open("message", &changed).is_err());
        assert!(!sealed.cipher.windows(5).any(|w| w == b"hello"));
        let empty = vault.seal("message", b"").expect("sealing works");
        assert_eq!(vault.open("message", &empty).expect("it opens"), b"");
        for byte in 0..sealed.cipher.len() {
            let mut changed = sealed.clone();
            changed.cipher[byte] ^= 1;
            assert!(vault.open("message", &changed).is_err(), "{byte}");
            let cipher = sealed.cipher[..byte].to_vec();
            assert!(vault.open("message", &Sealed { cipher, ..sealed.clone() }).is_err(), "{byte}");
        }
    }

    #[test]
    fn digests_depend_on_key_and_domain() {
        let vault = Vault::new([7; 32]);
        assert_eq!(vault.digest("a", b"x"), vault.digest("a", b"x"));
        assert_ne!(vault.digest("a", b"x"), vault.digest("b", b"x"));
        assert_ne!(vault.digest("a", b"x"), Vault::new([8; 32]).digest("a", b"x"));
    }
}
