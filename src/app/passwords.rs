//! Passwords: argon2id, a bounded number at a time, off the threads that serve pages; and which ones are good enough.
//! Never cut short, never kept.

use super::{App, Error};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        PasswordHasher as _,
        phc::{Output, PasswordHash},
    },
};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

/// The shortest password that may be set, in characters.
pub const SHORTEST: usize = 12;
/// The longest password that is looked at, in bytes.
pub const LONGEST: usize = 1024;
/// How much of a password is scored; the time that takes grows faster than the text.
const SCORED: usize = 256;
/// How many letters and digits of a password have to be something else than names of the person or the house.
const LEFT: usize = 6;
/// How many passwords may be hashed at the same time, 19 MiB each.
const AT_ONCE: usize = 2;
/// How long a sign-in waits for its turn to hash.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// The memory in which one password is hashed.
type Room = Vec<Block>;

/// Whether `password` belongs to `stored`, found out in this room, which grows to what that takes.
fn verify(password: &str, stored: &str, room: &mut Room) -> bool {
    let Ok(hash) = PasswordHash::new(stored) else { return false };
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return false };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str());
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from);
    let (Ok(algorithm), Ok(version), Ok(params)) = (algorithm, version, Params::try_from(&hash)) else { return false };
    room.resize(room.len().max(params.block_count()), Block::default());
    let mut out = vec![0; expected.len()];
    let argon2 = Argon2::new(algorithm, version, params);
    let done = argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut room[..]);
    // outputs take the same time to compare, whatever stands in them
    done.is_ok() && Output::new(&out).is_ok_and(|out| out == *expected)
}

