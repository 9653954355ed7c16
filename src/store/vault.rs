//! Envelope encryption: each sealed thing has a key of its own, wrapped by a data key, which `keyring` keeps wrapped by the
//! master key of `master`. Forgetting the wrapped key makes the thing unreadable for ever. Each ciphertext names its key.
//! Also keyed digests: the only form in which personal data is compared or audited. Touches no file and no database.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::sync::Arc;
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

/// Something sealed: its wrapped key and its ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The thing's own key, wrapped by a data key.
    pub wrapped_key: Vec<u8>,
    /// Format byte, the key's id, nonce, ciphertext and tag.
    pub cipher: Vec<u8>,
}

/// The keeper of the data keys.
#[derive(Clone)]
pub struct Vault {
    /// What digests and links are made with; stays for ever.
    names: Arc<Zeroizing<[u8; 32]>>,
    digest: Arc<Zeroizing<[u8; 32]>>,
    /// What things' own keys are wrapped by, the newest first; the others only open.
    contents: Arc<[DataKey]>,
}

struct DataKey {
    id: KeyId,
    key: Zeroizing<[u8; 32]>,
    name: String,
}

/// What a ciphertext calls its key.
type KeyId = [u8; 5];

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({})", self.key_id())
    }
}

/// XChaCha20-Poly1305 without a word of its key: what was sealed before ciphertexts named it.
const NAMELESS: u8 = 1;
/// XChaCha20-Poly1305.
const FORMAT: u8 = 2;
const NONCE: usize = 24;

fn key_id(key: &[u8; 32]) -> KeyId {
    let name = mac(key, [&b"recourse key id"[..]]);
    std::array::from_fn(|at| name[at])
}

/// A short name of a key, safe to store and show.
pub(super) fn key_name(key: &[u8; 32]) -> String {
    data_encoding::BASE32_NOPAD.encode(&key_id(key)).to_lowercase()
}

impl Vault {
    /// A vault whose only key is this one.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self::of(&key, &[key])
    }

    /// A vault of the key for names and those for contents, the newest first; without one of these nothing can be sealed.
    #[must_use]
    pub fn of(names: &[u8; 32], contents: &[[u8; 32]]) -> Self {
        let key = |key: &[u8; 32]| DataKey { id: key_id(key), key: Zeroizing::new(*key), name: key_name(key) };
        Self {
            names: Arc::new(Zeroizing::new(*names)),
            digest: Arc::new(Zeroizing::new(mac(names, [&b"recourse keyed digest"[..]]))),
            contents: contents.iter().map(key).collect(),
        }
    }

    /// A short name of the key that things are sealed with, safe to store and show.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.contents.first().map_or("none", |key| &key.name)
    }

    /// True where it opens what was sealed under the key of this name.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.contents.iter().any(|key| key.name == name)
    }

    fn wrap(&self, purpose: &str, own: &[u8; 32]) -> Result<Vec<u8>, super::Error> {
        let newest = self.contents.first().ok_or(VaultError::Closed)?;
        encrypt(&newest.key, purpose.as_bytes(), own)
    }

    fn unwrap(&self, purpose: &str, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let fits = |key: &&DataKey| wrapped.first() == Some(&NAMELESS) || wrapped.get(1..6) == Some(&key.id);
        let mut opened = self.contents.iter().filter(fits).map(|key| decrypt(&key.key, purpose.as_bytes(), wrapped));
        let own = Zeroizing::new(opened.find_map(Result::ok).ok_or(VaultError::Closed)?);
        Ok(Zeroizing::new(<[u8; 32]>::try_from(own.as_slice()).map_err(|_| VaultError::Closed)?))
    }

    /// A wrapped key of this purpose, wrapped by the newest data key; none where it is so already.
    ///
    /// # Errors
    /// When it was wrapped by a key that is not here, or there is no randomness.
    pub fn rewrapped(&self, purpose: &str, wrapped: &[u8]) -> Result<Option<Vec<u8>>, super::Error> {
        let is_newest = |key: &DataKey| wrapped.first() == Some(&FORMAT) && wrapped.get(1..6) == Some(&key.id);
        if self.contents.first().is_some_and(is_newest) {
            return Ok(None);
        }
        let own = self.unwrap(purpose, wrapped)?;
        Ok(Some(self.wrap(purpose, &own)?))
    }

    /// Seals `plain` for one `purpose`; it opens for the same purpose only.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Sealed, super::Error> {
        let own = Zeroizing::new(random::<32>()?);
        let cipher = encrypt(&own, purpose.as_bytes(), plain)?;
        Ok(Sealed { wrapped_key: self.wrap(purpose, &own)?, cipher })
    }

    /// Opens what `seal` closed.
    ///
    /// # Errors
    /// When it was sealed under another key or purpose, or was changed.
    pub fn open(&self, purpose: &str, sealed: &Sealed) -> Result<Vec<u8>, VaultError> {
        let own = self.unwrap(purpose, &sealed.wrapped_key)?;
        decrypt(&own, purpose.as_bytes(), &sealed.cipher)
    }

    /// A new key for a thing that is kept in pieces, and the same wrapped by a data key.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn own_key(&self, purpose: &str) -> Result<(OwnKey, Vec<u8>), super::Error> {
        let own = Zeroizing::new(random::<32>()?);
        let wrapped = self.wrap(purpose, &own)?;
        Ok((OwnKey { own, purpose: purpose.to_owned() }, wrapped))
    }

    /// The key of a thing that is kept in pieces.
    ///
    /// # Errors
    /// When it was wrapped by another key, or for another purpose.
    pub fn unwrapped(&self, purpose: &str, wrapped: &[u8]) -> Result<OwnKey, VaultError> {
        Ok(OwnKey { own: self.unwrap(purpose, wrapped)?, purpose: purpose.to_owned() })
    }

    /// A key for one use alone, made from the key for names and the use's name.
    #[must_use]
    pub fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(mac(&self.names, [&b"recourse derived key"[..], &[0], label.as_bytes()]))
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

