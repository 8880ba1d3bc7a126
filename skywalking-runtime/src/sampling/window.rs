//! Samples a number of requests in each window of three seconds, as the Java agent does.
//!
//! Window and count are halves of one atomic number. A thread that loses a race tries again with
//! the new value. So each window samples exactly its budget, if there are enough requests.

use std::time::{Duration, Instant};

use crate::util::sync::{AtomicU64, Ordering};

/// The length of a window.
const LENGTH: Duration = Duration::from_secs(3);

/// Samples up to a number of requests in each window.
#[derive(Debug)]
pub(crate) struct PerWindow {
    /// The start of the first window.
    start: Instant,
    budget: Budget,
}

impl PerWindow {
    /// Creates a sampler for `most` requests in each window.
    pub(crate) fn new(most: u32) -> Self {
        Self { start: Instant::now(), budget: Budget::new(most) }
    }

    fn window(&self) -> u32 {
        let windows = self.start.elapsed().as_secs() / LENGTH.as_secs();
        u32::try_from(windows).unwrap_or(u32::MAX)
    }

    /// Returns true if the request is within the budget of the current window.
    pub(crate) fn takes(&self) -> bool {
        self.budget.takes(self.window())
    }

    /// Counts a request that is recorded regardless of the budget.
    pub(crate) fn charge(&self) {
        self.budget.charge(self.window());
    }
}

/// The rule without a clock: windows are numbers.
#[derive(Debug)]
pub(crate) struct Budget {
    most: u32,
    /// The number of the last window in the upper half, its count in the lower half.
    taken: AtomicU64,
}

impl Budget {
    pub(crate) fn new(most: u32) -> Self {
        Self { most, taken: AtomicU64::new(0) }
    }

    pub(crate) fn takes(&self, window: u32) -> bool {
        self.count(window, |taken| (taken < self.most).then(|| taken + 1))
    }

    pub(crate) fn charge(&self, window: u32) {
        self.count(window, |taken| Some(taken.saturating_add(1)));
    }

    /// Replaces the count of the window by what `more` returns. Returns false if it returns `None`.
    fn count(&self, window: u32, more: impl Fn(u32) -> Option<u32>) -> bool {
        // Relaxed: the number publishes no other data.
        let counted = self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
            let (last_window, taken) = ((last >> 32) as u32, last as u32);
            // A thread can read the clock just before another one opens the next window. Its request
            // is counted in the new window, since a window never comes back.
            let (window, taken) =
                if window > last_window { (window, 0) } else { (last_window, taken) };
            more(taken).map(|taken| (u64::from(window) << 32) | u64::from(taken))
        });
        counted.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_window_samples_exactly_its_budget() {
        let budget = Budget::new(3);
        for window in [0, 1, 2, 7, 1_000_000, u32::MAX] {
            let taken = (0..10).filter(|_| budget.takes(window)).count();
            assert_eq!(taken, 3, "window {window}");
        }
    }

    #[test]
    fn late_thread_does_not_reopen_an_old_window() {
        let budget = Budget::new(2);
        assert!(budget.takes(5) && budget.takes(4));
        assert!(!budget.takes(4) && !budget.takes(5));
        assert!(budget.takes(6));
    }

    #[test]
    fn charge_counts_and_is_never_rejected() {
        let budget = Budget::new(3);
        budget.charge(0);
        budget.charge(0);
        assert!(budget.takes(0) && !budget.takes(0));
        budget.charge(0);
        assert!(!budget.takes(0) && budget.takes(1));
        budget.taken.store(u64::from(u32::MAX), Ordering::Relaxed);
        budget.charge(0);
        assert!(!budget.takes(0) && budget.takes(1));
    }

    #[test]
    fn lost_race_wastes_no_budget() {
        const THREADS: u32 = 8;
        const EACH: u32 = 20_000;
        // The budget equals the number of requests. A thread that gave up after a lost race would
        // leave some of it unused.
        let budget = Budget::new(THREADS * EACH);
        let begin = std::sync::Barrier::new(THREADS as usize);
        let refused: usize = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..THREADS)
                .map(|_| {
                    scope.spawn(|| {
                        begin.wait();
                        (0..EACH).filter(|_| !budget.takes(0)).count()
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        assert_eq!(refused, 0);
        assert!(!budget.takes(0));
    }

    #[test]
    fn window_opened_by_several_threads_keeps_its_budget() {
        const THREADS: u32 = 8;
        const WINDOWS: u32 = 200;
        const MOST: u32 = 5;
        let budget = Budget::new(MOST);
        let taken: usize = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..THREADS)
                .map(|_| {
                    // Each thread passes through all windows and asks often enough to use up each
                    // budget alone.
                    scope.spawn(|| {
                        (0..WINDOWS)
                            .map(|window| (0..MOST).filter(|_| budget.takes(window)).count())
                            .sum::<usize>()
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        assert_eq!(taken, (WINDOWS * MOST) as usize);
    }

    #[test]
    fn first_window_starts_with_the_agent() {
        let budget = PerWindow::new(1);
        assert_eq!(budget.window(), 0);
        assert!(budget.takes() && !budget.takes());
        let earlier = PerWindow {
            start: Instant::now().checked_sub(LENGTH * 2).unwrap(),
            budget: Budget::new(1),
        };
        assert_eq!(earlier.window(), 2);
    }
}
