//! References from one trace to spans of another one.
//!
//! A segment is stored under one trace id, but a consumer of several messages has references to the
//! traces of all of them (`docs/protocol.md#references`). These references are found from their
//! targets here.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use skywalking_proto::v3::SegmentReference;

use super::segment::StoredSegment;

/// The largest number of references of a segment that are found. It bounds the time to store one.
const MAX_REFS: usize = 1_000;
/// The memory of a reference: its part of a node, and an entry of the map that may be its own.
const REF_BYTES: usize = 160;

/// A number of a span, and the arrival of a segment that refers to it.
type Key = (i32, u64);

/// The segments that refer to spans of other traces, by the segments of these spans.
#[derive(Debug, Default)]
pub(super) struct TraceRefs {
    by_target: HashMap<Arc<str>, BTreeMap<Key, Arc<StoredSegment>>>,
    bytes: usize,
}

/// Returns the references of a segment to spans of other traces.
fn refs(segment: &StoredSegment) -> impl Iterator<Item = &SegmentReference> {
    let own = &segment.object.trace_id;
    let refs = segment.object.spans.iter().flat_map(|span| &span.refs);
    refs.filter(move |one| !one.trace_id.is_empty() && one.trace_id != *own).take(MAX_REFS)
}

impl TraceRefs {
    pub(super) fn insert(&mut self, segment: &Arc<StoredSegment>) {
        for reference in refs(segment) {
            let target = reference.parent_trace_segment_id.as_str();
            if !self.by_target.contains_key(target) {
                self.bytes += target.len();
                self.by_target.insert(target.into(), BTreeMap::new());
            }
            let key = (reference.parent_span_id, segment.arrival);
            if let Some(known) = self.by_target.get_mut(target)
                && known.insert(key, Arc::clone(segment)).is_none()
            {
                self.bytes += REF_BYTES;
            }
        }
    }

    pub(super) fn remove(&mut self, segment: &StoredSegment) {
        for reference in refs(segment) {
            let target = reference.parent_trace_segment_id.as_str();
            let Some(known) = self.by_target.get_mut(target) else { continue };
            if known.remove(&(reference.parent_span_id, segment.arrival)).is_some() {
                self.bytes -= REF_BYTES;
            }
            if known.is_empty() {
                self.bytes -= target.len();
                self.by_target.remove(target);
            }
        }
    }

    /// Returns the segments that refer to a span of another trace, with the number of the span. The
    /// span is any one of the segment, or the given one.
    pub(super) fn to(
        &self,
        segment_id: &str,
        span_id: Option<i32>,
    ) -> impl Iterator<Item = (i32, &Arc<StoredSegment>)> {
        let first = (span_id.unwrap_or(i32::MIN), 0);
        let last = (span_id.unwrap_or(i32::MAX), u64::MAX);
        let known = self.by_target.get(segment_id).into_iter();
        known.flat_map(move |known| known.range(first..=last)).map(|((span, _), one)| (*span, one))
    }

    /// Returns the memory in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use skywalking_proto::v3::{SegmentObject, SpanObject};

    use super::*;

    fn segment(trace: &str, arrival: u64, targets: &[(&str, &str, i32)]) -> Arc<StoredSegment> {
        let refs = targets.iter().map(|(trace, segment, span)| SegmentReference {
            trace_id: (*trace).into(),
            parent_trace_segment_id: (*segment).into(),
            parent_span_id: *span,
            ..Default::default()
        });
        let object = SegmentObject {
            trace_id: trace.into(),
            spans: vec![SpanObject { refs: refs.collect(), ..Default::default() }],
            ..Default::default()
        };
        Arc::new(StoredSegment { object, violations: Vec::new(), arrival, color: 7 })
    }

    fn found(refs: &TraceRefs, segment: &str, span: Option<i32>) -> Vec<(i32, u64)> {
        refs.to(segment, span).map(|(span, one)| (span, one.arrival)).collect()
    }

    #[test]
    fn references_to_other_traces_are_found_until_removed() {
        let mut refs = TraceRefs::default();
        let first = segment("a", 1, &[("a", "own", 0), ("b", "s", 1), ("b", "s", 1), ("", "s", 1)]);
        let second = segment("a", 2, &[("b", "s", 1), ("b", "s", 2), ("c", "t", 0)]);
        refs.insert(&first);
        refs.insert(&second);

        assert_eq!(found(&refs, "s", Some(1)), [(1, 1), (1, 2)]);
        assert_eq!(found(&refs, "s", None), [(1, 1), (1, 2), (2, 2)]);
        assert_eq!(found(&refs, "t", None), [(0, 2)]);
        assert_eq!(found(&refs, "own", None), []);
        assert!(refs.bytes() > 4 * REF_BYTES);

        refs.remove(&first);
        assert_eq!(found(&refs, "s", Some(1)), [(1, 2)]);
        refs.remove(&second);
        assert_eq!((refs.bytes(), refs.by_target.len()), (0, 0));
    }

    #[test]
    fn number_of_references_of_a_segment_is_limited() {
        let mut refs = TraceRefs::default();
        let names: Vec<_> = (0..5_000).map(|number| number.to_string()).collect();
        let targets: Vec<_> = names.iter().map(|name| ("b", name.as_str(), 0)).collect();
        let many = segment("a", 1, &targets);
        refs.insert(&many);
        assert_eq!(refs.by_target.len(), MAX_REFS);
        refs.remove(&many);
        assert_eq!((refs.bytes(), refs.by_target.len()), (0, 0));
    }
}
