//! A share of the requests, chosen by chance and as finely as a `f64` can say it.
//!
//! The number of the request's segment is mixed with a random one of the process, and what comes
//! out is as good as drawn. So there is no state, nothing is shared between threads, and asking
//! twice gives one answer.

use std::hash::{BuildHasher, RandomState};

/// A share of the requests.
#[derive(Debug)]
pub(crate) struct Rate {
    seed: u64,
    /// What is drawn below it is taken.
    below: u64,
}

impl Rate {
    /// A share from 0 to 1; 1 itself is [`Rule::All`](crate::sampling::Rule::All).
    pub(crate) fn new(rate: f64) -> Self {
        // The hasher's keys are random, and differ between processes: that is all that is asked of
        // them.
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

    /// True if the request whose segment has this key is taken.
    #[inline]
    pub(crate) fn takes(&self, key: u64) -> bool {
        mix(key ^ self.seed) < self.below
    }
}

/// Each bit of the result depends on all bits of the number: the last step of `SplitMix64` (Steele,
/// Lea and Flood, 2014).
#[inline]
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of a million requests are taken, as one thread numbers them.
    fn taken(rate: f64, seed: u64) -> usize {
        let rate = Rate::seeded(rate, seed);
        (1..=1_000_000_u64).filter(|number| rate.takes(number * 2)).count()
    }

    #[test]
    fn a_rate_is_kept_as_finely_as_it_is_said() {
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
    fn nothing_is_nothing_and_almost_all_is_almost_all() {
        assert_eq!(taken(0.0, 7), 0);
        assert!(taken(0.999_999, 7) > 999_980);
    }

    #[test]
    fn neighbours_do_not_share_a_fate() {
        let rate = Rate::seeded(0.5, 7);
        let changes = (1..100_000_u64)
            .filter(|number| rate.takes(number * 2) != rate.takes(number * 2 + 2))
            .count();
        assert!(changes.abs_diff(50_000) < 700, "{changes}");
    }
}
