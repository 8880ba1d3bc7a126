//! Requests that are on trial: of one that failed every segment leaves, whatever the order in which
//! the reporter meets them.

use loom::sync::Arc;
use loom::thread;

use super::{ENOUGH, GENERATION, end_segment, nothing_waits};
use crate::config::TailSampling;
use crate::queue::{self, Attached, Budget, FinishedSegments, HandOver, ThreadOutbox};
use crate::report::accounts::Ledger;
use crate::report::encode::Segment;
use crate::report::pending::PendingSegment;
use crate::report::tail_sampling::{TailOutcome, TailSampler};
use crate::report::timeline::Timeline;
use crate::sampling::tail_decision::TailDecision;
use crate::span::callsite::Callsite;
use crate::span::record::{NONE, Record};

const ROOT: u64 = 1;
const CHILD: u64 = 2;
const KEEP: TailSampling = TailSampling {
    slower_than: None,
    max_buffer_bytes: usize::MAX,
    max_buffer_segments: usize::MAX,
};

/// A segment of the trial ends as in `trace/thread`: what went wrong is told first.
fn segment(id: u64, trial: Arc<TailDecision>, flags: u16, budget: Budget) -> HandOver {
    let outbox = ThreadOutbox::claim();
    outbox.opened();
    trial.look_at(&[Record {
        start: 1,
        end: 2,
        callsite: &Callsite,
        parent: NONE,
        flags,
        side: 0,
    }]);
    let ends_request = trial.is_root(id);
    let handed = end_segment(
        outbox,
        id,
        budget,
        Attached { tail_decision: Some(trial), ends_request, ..Attached::default() },
    );
    outbox.release();
    handed
}

/// A round of the reporter: the ids of what leaves.
fn round(ledger: Ledger, trials: &mut TailSampler, left: &mut Vec<u64>) {
    let mut load = FinishedSegments::default();
    let timeline = Timeline;
    let leave = |left: &mut Vec<u64>, held: PendingSegment| {
        ledger.pack(1, held.bytes);
        left.push(held.head.id);
    };
    for buffer in queue::outboxes().flat_map(|outbox| &outbox.buffers) {
        if ledger.take(buffer, &mut load) != Some(true) {
            continue;
        }
        for (head, (_, attached)) in load.heads.iter().zip(load.attached.drain(..)) {
            // Only the word of the thread counts here: the reporter meets the segment that failed
            // after it has decided, or before.
            let fate = trials.decide(head, &[], &attached, &timeline);
            let held = PendingSegment::new(
                Segment { head, records: &load.records, sides: &load.sides, text: &load.text },
                attached,
                u64::MAX,
            );
            match fate {
                TailOutcome::Pending => assert!(trials.add(held).is_empty()),
                TailOutcome::Send(others) => {
                    others.into_iter().chain([held]).for_each(|held| leave(left, held))
                }
                TailOutcome::Drop(_) => panic!("of a request that failed nothing is dropped"),
            }
        }
        load.clear();
    }
    let (kept, dropped) = trials.take_decided(false);
    assert!(dropped.is_empty(), "of a request that failed nothing is dropped");
    kept.into_iter().for_each(|held| leave(left, held));
}

/// The request is over: all of it has left.
fn are_settled(ledger: Ledger, trials: TailSampler, mut left: Vec<u64>, ids: &[u64]) {
    let mut trials = trials;
    round(ledger, &mut trials, &mut left);
    left.sort_unstable();
    assert_eq!(left, ids);
    drop(trials);
    nothing_waits();
}

pub(super) fn what_failed_before_its_request_was_over_is_known_at_its_end() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let trial = Arc::new(TailDecision::new(ROOT));
    let children = Arc::clone(&trial);
    let child = thread::spawn(move || segment(CHILD, children, Record::ERROR, ENOUGH));
    // It ends after the child, and knows that it does.
    let root = thread::spawn(move || {
        assert_eq!(child.join().unwrap(), HandOver::Queued);
        segment(ROOT, trial, 0, ENOUGH)
    });
    let (mut trials, mut left) = (TailSampler::new(KEEP), Vec::new());
    round(ledger, &mut trials, &mut left);
    assert_eq!(root.join().unwrap(), HandOver::Queued);
    are_settled(ledger, trials, left, &[ROOT, CHILD]);
}

pub(super) fn a_request_whose_root_is_lost_ends_with_the_last_who_knows_of_it() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let trial = Arc::new(TailDecision::new(ROOT));
    segment(CHILD, Arc::clone(&trial), 0, ENOUGH);
    let none = Budget { bytes: 0, segments: 0 };
    let root = thread::spawn(move || {
        assert_eq!(segment(ROOT, trial, Record::ERROR, none), HandOver::Full)
    });
    let (mut trials, mut left) = (TailSampler::new(KEEP), Vec::new());
    round(ledger, &mut trials, &mut left);
    root.join().unwrap();
    are_settled(ledger, trials, left, &[CHILD]);
}
