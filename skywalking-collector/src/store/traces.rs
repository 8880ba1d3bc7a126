//! Stores segments by trace.
//!
//! Traces are evicted as a whole, the oldest first. The age of a trace is the arrival of its first
//! segment. A segment that arrives after its trace was evicted starts the trace again.
//!
//! Traces are numbered by age, so the queue of traces is also their order, and the oldest trace is
//! the first one of each list in the index.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use skywalking_proto::rules::Violation;

use super::facts::TraceFacts;
use super::index::{Index, TermId};
use super::segment::StoredSegment;
use super::segment_terms::TermAdder;
use super::trace_refs::TraceRefs;
use crate::config::Limits;
use crate::decode::DecodedSegment;

/// The memory of a trace in the indexes, in addition to its segments, its terms and its id.
const TRACE_OVERHEAD: usize = 512;

/// A trace: its segments in the order of arrival, and its facts for lists of traces.
#[derive(Debug)]
pub(crate) struct StoredTrace {
    pub(crate) id: Arc<str>,
    pub(crate) segments: Vec<Arc<StoredSegment>>,
    pub(crate) facts: TraceFacts,
    pub(crate) terms: Vec<TermId>,
    bytes: usize,
}

impl StoredTrace {
    /// Returns the memory of its segments in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns the memory of what was derived from its segments, in bytes.
    fn derived_bytes(&self) -> usize {
        TRACE_OVERHEAD
            + 2 * self.id.len()
            + self.facts.bytes()
            + self.terms.capacity() * size_of::<TermId>()
    }
}

/// The result of [`Traces::insert`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum InsertOutcome {
    Stored,
    Duplicate,
}

