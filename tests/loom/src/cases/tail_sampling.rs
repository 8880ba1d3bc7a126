//! Tail sampling: all segments of a failed request are kept, in whatever order the reporter
//! receives them.

use loom::sync::Arc;
use loom::thread;

use super::{ENOUGH, GENERATION, assert_queue_is_empty, end_segment};
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

/// Finishes a segment as `trace/thread_state` does: updates the decision before it hands the
/// segment over.
fn segment(id: u64, decision: Arc<TailDecision>, flags: u16, budget: Budget) -> HandOver {
    let outbox = ThreadOutbox::claim();
    outbox.opened();
    decision.look_at(&[Record {
        start: 1,
        end: 2,
        callsite: &Callsite,
        parent: NONE,
        flags,
        side: 0,
    }]);
    let ends_request = decision.is_root(id);
    let handed = end_segment(
        outbox,
        id,
        budget,
        Attached { tail_decision: Some(decision), ends_request, ..Attached::default() },
    );
    outbox.release();
    handed
}

/// Runs one round of the reporter. Adds the ids of the sent segments to `left`.
fn round(ledger: Ledger, sampler: &mut TailSampler, left: &mut Vec<u64>) {
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
            // The records are left out: only the flag that the thread set may decide. The reporter
            // receives the failed segment before or after the decision.
            let outcome = sampler.decide(head, &[], &attached, &timeline);
            let held = PendingSegment::new(
                Segment { head, records: &load.records, sides: &load.sides, text: &load.text },
                attached,
                u64::MAX,
            );
            match outcome {
                TailOutcome::Pending => assert!(sampler.add(held).is_empty()),
                TailOutcome::Send(others) => {
                    others.into_iter().chain([held]).for_each(|held| leave(left, held))
                }
                TailOutcome::Drop(_) => panic!("a segment of a failed request was dropped"),
            }
        }
        load.clear();
    }
    let (kept, dropped) = sampler.take_decided(false);
    assert!(dropped.is_empty(), "a segment of a failed request was dropped");
    kept.into_iter().for_each(|held| leave(left, held));
}

/// Runs the last round, and checks that the whole request was sent.
fn assert_sent(ledger: Ledger, sampler: TailSampler, mut left: Vec<u64>, ids: &[u64]) {
    let mut sampler = sampler;
    round(ledger, &mut sampler, &mut left);
    left.sort_unstable();
    assert_eq!(left, ids);
    drop(sampler);
    assert_queue_is_empty();
}

pub(super) fn failure_before_the_end_of_the_request_keeps_it() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let decision = Arc::new(TailDecision::new(ROOT));
    let children = Arc::clone(&decision);
    let child = thread::spawn(move || segment(CHILD, children, Record::ERROR, ENOUGH));
    // The root ends after the child, and the join orders the two.
    let root = thread::spawn(move || {
        assert_eq!(child.join().unwrap(), HandOver::Queued);
        segment(ROOT, decision, 0, ENOUGH)
    });
    let (mut sampler, mut left) = (TailSampler::new(KEEP), Vec::new());
    round(ledger, &mut sampler, &mut left);
    assert_eq!(root.join().unwrap(), HandOver::Queued);
    assert_sent(ledger, sampler, left, &[ROOT, CHILD]);
}

pub(super) fn request_without_its_root_ends_with_the_last_reference() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let decision = Arc::new(TailDecision::new(ROOT));
    segment(CHILD, Arc::clone(&decision), 0, ENOUGH);
    let none = Budget { bytes: 0, segments: 0 };
    let root = thread::spawn(move || {
        assert_eq!(segment(ROOT, decision, Record::ERROR, none), HandOver::Full)
    });
    let (mut sampler, mut left) = (TailSampler::new(KEEP), Vec::new());
    round(ledger, &mut sampler, &mut left);
    root.join().unwrap();
    assert_sent(ledger, sampler, left, &[CHILD]);
}
