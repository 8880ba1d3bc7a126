use super::super::encode::Segment;
use super::*;
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::NONE;

static WORK: Callsite = Callsite::new(SpanKind::Entry, "/work");

fn record(flags: u16) -> Record {
    Record { start: 1, end: 2, callsite: &WORK, parent: NONE, flags, side: 0 }
}

/// Returns a segment of the request. Each takes a hundred bytes.
fn segment(decision: &Arc<TailDecision>, id: u64) -> PendingSegment {
    let head = SegmentHeader { id, ..SegmentHeader::default() };
    let attached = Attached {
        tail_decision: Some(Arc::clone(decision)),
        ends_request: decision.is_root(id),
        ..Attached::default()
    };
    let mut pending = PendingSegment::new(
        Segment { head: &head, records: &[record(0)], sides: &[], text: "" },
        attached,
        0,
    );
    pending.bytes = 100;
    pending
}

fn sampler(bytes: usize) -> TailSampler {
    TailSampler::new(TailSampling::errors().max_buffer_bytes(bytes))
}

/// Returns the outcome of a segment, and the ids of the segments that leave with it.
fn decide(sampler: &mut TailSampler, pending: PendingSegment) -> (&'static str, Vec<u64>) {
    let timeline = Timeline::default();
    let (outcome, with) =
        match sampler.decide(&pending.head, &pending.records, &pending.attached, &timeline) {
            TailOutcome::Send(others) => ("leaves", others),
            TailOutcome::Drop(others) => ("dropped", others),
            TailOutcome::Pending => ("waits", sampler.add(pending)),
        };
    (outcome, with.iter().map(|pending| pending.head.id).collect())
}

fn ids((kept, dropped): (Vec<PendingSegment>, Vec<PendingSegment>)) -> (Vec<u64>, Vec<u64>) {
    let ids =
        |pending: Vec<PendingSegment>| pending.iter().map(|pending| pending.head.id).collect();
    (ids(kept), ids(dropped))
}

fn is_empty(sampler: &TailSampler) -> bool {
    sampler.waiting.is_empty() && sampler.groups.is_empty() && sampler.bytes == 0
}

#[test]
fn segments_follow_the_decision_of_their_root() {
    for (failed, outcome) in [(true, "leaves"), (false, "dropped")] {
        let (mut sampler, decision, other) =
            (sampler(10_000), Arc::new(TailDecision::new(1)), Arc::new(TailDecision::new(9)));
        assert_eq!(decide(&mut sampler, segment(&decision, 2)), ("waits", vec![]));
        assert_eq!(decide(&mut sampler, segment(&other, 8)), ("waits", vec![]));
        if failed {
            decision.look_at(&[record(0), record(Record::ERROR)]);
        }
        assert_eq!(decide(&mut sampler, segment(&decision, 3)), ("waits", vec![]));
        assert_eq!(decide(&mut sampler, segment(&decision, 1)), (outcome, vec![2, 3]));
        assert_eq!(decide(&mut sampler, segment(&decision, 4)), (outcome, vec![]));
        assert_eq!(decide(&mut sampler, segment(&other, 9)), ("dropped", vec![8]));
        assert!(is_empty(&sampler));
    }
}

#[test]
fn full_buffer_drops_the_oldest() {
    let by_bytes = sampler(250);
    let mut by_number = sampler(10_000);
    by_number.settings.max_buffer_segments = 2;
    for mut sampler in [by_bytes, by_number] {
        let decision = Arc::new(TailDecision::new(1));
        let given_up: Vec<_> =
            (2..6).map(|id| decide(&mut sampler, segment(&decision, id))).collect();
        assert_eq!(
            given_up,
            [("waits", vec![]), ("waits", vec![]), ("waits", vec![2]), ("waits", vec![3])]
        );
        assert_eq!((sampler.bytes, sampler.waiting.len(), sampler.groups.len()), (200, 2, 1));
        assert_eq!(ids(sampler.take_decided(true)), (vec![], vec![4, 5]));
        assert!(is_empty(&sampler));
    }
}

#[test]
fn segment_larger_than_the_buffer_leaves_nothing_behind() {
    let (mut sampler, decision) = (sampler(50), Arc::new(TailDecision::new(1)));
    assert_eq!(decide(&mut sampler, segment(&decision, 2)), ("waits", vec![2]));
    assert!(is_empty(&sampler));
}

#[test]
fn request_whose_root_was_lost_is_decided_without_it() {
    let mut sampler = sampler(10_000);
    for failed in [true, false] {
        let decision = Arc::new(TailDecision::new(1));
        decide(&mut sampler, segment(&decision, 2));
        decide(&mut sampler, segment(&decision, 3));
        assert_eq!(
            ids(sampler.take_decided(false)),
            (vec![], vec![]),
            "another segment of the request may still be open"
        );
        if failed {
            decision.look_at(&[record(Record::ERROR)]);
        }
        drop(decision);
        let both = vec![2, 3];
        assert_eq!(
            ids(sampler.take_decided(false)),
            if failed { (both, vec![]) } else { (vec![], both) }
        );
        assert!(is_empty(&sampler));
    }
}

#[test]
fn duration_counts_from_the_first_part() {
    let mut timeline = Timeline::default();
    for (counter, monotonic) in [(0, 0), (10_000, 10_000_000_000)] {
        timeline.add(crate::util::clock::Anchor { counter, monotonic, wall: monotonic });
    }
    let kept = |limit, first_part: Option<Record>| {
        let mut sampler =
            TailSampler::new(TailSampling::errors().slower_than(Duration::from_secs(limit)));
        let decision = Arc::new(TailDecision::new(1));
        if let Some(first) = first_part {
            decision.part_ends(&[first]);
        }
        let mut pending = segment(&decision, 1);
        (pending.records[0].start, pending.head.ended) = (5_000, 8_000);
        matches!(
            sampler.decide(&pending.head, &pending.records, &pending.attached, &timeline),
            TailOutcome::Send(_)
        )
    };
    assert!(kept(2, None) && !kept(3, None) && !kept(4, None));
    let first = Record { start: 1_000, ..record(0) };
    assert!(kept(6, Some(first)) && !kept(7, Some(first)));
}
