//! Tail sampling ([`Config::tail_sampling`](crate::Config::tail_sampling)): a request that the
//! sampler left out is recorded until it is known whether it failed or was slow.
//!
//! All segments of the request in this process share one [`TailDecision`]. The reporter decides.
//!
//! All accesses are relaxed: a value is stored before its segment is handed over, the queue orders
//! the two, and only the reporter writes the verdict.

use crate::span::record::Record;
use crate::util::sync::{AtomicBool, AtomicU8, AtomicU64, Ordering};

const UNDECIDED: u8 = 0;
const KEPT: u8 = 1;
const DROPPED: u8 = 2;

/// What becomes of the segments of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Kept,
    Dropped,
}

/// What is known of a request on trial.
#[derive(Debug)]
pub(crate) struct TailDecision {
    /// The key of the segment with whose end the request is over.
    root: u64,
    /// When it began, where that is no longer in the root's segment, since it went on in a new
    /// part; else 0, which no stamp is.
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

    /// True if the request is over when the segment of this key has ended.
    pub(crate) fn is_root(&self, key: u64) -> bool {
        self.root == key
    }

    /// A part of the root ends, and it goes on in a new one.
    pub(crate) fn part_ends(&self, records: &[Record]) {
        if let Some(root) = records.first() {
            let _ =
                self.began.compare_exchange(0, root.start, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// When the request began, by what the last part of the root's segment says.
    pub(crate) fn began(&self, records: &[Record]) -> u64 {
        match self.began.load(Ordering::Relaxed) {
            0 => records.first().map_or(0, |root| root.start),
            began => began,
        }
    }

    /// Remembers a failure, if there is one among the spans of a segment. To be called before the
    /// segment is handed over: so whoever ends after it, and knows that it does, finds it told.
    pub(crate) fn look_at(&self, records: &[Record]) {
        if records.iter().any(|record| record.is(Record::ERROR)) {
            self.failed.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// What was decided.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        match self.verdict.load(Ordering::Relaxed) {
            KEPT => Some(Verdict::Kept),
            DROPPED => Some(Verdict::Dropped),
            _ => None,
        }
    }

    /// Decides for good; only the reporter does.
    pub(crate) fn decide(&self, verdict: Verdict) {
        let verdict = if verdict == Verdict::Kept { KEPT } else { DROPPED };
        self.verdict.store(verdict, Ordering::Relaxed);
    }
}
