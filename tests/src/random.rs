//! Random numbers for generated programs, reproducible by their seed.

/// A generator of small numbers: xorshift64*.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// Creates a generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below `bound`, which must not be 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap_or(0) % bound
    }

    /// As `below`, for a bound of at most 256.
    pub fn few(&mut self, bound: usize) -> u8 {
        u8::try_from(self.below(bound)).unwrap_or(0)
    }

    /// Returns true with a probability of one in `bound`.
    pub fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }
}
