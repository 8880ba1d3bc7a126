//! The outbox of a thread: two buffers and the thread's counts.

use super::budget::{self, Budget, release};
use super::buffer::Buffer;
use super::counts::{self, Counts, add_own};
use super::segments::FinishedSegment;
use crate::util::sync::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering, shared};

/// The outbox of a thread, and its counts.
#[derive(Debug)]
pub(crate) struct ThreadOutbox {
    next: AtomicPtr<ThreadOutbox>,
    owned: AtomicBool,
    pub(crate) buffers: [Buffer; 2],
    pub(super) counts: Counts,
    /// The number of finished segments at the last check whether the thread is idle.
    swept: AtomicU64,
}

shared! {
    static OUTBOXES: AtomicPtr<ThreadOutbox> = AtomicPtr::new(std::ptr::null_mut());

    /// The generation of the tracer whose reporter takes segments, 0 if none does.
    static TAKEN_BY: AtomicU32 = AtomicU32::new(0);
}

/// What became of a segment that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandOver {
    /// It waits for the reporter.
    Queued,
    /// It waits, and the queue is now more than half full: wake the reporter.
    QueuedAndHalfFull,
    /// There was no room.
    Full,
    /// No reporter runs.
    Off,
}

/// Returns every outbox that was ever made, the newest first.
pub(crate) fn outboxes() -> impl Iterator<Item = &'static ThreadOutbox> {
    let mut at = OUTBOXES.load(Ordering::SeqCst);
    std::iter::from_fn(move || {
        // SAFETY: an outbox is published once, fully made, and never freed or moved.
        #[allow(unsafe_code)]
        let outbox: &'static ThreadOutbox = unsafe { at.as_ref() }?;
        at = outbox.next.load(Ordering::Relaxed);
        Some(outbox)
    })
}

impl ThreadOutbox {
    /// Returns an outbox for the calling thread: one whose thread has ended, else a new one.
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
        let mut first = OUTBOXES.load(Ordering::Relaxed);
        loop {
            outbox.next.store(first, Ordering::Relaxed);
            match OUTBOXES.compare_exchange_weak(
                first,
                std::ptr::from_ref(outbox).cast_mut(),
                Ordering::SeqCst,
                Ordering::Relaxed,
            ) {
                Ok(_) => return outbox,
                Err(now) => first = now,
            }
        }
    }

    /// The thread ends: the next new one may take the outbox over.
    pub(crate) fn release(&self) {
        self.owned.store(false, Ordering::Release);
    }

    /// A segment was opened on this thread.
    pub(crate) fn opened(&self) {
        add_own(&self.counts.opened);
    }

    /// A segment has ended on this thread: copies it into a buffer.
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

    /// Frees the buffers of empty buffers if the thread has finished no segment since this was called
    /// last: it has ended, or is idle.
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
        // Twice round: the reporter may just have gone on from the one to the other.
        let placed = self.buffers.iter().chain(&self.buffers).find_map(|buffer| {
            buffer.hold(|load| {
                if TAKEN_BY.load(Ordering::SeqCst) != generation {
                    return HandOver::Off;
                }
                load.push(&mut segment);
                buffer.tell(load);
                if level.is_half_full(budget) {
                    HandOver::QueuedAndHalfFull
                } else {
                    HandOver::Queued
                }
            })
        });
        // The reporter holds one buffer at a time, and each for an exchange of pointers. Should it
        // have been faster twice, it is a loss that is counted, and no wait.
        let handed = placed.unwrap_or(HandOver::Full);
        if matches!(handed, HandOver::Full | HandOver::Off) {
            release(size, 1);
        }
        handed
    }
}

/// The reporter's side, every few seconds: gives the memory back that threads hold which have ended
/// or are idle.
pub(crate) fn free_idle() {
    outboxes().for_each(ThreadOutbox::free_if_idle);
}

/// From now on segments of this tracer are taken.
pub(crate) fn open(generation: u32) {
    TAKEN_BY.store(generation, Ordering::SeqCst);
}

/// From now on no segment is taken. What is still in the buffers is the reporter's to count: it must
/// [`Buffer::exchange_last`] each one.
pub(crate) fn close() {
    TAKEN_BY.store(0, Ordering::SeqCst);
}

/// In a forked child: the outboxes are its parent's, with locks that nobody lets go. Only stores to
/// atomics. The thread that forked still has its outbox, and must claim another.
pub(crate) fn after_fork() {
    close();
    OUTBOXES.store(std::ptr::null_mut(), Ordering::SeqCst);
    budget::after_fork();
    counts::after_fork();
}
