//! How often a place may ask: counted in a table whose size never changes, however many places there are. Two places can
//! share a field; each is counted in two, and slowed only where both are full. Judges no password and no token.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Fields in each of the two rows.
const FIELDS: usize = 8_192;

/// A pace that everybody has to keep.
pub struct Pace {
    began: Instant,
    /// How far apart requests are in the long run, in microseconds.
    apart: u64,
    /// How far ahead of that somebody may be, in microseconds.
    ahead: u64,
    rows: [RandomState; 2],
    // when the next request of a field would be due, in microseconds since `began`
    due: Mutex<Vec<u64>>,
}

impl Pace {
    /// So many requests in so much time, all of them at once where somebody likes.
    #[must_use]
    pub fn new(most: u32, per: Duration) -> Self {
        let micros = u64::try_from(per.as_micros()).unwrap_or(u64::MAX);
        Self {
            began: Instant::now(),
            apart: (micros / u64::from(most.max(1))).max(1),
            ahead: micros,
            rows: [RandomState::new(), RandomState::new()],
            due: Mutex::new(vec![0; 2 * FIELDS]),
        }
    }

    /// Counts a request of `whose` at `now`; where it came too soon, the seconds to wait, and nothing is counted.
    ///
    /// # Errors
    /// The whole seconds until there is room again, at least one.
    pub fn keeps(&self, whose: &str, now: Instant) -> Result<(), u64> {
        let now = u64::try_from(now.saturating_duration_since(self.began).as_micros()).unwrap_or(u64::MAX);
        let places = self.places(whose);
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let next = places.iter().map(|at| due[*at]).min().unwrap_or_default().max(now).saturating_add(self.apart);
        let over = next.saturating_sub(now.saturating_add(self.ahead));
        if over > 0 {
            return Err(over.div_ceil(1_000_000).max(1));
        }
        for at in places {
            due[at] = due[at].max(next);
        }
        Ok(())
    }

    fn places(&self, whose: &str) -> [usize; 2] {
        let field = |row: usize| {
            let hash = self.rows[row].hash_one(whose);
            row * FIELDS + usize::try_from(hash % FIELDS as u64).unwrap_or_default()
        };
        [field(0), field(1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_who_asks_too_often_waits_and_others_do_not() {
        let pace = Pace::new(10, Duration::from_mins(1));
        let start = Instant::now();
        for n in 0..10 {
            assert_eq!(pace.keeps("one", start), Ok(()), "{n}");
        }
        assert_eq!(pace.keeps("one", start), Err(6));
        assert_eq!(pace.keeps("another", start), Ok(()));
        assert_eq!(pace.keeps("one", start + Duration::from_secs(7)), Ok(()), "one more each six seconds");
        assert_eq!(pace.keeps("one", start + Duration::from_secs(7)), Err(5));
        for _ in 0..10 {
            assert_eq!(pace.keeps("one", start + Duration::from_mins(10)), Ok(()));
        }
    }

    #[test]
    fn s40_a_million_addresses_take_no_more_room_than_one() {
        let pace = Pace::new(10, Duration::from_mins(1));
        let start = Instant::now();
        let size = || pace.due.lock().expect("nobody panicked").capacity() * size_of::<u64>();
        let before = size();
        let mut refused = 0_u32;
        for n in 0..1_000_000_u32 {
            let address = std::net::Ipv4Addr::from_bits(n.wrapping_mul(2_654_435_761)).to_string();
            // spread over an hour: whoever came before is forgotten by itself
            let now = start + Duration::from_micros(u64::from(n) * 3_600);
            refused += u32::from(pace.keeps(&address, now).is_err());
        }
        assert_eq!((before, size()), (2 * FIELDS * 8, 2 * FIELDS * 8));
        assert!(refused < 1_000, "hardly anybody suffers for others: {refused}");
        assert_eq!(pace.keeps("somebody", start + Duration::from_hours(2)), Ok(()));
    }
}
