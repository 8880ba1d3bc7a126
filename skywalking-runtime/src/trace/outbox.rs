//! The way out of a thread: where finished segments wait for the reporter, and the callers' half of the accounts.
//!
//! Each thread owns a [`Node`] with two [`Tray`]s. A finished segment's records are copied into a tray, so buffers never travel and
//! nothing is freed on another thread. Who works on a tray holds its flag; the reporter holds one tray at a time, so of two trays the
//! thread finds one, and never waits. A node whose thread has ended is taken over by the next new thread: there are never more
//! nodes than threads have lived at one time, its counts go on, and nobody needs a lock to find or to forget one.
//!
//! Invariants, and what holds them:
//! * only the owner of a node writes its counts (plain load and store), each after what it counts has happened;
//! * a reader that reads "dropped" before "finished" before "opened" sees `opened >= finished >= dropped`;
//! * after [`close`] no tray takes a segment: the flag of the way out is looked at under the tray's own flag.

use super::detached::Detached;
use super::record::{Record, Side, Trace};
use super::trial::Trial;
use crate::sync::{Arc, AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Cell, Ordering, shared, yield_now};

/// A finished segment in a tray: what is not in the three lists.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Head {
    /// The segment's id.
    pub(crate) id: u64,
    pub(crate) trace: Trace,
    /// The stamp of the segment's end: spans that are still open end here.
    pub(crate) ended: u64,
    /// How many entries of each list belong to it.
    pub(crate) records: usize,
    pub(crate) sides: usize,
    pub(crate) text: usize,
    /// Spans were left out.
    pub(crate) limited: bool,
    /// No metrics shall be made of any of its spans.
    pub(crate) skip_analysis: bool,
    /// The mark of the test that opened it, or 0.
    #[cfg_attr(not(feature = "testing"), expect(dead_code, reason = "only tests look at it"))]
    pub(crate) scope: u32,
}

/// What only few segments bring along: it decides how long they wait with the reporter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attached {
    /// The spans that end by handles of theirs.
    pub(crate) detached: Vec<Arc<Detached>>,
    /// The sampler left the request out, and what becomes of it is not known yet.
    pub(crate) trial: Option<Arc<Trial>>,
    /// With this segment the request is over.
    pub(crate) ends_trial: bool,
}

impl Attached {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.detached.is_empty() && self.trial.is_none()
    }

    /// The segment has ended: nothing of it is left.
    #[inline]
    pub(crate) fn clear(&mut self) {
        if !self.is_empty() {
            self.clear_all();
        }
    }

    #[cold]
    fn clear_all(&mut self) {
        self.detached.clear();
        self.trial = None;
    }

    /// True while the segment has to wait.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.detached.iter().any(|detached| detached.ending().is_none())
    }
}

impl Head {
    /// The bytes that the segment takes in a tray.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.records * size_of::<Record>() + self.sides * size_of::<Side>() + self.text
    }
}

/// A segment that has ended, in its own buffers.
#[derive(Debug)]
pub(crate) struct Finished<'a> {
    pub(crate) head: Head,
    pub(crate) records: &'a [Record],
    pub(crate) sides: &'a [Side],
    pub(crate) text: &'a str,
    /// Taken out if the segment is taken.
    pub(crate) attached: &'a mut Attached,
}

/// Finished segments, one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Load {
    pub(crate) heads: Vec<Head>,
    pub(crate) records: Vec<Record>,
    pub(crate) sides: Vec<Side>,
    pub(crate) text: String,
    /// What some of the segments bring along, by their place among the heads.
    pub(crate) attached: Vec<(usize, Attached)>,
}

/// Buffers above this many bytes are given back when they are empty: small, as each of perhaps hundreds of threads keeps eight.
const KEEP: usize = 16 * 1024;

impl Load {
    /// Empties the load, keeping its buffers unless they are large.
    pub(crate) fn clear(&mut self) {
        self.heads.clear();
        self.records.clear();
        self.sides.clear();
        self.text.clear();
        self.attached = Vec::new();
        self.heads.shrink_to(KEEP / size_of::<Head>());
        self.records.shrink_to(KEEP / size_of::<Record>());
        self.sides.shrink_to(KEEP / size_of::<Side>());
        self.text.shrink_to(KEEP);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.heads.len() * size_of::<Head>()
            + self.records.len() * size_of::<Record>()
            + self.sides.len() * size_of::<Side>()
            + self.text.len()
    }
}

/// One of a thread's two outboxes.
#[derive(Debug, Default)]
pub(crate) struct Tray {
    busy: AtomicBool,
    load: Cell<Load>,
    /// Segments in it; written by whoever holds the flag.
    queued: AtomicU64,
}

// SAFETY: the load is reached only through `hold`, which lets one thread in at a time.
#[allow(unsafe_code)]
unsafe impl Sync for Tray {}

