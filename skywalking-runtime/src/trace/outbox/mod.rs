//! The way out of a thread: where finished segments wait for the reporter, and the callers' half of
//! the accounts.
//!
//! Each thread owns a [`Node`] with two [`Tray`]s. A finished segment's records are copied into a
//! tray, so buffers never travel and nothing is freed on another thread. Who works on a tray holds
//! its flag; the reporter holds one tray at a time, so of two trays the thread finds one, and never
//! waits. A node whose thread has ended is taken over by the next new thread: there are never more
//! nodes than threads have lived at one time, its counts go on, and nobody needs a lock to find or
//! to forget one.
//!
//! What lies in a tray is in `load`, who may work on it in `tray`; `queue` says how much may wait,
//! `counts` what became of segments on the callers' side.
//!
//! Invariants, and what holds them:
//! * only the owner of a node writes its counts (plain load and store), each after what it counts
//!   has happened;
//! * a reader that reads "dropped" before "finished" before "opened" sees `opened >= finished >=
//!   dropped`;
//! * after [`close`] no tray takes a segment: the flag of the way out is looked at under the tray's
//!   own flag.

mod counts;
mod load;
mod queue;
mod tray;

use self::counts::{Counts, add_own};
pub(crate) use self::counts::{
    Totals, count_closed, count_open, finished_late, open_segments, opened_late, totals,
};
pub(crate) use self::load::{Attached, Finished, Head, Load};
pub(crate) use self::queue::{Budget, hold_back, reserve, settle};
pub(crate) use self::tray::Tray;
use crate::util::sync::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering, shared};

/// A thread's outboxes and counts.
#[derive(Debug)]
pub(crate) struct Node {
    next: AtomicPtr<Node>,
    owned: AtomicBool,
    pub(crate) trays: [Tray; 2],
    counts: Counts,
    /// How many segments had finished when it was last looked whether the thread is idle.
    swept: AtomicU64,
}

shared! {
    static NODES: AtomicPtr<Node> = AtomicPtr::new(std::ptr::null_mut());

    /// The generation of the tracer whose reporter takes segments, 0 if none does.
    static TAKEN_BY: AtomicU32 = AtomicU32::new(0);
}

/// What became of a segment at the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handed {
    /// It waits for the reporter.
    Queued,
    /// It waits, and half of the budget is used that the reporter leaves: he should come.
    QueuedAndHalfFull,
    /// There was no room.
    Full,
    /// Nobody takes segments.
    Off,
}

/// Every node that was ever made, the newest first.
pub(crate) fn nodes() -> impl Iterator<Item = &'static Node> {
    let mut at = NODES.load(Ordering::SeqCst);
    std::iter::from_fn(move || {
        // SAFETY: a node is published once, fully made, and never freed or moved.
        #[allow(unsafe_code)]
        let node: &'static Node = unsafe { at.as_ref() }?;
        at = node.next.load(Ordering::Relaxed);
        Some(node)
    })
}

impl Node {
    /// A node for the calling thread: one whose thread has ended, else a new one.
    pub(crate) fn claim() -> &'static Self {
        let free = nodes().find(|node| {
            !node.owned.load(Ordering::Relaxed)
                && node
                    .owned
                    .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
                    .is_ok()
        });
        free.unwrap_or_else(Self::publish)
    }

    fn publish() -> &'static Self {
        let node: &'static Self = Box::leak(Box::new(Self {
            next: AtomicPtr::new(std::ptr::null_mut()),
            owned: AtomicBool::new(true),
            trays: [Tray::default(), Tray::default()],
            counts: Counts::default(),
            swept: AtomicU64::new(0),
        }));
        let mut first = NODES.load(Ordering::Relaxed);
        loop {
            node.next.store(first, Ordering::Relaxed);
            match NODES.compare_exchange_weak(
                first,
                std::ptr::from_ref(node).cast_mut(),
                Ordering::SeqCst,
                Ordering::Relaxed,
            ) {
                Ok(_) => return node,
                Err(now) => first = now,
            }
        }
    }

    /// The thread ends: the next new one may take the node over.
    pub(crate) fn release(&self) {
        self.owned.store(false, Ordering::Release);
    }

    /// A segment was opened on this thread.
    pub(crate) fn opened(&self) {
        add_own(&self.counts.opened);
    }

    /// A segment has ended on this thread: copies it into a tray.
    pub(crate) fn hand_over(
        &self,
        segment: Finished<'_>,
        generation: u32,
        budget: Budget,
    ) -> Handed {
        add_own(&self.counts.finished);
        let handed = self.place(segment, generation, budget);
        match handed {
            Handed::Queued | Handed::QueuedAndHalfFull => {}
            Handed::Full => add_own(&self.counts.full),
            Handed::Off => add_own(&self.counts.off),
        }
        handed
    }

    /// Frees the buffers of empty trays if the thread has finished no segment since this was called
    /// last: it has ended, or is idle.
    fn free_if_idle(&self) {
        let finished = self.counts.finished.load(Ordering::Relaxed);
        if self.swept.load(Ordering::Relaxed) == finished {
            self.trays.iter().for_each(Tray::free_if_empty);
        }
        self.swept.store(finished, Ordering::Relaxed);
    }

    fn place(&self, mut segment: Finished<'_>, generation: u32, budget: Budget) -> Handed {
        let size = segment.head.bytes();
        let Some(level) = queue::enter(size, budget) else { return Handed::Full };
        // Twice round: the reporter may just have gone on from the one to the other.
        let placed = self.trays.iter().chain(&self.trays).find_map(|tray| {
            tray.hold(|load| {
                if TAKEN_BY.load(Ordering::SeqCst) != generation {
                    return Handed::Off;
                }
                load.push(&mut segment);
                tray.tell(load);
                if level.is_half_full(budget) { Handed::QueuedAndHalfFull } else { Handed::Queued }
            })
        });
        // The reporter holds one tray at a time, and each for an exchange of pointers. Should it
        // have been faster twice, it is a loss that is counted, and no wait.
        let handed = placed.unwrap_or(Handed::Full);
        if matches!(handed, Handed::Full | Handed::Off) {
            settle(size, 1);
        }
        handed
    }
}

/// The reporter's side, every few seconds: gives the memory back that threads hold which have ended
/// or are idle.
pub(crate) fn free_idle() {
    nodes().for_each(Node::free_if_idle);
}

/// From now on segments of this tracer are taken.
pub(crate) fn open(generation: u32) {
    TAKEN_BY.store(generation, Ordering::SeqCst);
}

/// From now on no segment is taken. What is still in the trays is the reporter's to count: it must
/// [`Tray::exchange_last`] each one.
pub(crate) fn close() {
    TAKEN_BY.store(0, Ordering::SeqCst);
}

/// In a forked child: the nodes are its parent's, with locks that nobody lets go. Only stores to
/// atomics. The thread that forked still has its node, and must claim another.
pub(crate) fn after_fork() {
    close();
    NODES.store(std::ptr::null_mut(), Ordering::SeqCst);
    queue::after_fork();
    counts::after_fork();
}
