//! Segments by trace. A trace goes as a whole, the one that began first (by its first segment's
//! arrival) before others; a segment that comes after its trace has gone begins it anew.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use skywalking_proto::rules::Violation;
use skywalking_proto::v3::SegmentObject;

use crate::config::Limits;
use crate::names;
use crate::trace::TraceQuery;
use crate::wire::Weighed;

/// What a trace takes in the indexes, beside its segments.
const TRACE_OVERHEAD: usize = 256;

/// One segment as it came.
#[derive(Debug)]
pub(crate) struct StoredSegment {
    pub(crate) object: SegmentObject,
    /// What `check` found in it.
    pub(crate) violations: Vec<Violation>,
    /// Counts segments in the order of arrival.
    pub(crate) arrival: u64,
}

/// One trace: its segments in the order of arrival, and what a list of traces needs of them.
#[derive(Debug)]
pub(crate) struct StoredTrace {
    pub(crate) segments: Vec<Arc<StoredSegment>>,
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) spans: usize,
    pub(crate) is_error: bool,
    pub(crate) violations: usize,
    pub(crate) began: u64,
    bytes: usize,
}

impl StoredTrace {
    /// The number of its last arrival.
    pub(crate) fn last_arrival(&self) -> u64 {
        self.segments.last().map_or(0, |segment| segment.arrival)
    }

    /// The memory that it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether a segment of the trace is this service's, by its whole name or the one that is
    /// shown.
    pub(crate) fn touches(&self, service: &str) -> bool {
        self.segments.iter().any(|segment| segment.is_of(service))
    }
}

impl StoredSegment {
    /// Whether it is this service's, by its whole name or the one that is shown.
    fn is_of(&self, service: &str) -> bool {
        let own = self.object.service.as_str();
        own == service || names::service(own) == service
    }
}

/// What [`Traces::insert`] did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Stored,
    Duplicate,
}

/// What [`Traces::evict`] let go.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Gone {
    pub(crate) traces: u64,
    pub(crate) spans: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Traces {
    by_id: HashMap<Arc<str>, StoredTrace>,
    by_age: BTreeMap<u64, Arc<str>>,
    /// The ids of stored segments, whatever their trace: they are the key of the OAP's rows.
    segments: HashSet<Arc<str>>,
    arrivals: u64,
    spans: usize,
    bytes: usize,
}

impl Traces {
    pub(crate) fn insert(&mut self, weighed: Weighed, violations: Vec<Violation>) -> Outcome {
        let Weighed { segment: object, mut bytes } = weighed;
        if !self.segments.insert(object.trace_segment_id.as_str().into()) {
            return Outcome::Duplicate;
        }
        self.arrivals += 1;
        let arrival = self.arrivals;
        let id: Arc<str> = object.trace_id.as_str().into();
        let trace = self.by_id.entry(Arc::clone(&id)).or_insert_with(|| {
            bytes += TRACE_OVERHEAD;
            self.by_age.insert(arrival, id);
            StoredTrace {
                segments: Vec::new(),
                start: i64::MAX,
                end: i64::MIN,
                spans: 0,
                is_error: false,
                violations: 0,
                began: arrival,
                bytes: 0,
            }
        });
        for span in &object.spans {
            trace.start = trace.start.min(span.start_time);
            trace.end = trace.end.max(span.end_time);
            trace.is_error |= span.is_error;
        }
        trace.spans += object.spans.len();
        trace.violations += violations.len();
        trace.bytes += bytes;
        self.spans += object.spans.len();
        self.bytes += bytes;
        trace.segments.push(Arc::new(StoredSegment { object, violations, arrival }));
        Outcome::Stored
    }

