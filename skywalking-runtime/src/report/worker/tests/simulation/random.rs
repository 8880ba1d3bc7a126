//! Random numbers, reproducible by their seed.

/// A generator of random numbers: splitmix64.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from `least` to `most`.
    pub(super) fn within(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % (most - least + 1)
    }

    /// Returns one of several values.
    pub(super) fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        let last = u64::try_from(values.len() - 1).unwrap();
        values[usize::try_from(self.within(0, last)).unwrap()]
    }

    /// Returns true with this probability in percent.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.within(0, 99) < percent
    }
}
