//! Passwords: argon2id, a bounded number at a time, off the threads that serve pages.

use super::{App, Error};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use zeroize::Zeroizing;

/// The shortest password that may be set.
pub const SHORTEST: usize = 12;
/// The longest password that is looked at, in bytes.
pub const LONGEST: usize = 1024;

/// Hashes a password with a salt of its own.
///
/// # Errors
/// When hashing fails, which means that memory ran out.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

fn verify(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A hash nobody has the password of, so that an unknown address costs as much time as a known one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// True when `password` belongs to `stored`. Without a stored hash it takes as long and is false.
///
/// # Errors
/// `Busy` when too many people sign in at the same time.
pub async fn fits(app: &App, password: &str, stored: Option<&str>) -> Result<bool, Error> {
    let wait = std::time::Duration::from_secs(5);
    let slot =
        tokio::time::timeout(wait, app.hashing().acquire()).await.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
    let known = stored.is_some();
    let stored = stored.unwrap_or(NOBODY).to_owned();
    let password = Zeroizing::new(password.to_owned());
    let fits = tokio::task::spawn_blocking(move || verify(&password, &stored)).await.unwrap_or(false);
    drop(slot);
    Ok(known && fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_only_and_long_ones_are_not_cut() {
        let long = "ä".repeat(70);
        let stored = hash(&long).expect("it hashes");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(&long, &stored));
        assert!(!verify(&"ä".repeat(69), &stored));
    }

    #[test]
    fn the_hash_of_nobody_is_well_formed_and_fits_nothing() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!verify("", NOBODY));
    }
}
