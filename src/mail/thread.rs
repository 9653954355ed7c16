//! What ties an answer to its case: a token in the reply address and in the Message-ID of a mail of ours. Who holds one
//! got a mail of ours; nobody can make one without the key. Pure; never decides where a mail goes.
//!
//! A token is 16 bytes as 26 characters of lower-case base32: one byte that names the key, five of the case's number
//! (big endian), ten of HMAC-SHA256 over product and case.

use crate::domain::identity::Reference;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Characters of a token.
const LENGTH: usize = 26;
/// Characters that a local part may have (RFC 5321, 4.5.3.1.1).
const LOCAL_PART: usize = 64;

/// The key that tokens are made and read with.
#[derive(Clone)]
pub struct ReplyKey {
    id: u8,
    key: Zeroizing<[u8; 32]>,
}

impl ReplyKey {
    /// A key of 32 bytes that serves nothing else; its name follows from it.
    #[must_use]
    pub fn new(key: Zeroizing<[u8; 32]>) -> Self {
        let [id, ..] = mac(&key, &[b"key id"]);
        Self { id, key }
    }
}

/// The token of a case of this product. None for numbers beyond 40 bits.
#[must_use]
pub fn make(key: &ReplyKey, product: &str, case: Reference) -> Option<String> {
    let [0, 0, 0, number @ ..] = case.0.to_be_bytes() else { return None };
    let mut bytes = [0; 16];
    bytes[0] = key.id;
    bytes[1..6].copy_from_slice(&number);
    bytes[6..].copy_from_slice(&proof(key, product, number));
    Some(BASE32_NOPAD.encode(&bytes).to_lowercase())
}

/// The case whose token this is, upper or lower case: mail servers may change that. None where this key did not make it
/// for this product.
#[must_use]
pub fn read(key: &ReplyKey, product: &str, token: &str) -> Option<Reference> {
    let bytes = BASE32_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
    let [id, rest @ ..] = <[u8; 16]>::try_from(bytes).ok()?;
    let (number, given) = rest.split_first_chunk::<5>()?;
    let is_ours = id == key.id && bool::from(proof(key, product, *number).as_slice().ct_eq(given));
    let mut wide = [0; 8];
    wide[3..].copy_from_slice(number);
    is_ours.then(|| Reference(i64::from_be_bytes(wide)))
}

/// The address with a token as its subaddress (RFC 5233): `privacy+TOKEN@imagegen.example`. None where the server
/// knows no subaddresses (`separator` is empty) or the local part would grow too long.
#[must_use]
pub fn reply_address(address: &str, separator: &str, token: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let fits = local.len() + separator.len() + token.len() <= LOCAL_PART;
    (fits && !separator.is_empty() && !local.starts_with('"')).then(|| format!("{local}{separator}{token}@{domain}"))
}

/// What stands where an address of `reply_address` has its token; whether it is one, `read` knows.
#[must_use]
pub fn token_in(address: &str) -> Option<&str> {
    let (local, _) = address.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    let (before, token) = local.split_at_checked(local.len().checked_sub(LENGTH)?)?;
    (before.ends_with(|c: char| c.is_ascii_punctuation()) && is_token(token)).then_some(token)
}

/// A Message-ID, without angle brackets: 160 random bits, then the token where the mail may be answered.
#[must_use]
pub fn message_id(random: [u8; 20], token: Option<&str>, domain: &str) -> String {
    let random = BASE32_NOPAD.encode(&random).to_lowercase();
    token.map_or_else(|| format!("{random}@{domain}"), |token| format!("{random}.{token}@{domain}"))
}

/// What stands where a Message-ID of ours has its token, with angle brackets or without.
#[must_use]
pub fn token_of_message_id(id: &str) -> Option<&str> {
    let (local, _) = id.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    local.rsplit_once('.').map(|(_, token)| token).filter(|token| is_token(token))
}

fn is_token(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|b| b.is_ascii_alphabetic() || (b'2'..=b'7').contains(&b))
}