/// The result of [`Traces::evict`].
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Evicted {
    pub(crate) traces: u64,
    pub(crate) spans: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Traces {
    by_age: VecDeque<StoredTrace>,
    /// The number of the first one in the queue. The following ones have the following numbers.
    first: u64,
    /// Numbers of traces.
    by_id: HashMap<Arc<str>, u64>,
    /// Starts and numbers.
    by_start: BTreeSet<(i64, u64)>,
    /// Numbers by the arrival of the last segment.
    by_last_arrival: BTreeMap<u64, u64>,
    index: Index,
    /// The ids of all stored segments. The OAP identifies a segment by its id, in whichever trace.
    segments: HashSet<Arc<str>>,
    refs: TraceRefs,
    arrivals: u64,
    spans: usize,
    /// The memory of the traces without that of the index and the references.
    bytes: usize,
}

impl Traces {
    /// Adds a segment. `color` is that of its service.
    pub(super) fn insert(
        &mut self,
        decoded: DecodedSegment,
        violations: Vec<Violation>,
        color: u32,
    ) -> InsertOutcome {
        let DecodedSegment { segment: object, bytes } = decoded;
        if !self.segments.insert(object.trace_segment_id.as_str().into()) {
            return InsertOutcome::Duplicate;
        }
        self.arrivals += 1;
        let arrival = self.arrivals;
        let segment = Arc::new(StoredSegment { object, violations, arrival, color });
        let number = self.number_of(&segment.object.trace_id);
        let first = self.first;
        let Some(trace) = self.by_age.get_mut(position(number, first)) else {
            return InsertOutcome::Stored;
        };
        let before = (trace.derived_bytes(), trace.facts.start, trace.facts.last_arrival);
        let mut adder =
            TermAdder { index: &mut self.index, terms: &mut trace.terms, trace: number, first };
        trace.facts.add(&segment, &mut adder);
        trace.bytes += bytes;
        self.bytes = self.bytes + bytes + trace.derived_bytes() - before.0;
        self.spans += segment.object.spans.len();
        if trace.facts.start != before.1 {
            self.by_start.remove(&(before.1, number));
            self.by_start.insert((trace.facts.start, number));
        }
        self.by_last_arrival.remove(&before.2);
        self.by_last_arrival.insert(self.arrivals, number);
        self.refs.insert(&segment);
        trace.segments.push(segment);
        InsertOutcome::Stored
    }

    /// Returns the number of a trace. Adds the trace if it is not stored.
    fn number_of(&mut self, id: &str) -> u64 {
        if let Some(number) = self.by_id.get(id) {
            return *number;
        }
        let id: Arc<str> = id.into();
        let trace = StoredTrace {
            id: Arc::clone(&id),
            segments: Vec::new(),
            facts: TraceFacts::new(self.arrivals),
            terms: Vec::new(),
            bytes: 0,
        };
        self.bytes += trace.derived_bytes();
        let number = self.first + self.by_age.len() as u64;
        self.by_start.insert((trace.facts.start, number));
        self.by_age.push_back(trace);
        self.by_id.insert(id, number);
        number
    }

    /// Evicts the oldest traces until the limits are met.
    pub(super) fn evict(&mut self, limits: &Limits) -> Evicted {
        let mut evicted = Evicted::default();
        while self.spans > limits.max_spans || self.bytes() > limits.max_bytes {
            let Some(trace) = self.by_age.pop_front() else {
                break;
            };
            for segment in &trace.segments {
                self.segments.remove(segment.object.trace_segment_id.as_str());
                self.refs.remove(segment);
            }
            self.index.remove_first(&trace.terms);
            self.by_id.remove(&trace.id);
            self.by_start.remove(&(trace.facts.start, self.first));
            self.by_last_arrival.remove(&trace.facts.last_arrival);
            self.first += 1;
            self.spans -= trace.facts.spans;
            self.bytes -= trace.bytes + trace.derived_bytes();
            evicted.traces += 1;
            evicted.spans += trace.facts.spans as u64;
        }
        evicted
    }

    pub(crate) fn get(&self, id: &str) -> Option<&StoredTrace> {
        self.by_number(*self.by_id.get(id)?)
    }

    /// Returns whether a segment is stored, in any trace.
    pub(crate) fn has_segment(&self, segment_id: &str) -> bool {
        self.segments.contains(segment_id)
    }

    /// Returns the segments of other traces than `id` that refer to a span of a segment, with the
    /// number of the span. The span is any one, or the given one.
    pub(crate) fn refs_to(
        &self,
        id: &str,
        segment_id: &str,
        span_id: Option<i32>,
    ) -> impl Iterator<Item = (i32, &Arc<StoredSegment>)> {
        self.refs.to(segment_id, span_id).filter(move |(_, one)| one.object.trace_id != id)
    }

    /// Returns the trace with this number.
    pub(crate) fn by_number(&self, number: u64) -> Option<&StoredTrace> {
        self.by_age.get(position(number, self.first))
    }

    /// Returns all traces by age.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &StoredTrace> {
        self.by_age.iter()
    }

    /// Returns the number of the oldest trace.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// Returns the numbers of the traces that start from `from` until before `to`, by start.
    pub(crate) fn by_start(&self, from: Option<i64>, to: Option<i64>) -> impl Iterator<Item = u64> {
        let from = from.unwrap_or(i64::MIN);
        let to = to.map_or((i64::MAX, u64::MAX), |to| (to, 0)).max((from, 0));
        self.by_start.range((from, 0)..to).map(|(_, number)| *number)
    }

    /// Returns the traces that arrived or grew after this arrival, the latest first.
    pub(crate) fn since(&self, arrival: u64) -> impl Iterator<Item = &StoredTrace> {
        let later = self.by_last_arrival.range(arrival.saturating_add(1)..).rev();
        later.filter_map(|(_, number)| self.by_number(*number))
    }

    /// Returns the number of the last arrival.
    pub(crate) fn last_arrival(&self) -> u64 {
        self.arrivals
    }

    /// Returns the segments with violations, in any order.
    pub(crate) fn with_violations(&self) -> impl Iterator<Item = &Arc<StoredSegment>> {
        let traces = self.by_age.iter().filter(|trace| trace.facts.violations > 0);
        traces.flat_map(|trace| &trace.segments).filter(|segment| !segment.violations.is_empty())
    }

    pub(crate) fn len(&self) -> usize {
        self.by_age.len()
    }

    pub(crate) fn spans(&self) -> usize {
        self.spans
    }

    /// Returns the memory of traces and indexes in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes + self.index.bytes() + self.refs.bytes()
    }
}

/// Returns the position of a trace in the queue.
fn position(number: u64, first: u64) -> usize {
    usize::try_from(number.wrapping_sub(first)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