    /// Lets the oldest traces go until the limits hold.
    pub(crate) fn evict(&mut self, limits: &Limits) -> Gone {
        let mut gone = Gone::default();
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
            self.spans -= trace.spans;
            self.bytes -= trace.bytes;
            gone.traces += 1;
            gone.spans += trace.spans as u64;
        }
        gone
    }

    pub(crate) fn get(&self, id: &str) -> Option<&StoredTrace> {
        self.by_id.get(id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &StoredTrace)> {
        self.by_id.iter()
    }

    /// The number of the last arrival; counts from 1.
    pub(crate) fn last_arrival(&self) -> u64 {
        self.arrivals
    }

    /// All segments, in the order in which their traces began.
    pub(crate) fn segments(&self) -> Vec<Arc<StoredSegment>> {
        let traces = self.by_age.values().filter_map(|id| self.by_id.get(id));
        traces.flat_map(|trace| trace.segments.iter().cloned()).collect()
    }

    /// The segments that break a rule, the one that arrived last first.
    pub(crate) fn broken(&self, query: &TraceQuery) -> Vec<Arc<StoredSegment>> {
        let traces = self.by_id.values().filter(|trace| trace.violations > 0);
        let segments = traces
            .flat_map(|trace| &trace.segments)
            .filter(|segment| !segment.violations.is_empty());
        let chosen = segments
            .filter(|segment| query.service.as_ref().is_none_or(|service| segment.is_of(service)));
        let mut broken: Vec<_> = chosen.cloned().collect();
        broken.sort_unstable_by_key(|segment| Reverse(segment.arrival));
        broken
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

    fn weighed(trace: &str, segment: &str, spans: usize, bytes: usize) -> Weighed {
        let segment = SegmentObject {
            trace_id: trace.into(),
            trace_segment_id: segment.into(),
            spans: vec![SpanObject { start_time: 5, end_time: 9, ..Default::default() }; spans],
            ..Default::default()
        };
        Weighed { segment, bytes }
    }

    fn stored(traces: &Traces) -> Vec<&str> {
        traces.by_age.values().map(|id| &**id).collect()
    }

    #[test]
    fn the_oldest_trace_goes_first_and_whole() {
        let limits = Limits { max_spans: 4, ..Limits::default() };
        let mut traces = Traces::default();
        for (trace, segment) in [("a", "a1"), ("b", "b1"), ("a", "a2"), ("c", "c1")] {
            traces.insert(weighed(trace, segment, 1, 10), Vec::new());
            assert_eq!(traces.evict(&limits), Gone::default());
        }
        traces.insert(weighed("d", "d1", 1, 10), Vec::new());
        assert_eq!(traces.evict(&limits), Gone { traces: 1, spans: 2 });
        assert_eq!((stored(&traces), traces.spans()), (vec!["b", "c", "d"], 3));
        // Its segments are forgotten with it.
        assert_eq!(traces.insert(weighed("a", "a1", 1, 10), Vec::new()), Outcome::Stored);
    }

    #[test]
    fn bytes_are_a_limit_of_their_own() {
        let limits = Limits { max_bytes: 1_000, ..Limits::default() };
        let mut traces = Traces::default();
        for id in ["a", "b", "c"] {
            traces.insert(weighed(id, id, 1, 400 - TRACE_OVERHEAD), Vec::new());
            traces.evict(&limits);
        }
        assert_eq!((stored(&traces), traces.bytes()), (vec!["b", "c"], 800));
    }

    #[test]
    fn one_trace_that_outgrows_the_store_goes_too_and_nothing_is_left_behind() {
        let limits = Limits { max_spans: 2, ..Limits::default() };
        let mut traces = Traces::default();
        for segment in ["1", "2", "3"] {
            traces.insert(weighed("endless", segment, 1, 10), Vec::new());
            traces.evict(&limits);
        }
        assert_eq!(
            (traces.len(), traces.spans(), traces.bytes(), traces.segments.len()),
            (0, 0, 0, 0)
        );
    }

    #[test]
    fn a_segment_is_stored_once_whatever_trace_it_names() {
        let mut traces = Traces::default();
        assert_eq!(traces.insert(weighed("a", "s", 1, 10), Vec::new()), Outcome::Stored);
        assert_eq!(traces.insert(weighed("a", "s", 3, 10), Vec::new()), Outcome::Duplicate);
        assert_eq!(traces.insert(weighed("b", "s", 3, 10), Vec::new()), Outcome::Duplicate);
        assert_eq!((stored(&traces), traces.spans()), (vec!["a"], 1));
    }
}
