//! The outbox of a thread: two buffers and the thread's counts.

use super::budget::{self, Budget, release};
use super::buffer::Buffer;
use super::counts::{self, Counts, add_own};
use super::segments::FinishedSegment;
use crate::util::static_list;
use crate::util::sync::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering, shared};

/// The two buffers and the counts of a thread.
#[derive(Debug)]
pub(crate) struct ThreadOutbox {
    next: AtomicPtr<ThreadOutbox>,
    owned: AtomicBool,
    pub(crate) buffers: [Buffer; 2],
    pub(super) counts: Counts,
    /// The number of finished segments when the thread was last checked for idleness.
    swept: AtomicU64,
}

shared! {
    static OUTBOXES: AtomicPtr<ThreadOutbox> = AtomicPtr::new(std::ptr::null_mut());

    /// The generation of the tracer whose reporter takes segments, or 0.
    static TAKEN_BY: AtomicU32 = AtomicU32::new(0);
}

/// The outcome of a hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandOver {
    /// The segment is queued.
    Queued,
    /// The segment is queued, and the queue is more than half full: wake the reporter.
    QueuedAndHalfFull,
    /// The queue is full.
    Full,
    /// No reporter runs.
    Off,
}

/// Returns all outboxes that were ever created, the newest first.
pub(crate) fn outboxes() -> impl Iterator<Item = &'static ThreadOutbox> {
    static_list::from(OUTBOXES.load(Ordering::SeqCst), |outbox| &outbox.next)
}

impl ThreadOutbox {
    /// Returns an outbox for the calling thread: one whose thread has ended, or a new one.
    pub(crate) fn claim() -> &'static Self {
        let free = outboxes().find(|outbox| {
            !outbox.owned.load(Ordering::Relaxed)
                && outbox
                    .owned
                    .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
                    .is_ok()
        });
        free.unwrap_or_else(Self::publish)
    }

    fn publish() -> &'static Self {
        let outbox: &'static Self = Box::leak(Box::new(Self {
            next: AtomicPtr::new(std::ptr::null_mut()),
            owned: AtomicBool::new(true),
            buffers: [Buffer::default(), Buffer::default()],
            counts: Counts::default(),
            swept: AtomicU64::new(0),
        }));
        static_list::push(&OUTBOXES, outbox, &outbox.next);
        outbox
    }

    /// Releases the outbox when its thread ends. The next new thread can take it over.
    pub(crate) fn release(&self) {
        self.owned.store(false, Ordering::Release);
    }

    /// Counts a segment that was opened on this thread.
    pub(crate) fn opened(&self) {
        add_own(&self.counts.opened);
    }

    /// Counts a segment that is not recorded.
    pub(crate) fn ignored(&self) {
        add_own(&self.counts.ignored);
    }

    /// Copies a segment that has ended on this thread into a buffer, and counts it.
    pub(crate) fn hand_over(
        &self,
        segment: FinishedSegment<'_>,
        generation: u32,
        budget: Budget,
    ) -> HandOver {
        add_own(&self.counts.finished);
        let handed = self.place(segment, generation, budget);
        match handed {
            HandOver::Queued | HandOver::QueuedAndHalfFull => {}
            HandOver::Full => add_own(&self.counts.full),
            HandOver::Off => add_own(&self.counts.off),
        }
        handed
    }

    /// Frees the memory of empty buffers if the thread has finished no segment since the last call.
    fn free_if_idle(&self) {
        let finished = self.counts.finished.load(Ordering::Relaxed);
        if self.swept.load(Ordering::Relaxed) == finished {
            self.buffers.iter().for_each(Buffer::free_if_empty);
        }
        self.swept.store(finished, Ordering::Relaxed);
    }

    fn place(&self, mut segment: FinishedSegment<'_>, generation: u32, budget: Budget) -> HandOver {
        let size = segment.head.bytes();
        let Some(level) = budget::reserve_segment(size, budget) else { return HandOver::Full };
        // Each buffer is tried twice, since the reporter can move from one to the other meanwhile.
        let placed = self.buffers.iter().chain(&self.buffers).find_map(|buffer| {
            buffer.hold(|load| {
                if TAKEN_BY.load(Ordering::SeqCst) != generation {
                    return HandOver::Off;
                }
                load.push(&mut segment);
                buffer.publish_count(load);
                if level.is_half_full(budget) {
                    HandOver::QueuedAndHalfFull
                } else {
                    HandOver::Queued
                }
            })
        });
        // The reporter holds one buffer at a time, only while it exchanges pointers. If both were
        // held twice, the segment is dropped and counted: the thread never waits.
        let handed = placed.unwrap_or(HandOver::Full);
        if matches!(handed, HandOver::Full | HandOver::Off) {
            release(size, 1);
        }
        handed
    }
}

/// Frees the memory of threads that have ended or are idle. The reporter calls it every few seconds.
pub(crate) fn free_idle() {
    outboxes().for_each(ThreadOutbox::free_if_idle);
}

/// Accepts segments of this tracer from now on.
pub(crate) fn open(generation: u32) {
    TAKEN_BY.store(generation, Ordering::SeqCst);
}

/// Accepts no segments from now on. The reporter must then empty each buffer with
/// [`Buffer::exchange_last`].
pub(crate) fn close() {
    TAKEN_BY.store(0, Ordering::SeqCst);
}

/// Forgets the outboxes in a forked child: a buffer that a thread of the parent held is never
/// released. The thread that forked must claim another outbox. Only stores to atomics.
pub(crate) fn after_fork() {
    close();
    OUTBOXES.store(std::ptr::null_mut(), Ordering::SeqCst);
    budget::after_fork();
    counts::after_fork();
}
