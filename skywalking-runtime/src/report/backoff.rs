//! How long to wait before the next try: twice as long after each failure, up to a minute, and never quite the same for two processes.
//! When to try is the worker's business.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// The waits between tries.
#[derive(Debug)]
pub(crate) struct Backoff {
    failures: u32,
    /// State of the generator of the jitter; never 0.
    random: u64,
}

impl Backoff {
    /// A generator of its own for each process: backends that come back shall not meet all their agents at once.
    pub(crate) fn new() -> Self {
        Self::seeded(RandomState::new().hash_one(std::process::id()))
    }

    fn seeded(seed: u64) -> Self {
        Self { failures: 0, random: seed | 1 }
    }

    /// The wait after one more failure: between half of 1, 2, 4 .. 60 seconds and the whole.
    pub(crate) fn next(&mut self) -> Duration {
        let whole = SHORTEST.saturating_mul(1 << self.failures.min(6)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let half = whole / 2;
        half + half.mul_f64(self.fraction())
    }

    /// Things work again.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// At least 0 and below 1, by xorshift.
    fn fraction(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        f64::from(u32::try_from(self.random >> 32).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute_with_jitter_below() {
        for seed in 0..200 {
            let mut backoff = Backoff::seeded(seed * 7_919);
            for whole in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
                let (wait, whole) = (backoff.next(), Duration::from_secs(whole));
                assert!(wait >= whole / 2 && wait <= whole, "{wait:?} of {whole:?}");
            }
            backoff.reset();
            assert!(backoff.next() <= SHORTEST);
        }
    }

    #[test]
    fn two_processes_do_not_wait_alike() {
        let (mut one, mut other) = (Backoff::seeded(0x9e37_79b9_7f4a_7c15), Backoff::seeded(0xdead_beef_cafe_f00d));
        let waits = |backoff: &mut Backoff| (0..8).map(|_| backoff.next()).collect::<Vec<_>>();
        assert_ne!(waits(&mut one), waits(&mut other));
    }
}