impl Tray {
    /// Works on the load, unless somebody else does.
    #[allow(unsafe_code)]
    fn hold<R>(&self, work: impl FnOnce(&mut Load) -> R) -> Option<R> {
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
        // SAFETY: the flag was free and is ours until `_release` drops, which is after the last use of this reference; whoever takes
        // it next acquires what our store released, so it sees everything that was written here.
        Some(self.load.with_mut(|load| work(unsafe { &mut *load })))
    }

    /// The reporter's side: exchanges the load for an empty one. False if it is empty or its thread is just working on it.
    pub(crate) fn exchange(&self, empty: &mut Load) -> bool {
        if self.queued.load(Ordering::Acquire) == 0 {
            return false;
        }
        let taken = self.hold(|load| {
            std::mem::swap(load, empty);
            self.queued.store(0, Ordering::Release);
        });
        taken.is_some() && !empty.heads.is_empty()
    }

    /// The reporter's side behind [`close`]: the same, but waits for a thread that is just copying its last segment.
    pub(crate) fn exchange_last(&self, empty: &mut Load) {
        let mut swap = |load: &mut Load| {
            std::mem::swap(load, empty);
            self.queued.store(0, Ordering::Release);
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

/// What a thread has opened, finished and lost, counted by the thread itself.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) opened: AtomicU64,
    pub(crate) finished: AtomicU64,
    /// Lost because the outboxes were full.
    pub(crate) full: AtomicU64,
    /// Lost because no tracer was running when it ended.
    pub(crate) off: AtomicU64,
}

fn add_own(count: &AtomicU64) {
    // Only the owner writes, so no read-modify-write is needed; Release orders it after the counts that must come first.
    count.store(count.load(Ordering::Relaxed) + 1, Ordering::Release);
}

/// A thread's outboxes and counts.
#[derive(Debug)]
pub(crate) struct Node {
    next: AtomicPtr<Node>,
    owned: AtomicBool,
    pub(crate) trays: [Tray; 2],
    pub(crate) counts: Counts,
}

shared! {
    static NODES: AtomicPtr<Node> = AtomicPtr::new(std::ptr::null_mut());

    /// What segments count that end where no node can be reached: in a destructor of a thread-local that runs after ours.
    static LATE: Counts = Counts { opened: AtomicU64::new(0), finished: AtomicU64::new(0), full: AtomicU64::new(0), off: AtomicU64::new(0) };

    /// Segments that are open now, in all threads.
    static OPEN: AtomicUsize = AtomicUsize::new(0);

    /// The generation of the tracer whose reporter takes segments, 0 if none does.
    static TAKEN_BY: AtomicU32 = AtomicU32::new(0);
    static QUEUED_BYTES: AtomicUsize = AtomicUsize::new(0);
    static QUEUED_SEGMENTS: AtomicUsize = AtomicUsize::new(0);

    /// How much of what is queued the reporter holds back, as it said last.
    static HELD_BACK_BYTES: AtomicUsize = AtomicUsize::new(0);
    static HELD_BACK_SEGMENTS: AtomicUsize = AtomicUsize::new(0);
}

/// What all threads that ever were have counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Totals {
    pub(crate) full: u64,
    pub(crate) off: u64,
    pub(crate) finished: u64,
    pub(crate) open: usize,
    pub(crate) opened: u64,
}

/// The counts, what is lost before what is finished, that before what is opened. Acquire: what was counted before one of them is seen by
/// what is read after it.
pub(crate) fn totals() -> Totals {
    let late: &Counts = &LATE;
    let sum = |count: fn(&Counts) -> &AtomicU64| {
        let threads = nodes().map(|node| &node.counts);
        threads.chain([late]).map(|counts| count(counts).load(Ordering::Acquire)).sum()
    };
    Totals {
        full: sum(|counts| &counts.full),
        off: sum(|counts| &counts.off),
        finished: sum(|counts| &counts.finished),
        open: open_segments(),
        opened: sum(|counts| &counts.opened),
    }
}

/// How much may wait in all outboxes together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) bytes: usize,
    pub(crate) segments: usize,
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
            !node.owned.load(Ordering::Relaxed) && node.owned.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
        });
        free.unwrap_or_else(Self::publish)
    }

    fn publish() -> &'static Self {
        let node: &'static Self = Box::leak(Box::new(Self {
            next: AtomicPtr::new(std::ptr::null_mut()),
            owned: AtomicBool::new(true),
            trays: [Tray::default(), Tray::default()],
            counts: Counts::default(),
        }));
        let mut first = NODES.load(Ordering::Relaxed);
        loop {
            node.next.store(first, Ordering::Relaxed);
            match NODES.compare_exchange_weak(first, std::ptr::from_ref(node).cast_mut(), Ordering::SeqCst, Ordering::Relaxed) {
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
    pub(crate) fn hand_over(&self, segment: Finished<'_>, generation: u32, budget: Budget) -> Handed {
        add_own(&self.counts.finished);
        let handed = self.place(segment, generation, budget);
        match handed {
            Handed::Queued | Handed::QueuedAndHalfFull => {}
            Handed::Full => add_own(&self.counts.full),
            Handed::Off => add_own(&self.counts.off),
        }
        handed
    }

    fn place(&self, segment: Finished<'_>, generation: u32, budget: Budget) -> Handed {
        let Finished { head, records, sides, text, attached } = segment;
        let size = head.bytes();
        let bytes = QUEUED_BYTES.fetch_add(size, Ordering::Relaxed) + size;
        let segments = QUEUED_SEGMENTS.fetch_add(1, Ordering::Relaxed) + 1;
        let handed = if bytes > budget.bytes || segments > budget.segments {
            Handed::Full
        } else {
            // Twice round: the reporter may just have gone on from the one to the other.
            let placed = self.trays.iter().chain(&self.trays).find_map(|tray| {
                tray.hold(|load| {
                    if TAKEN_BY.load(Ordering::SeqCst) != generation {
                        return Handed::Off;
                    }
                    if !attached.is_empty() {
                        load.attached.push((load.heads.len(), std::mem::take(attached)));
                    }
                    load.heads.push(head);
                    load.records.extend_from_slice(records);
                    load.sides.extend_from_slice(sides);
                    load.text.push_str(text);
                    tray.queued.store(load.heads.len() as u64, Ordering::Release);
                    if is_half_full(bytes, segments, budget) { Handed::QueuedAndHalfFull } else { Handed::Queued }
                })
            });
            // The reporter holds one tray at a time, and each for an exchange of pointers. Should it have been faster twice, it is a loss
            // that is counted, and no wait.
            placed.unwrap_or(Handed::Full)
        };
        if matches!(handed, Handed::Full | Handed::Off) {
            settle(size, 1);
        }
        handed
    }
}

/// True if the reporter should come. For what it holds back it would come in vain, so that takes no part: what counts is the room that is left.
fn is_half_full(bytes: usize, segments: usize, budget: Budget) -> bool {
    let is_above = |queued: usize, held_back: usize, most: usize| queued.saturating_sub(held_back) > most.saturating_sub(held_back) / 2;
    is_above(bytes, HELD_BACK_BYTES.load(Ordering::Relaxed), budget.bytes)
        || is_above(segments, HELD_BACK_SEGMENTS.load(Ordering::Relaxed), budget.segments)
}

/// The reporter holds back so much of what is queued, from now on. It stays queued.
pub(crate) fn hold_back(bytes: usize, segments: usize) {
    HELD_BACK_BYTES.store(bytes, Ordering::Relaxed);
    HELD_BACK_SEGMENTS.store(segments, Ordering::Relaxed);
}

/// Takes room for bytes that belong to a segment and lie beside it. False if there is none.
pub(crate) fn reserve(bytes: usize, budget: Budget) -> bool {
    let fits = QUEUED_BYTES.fetch_add(bytes, Ordering::Relaxed) + bytes <= budget.bytes;
    if !fits {
        settle(bytes, 0);
    }
    fits
}

/// The reporter has taken this much out of the trays.
pub(crate) fn settle(bytes: usize, segments: usize) {
    QUEUED_BYTES.fetch_sub(bytes, Ordering::Relaxed);
    QUEUED_SEGMENTS.fetch_sub(segments, Ordering::Relaxed);
}

/// From now on segments of this tracer are taken.
pub(crate) fn open(generation: u32) {
    TAKEN_BY.store(generation, Ordering::SeqCst);
}

/// From now on no segment is taken. What is still in the trays is the reporter's to count: it must [`Tray::exchange_last`] each one.
pub(crate) fn close() {
    TAKEN_BY.store(0, Ordering::SeqCst);
}

/// A segment has begun: counts it among the open ones.
pub(crate) fn count_open() {
    OPEN.fetch_add(1, Ordering::Relaxed);
}

/// An open segment has ended.
pub(crate) fn count_closed() {
    OPEN.fetch_sub(1, Ordering::Relaxed);
}

/// Segments that are open now.
pub(crate) fn open_segments() -> usize {
    OPEN.load(Ordering::Relaxed)
}

/// A segment has begun where its thread has no node any more.
#[cold]
pub(crate) fn opened_late() {
    LATE.opened.fetch_add(1, Ordering::Release);
}

/// A segment has ended where its thread has no node any more.
#[cold]
pub(crate) fn finished_late() {
    LATE.finished.fetch_add(1, Ordering::Release);
    LATE.off.fetch_add(1, Ordering::Release);
}
