//! A buffer that a thread and the reporter use, one at a time. Neither waits: `hold` fails while
//! the other one uses it.

use crate::queue::segments::FinishedSegments;
use crate::util::sync::{AtomicBool, AtomicU64, Cell, Ordering, yield_now};

/// One of the two buffers of a thread.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    busy: AtomicBool,
    load: Cell<FinishedSegments>,
    /// Segments in it; written by whoever holds the flag.
    queued: AtomicU64,
}

// SAFETY: the load is reached only through `hold`, which lets one thread in at a time.
#[allow(unsafe_code)]
unsafe impl Sync for Buffer {}

impl Buffer {
    /// Runs `work` on the segments, unless another thread uses them.
    #[allow(unsafe_code)]
    #[inline]
    pub(super) fn hold<R>(&self, work: impl FnOnce(&mut FinishedSegments) -> R) -> Option<R> {
        struct Release<'a>(&'a AtomicBool);
        impl Drop for Release<'_> {
            fn drop(&mut self) {
                self.0.store(false, Ordering::Release);
            }
        }
        // Who finds it held writes nothing.
        if self.busy.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            return None;
        }
        let _release = Release(&self.busy);
        // SAFETY: the flag was free and is ours until `_release` drops, which is after the last use
        // of this reference; whoever takes it next acquires what our store released, so it
        // sees everything that was written here.
        Some(self.load.with_mut(|load| work(unsafe { &mut *load })))
    }

    /// Says how many lie in it now, for who holds it.
    #[inline]
    pub(super) fn tell(&self, load: &FinishedSegments) {
        self.queued.store(load.heads.len() as u64, Ordering::Release);
    }

    /// The reporter's side: exchanges the load for an empty one. False if it is empty or its thread
    /// is just working on it.
    pub(crate) fn exchange(&self, empty: &mut FinishedSegments) -> bool {
        if self.queued.load(Ordering::Acquire) == 0 {
            return false;
        }
        let taken = self.hold(|load| {
            std::mem::swap(load, empty);
            self.tell(load);
        });
        taken.is_some() && !empty.heads.is_empty()
    }

    /// The reporter's side: frees the buffers, if there is nothing in them and its thread is not
    /// just working on them.
    pub(super) fn free_if_empty(&self) {
        let buffers = self.hold(|load| {
            if load.heads.is_empty() { std::mem::take(load) } else { FinishedSegments::default() }
        });
        // Here, so that the buffer is not held for it.
        drop(buffers);
    }

    /// The reporter's side behind [`close`](crate::queue::close): the same, but waits for a thread that is
    /// just copying its last segment.
    pub(crate) fn exchange_last(&self, empty: &mut FinishedSegments) {
        let mut swap = |load: &mut FinishedSegments| {
            std::mem::swap(load, empty);
            self.tell(load);
        };
        while self.hold(&mut swap).is_none() {
            yield_now();
        }
    }

    /// Segments that wait in it.
    pub(crate) fn queued(&self) -> u64 {
        self.queued.load(Ordering::Acquire)
    }
}