/// A hash nobody has the password of, so that an unknown address costs as much time as a known one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The turns of those who hash.
#[derive(Debug)]
pub struct Turns {
    free: Arc<Semaphore>,
    // kept for the next: given back to the allocator it would be cut up among many small pieces, and as much again be
    // needed for the next password
    rooms: Mutex<Vec<Room>>,
    begun: AtomicU64,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Default for Turns {
    fn default() -> Self {
        let (rooms, begun, now, most) = Default::default();
        Self { free: Arc::new(Semaphore::new(AT_ONCE)), rooms, begun, now, most }
    }
}

impl Turns {
    fn rooms(&self) -> std::sync::MutexGuard<'_, Vec<Room>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Turns {
    /// How many passwords were hashed: it must not say who has an account.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    /// How many were hashed at the same time, at most.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

/// Somebody's turn; ends when it is dropped.
struct Turn {
    turns: Arc<Turns>,
    _held: OwnedSemaphorePermit,
}

impl Turn {
    fn begin(turns: Arc<Turns>, held: OwnedSemaphorePermit) -> Self {
        turns.begun.fetch_add(1, Ordering::SeqCst);
        let now = turns.now.fetch_add(1, Ordering::SeqCst) + 1;
        turns.most.fetch_max(now, Ordering::SeqCst);
        Self { turns, _held: held }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Hashes in turn, off the threads that serve pages. The turn ends with the work, not with whoever waits for it: a
/// connection that is closed must not make room for another.
async fn in_turn<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let turns = Arc::clone(app.hashing());
    let held = tokio::time::timeout(PATIENCE, Arc::clone(&turns.free).acquire_owned()).await;
    let held = held.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
    let work = move || {
        let _turn = Turn::begin(turns, held);
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Busy)
}

/// True when `password` belongs to `stored`. Without a stored hash it takes as long and is false.
///
/// # Errors
/// `Busy` when too many people sign in at the same time.
pub async fn fits(app: &App, password: &str, stored: Option<&str>) -> Result<bool, Error> {
    let stored = stored.filter(|stored| !stored.is_empty());
    // more than may be set is never compared, but costs the same
    let known = stored.is_some() && password.len() <= LONGEST;
    let password = Zeroizing::new(if known { password.to_owned() } else { String::new() });
    let stored = stored.filter(|_| known).unwrap_or(NOBODY).to_owned();
    let turns = Arc::clone(app.hashing());
    let verified = move || {
        // as many as hash at once, and no more
        let mut room = turns.rooms().pop().unwrap_or_default();
        let fits = verify(&password, &stored, &mut room);
        turns.rooms().push(room);
        fits
    };
    let fits = in_turn(app, verified).await?;
    Ok(known && fits)
}

/// The hash of a password under a salt of its own, as it is stored.
///
/// # Errors
/// `Busy` when too many people sign in at the same time.
pub async fn hashed(app: &App, password: &str) -> Result<String, Error> {
    let password = Zeroizing::new(password.to_owned());
    in_turn(app, move || hash(&password)).await?.map_err(|_| Error::Busy)
}

/// True for a hash that was made when hashing was cheaper than it is now.
#[must_use]
pub fn is_outdated(stored: &str) -> bool {
    let now = Params::default();
    let then = PasswordHash::new(stored).ok().and_then(|hash| Params::try_from(&hash).ok());
    then.is_some_and(|then| then.m_cost() < now.m_cost() || then.t_cost() < now.t_cost())
}

/// What is wrong with a new password; nothing when it may be set. `context` is what somebody who knows the person and the
/// house would try: names and addresses, whole.
#[must_use]
pub fn fault(app: &App, password: &str, context: &[&str]) -> Option<String> {
    if password.chars().count() < SHORTEST {
        return Some(format!("The password needs at least {SHORTEST} characters"));
    }
    if password.len() > LONGEST {
        return Some(format!("The password may have {LONGEST} bytes at most"));
    }
    let house = app.packs.iter().flat_map(|pack| [pack.id.as_str(), pack.name.as_str()]);
    let words: Vec<String> = house
        .chain(context.iter().copied())
        .chain(["recourse", "privacy", "grievance"])
        .flat_map(|words| {
            let parts = words.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() > 2);
            std::iter::once(words).chain(parts).map(str::to_lowercase).collect::<Vec<_>>()
        })
        .collect();
    let is_known = left_of(password, &words) < LEFT;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let scored: String = password.chars().take(SCORED).collect();
    let is_weak = is_known || u8::from(zxcvbn::zxcvbn(&scored, &words).score()) < 3;
    is_weak.then(|| {
        "The password is too easy to guess: several words that have nothing to do with each other, you or the company, are harder"
            .to_owned()
    })
}

/// How many letters and digits of a password are left when the words that anybody would try are taken out.
fn left_of(password: &str, words: &[String]) -> usize {
    let mut words: Vec<_> = words.iter().filter(|word| word.chars().count() > 2).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let left = words.into_iter().fold(password.to_lowercase(), |left, word| left.replace(word.as_str(), " "));
    left.chars().filter(|c| c.is_alphanumeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s09_a_hash_fits_its_password_only_and_long_ones_are_not_cut() {
        let long = "ä".repeat(70);
        let (stored, mut room) = (hash(&long).expect("it hashes"), Room::default());
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(&long, &stored, &mut room) && !is_outdated(&stored));
        assert!(!verify(&"ä".repeat(69), &stored, &mut room));
        for at in [72, 128] {
            let one = "x".repeat(200);
            let mut other = one.clone();
            other.replace_range(at..=at, "y");
            let stored = hash(&one).expect("it hashes");
            assert!(verify(&one, &stored, &mut room) && !verify(&other, &stored, &mut room), "byte {at}");
        }
        // a room that others used has room enough for less
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).expect("they hold"));
        let stored = cheap.hash_password(b"cheap").expect("it hashes").to_string();
        assert!(verify("cheap", &stored, &mut room) && verify("cheap", &stored, &mut Room::default()));
        assert!(!verify("dear", &stored, &mut room) && !verify("cheap", "no hash", &mut room));
        assert!(is_outdated(
            "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        ));
    }

    #[test]
    fn the_hash_of_nobody_is_well_formed_and_fits_nothing() {
        assert!(PasswordHash::new(NOBODY).is_ok() && !is_outdated(NOBODY));
        assert!(!verify("", NOBODY, &mut Room::default()));
    }
}
