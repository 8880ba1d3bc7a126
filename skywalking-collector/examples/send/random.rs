//! Random numbers from a seed: `SplitMix64`.

/// A generator whose numbers depend only on its seed.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// `part` separates data of the same seed.
    pub(crate) fn new(seed: u64, part: &str) -> Self {
        Self(part.bytes().fold(seed, |seed, byte| seed.wrapping_mul(257).wrapping_add(byte.into())))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from `low` to `high`, which is included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low).unwrap_or(0) + 1;
        low + i64::try_from(self.next() % width).unwrap_or(0)
    }

    /// Returns true in `percent` of 100 cases.
    pub(crate) fn percent(&mut self, percent: i64) -> bool {
        self.between(0, 99) < percent
    }

    /// Returns an id of 32 hexadecimal digits.
    pub(crate) fn id(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }
}
