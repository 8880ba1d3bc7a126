//! Separates forks from starts of an agent.
//!
//! The first start initializes statics of other crates behind their locks. A child that is forked
//! meanwhile would wait for such a lock forever. So a fork waits until no start runs, and a start
//! waits until no fork runs: each at most 2 s, without a lock. A start takes milliseconds, but on a
//! busy machine it may have to wait for a processor.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The number of starts in this process that have not returned yet.
static STARTS: AtomicU32 = AtomicU32::new(0);

/// The number of forks of this process that have not returned yet.
static FORKING: AtomicU32 = AtomicU32::new(0);

/// How often a fork checks whether all starts have returned, and a start whether all forks have,
/// before it continues.
const CHECKS: u32 = 2_000;
const BETWEEN_CHECKS: Duration = Duration::from_millis(1);

/// A start, until this is dropped.
pub(crate) struct Starting(());

/// Begins a start. Call [`watch_forks`](super::watch_forks) first.
pub(crate) fn starting() -> Starting {
    for _ in 0..CHECKS {
        STARTS.fetch_add(1, Ordering::SeqCst);
        if FORKING.load(Ordering::SeqCst) == 0 {
            return Starting(());
        }
        // The fork may be waiting for this start, so it continues first.
        subtract(&STARTS);
        std::thread::sleep(BETWEEN_CHECKS);
    }
    STARTS.fetch_add(1, Ordering::SeqCst);
    Starting(())
}

impl Drop for Starting {
    fn drop(&mut self) {
        subtract(&STARTS);
    }
}

/// Subtracts 1, but not below 0: a forked child begins with 0.
fn subtract(count: &AtomicU32) {
    let _ = count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| count.checked_sub(1));
}

/// Waits before a fork.
#[cfg(unix)]
pub(super) fn before_fork() {
    FORKING.fetch_add(1, Ordering::SeqCst);
    for _ in 0..CHECKS {
        if STARTS.load(Ordering::SeqCst) == 0 {
            break;
        }
        std::thread::sleep(BETWEEN_CHECKS);
    }
}

/// Ends the wait of starts after a fork.
#[cfg(unix)]
pub(super) fn after_fork_in_parent() {
    subtract(&FORKING);
}

/// Resets both counts in a child, whose only thread neither starts an agent nor forks.
#[cfg(unix)]
pub(super) fn after_fork_in_child() {
    STARTS.store(0, Ordering::SeqCst);
    FORKING.store(0, Ordering::SeqCst);
}
