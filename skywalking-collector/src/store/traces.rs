//! Stores segments by trace.
//!
//! Traces are evicted as a whole, the oldest first. The age of a trace is the arrival of its first
//! segment. A segment that arrives after its trace was evicted starts the trace again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use skywalking_proto::rules::Violation;
use skywalking_proto::v3::SegmentObject;

use super::facts::TraceFacts;
use crate::api::TraceQuery;
use crate::config::Limits;
use crate::decode::DecodedSegment;
use crate::naming;

/// The memory of a trace in the indexes, in addition to its segments.
const TRACE_OVERHEAD: usize = 256;

/// A segment as it was received.
#[derive(Debug)]
pub(crate) struct StoredSegment {
    pub(crate) object: SegmentObject,
    /// The violations that `validate` found.
    pub(crate) violations: Vec<Violation>,
    /// The number of the arrival, counted over all segments from 1.
    pub(crate) arrival: u64,
}

/// A trace: its segments in the order of arrival, and its facts for lists of traces.
#[derive(Debug)]
pub(crate) struct StoredTrace {
    pub(crate) segments: Vec<Arc<StoredSegment>>,
    pub(crate) facts: TraceFacts,
    bytes: usize,
}

impl StoredTrace {
    /// Returns its memory in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl StoredSegment {
    /// Returns whether the segment belongs to the service.
    fn belongs_to(&self, service: &str) -> bool {
        let own = self.object.service.as_str();
        own == service || naming::display_name(own) == service
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
    by_id: HashMap<Arc<str>, StoredTrace>,
    by_age: BTreeMap<u64, Arc<str>>,
    /// The ids of all stored segments. The OAP identifies a segment by its id, in whichever trace.
    segments: HashSet<Arc<str>>,
    arrivals: u64,
    spans: usize,
    bytes: usize,
}

impl Traces {
    pub(super) fn insert(
        &mut self,
        decoded: DecodedSegment,
        violations: Vec<Violation>,
    ) -> InsertOutcome {
        let DecodedSegment { segment: object, mut bytes } = decoded;
        if !self.segments.insert(object.trace_segment_id.as_str().into()) {
            return InsertOutcome::Duplicate;
        }
        self.arrivals += 1;
        let arrival = self.arrivals;
        let id: Arc<str> = object.trace_id.as_str().into();
        let trace = self.by_id.entry(Arc::clone(&id)).or_insert_with(|| {
            bytes += TRACE_OVERHEAD;
            self.by_age.insert(arrival, id);
            StoredTrace { segments: Vec::new(), facts: TraceFacts::new(arrival), bytes: 0 }
        });
        trace.bytes += bytes;
        self.spans += object.spans.len();
        self.bytes += bytes;
        let segment = StoredSegment { object, violations, arrival };
        trace.facts.add(&segment);
        trace.segments.push(Arc::new(segment));
        InsertOutcome::Stored
    }

    /// Evicts the oldest traces until the limits are met.
    pub(super) fn evict(&mut self, limits: &Limits) -> Evicted {
        let mut evicted = Evicted::default();
        while self.spans > limits.max_spans || self.bytes > limits.max_bytes {
            let Some((_, id)) = self.by_age.pop_first() else {
                break;
            };
            let Some(trace) = self.by_id.remove(&id) else {
                continue;
            };
            for segment in &trace.segments {
                self.segments.remove(segment.object.trace_segment_id.as_str());
            }
            self.spans -= trace.facts.spans;
            self.bytes -= trace.bytes;
            evicted.traces += 1;
            evicted.spans += trace.facts.spans as u64;
        }
        evicted
    }

    pub(crate) fn get(&self, id: &str) -> Option<&StoredTrace> {
        self.by_id.get(id)
    }

