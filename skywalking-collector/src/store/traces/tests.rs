//! Traces by age, their limits, and the index.

use skywalking_proto::v3::{KeyStringValuePair, SegmentObject, SpanObject};

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
    traces.iter().map(|trace| &*trace.id).collect()
}

#[test]
fn oldest_trace_is_evicted_first_as_a_whole() {
    let limits = Limits { max_spans: 4, ..Limits::default() };
    let mut traces = Traces::default();
    for (trace, segment) in [("a", "a1"), ("b", "b1"), ("a", "a2"), ("c", "c1")] {
        traces.insert(decoded(trace, segment, 1, 10), Vec::new(), 0);
        assert_eq!(traces.evict(&limits), Evicted::default());
    }
    traces.insert(decoded("d", "d1", 1, 10), Vec::new(), 0);

    assert_eq!(traces.evict(&limits), Evicted { traces: 1, spans: 2 });
    assert_eq!((stored(&traces), traces.spans()), (vec!["b", "c", "d"], 3));
    // The ids of its segments are free again.
    assert_eq!(traces.insert(decoded("a", "a1", 1, 10), Vec::new(), 0), InsertOutcome::Stored);
}

#[test]
fn bytes_are_limited_too() {
    let mut traces = Traces::default();
    traces.insert(decoded("a", "a", 1, 10_000), Vec::new(), 0);
    let limits = Limits { max_bytes: 2 * traces.bytes() + 100, ..Limits::default() };
    for id in ["b", "c"] {
        traces.insert(decoded(id, id, 1, 10_000), Vec::new(), 0);
        traces.evict(&limits);
    }
    assert_eq!(stored(&traces), ["b", "c"]);
    assert!((20_000..=limits.max_bytes).contains(&traces.bytes()), "{}", traces.bytes());
}

#[test]
fn terms_count_in_the_limit_of_bytes() {
    let limits = Limits { max_bytes: 1_000_000, ..Limits::default() };
    let mut traces = Traces::default();
    for number in 0..2_000 {
        let mut decoded = decoded(&number.to_string(), &number.to_string(), 1, 10);
        decoded.segment.spans[0].tags = (0..10)
            .map(|tag| KeyStringValuePair { key: "k".into(), value: format!("{number}.{tag}") })
            .collect();
        traces.insert(decoded, Vec::new(), 0);
        traces.evict(&limits);
    }
    let (terms, texts) = traces.index.len();

    assert!(traces.bytes() <= 1_000_000 && traces.bytes() > 950_000, "{}", traces.bytes());
    assert!(terms > 1_000 && texts > 1_000 && terms < 5_000, "{terms} terms, {texts} texts");
}

#[test]
fn trace_larger_than_the_store_is_evicted_completely() {
    let limits = Limits { max_spans: 2, ..Limits::default() };
    let mut traces = Traces::default();
    for segment in ["1", "2", "3"] {
        let mut decoded = decoded("endless", segment, 1, 10);
        decoded.segment.spans[0].operation_name = segment.to_owned();
        traces.insert(decoded, Vec::new(), 0);
        traces.evict(&limits);
    }
    assert_eq!((traces.len(), traces.spans(), traces.bytes()), (0, 0, 0));
    assert_eq!((traces.segments.len(), traces.index.len()), (0, (0, 0)));
    assert_eq!((traces.by_start(None, None).count(), traces.since(0).count()), (0, 0));
}

#[test]
fn terms_of_a_trace_are_limited() {
    let mut traces = Traces::default();
    let mut many = decoded("t", "s", 1, 10);
    many.segment.spans[0].tags = (0..20_000)
        .map(|tag| KeyStringValuePair { key: "k".into(), value: tag.to_string() })
        .collect();
    traces.insert(many, Vec::new(), 0);

    assert_eq!(traces.index.len().0, 10_000);

    traces.evict(&Limits { max_spans: 0, ..Limits::default() });

    assert_eq!((traces.index.len(), traces.bytes()), ((0, 0), 0));
}

#[test]
fn segment_id_is_stored_once_over_all_traces() {
    let mut traces = Traces::default();

    assert_eq!(traces.insert(decoded("a", "s", 1, 10), Vec::new(), 0), InsertOutcome::Stored);
    assert_eq!(traces.insert(decoded("a", "s", 3, 10), Vec::new(), 0), InsertOutcome::Duplicate);
    assert_eq!(traces.insert(decoded("b", "s", 3, 10), Vec::new(), 0), InsertOutcome::Duplicate);
    assert_eq!((stored(&traces), traces.spans()), (vec!["a"], 1));
}
