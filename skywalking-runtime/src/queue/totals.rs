//! The sums of the counts of all threads.

use super::counts::{Counts, late, open_segments};
use super::outbox::outboxes;
use crate::util::sync::{AtomicU64, Ordering};

/// The counts of all threads, including those that have ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Totals {
    pub(crate) full: u64,
    pub(crate) off: u64,
    pub(crate) finished: u64,
    pub(crate) open: usize,
    pub(crate) opened: u64,
    pub(crate) ignored: u64,
}

/// Returns the counts. Reads "lost" before "finished" before "opened", each with Acquire: so it
/// sees everything that was counted before the values that it has already read.
pub(crate) fn totals() -> Totals {
    let sum = |count: fn(&Counts) -> &AtomicU64| {
        let threads = outboxes().map(|outbox| &outbox.counts);
        threads.chain([late()]).map(|counts| count(counts).load(Ordering::Acquire)).sum()
    };
    Totals {
        full: sum(|counts| &counts.full),
        off: sum(|counts| &counts.off),
        finished: sum(|counts| &counts.finished),
        open: open_segments(),
        opened: sum(|counts| &counts.opened),
        ignored: sum(|counts| &counts.ignored),
    }
}
