//! The pending decision of tail sampling ([`Config::tail_sampling`](crate::Config::tail_sampling)).
//!
//! A request that the sampler rejected is recorded until it is known whether it failed or was slow.
//! All segments of the request in this process share one [`TailDecision`]. The reporter decides.
//!
//! All accesses are relaxed. A value is stored before its segment is handed over, and the queue
//! orders the two. Only the reporter writes the verdict.

use crate::span::record::Record;
use crate::util::sync::{AtomicBool, AtomicU8, AtomicU64, Ordering};

const UNDECIDED: u8 = 0;
const KEPT: u8 = 1;
const DROPPED: u8 = 2;

/// The decision about the segments of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Kept,
    Dropped,
}

/// The state of a request that tail sampling has to decide about.
#[derive(Debug)]
pub(crate) struct TailDecision {
    /// The key of the segment whose end is the end of the request.
    root: u64,
    /// The start of the request, once the root's segment was split and no longer has it. 0 before.
    began: AtomicU64,
    failed: AtomicBool,
    verdict: AtomicU8,
}

impl TailDecision {
    pub(crate) fn new(root: u64) -> Self {
        Self {
            root,
            began: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            verdict: AtomicU8::new(UNDECIDED),
        }
    }

    /// Returns true if the request ends with the segment of this key.
    pub(crate) fn is_root(&self, key: u64) -> bool {
        self.root == key
    }

    /// Keeps the start of the request when the root's segment is split.
    pub(crate) fn part_ends(&self, records: &[Record]) {
        if let Some(root) = records.first() {
            let _ =
                self.began.compare_exchange(0, root.start, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// Returns the start of the request. `records` are those of the root segment's last part.
    pub(crate) fn began(&self, records: &[Record]) -> u64 {
        match self.began.load(Ordering::Relaxed) {
            0 => records.first().map_or(0, |root| root.start),
            began => began,
        }
    }

    /// Remembers a failure among the spans of a segment. Call it before the segment is handed over,
    /// so that a segment that ends later sees it.
    pub(crate) fn look_at(&self, records: &[Record]) {
        if records.iter().any(|record| record.is(Record::ERROR)) {
            self.failed.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Returns the decision, if there is one.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        match self.verdict.load(Ordering::Relaxed) {
            KEPT => Some(Verdict::Kept),
            DROPPED => Some(Verdict::Dropped),
            _ => None,
        }
    }

    /// Stores the decision. Only the reporter calls it.
    pub(crate) fn decide(&self, verdict: Verdict) {
        let verdict = if verdict == Verdict::Kept { KEPT } else { DROPPED };
        self.verdict.store(verdict, Ordering::Relaxed);
    }
}
