//! Computes the delay before the next try.
//!
//! The delay is random ("full jitter"): its upper limit doubles with each failure, up to a ceiling.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// The longest delay after the first failure.
const FIRST: Duration = Duration::from_secs(1);

/// The shortest delay, so that tries that fail at once do not become a busy loop.
const LEAST: Duration = Duration::from_millis(50);

/// The ceiling for a backend that reports that it is overloaded.
const OVERLOADED: Duration = Duration::from_secs(60);

/// The ceiling during a flush or shutdown, so that a returning backend is noticed in time.
const ENDING: Duration = Duration::from_millis(500);

/// The delays between tries.
#[derive(Debug)]
pub(crate) struct Backoff {
    ceiling: Duration,
    failures: u32,
    /// The state of the random number generator; never 0.
    random: u64,
}

/// Returns a seed that differs between processes, so that agents do not reconnect to a returning
/// backend all at once.
pub(crate) fn seed() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

impl Backoff {
    /// Creates the delays up to `ceiling` that this seed gives.
    pub(crate) fn new(ceiling: Duration, seed: u64) -> Self {
        Self { ceiling, failures: 0, random: seed | 1 }
    }

    /// Returns the delay after one more failure: up to 1, 2, 4 .. s, at most the ceiling.
    pub(crate) fn next(&mut self) -> Duration {
        self.up_to(self.ceiling)
    }

    /// Returns the delay after the backend reported that it is overloaded: up to 60 s, or up to
    /// the ceiling if that is higher.
    pub(crate) fn next_overloaded(&mut self) -> Duration {
        self.up_to(self.ceiling.max(OVERLOADED))
    }

    /// Returns the delay while a caller waits for a flush or shutdown.
    pub(crate) fn next_ending(&mut self) -> Duration {
        self.up_to(self.ceiling.min(ENDING))
    }

    fn up_to(&mut self, ceiling: Duration) -> Duration {
        let most = FIRST.saturating_mul(1 << self.failures.min(16)).min(ceiling);
        self.failures = self.failures.saturating_add(1);
        most.mul_f64(self.fraction()).max(LEAST)
    }

    /// Resets the delay after a success.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// Returns a number of at least 0 and below 1, by xorshift.
    fn fraction(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        f64::from(u32::try_from(self.random >> 32).unwrap_or_default())
            / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CEILING: Duration = Duration::from_secs(4);

    fn seeds() -> impl Iterator<Item = u64> {
        (1..400_u64).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    #[test]
    fn delay_is_random_below_a_doubling_limit() {
        for (number, most) in [1, 2, 4, 4, 4, 4].into_iter().enumerate() {
            let waits: Vec<_> = seeds()
                .map(|seed| {
                    let mut backoff = Backoff::new(CEILING, seed);
                    (0..=number).map(|_| backoff.next()).last().unwrap()
                })
                .collect();
            let most = Duration::from_secs(most);
            assert!(waits.iter().all(|wait| (LEAST..=most).contains(wait)));
            // Full jitter: the shortest are near zero, the longest near the limit.
            assert!(
                waits.iter().any(|wait| *wait < most / 10)
                    && waits.iter().any(|wait| *wait > most * 9 / 10),
                "{most:?}"
            );
        }
    }

    #[test]
    fn overload_and_ending_have_their_own_ceilings() {
        let longest = |next: fn(&mut Backoff) -> Duration, ceiling: u64| {
            let mut backoff = Backoff::new(Duration::from_secs(ceiling), 7);
            (0..2_000).map(|_| next(&mut backoff)).max().unwrap()
        };
        assert!((50..=60).contains(&longest(Backoff::next_overloaded, 4).as_secs()));
        assert!((110..=120).contains(&longest(Backoff::next_overloaded, 120).as_secs()));
        assert!((400..=500).contains(&longest(Backoff::next_ending, 4).as_millis()));
    }

    #[test]
    fn every_ceiling_gives_a_delay() {
        for ceiling in [Duration::ZERO, Duration::from_millis(1), Duration::MAX] {
            let mut backoff = Backoff::new(ceiling, 7);
            for _ in 0..100 {
                for wait in [backoff.next(), backoff.next_overloaded(), backoff.next_ending()] {
                    assert!(wait >= LEAST && wait <= ceiling.max(OVERLOADED));
                }
            }
            backoff.reset();
            assert!(backoff.next() <= FIRST);
        }
    }

    #[test]
    fn delays_differ_between_processes() {
        let (mut one, mut other) = (
            Backoff::new(CEILING, 0x9e37_79b9_7f4a_7c15),
            Backoff::new(CEILING, 0xdead_beef_cafe_f00d),
        );
        let waits = |backoff: &mut Backoff| (0..8).map(|_| backoff.next()).collect::<Vec<_>>();
        assert_ne!(waits(&mut one), waits(&mut other));
    }
}
