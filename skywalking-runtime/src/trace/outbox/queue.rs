//! How much waits in all outboxes together, and beside them with the reporter: in bytes and in
//! segments, against the budget.

use crate::util::sync::{AtomicUsize, Ordering, shared};

shared! {
    static QUEUED_BYTES: AtomicUsize = AtomicUsize::new(0);
    static QUEUED_SEGMENTS: AtomicUsize = AtomicUsize::new(0);

    /// How much of what is queued the reporter holds back, as it said last.
    static HELD_BACK_BYTES: AtomicUsize = AtomicUsize::new(0);
    static HELD_BACK_SEGMENTS: AtomicUsize = AtomicUsize::new(0);
}

/// How much may wait in all outboxes together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) bytes: usize,
    pub(crate) segments: usize,
}

/// How much waited when a segment had come to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    bytes: usize,
    segments: usize,
}

/// Takes room for a segment of so many bytes. None if there is none.
#[inline]
pub(super) fn enter(size: usize, budget: Budget) -> Option<Level> {
    let bytes = QUEUED_BYTES.fetch_add(size, Ordering::Relaxed) + size;
    let segments = QUEUED_SEGMENTS.fetch_add(1, Ordering::Relaxed) + 1;
    if bytes > budget.bytes || segments > budget.segments {
        settle(size, 1);
        return None;
    }
    Some(Level { bytes, segments })
}

impl Level {
    /// True if the reporter should come. For what it holds back it would come in vain, so that
    /// takes no part: what counts is the room that is left.
    #[inline]
    pub(super) fn is_half_full(self, budget: Budget) -> bool {
        let is_above = |queued: usize, held_back: usize, most: usize| {
            queued.saturating_sub(held_back) > most.saturating_sub(held_back) / 2
        };
        is_above(self.bytes, HELD_BACK_BYTES.load(Ordering::Relaxed), budget.bytes)
            || is_above(self.segments, HELD_BACK_SEGMENTS.load(Ordering::Relaxed), budget.segments)
    }
}

/// The reporter holds back so much of what is queued, from now on. It stays queued.
pub(crate) fn hold_back(bytes: usize, segments: usize) {
    HELD_BACK_BYTES.store(bytes, Ordering::Relaxed);
    HELD_BACK_SEGMENTS.store(segments, Ordering::Relaxed);
}

/// In a forked child: nothing waits. Only stores to atomics.
pub(super) fn after_fork() {
    QUEUED_BYTES.store(0, Ordering::Relaxed);
    QUEUED_SEGMENTS.store(0, Ordering::Relaxed);
    hold_back(0, 0);
}

/// Takes room for bytes that belong to a segment and lie beside it. False if there is none.
pub(crate) fn reserve(bytes: usize, budget: Budget) -> bool {
    let fits = QUEUED_BYTES.fetch_add(bytes, Ordering::Relaxed) + bytes <= budget.bytes;
    if !fits {
        settle(bytes, 0);
    }
    fits
}

/// This much waits no longer.
#[inline]
pub(crate) fn settle(bytes: usize, segments: usize) {
    QUEUED_BYTES.fetch_sub(bytes, Ordering::Relaxed);
    QUEUED_SEGMENTS.fetch_sub(segments, Ordering::Relaxed);
}