pub(super) fn encrypt(key: &[u8; 32], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, super::Error> {
    let nonce = random::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
        .map_err(|_| super::Error::Sealed(VaultError::Closed))?;
    let id = key_id(key);
    let mut out = Vec::with_capacity(1 + id.len() + NONCE + sealed.len());
    out.push(FORMAT);
    out.extend_from_slice(&id);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
    Ok(out)
}

pub(super) fn decrypt(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    let rest = match sealed.split_first() {
        Some((&FORMAT, rest)) => rest.strip_prefix(&key_id(key)).ok_or(VaultError::Closed)?,
        Some((&NAMELESS, rest)) => rest,
        _ => return Err(VaultError::Closed),
    };
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
    fn s39_every_ciphertext_names_its_key_and_a_new_key_takes_the_old_ones_things_over() {
        let (old, both) = (Vault::new([7; 32]), Vault::of(&[7; 32], &[[9; 32], [7; 32]]));
        let sealed = old.seal("message", b"hello").expect("sealing works");
        assert_eq!((sealed.wrapped_key[0], sealed.cipher[0]), (FORMAT, FORMAT));
        assert_eq!(sealed.wrapped_key[1..6], key_id(&[7; 32]));
        assert_eq!(both.open("message", &sealed).expect("it opens"), b"hello");
        assert_ne!(both.key_id(), old.key_id());
        assert!(both.knows(old.key_id()) && both.knows(both.key_id()) && !old.knows(both.key_id()));
        let wrapped_key = both.rewrapped("message", &sealed.wrapped_key).expect("it opens").expect("another key");
        assert_eq!(wrapped_key[1..6], key_id(&[9; 32]));
        assert_eq!(both.rewrapped("message", &wrapped_key).expect("it opens"), None);
        assert!(both.rewrapped("content", &sealed.wrapped_key).is_err());
        let moved = Sealed { wrapped_key, cipher: sealed.cipher.clone() };
        assert_eq!(Vault::of(&[7; 32], &[[9; 32]]).open("message", &moved).expect("it opens"), b"hello");
        assert!(old.open("message", &moved).is_err());
        // digests and links do not hang on it
        assert_eq!(old.digest("a", b"x"), both.digest("a", b"x"));
        assert_eq!(*old.derive("link"), *both.derive("link"));
        // and what was sealed before ciphertexts named their keys opens
        let nameless = |with: &[u8]| [&[NAMELESS][..], &with[6..]].concat();
        let before = Sealed { wrapped_key: nameless(&sealed.wrapped_key), cipher: nameless(&sealed.cipher) };
        assert_eq!(both.open("message", &before).expect("it opens"), b"hello");
        let wrapped_key = both.rewrapped("message", &before.wrapped_key).expect("it opens").expect("another key");
        assert_eq!(both.open("message", &Sealed { wrapped_key, ..before }).expect("it opens"), b"hello");
        assert!(Vault::of(&[7; 32], &[]).seal("message", b"").is_err());
    }

    #[test]
    fn digests_depend_on_key_and_domain() {
        let vault = Vault::new([7; 32]);
        assert_eq!(vault.digest("a", b"x"), vault.digest("a", b"x"));
        assert_ne!(vault.digest("a", b"x"), vault.digest("b", b"x"));
        assert_ne!(vault.digest("a", b"x"), Vault::new([8; 32]).digest("a", b"x"));
    }
}
