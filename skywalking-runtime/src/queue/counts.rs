//! The callers' half of the accounts: what each thread has opened, finished and lost, and how it is
//! read.

use crate::util::sync::{AtomicU64, AtomicUsize, Ordering, shared};

/// What a thread has opened, finished and lost, counted by the thread itself.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) opened: AtomicU64,
    pub(super) finished: AtomicU64,
    /// Lost because the outboxes were full.
    pub(super) full: AtomicU64,
    /// Lost because no tracer was running when it ended.
    pub(super) off: AtomicU64,
}

#[inline]
pub(super) fn add_own(count: &AtomicU64) {
    // Only the owner writes, so no read-modify-write is needed; Release orders it after the counts
    // that must come first.
    count.store(count.load(Ordering::Relaxed) + 1, Ordering::Release);
}

shared! {
    /// What segments count that end where no outbox can be reached: in a destructor of a thread-local that runs after ours.
    static LATE: Counts = Counts { opened: AtomicU64::new(0), finished: AtomicU64::new(0), full: AtomicU64::new(0), off: AtomicU64::new(0) };

    /// Segments that are open now, in all threads.
    static OPEN: AtomicUsize = AtomicUsize::new(0);
}

/// The counts of segments that end where no outbox can be reached.
pub(super) fn late() -> &'static Counts {
    &LATE
}

/// In a forked child: it has no segments yet. Only stores to atomics.
pub(super) fn after_fork() {
    for count in [&LATE.opened, &LATE.finished, &LATE.full, &LATE.off] {
        count.store(0, Ordering::Relaxed);
    }
    OPEN.store(0, Ordering::Relaxed);
}

/// A segment has begun: counts it among the open ones.
#[inline]
pub(crate) fn count_open() {
    OPEN.fetch_add(1, Ordering::Relaxed);
}

/// An open segment has ended.
#[inline]
pub(crate) fn count_closed() {
    OPEN.fetch_sub(1, Ordering::Relaxed);
}

/// Segments that are open now.
#[inline]
pub(crate) fn open_segments() -> usize {
    OPEN.load(Ordering::Relaxed)
}

/// A segment has begun where its thread has no outbox any more.
#[cold]
pub(crate) fn opened_late() {
    LATE.opened.fetch_add(1, Ordering::Release);
}

/// A segment has ended where its thread has no outbox any more.
#[cold]
pub(crate) fn finished_late() {
    LATE.finished.fetch_add(1, Ordering::Release);
    LATE.off.fetch_add(1, Ordering::Release);
}