    /// Returns whether a segment is stored, in any trace.
    pub(crate) fn has_segment(&self, segment_id: &str) -> bool {
        self.segments.contains(segment_id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &StoredTrace)> {
        self.by_id.iter()
    }

    /// Returns the number of the last arrival.
    pub(crate) fn last_arrival(&self) -> u64 {
        self.arrivals
    }

    /// Returns all segments, by the age of their traces.
    pub(crate) fn segments(&self) -> Vec<Arc<StoredSegment>> {
        let traces = self.by_age.values().filter_map(|id| self.by_id.get(id));
        traces.flat_map(|trace| trace.segments.iter().cloned()).collect()
    }

    /// Returns the segments with violations, the latest arrival first.
    pub(crate) fn with_violations(&self, query: &TraceQuery) -> Vec<Arc<StoredSegment>> {
        let traces = self.by_id.values().filter(|trace| trace.facts.violations > 0);
        let segments = traces
            .flat_map(|trace| &trace.segments)
            .filter(|segment| !segment.violations.is_empty());
        let chosen = segments.filter(|segment| {
            query.service.as_ref().is_none_or(|service| segment.belongs_to(service))
        });
        let mut found: Vec<_> = chosen.cloned().collect();
        found.sort_unstable_by_key(|segment| Reverse(segment.arrival));
        found
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn spans(&self) -> usize {
        self.spans
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use skywalking_proto::v3::SpanObject;

    use super::*;

    fn decoded(trace: &str, segment: &str, spans: usize, bytes: usize) -> DecodedSegment {
        let segment = SegmentObject {
            trace_id: trace.into(),
            trace_segment_id: segment.into(),
            spans: vec![SpanObject { start_time: 5, end_time: 9, ..Default::default() }; spans],
            ..Default::default()
        };
        DecodedSegment { segment, bytes }
    }

    fn stored(traces: &Traces) -> Vec<&str> {
        traces.by_age.values().map(|id| &**id).collect()
    }

    #[test]
    fn oldest_trace_is_evicted_first_as_a_whole() {
        let limits = Limits { max_spans: 4, ..Limits::default() };
        let mut traces = Traces::default();
        for (trace, segment) in [("a", "a1"), ("b", "b1"), ("a", "a2"), ("c", "c1")] {
            traces.insert(decoded(trace, segment, 1, 10), Vec::new());
            assert_eq!(traces.evict(&limits), Evicted::default());
        }
        traces.insert(decoded("d", "d1", 1, 10), Vec::new());

        assert_eq!(traces.evict(&limits), Evicted { traces: 1, spans: 2 });
        assert_eq!((stored(&traces), traces.spans()), (vec!["b", "c", "d"], 3));
        // The ids of its segments are free again.
        assert_eq!(traces.insert(decoded("a", "a1", 1, 10), Vec::new()), InsertOutcome::Stored);
    }

    #[test]
    fn bytes_are_limited_too() {
        let limits = Limits { max_bytes: 1_000, ..Limits::default() };
        let mut traces = Traces::default();
        for id in ["a", "b", "c"] {
            traces.insert(decoded(id, id, 1, 400 - TRACE_OVERHEAD), Vec::new());
            traces.evict(&limits);
        }
        assert_eq!((stored(&traces), traces.bytes()), (vec!["b", "c"], 800));
    }

    #[test]
    fn trace_larger_than_the_store_is_evicted_completely() {
        let limits = Limits { max_spans: 2, ..Limits::default() };
        let mut traces = Traces::default();
        for segment in ["1", "2", "3"] {
            traces.insert(decoded("endless", segment, 1, 10), Vec::new());
            traces.evict(&limits);
        }
        assert_eq!(
            (traces.len(), traces.spans(), traces.bytes(), traces.segments.len()),
            (0, 0, 0, 0)
        );
    }

    #[test]
    fn segment_id_is_stored_once_over_all_traces() {
        let mut traces = Traces::default();

        assert_eq!(traces.insert(decoded("a", "s", 1, 10), Vec::new()), InsertOutcome::Stored);
        assert_eq!(traces.insert(decoded("a", "s", 3, 10), Vec::new()), InsertOutcome::Duplicate);
        assert_eq!(traces.insert(decoded("b", "s", 3, 10), Vec::new()), InsertOutcome::Duplicate);
        assert_eq!((stored(&traces), traces.spans()), (vec!["a"], 1));
    }
}
