//! Tail sampling: segments of requests that the sampler rejected wait here, in a bounded buffer,
//! until their request ends ([`TailDecision`]).
//!
//! A request ends with its root segment. Then it is known whether a segment failed and how long the
//! request took. The waiting segments are sent or dropped with it, and so are later ones.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::pending::PendingSegment;
use super::timeline::Timeline;
use crate::config::TailSampling;
use crate::queue::{Attached, SegmentHeader};
use crate::sampling::tail_decision::{TailDecision, Verdict};
use crate::span::record::Record;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::sync::{Arc, Ordering, fence};

/// What to do with a segment.
#[derive(Debug)]
pub(crate) enum TailOutcome {
    /// Send it, and these that waited.
    Send(Vec<PendingSegment>),
    /// Drop it, and these that waited.
    Drop(Vec<PendingSegment>),
    /// Add it to the buffer: the request has not ended.
    Pending,
}

/// The buffer of waiting segments.
#[derive(Debug)]
pub(crate) struct TailSampler {
    keep: TailSampling,
    /// By the order in which they came.
    waiting: BTreeMap<u64, PendingSegment>,
    /// The places in there of each trial, by its address. While one of its segments waits, no
    /// other trial can have that.
    groups: HashMap<usize, Vec<u64>>,
    bytes: usize,
    next: u64,
}

fn address(trial: &Arc<TailDecision>) -> usize {
    Arc::as_ptr(trial).addr()
}

impl TailSampler {
    pub(crate) fn new(keep: TailSampling) -> Self {
        Self { keep, waiting: BTreeMap::new(), groups: HashMap::new(), bytes: 0, next: 0 }
    }

    /// Decides about a segment with these records.
    pub(crate) fn decide(
        &mut self,
        head: &SegmentHeader,
        records: &[Record],
        attached: &Attached,
        timeline: &Timeline,
    ) -> TailOutcome {
        let Some(trial) = &attached.tail_decision else { return TailOutcome::Send(Vec::new()) };
        if trial.verdict().is_none() {
            trial.look_at(records);
            if !attached.ends_request {
                return TailOutcome::Pending;
            }
            let began = trial.began(records);
            let clock = timeline.clock(began);
            let took = clock.nanoseconds(head.ended).saturating_sub(clock.nanoseconds(began));
            let slow =
                self.keep.slower_than.is_some_and(|limit| Duration::from_nanos(took) > limit);
            trial.decide(if slow || trial.has_failed() { Verdict::Kept } else { Verdict::Dropped });
        }
        let others = self.take(address(trial));
        if trial.verdict() == Some(Verdict::Kept) {
            TailOutcome::Send(others)
        } else {
            TailOutcome::Drop(others)
        }
    }

    /// Adds a segment to the buffer. Returns those that were removed to make room.
    pub(crate) fn add(&mut self, held: PendingSegment) -> Vec<PendingSegment> {
        let Some(trial) = &held.attached.tail_decision else { return vec![held] };
        self.groups.entry(address(trial)).or_default().push(self.next);
        self.bytes += held.weight();
        self.waiting.insert(self.next, held);
        self.next += 1;
        let mut pushed_out = Vec::new();
        while self.bytes > self.keep.max_buffer_bytes
            || self.waiting.len() > self.keep.max_buffer_segments
        {
            let Some((place, held)) = self.waiting.pop_first() else { break };
            self.bytes -= held.weight();
            self.forget(place, &held);
            diagnostics::count(Diagnostic::TailBufferFull);
            pushed_out.push(held);
        }
        pushed_out
    }

    /// The bytes and the number of those that wait.
    pub(crate) fn weight(&self) -> (usize, usize) {
        (self.bytes, self.waiting.len())
    }

    /// Removes one that is no longer in the buffer from its group.
    fn forget(&mut self, place: u64, held: &PendingSegment) {
        let Some(trial) = &held.attached.tail_decision else { return };
        if let Some(places) = self.groups.get_mut(&address(trial)) {
            places.retain(|other| *other != place);
            if places.is_empty() {
                self.groups.remove(&address(trial));
            }
        }
    }

