//! Chance that falls the same way each time: `splitmix64`. Each topic throws dice of its own, so that a table more or
//! less changes nothing in the others.

/// Dice with a seed.
pub struct Dice(u64);

impl Dice {
    /// Dice for a topic.
    pub fn of(topic: &str) -> Self {
        Self(topic.bytes().fold(0x5EED, |seed, byte| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)))
    }

    /// Any number.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = (high - low).max(0).unsigned_abs() + 1;
        low.saturating_add_unsigned(self.throw() % width)
    }

    /// A place in a list of that length.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.throw() % (length.max(1) as u64)).unwrap_or(0)
    }

    /// True once in `n` throws.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.throw().is_multiple_of(n)
    }

    /// One of a list that has some.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.index(list.len())]
    }
}
