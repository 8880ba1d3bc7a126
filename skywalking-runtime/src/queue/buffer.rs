//! A buffer that a thread and the reporter use in turn. Neither waits: `hold` fails while the other
//! one uses it.

use crate::queue::segments::FinishedSegments;
use crate::util::sync::{AtomicBool, AtomicU64, Cell, Ordering, yield_now};

/// One of the two buffers of a thread.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    busy: AtomicBool,
    load: Cell<FinishedSegments>,
    /// The number of segments in the buffer. Written only while the flag is held.
    queued: AtomicU64,
}

// SAFETY: the load is reached only through `hold`, which lets one thread in at a time.
#[allow(unsafe_code)]
unsafe impl Sync for Buffer {}

impl Buffer {
    /// Calls `work` with the segments. Returns `None` if another thread uses them.
    #[allow(unsafe_code)]
    #[inline]
    pub(super) fn hold<R>(&self, work: impl FnOnce(&mut FinishedSegments) -> R) -> Option<R> {
        struct Release<'a>(&'a AtomicBool);
        impl Drop for Release<'_> {
            fn drop(&mut self) {
                self.0.store(false, Ordering::Release);
            }
        }
        // If it is held, nothing is written.
        if self.busy.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            return None;
        }
        let _release = Release(&self.busy);
        // SAFETY: the flag was free and is ours until `_release` drops, which is after the last use
        // of this reference. The next thread to take it acquires what our store released, so it
        // sees everything that was written here.
        Some(self.load.with_mut(|load| work(unsafe { &mut *load })))
    }

    /// Publishes the number of segments. Call it while the buffer is held.
    #[inline]
    pub(super) fn publish_count(&self, load: &FinishedSegments) {
        self.queued.store(load.heads.len() as u64, Ordering::Release);
    }

    /// Exchanges the segments for an empty list. Returns false if there are none or the thread is
    /// using the buffer. Called by the reporter.
    pub(crate) fn exchange(&self, empty: &mut FinishedSegments) -> bool {
        if self.queued.load(Ordering::Acquire) == 0 {
            return false;
        }
        let taken = self.hold(|load| {
            std::mem::swap(load, empty);
            self.publish_count(load);
        });
        taken.is_some() && !empty.heads.is_empty()
    }

    /// Frees the memory if the buffer is empty and its thread is not using it. Called by the
    /// reporter.
    pub(super) fn free_if_empty(&self) {
        let buffers = self.hold(|load| {
            if load.heads.is_empty() { std::mem::take(load) } else { FinishedSegments::default() }
        });
        // Dropped here, so that the buffer is not held meanwhile.
        drop(buffers);
    }

    /// Exchanges the segments for an empty list after [`close`](crate::queue::close). Waits for a
    /// thread that is copying its last segment. Called by the reporter.
    pub(crate) fn exchange_last(&self, empty: &mut FinishedSegments) {
        let mut swap = |load: &mut FinishedSegments| {
            std::mem::swap(load, empty);
            self.publish_count(load);
        };
        while self.hold(&mut swap).is_none() {
            yield_now();
        }
    }

    /// Returns the number of segments in the buffer.
    pub(crate) fn queued(&self) -> u64 {
        self.queued.load(Ordering::Acquire)
    }
}