    /// All that waits for this trial.
    fn take(&mut self, address: usize) -> Vec<PendingSegment> {
        let places = self.groups.remove(&address).unwrap_or_default();
        let taken: Vec<PendingSegment> =
            places.iter().filter_map(|place| self.waiting.remove(place)).collect();
        self.bytes -= taken.iter().map(PendingSegment::weight).sum::<usize>();
        taken
    }

    /// Decides requests whose root segment was lost: no other reference to their trial is left.
    /// Decides all requests if the reporter ends. Returns the segments to send and those to drop.
    pub(crate) fn take_decided(&mut self, all: bool) -> (Vec<PendingSegment>, Vec<PendingSegment>) {
        let (mut kept, mut dropped) = (Vec::new(), Vec::new());
        let over: Vec<usize> = self
            .groups
            .iter()
            .filter(|(_, places)| {
                let trial = places
                    .first()
                    .and_then(|place| self.waiting.get(place))
                    .and_then(|held| held.attached.tail_decision.as_ref());
                all || trial.is_none_or(|trial| Arc::strong_count(trial) <= places.len())
            })
            .map(|(address, _)| *address)
            .collect();
        // `strong_count` is a relaxed load. This fence pairs with the release in `Arc::drop`, so a
        // failure recorded before the drop is visible.
        fence(Ordering::Acquire);
        for address in over {
            let group = self.take(address);
            let Some(trial) = group.first().and_then(|held| held.attached.tail_decision.as_ref())
            else {
                continue;
            };
            let verdict = if trial.has_failed() { Verdict::Kept } else { Verdict::Dropped };
            trial.decide(verdict);
            if verdict == Verdict::Kept { kept.extend(group) } else { dropped.extend(group) }
        }
        (kept, dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::super::encode::Segment;
    use super::*;
    use crate::span::callsite::Callsite;
    use crate::span::kind::SpanKind;
    use crate::span::record::NONE;

    static WORK: Callsite = Callsite::new(SpanKind::Entry, "/work");

    fn record(flags: u16) -> Record {
        Record { start: 1, end: 2, callsite: &WORK, parent: NONE, flags, side: 0 }
    }

    /// A segment of the trial; each takes a hundred bytes.
    fn segment(trial: &Arc<TailDecision>, id: u64) -> PendingSegment {
        let head = SegmentHeader { id, ..SegmentHeader::default() };
        let attached = Attached {
            tail_decision: Some(Arc::clone(trial)),
            ends_request: trial.is_root(id),
            ..Attached::default()
        };
        let mut held = PendingSegment::new(
            Segment { head: &head, records: &[record(0)], sides: &[], text: "" },
            attached,
            0,
        );
        held.bytes = 100;
        held
    }

    fn sampler(bytes: usize) -> TailSampler {
        TailSampler::new(TailSampling::errors().max_buffer_bytes(bytes))
    }

    /// What becomes of it, and the ids of what goes with it.
    fn decide(sampler: &mut TailSampler, held: PendingSegment) -> (&'static str, Vec<u64>) {
        let timeline = Timeline::default();
        let (word, with) =
            match sampler.decide(&held.head, &held.records, &held.attached, &timeline) {
                TailOutcome::Send(others) => ("leaves", others),
                TailOutcome::Drop(others) => ("dropped", others),
                TailOutcome::Pending => ("waits", sampler.add(held)),
            };
        (word, with.iter().map(|held| held.head.id).collect())
    }

    fn ids((kept, dropped): (Vec<PendingSegment>, Vec<PendingSegment>)) -> (Vec<u64>, Vec<u64>) {
        let ids = |held: Vec<PendingSegment>| held.iter().map(|held| held.head.id).collect();
        (ids(kept), ids(dropped))
    }

    fn is_empty(sampler: &TailSampler) -> bool {
        sampler.waiting.is_empty() && sampler.groups.is_empty() && sampler.bytes == 0
    }

    #[test]
    fn what_ended_before_the_root_waits_for_it_and_what_ends_after_it_follows() {
        for (failed, word) in [(true, "leaves"), (false, "dropped")] {
            let (mut sampler, trial, other) =
                (sampler(10_000), Arc::new(TailDecision::new(1)), Arc::new(TailDecision::new(9)));
            assert_eq!(decide(&mut sampler, segment(&trial, 2)), ("waits", vec![]));
            assert_eq!(decide(&mut sampler, segment(&other, 8)), ("waits", vec![]));
            if failed {
                trial.look_at(&[record(0), record(Record::ERROR)]);
            }
            assert_eq!(decide(&mut sampler, segment(&trial, 3)), ("waits", vec![]));
            assert_eq!(decide(&mut sampler, segment(&trial, 1)), (word, vec![2, 3]));
            assert_eq!(decide(&mut sampler, segment(&trial, 4)), (word, vec![]));
            assert_eq!(decide(&mut sampler, segment(&other, 9)), ("dropped", vec![8]));
            assert!(is_empty(&sampler));
        }
    }

    #[test]
    fn above_its_bytes_or_its_number_the_buffer_gives_up_the_oldest() {
        let by_bytes = sampler(250);
        let mut by_number = sampler(10_000);
        by_number.keep.max_buffer_segments = 2;
        for mut sampler in [by_bytes, by_number] {
            let trial = Arc::new(TailDecision::new(1));
            let given_up: Vec<_> =
                (2..6).map(|id| decide(&mut sampler, segment(&trial, id))).collect();
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
    fn one_that_is_larger_than_the_buffer_leaves_nothing_behind() {
        let (mut sampler, trial) = (sampler(50), Arc::new(TailDecision::new(1)));
        assert_eq!(decide(&mut sampler, segment(&trial, 2)), ("waits", vec![2]));
        assert!(is_empty(&sampler));
    }

    #[test]
    fn a_trial_whose_root_can_not_come_any_more_ends_by_what_is_known() {
        let mut sampler = sampler(10_000);
        for failed in [true, false] {
            let trial = Arc::new(TailDecision::new(1));
            decide(&mut sampler, segment(&trial, 2));
            decide(&mut sampler, segment(&trial, 3));
            assert_eq!(
                ids(sampler.take_decided(false)),
                (vec![], vec![]),
                "somebody may still go on with it"
            );
            if failed {
                trial.look_at(&[record(Record::ERROR)]);
            }
            drop(trial);
            let both = vec![2, 3];
            assert_eq!(
                ids(sampler.take_decided(false)),
                if failed { (both, vec![]) } else { (vec![], both) }
            );
            assert!(is_empty(&sampler));
        }
    }

    #[test]
    fn how_long_a_request_took_is_counted_from_its_first_part() {
        let mut timeline = Timeline::default();
        for (counter, monotonic) in [(0, 0), (10_000, 10_000_000_000)] {
            timeline.add(crate::util::clock::Anchor { counter, monotonic, wall: monotonic });
        }
        let kept = |limit, first_part: Option<Record>| {
            let mut sampler =
                TailSampler::new(TailSampling::errors().slower_than(Duration::from_secs(limit)));
            let trial = Arc::new(TailDecision::new(1));
            if let Some(first) = first_part {
                trial.part_ends(&[first]);
            }
            let mut held = segment(&trial, 1);
            (held.records[0].start, held.head.ended) = (5_000, 8_000);
            matches!(
                sampler.decide(&held.head, &held.records, &held.attached, &timeline),
                TailOutcome::Send(_)
            )
        };
        assert!(kept(2, None) && !kept(3, None) && !kept(4, None));
        let first = Record { start: 1_000, ..record(0) };
        assert!(kept(6, Some(first)) && !kept(7, Some(first)));
    }
}
