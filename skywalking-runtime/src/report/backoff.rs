//! How long to wait before the next try: by chance, up to twice as much after each failure and up
//! to a ceiling ("full jitter"). When to try is the worker's business.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// The most that is waited after the first failure.
const FIRST: Duration = Duration::from_secs(1);

/// The least that is waited: tries that fail at once must not follow upon each other.
const LEAST: Duration = Duration::from_millis(50);

/// The ceiling beside a backend that says that it has too much to do.
const OVERLOADED: Duration = Duration::from_secs(60);

/// The ceiling while somebody waits for the end: a backend that returns must not be missed.
const ENDING: Duration = Duration::from_millis(500);

/// The waits between tries.
#[derive(Debug)]
pub(crate) struct Backoff {
    ceiling: Duration,
    failures: u32,
    /// State of the generator of the jitter; never 0.
    random: u64,
}

impl Backoff {
    /// A generator of its own for each process: backends that come back shall not meet all their
    /// agents at once.
    pub(crate) fn new(ceiling: Duration) -> Self {
        Self::seeded(ceiling, RandomState::new().hash_one(std::process::id()))
    }

    fn seeded(ceiling: Duration, seed: u64) -> Self {
        Self { ceiling, failures: 0, random: seed | 1 }
    }

    /// The wait after one more failure: up to 1, 2, 4 .. s, and up to the ceiling.
    pub(crate) fn next(&mut self) -> Duration {
        self.up_to(self.ceiling)
    }

    /// The same after the backend said that it has too much to do: up to 60 s, or the ceiling if
    /// that is higher.
    pub(crate) fn next_overloaded(&mut self) -> Duration {
        self.up_to(self.ceiling.max(OVERLOADED))
    }

    /// The same while somebody waits for the end.
    pub(crate) fn next_ending(&mut self) -> Duration {
        self.up_to(self.ceiling.min(ENDING))
    }

    fn up_to(&mut self, ceiling: Duration) -> Duration {
        let most = FIRST.saturating_mul(1 << self.failures.min(16)).min(ceiling);
        self.failures = self.failures.saturating_add(1);
        most.mul_f64(self.fraction()).max(LEAST)
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
    fn waits_are_anything_up_to_a_limit_that_doubles_up_to_the_ceiling() {
        for (number, most) in [1, 2, 4, 4, 4, 4].into_iter().enumerate() {
            let waits: Vec<_> = seeds()
                .map(|seed| {
                    let mut backoff = Backoff::seeded(CEILING, seed);
                    (0..=number).map(|_| backoff.next()).last().unwrap()
                })
                .collect();
            let most = Duration::from_secs(most);
            assert!(waits.iter().all(|wait| (LEAST..=most).contains(wait)));
            // Full jitter: the shortest are near to nothing, the longest near to the limit.
            assert!(
                waits.iter().any(|wait| *wait < most / 10)
                    && waits.iter().any(|wait| *wait > most * 9 / 10),
                "{most:?}"
            );
        }
    }

    #[test]
    fn overload_has_a_ceiling_of_its_own_and_so_has_the_end() {
        let longest = |next: fn(&mut Backoff) -> Duration, ceiling: u64| {
            let mut backoff = Backoff::seeded(Duration::from_secs(ceiling), 7);
            (0..2_000).map(|_| next(&mut backoff)).max().unwrap()
        };
        assert!((50..=60).contains(&longest(Backoff::next_overloaded, 4).as_secs()));
        assert!((110..=120).contains(&longest(Backoff::next_overloaded, 120).as_secs()));
        assert!((400..=500).contains(&longest(Backoff::next_ending, 4).as_millis()));
    }

    #[test]
    fn any_ceiling_gives_a_wait() {
        for ceiling in [Duration::ZERO, Duration::from_millis(1), Duration::MAX] {
            let mut backoff = Backoff::seeded(ceiling, 7);
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
    fn two_processes_do_not_wait_alike() {
        let (mut one, mut other) = (
            Backoff::seeded(CEILING, 0x9e37_79b9_7f4a_7c15),
            Backoff::seeded(CEILING, 0xdead_beef_cafe_f00d),
        );
        let waits = |backoff: &mut Backoff| (0..8).map(|_| backoff.next()).collect::<Vec<_>>();
        assert_ne!(waits(&mut one), waits(&mut other));
    }
}
