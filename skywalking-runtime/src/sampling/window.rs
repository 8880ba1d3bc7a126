//! So many requests in each window of three seconds, as the Java agent counts them.
//!
//! Window and count are halves of one number, so that whoever loses the race for it tries again
//! with what it is now: in each window exactly so many are taken as may be, whoever races, and none
//! is wasted.

use std::time::{Duration, Instant};

use crate::util::sync::{AtomicU64, Ordering};

/// The length of a window.
const LENGTH: Duration = Duration::from_secs(3);

/// The budget of the present window.
#[derive(Debug)]
pub(crate) struct PerWindow {
    /// When the first window began.
    start: Instant,
    budget: Budget,
}

impl PerWindow {
    /// `most` in each window.
    pub(crate) fn new(most: u32) -> Self {
        Self { start: Instant::now(), budget: Budget::new(most) }
    }

    fn window(&self) -> u32 {
        let windows = self.start.elapsed().as_secs() / LENGTH.as_secs();
        u32::try_from(windows).unwrap_or(u32::MAX)
    }

    /// True if the request is one of those that this window takes.
    pub(crate) fn takes(&self) -> bool {
        self.budget.takes(self.window())
    }

    /// Counts a request that is recorded in any case.
    pub(crate) fn charge(&self) {
        self.budget.charge(self.window());
    }
}

/// The rule, without a clock: windows are numbers.
#[derive(Debug)]
pub(crate) struct Budget {
    most: u32,
    /// The window that was counted in last, in the upper half; what it has taken, in the lower
    /// one.
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

    /// Counts as `more` says of what the window has taken. False if it says that there is nothing
    /// to count.
    fn count(&self, window: u32, more: impl Fn(u32) -> Option<u32>) -> bool {
        // Nothing else is published by it, so no order is needed.
        let counted = self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
            let (last_window, taken) = ((last >> 32) as u32, last as u32);
            // Who looked at the clock before another one opened the next window is counted there: a
            // window never comes back.
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
    fn each_window_takes_exactly_as_many_as_it_may() {
        let budget = Budget::new(3);
        for window in [0, 1, 2, 7, 1_000_000, u32::MAX] {
            let taken = (0..10).filter(|_| budget.takes(window)).count();
            assert_eq!(taken, 3, "window {window}");
        }
    }

    #[test]
    fn a_clock_that_was_read_too_early_opens_no_old_window_again() {
        let budget = Budget::new(2);
        assert!(budget.takes(5) && budget.takes(4));
        assert!(!budget.takes(4) && !budget.takes(5));
        assert!(budget.takes(6));
    }

    #[test]
    fn what_is_recorded_in_any_case_is_counted_and_never_refused() {
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
    fn a_lost_race_wastes_nothing() {
        const THREADS: u32 = 8;
        const EACH: u32 = 20_000;
        // Just as many as are asked for: whoever gives up after a lost race leaves some over, since
        // nobody asks again.
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
    fn a_window_that_several_open_at_once_takes_no_more_than_it_may() {
        const THREADS: u32 = 8;
        const WINDOWS: u32 = 200;
        const MOST: u32 = 5;
        let budget = Budget::new(MOST);
        let taken: usize = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..THREADS)
                .map(|_| {
                    // Each thread sees every window, at its own pace, and asks often enough to use
                    // it up alone.
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
    fn the_first_window_begins_with_the_agent() {
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
