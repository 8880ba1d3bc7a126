//! Samples a share of the requests at random, with the precision of an `f64`.
//!
//! The key of the request's segment is mixed with a random seed of the process. So the sampler has
//! no state, threads share nothing, and the decision about one key is always the same.

use std::hash::{BuildHasher, RandomState};

/// Samples a share of the requests.
#[derive(Debug)]
pub(crate) struct Rate {
    seed: u64,
    /// Mixed keys below it are sampled.
    below: u64,
}

impl Rate {
    /// Creates a sampler for a share from 0 to 1. Use [`Rule::All`](crate::sampling::Rule::All) for
    /// 1.
    pub(crate) fn new(rate: f64) -> Self {
        // The seed only has to differ between processes. The hasher's keys are random.
        Self::seeded(rate, RandomState::new().hash_one(std::process::id()))
    }

    fn seeded(rate: f64, seed: u64) -> Self {
        /// 2 to the 64th.
        const WHOLE: f64 = 18_446_744_073_709_551_616.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, and is from 0 to the whole"
        )]
        let below = (rate * WHOLE) as u64;
        Self { seed, below }
    }

    /// Returns true if the request whose segment has this key is sampled.
    #[inline]
    pub(crate) fn takes(&self, key: u64) -> bool {
        mix(key ^ self.seed) < self.below
    }
}

/// Mixes the bits of a number, so that each bit of the result depends on all of them. This is the
/// last step of `SplitMix64` (Steele, Lea and Flood, 2014).
#[inline]
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns how many of a million requests of one thread are sampled.
    fn taken(rate: f64, seed: u64) -> usize {
        let rate = Rate::seeded(rate, seed);
        (1..=1_000_000_u64).filter(|number| rate.takes(number * 2)).count()
    }

    #[test]
    fn rate_is_kept_within_four_standard_deviations() {
        // The standard deviation is the root of 1 000 000 * rate * (1 - rate); four of them are
        // allowed.
        for (rate, expected, off) in
            [(0.5, 500_000, 2_000), (0.1, 100_000, 1_200), (0.001, 1_000, 127), (0.000_1, 100, 40)]
        {
            for seed in [0, 1, 0x5eed, u64::MAX] {
                let taken = taken(rate, seed);
                assert!(taken.abs_diff(expected) <= off, "{taken} of a million at {rate}");
            }
        }
    }

    #[test]
    fn rates_at_both_ends_sample_nothing_and_almost_all() {
        assert_eq!(taken(0.0, 7), 0);
        assert!(taken(0.999_999, 7) > 999_980);
    }

    #[test]
    fn neighbouring_keys_are_decided_independently() {
        let rate = Rate::seeded(0.5, 7);
        let changes = (1..100_000_u64)
            .filter(|number| rate.takes(number * 2) != rate.takes(number * 2 + 2))
            .count();
        assert!(changes.abs_diff(50_000) < 700, "{changes}");
    }
}
