//! The sums of what all threads have counted.

use super::counts::{Counts, late, open_segments};
use super::outbox::outboxes;
use crate::util::sync::{AtomicU64, Ordering};

/// What all threads that ever were have counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Totals {
    pub(crate) full: u64,
    pub(crate) off: u64,
    pub(crate) finished: u64,
    pub(crate) open: usize,
    pub(crate) opened: u64,
}

/// The counts, what is lost before what is finished, that before what is opened. Acquire: what was
/// counted before one of them is seen by what is read after it.
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
    }
}
