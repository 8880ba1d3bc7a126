//! Limits the bytes and segments in all outboxes and with the reporter.

use crate::util::sync::{AtomicUsize, Ordering, shared};

shared! {
    static QUEUED_BYTES: AtomicUsize = AtomicUsize::new(0);
    static QUEUED_SEGMENTS: AtomicUsize = AtomicUsize::new(0);

    /// The part of it that is pending with the reporter.
    static PENDING_BYTES: AtomicUsize = AtomicUsize::new(0);
    static PENDING_SEGMENTS: AtomicUsize = AtomicUsize::new(0);
}

/// The limits of the queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) bytes: usize,
    pub(crate) segments: usize,
}

/// The size of the queue, including a new segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    bytes: usize,
    segments: usize,
}

/// Reserves space for one segment of `size` bytes. Returns `None` if the queue is full.
#[inline]
pub(super) fn reserve_segment(size: usize, budget: Budget) -> Option<Level> {
    let bytes = QUEUED_BYTES.fetch_add(size, Ordering::Relaxed) + size;
    let segments = QUEUED_SEGMENTS.fetch_add(1, Ordering::Relaxed) + 1;
    if bytes > budget.bytes || segments > budget.segments {
        release(size, 1);
        return None;
    }
    Some(Level { bytes, segments })
}

impl Level {
    /// Returns true if the reporter must be woken: half of the space that pending segments leave is
    /// used.
    #[inline]
    pub(super) fn is_half_full(self, budget: Budget) -> bool {
        let is_above = |queued: usize, pending: usize, most: usize| {
            queued.saturating_sub(pending) > most.saturating_sub(pending) / 2
        };
        is_above(self.bytes, PENDING_BYTES.load(Ordering::Relaxed), budget.bytes)
            || is_above(self.segments, PENDING_SEGMENTS.load(Ordering::Relaxed), budget.segments)
    }
}

/// Sets how much of the queue is pending with the reporter. It still counts as queued.
pub(crate) fn set_pending(bytes: usize, segments: usize) {
    PENDING_BYTES.store(bytes, Ordering::Relaxed);
    PENDING_SEGMENTS.store(segments, Ordering::Relaxed);
}

/// Empties the queue in a forked child. Only stores to atomics.
pub(super) fn after_fork() {
    QUEUED_BYTES.store(0, Ordering::Relaxed);
    QUEUED_SEGMENTS.store(0, Ordering::Relaxed);
    set_pending(0, 0);
}

/// Reserves space for more bytes of a segment. Returns false if the queue is full.
pub(crate) fn reserve_bytes(bytes: usize, budget: Budget) -> bool {
    let fits = QUEUED_BYTES.fetch_add(bytes, Ordering::Relaxed) + bytes <= budget.bytes;
    if !fits {
        release(bytes, 0);
    }
    fits
}

/// Releases reserved space.
#[inline]
pub(crate) fn release(bytes: usize, segments: usize) {
    QUEUED_BYTES.fetch_sub(bytes, Ordering::Relaxed);
    QUEUED_SEGMENTS.fetch_sub(segments, Ordering::Relaxed);
}