fn proof(key: &ReplyKey, product: &str, number: [u8; 5]) -> [u8; 10] {
    let whole = mac(&key.key, &[b"token", &[0], product.as_bytes(), &[0], &number]);
    let mut short = [0; 10];
    short.copy_from_slice(&whole[..10]);
    short
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length; its block-sized constructor wants 64 bytes
    let mut block = Zeroizing::new([0_u8; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256>>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(seed: u8) -> ReplyKey {
        ReplyKey::new(Zeroizing::new([seed; 32]))
    }

    proptest! {
        #[test]
        fn s27_a_token_reads_back_however_its_letters_were_changed(
            case in 0_i64..1 << 40, seed: u8, random: [u8; 20], local in "[a-z]{1,37}",
        ) {
            let key = key(seed);
            let token = make(&key, "imagegen", Reference(case)).expect("the number fits");
            prop_assert_eq!(token.len(), LENGTH);
            let address = reply_address(&format!("{local}@imagegen.example"), "+", &token).expect("it fits");
            prop_assert!(address.rsplit_once('@').expect("an address").0.len() <= LOCAL_PART);
            let id = message_id(random, Some(&token), "imagegen.example");
            for found in [token_in(&address), token_of_message_id(&id), token_in(&address.to_uppercase()), token_of_message_id(&format!("<{id}>"))] {
                prop_assert_eq!(read(&key, "imagegen", found.expect("it is found")), Some(Reference(case)));
            }
        }

        #[test]
        fn a_changed_character_another_product_or_another_key_never_reads(
            case in 0_i64..1 << 40, at in 0..LENGTH, by in 1_u8..32, other in 1_u8..=255,
        ) {
            let ours = key(0);
            let token = make(&ours, "imagegen", Reference(case)).expect("the number fits");
            prop_assert_eq!(read(&ours, "imgen", &token), None);
            prop_assert_eq!(read(&key(other), "imagegen", &token), None);
            let mut changed = token.clone().into_bytes();
            let alphabet = b"abcdefghijklmnopqrstuvwxyz234567";
            let was = alphabet.iter().position(|b| *b == changed[at]).expect("it is base32");
            changed[at] = alphabet[(was + usize::from(by)) % 32];
            let changed = String::from_utf8(changed).expect("it is text");
            prop_assert_eq!(read(&ours, "imagegen", &changed), None);
            // the same key with another name
            let renamed = ReplyKey { id: ours.id ^ other, key: ours.key.clone() };
            prop_assert_eq!(read(&renamed, "imagegen", &token), None);
        }

        #[test]
        fn nothing_that_strangers_write_is_read_or_ends_the_program(text in "\\PC{0,80}") {
            prop_assert_eq!(read(&key(1), "imagegen", &text), None);
            let _ = (token_in(&text), token_of_message_id(&text));
        }
    }

    #[test]
    fn an_address_without_room_or_subaddresses_gets_none() {
        let token = make(&key(1), "imagegen", Reference(10_021)).expect("the number fits");
        assert!(reply_address(&format!("{}@imagegen.example", "a".repeat(37)), "+", &token).is_some());
        assert_eq!(reply_address(&format!("{}@imagegen.example", "a".repeat(38)), "+", &token), None);
        assert_eq!(reply_address("privacy@imagegen.example", "", &token), None);
        assert_eq!(make(&key(1), "imagegen", Reference(1 << 40)), None);
        assert_eq!(make(&key(1), "imagegen", Reference(-1)), None);
    }

    #[test]
    fn what_only_looks_like_a_token_is_none() {
        for other in
            ["privacy@imagegen.example", "privacy+sale@imagegen.example", "aaaaaaaaaaaaaaaaaaaaaaaaaa@mail.example"]
        {
            assert_eq!(token_in(other), None, "{other}");
        }
        assert_eq!(token_of_message_id(&message_id([7; 20], None, "imagegen.example")), None);
        assert_eq!(token_of_message_id("abc.10021@imagegen.example"), None);
    }
}
