//! Tail sampling: segments of requests that the sampler rejected wait here, in a bounded buffer,
//! until their request ends ([`TailDecision`]).
//!
//! A request ends with its root segment. At that point the outcome of its segments and its duration
//! are known. All its waiting and later segments are sent or dropped together.

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
    /// Send it, together with these waiting segments.
    Send(Vec<PendingSegment>),
    /// Drop it, together with these waiting segments.
    Drop(Vec<PendingSegment>),
    /// Add it to the buffer: the request has not ended.
    Pending,
}

/// The buffer of waiting segments.
#[derive(Debug)]
pub(crate) struct TailSampler {
    settings: TailSampling,
    /// In order of arrival, by number.
    waiting: BTreeMap<u64, PendingSegment>,
    /// The numbers of the segments of each request, by the address of its decision. The address is
    /// not reused while one of these segments waits.
    groups: HashMap<usize, Vec<u64>>,
    bytes: usize,
    next: u64,
}

fn address(decision: &Arc<TailDecision>) -> usize {
    Arc::as_ptr(decision).addr()
}

impl TailSampler {
    pub(crate) fn new(settings: TailSampling) -> Self {
        Self { settings, waiting: BTreeMap::new(), groups: HashMap::new(), bytes: 0, next: 0 }
    }

    /// Decides a segment with these records.
    pub(crate) fn decide(
        &mut self,
        head: &SegmentHeader,
        records: &[Record],
        attached: &Attached,
        timeline: &Timeline,
    ) -> TailOutcome {
        let Some(decision) = &attached.tail_decision else { return TailOutcome::Send(Vec::new()) };
        if decision.verdict().is_none() {
            decision.look_at(records);
            if !attached.ends_request {
                return TailOutcome::Pending;
            }
            let began = decision.began(records);
            let clock = timeline.clock(began);
            let took = clock.nanoseconds(head.ended).saturating_sub(clock.nanoseconds(began));
            let slow =
                self.settings.slower_than.is_some_and(|limit| Duration::from_nanos(took) > limit);
            decision.decide(if slow || decision.has_failed() {
                Verdict::Kept
            } else {
                Verdict::Dropped
            });
        }
        let others = self.take(address(decision));
        if decision.verdict() == Some(Verdict::Kept) {
            TailOutcome::Send(others)
        } else {
            TailOutcome::Drop(others)
        }
    }

    /// Adds a segment to the buffer. Returns the segments that no longer fit.
    pub(crate) fn add(&mut self, pending: PendingSegment) -> Vec<PendingSegment> {
        let Some(decision) = &pending.attached.tail_decision else { return vec![pending] };
        self.groups.entry(address(decision)).or_default().push(self.next);
        self.bytes += pending.weight();
        self.waiting.insert(self.next, pending);
        self.next += 1;
        let mut removed = Vec::new();
        while self.bytes > self.settings.max_buffer_bytes
            || self.waiting.len() > self.settings.max_buffer_segments
        {
            let Some((place, pending)) = self.waiting.pop_first() else { break };
            self.bytes -= pending.weight();
            self.forget(place, &pending);
            diagnostics::count(Diagnostic::TailBufferFull);
            removed.push(pending);
        }
        removed
    }

    /// Returns the bytes and the number of waiting segments.
    pub(crate) fn weight(&self) -> (usize, usize) {
        (self.bytes, self.waiting.len())
    }

    /// Returns all waiting segments.
    pub(crate) fn all(&self) -> impl Iterator<Item = &PendingSegment> {
        self.waiting.values()
    }

    /// Removes the number of a segment that left the buffer from its group.
    fn forget(&mut self, place: u64, pending: &PendingSegment) {
        let Some(decision) = &pending.attached.tail_decision else { return };
        if let Some(places) = self.groups.get_mut(&address(decision)) {
            places.retain(|other| *other != place);
            if places.is_empty() {
                self.groups.remove(&address(decision));
            }
        }
    }

    /// Removes and returns all segments that wait for this decision.
    fn take(&mut self, address: usize) -> Vec<PendingSegment> {
        let places = self.groups.remove(&address).unwrap_or_default();
        let taken: Vec<PendingSegment> =
            places.iter().filter_map(|place| self.waiting.remove(place)).collect();
        self.bytes -= taken.iter().map(PendingSegment::weight).sum::<usize>();
        taken
    }

    /// Decides requests whose root segment was lost: no other reference to their decision is left.
    /// Decides all requests if the reporter ends. Returns the segments to send and those to drop.
    pub(crate) fn take_decided(&mut self, all: bool) -> (Vec<PendingSegment>, Vec<PendingSegment>) {
        let (mut kept, mut dropped) = (Vec::new(), Vec::new());
        let over: Vec<usize> = self
            .groups
            .iter()
            .filter(|(_, places)| {
                let decision = places
                    .first()
                    .and_then(|place| self.waiting.get(place))
                    .and_then(|pending| pending.attached.tail_decision.as_ref());
                all || decision.is_none_or(|decision| Arc::strong_count(decision) <= places.len())
            })
            .map(|(address, _)| *address)
            .collect();
        // `strong_count` is a relaxed load. This fence pairs with the release in `Arc::drop`, so a
        // failure recorded before the drop is visible.
        fence(Ordering::Acquire);
        for address in over {
            let group = self.take(address);
            let Some(decision) =
                group.first().and_then(|pending| pending.attached.tail_decision.as_ref())
            else {
                continue;
            };
            let verdict = if decision.has_failed() { Verdict::Kept } else { Verdict::Dropped };
            decision.decide(verdict);
            if verdict == Verdict::Kept { kept.extend(group) } else { dropped.extend(group) }
        }
        (kept, dropped)
    }
}

#[cfg(test)]
mod tests;
