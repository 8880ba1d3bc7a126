//! Counts of the segments that each thread has opened, finished, lost and not recorded.

use crate::util::sync::{AtomicU64, AtomicUsize, Ordering, shared};

/// Counts of one thread. Only the thread itself writes them.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) opened: AtomicU64,
    pub(super) finished: AtomicU64,
    /// Lost because the outboxes were full.
    pub(super) full: AtomicU64,
    /// Lost because no tracer was running when it ended.
    pub(super) off: AtomicU64,
    /// Not recorded: not sampled, ignored, or over a limit.
    pub(super) ignored: AtomicU64,
}

#[inline]
pub(super) fn add_own(count: &AtomicU64) {
    // Only the owner writes, so no read-modify-write is needed. Release orders it after the counts
    // that must come first.
    count.store(count.load(Ordering::Relaxed) + 1, Ordering::Release);
}

shared! {
    /// Counts of segments that begin or end in a destructor of a thread-local that runs after ours,
    /// where the outbox cannot be reached.
    static LATE: Counts = Counts { opened: AtomicU64::new(0), finished: AtomicU64::new(0), full: AtomicU64::new(0), off: AtomicU64::new(0), ignored: AtomicU64::new(0) };

    /// The number of open segments of all threads.
    static OPEN: AtomicUsize = AtomicUsize::new(0);
}

/// Returns the counts of segments that begin or end where no outbox can be reached.
pub(super) fn late() -> &'static Counts {
    &LATE
}

/// Resets the shared counts in a forked child. Only stores to atomics.
pub(super) fn after_fork() {
    for count in [&LATE.opened, &LATE.finished, &LATE.full, &LATE.off, &LATE.ignored] {
        count.store(0, Ordering::Relaxed);
    }
    OPEN.store(0, Ordering::Relaxed);
}

/// Counts a segment as open.
#[inline]
pub(crate) fn count_open() {
    OPEN.fetch_add(1, Ordering::Relaxed);
}

/// Counts a segment as no longer open.
#[inline]
pub(crate) fn count_closed() {
    OPEN.fetch_sub(1, Ordering::Relaxed);
}

/// Returns the number of open segments.
#[inline]
pub(crate) fn open_segments() -> usize {
    OPEN.load(Ordering::Relaxed)
}

/// Counts a segment that begins after its thread has released its outbox.
#[cold]
pub(crate) fn opened_late() {
    LATE.opened.fetch_add(1, Ordering::Release);
}

/// Counts a segment that is not recorded after its thread has released its outbox.
#[cold]
pub(crate) fn ignored_late() {
    LATE.ignored.fetch_add(1, Ordering::Relaxed);
}

/// Counts a segment that ends after its thread has released its outbox.
#[cold]
pub(crate) fn finished_late() {
    LATE.finished.fetch_add(1, Ordering::Release);
    LATE.off.fetch_add(1, Ordering::Release);
}
