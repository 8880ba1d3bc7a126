//! Searches by the index, compared with a walk over all stored segments.

use proptest::prelude::*;
use skywalking_proto::v3::{KeyStringValuePair, Log, SegmentObject, SpanObject};

use super::*;
use crate::config::Limits;
use crate::decode::DecodedSegment;
use crate::enums;
use crate::store::Store;

const WORDS: [&str; 6] = ["shop", "/Orders", "stock", "état", "/orders/items", ""];

fn word() -> impl Strategy<Value = String> {
    proptest::sample::select(&WORDS[..]).prop_map(str::to_owned)
}

fn pairs() -> impl Strategy<Value = Vec<KeyStringValuePair>> {
    let pair = (word(), word()).prop_map(|(key, value)| KeyStringValuePair { key, value });
    proptest::collection::vec(pair, 0..3)
}

prop_compose! {
    fn span()(
        id in 0..2, kind in 0..3, start in 0..30_i64, length in -2..10_i64, is_error in any::<bool>(),
        operation_name in word(), peer in word(), tags in pairs(), data in pairs(),
    ) -> SpanObject {
        SpanObject {
            span_id: id,
            parent_span_id: id - 1,
            span_type: kind,
            start_time: start,
            end_time: start + length,
            is_error,
            operation_name,
            peer,
            tags,
            logs: vec![Log { time: start, data }],
            ..Default::default()
        }
    }
}

prop_compose! {
    fn segment()(
        trace in 0..12, service in word(), service_instance in word(),
        spans in proptest::collection::vec(span(), 1..4),
    ) -> SegmentObject {
        let trace_id = format!("t{trace}");
        SegmentObject { trace_id, service, service_instance, spans, ..Default::default() }
    }
}

prop_compose! {
    fn query()(
        from in of(0..40_i64), to in of(0..40_i64), service in of(word()), instance in of(word()),
        endpoint in of(word()), tags in proptest::collection::vec((word(), of(word())), 0..2),
        text in of(proptest::sample::select(&["ORD", "t", "É", "items", "nothing"][..])),
        min_duration in of(0..20_u64), max_duration in of(0..40_u64),
        is_error in of(any::<bool>()),
    ) -> TraceQuery {
        let text = text.map(str::to_owned);
        TraceQuery {
            from, to, service, instance, endpoint, tags, text, min_duration, max_duration, is_error,
            ..TraceQuery::default()
        }
    }
}

/// Most conditions are absent, so that a query finds something.
fn of<T: Strategy>(value: T) -> impl Strategy<Value = Option<T::Value>>
where
    T::Value: Clone,
{
    proptest::option::weighted(0.2, value)
}

/// Stores the segments within the limit, so that traces are evicted.
fn store(segments: Vec<SegmentObject>, max_spans: usize) -> Store {
    let mut store = Store::new(Limits { max_spans, ..Limits::default() });
    for (at, mut segment) in segments.into_iter().enumerate() {
        segment.trace_segment_id = at.to_string();
        let decoded = DecodedSegment { segment, bytes: 1_000 };
        store.insert(decoded, Vec::new(), 0).expect("a small segment");
    }
    store
}

/// Returns whether the trace matches, by its segments alone.
fn matches_by_segments(trace: &StoredTrace, query: &TraceQuery) -> bool {
    let segments = || trace.segments.iter().map(|segment| &segment.object);
    let spans =
        || segments().flat_map(|segment| segment.spans.iter().map(move |span| (segment, span)));
    let start = spans().map(|(_, span)| span.start_time).min().unwrap_or_default();
    let end = spans().map(|(_, span)| span.end_time).max().unwrap_or_default();
    let duration = u64::try_from(end - start).unwrap_or(0);
    let named = |name: &str, expected: &Option<String>| {
        expected
            .as_ref()
            .is_none_or(|expected| naming::display_name(name) == naming::display_name(expected))
    };
    let of_service = |segment: &SegmentObject| named(&segment.service, &query.service);
    let contains = |text: &str| {
        query.text.as_ref().is_none_or(|part| text.to_lowercase().contains(&part.to_lowercase()))
    };
    query.from.is_none_or(|from| start >= from)
        && query.to.is_none_or(|to| start < to)
        && query.min_duration.is_none_or(|min| duration >= min)
        && query.max_duration.is_none_or(|max| duration <= max)
        && query.is_error.is_none_or(|is| spans().any(|(_, span)| span.is_error) == is)
        && segments().any(of_service)
        && segments()
            .any(|segment| of_service(segment) && named(&segment.service_instance, &query.instance))
        && query.endpoint.as_ref().is_none_or(|endpoint| {
            spans().any(|(segment, span)| {
                of_service(segment)
                    && (span.span_id == 0 || span.span_type == enums::ENTRY)
                    && span.operation_name == *endpoint
            })
        })
        && query.tags.iter().all(|(key, value)| {
            let mut tags = spans().flat_map(|(_, span)| &span.tags);
            tags.any(|tag| {
                tag.key == *key && value.as_ref().is_none_or(|value| tag.value == *value)
            })
        })
        && (segments().any(|segment| {
            contains(naming::display_name(&segment.service))
                || contains(naming::display_name(&segment.service_instance))
        }) || spans().any(|(_, span)| {
            let fields = span.logs.iter().flat_map(|log| &log.data).map(|field| &field.value);
            contains(&span.operation_name)
                || contains(&span.peer)
                || span.tags.iter().any(|tag| contains(&tag.key) || contains(&tag.value))
                || fields.into_iter().any(|value| contains(value))
        }))
}

fn scan(store: &Store, query: &TraceQuery) -> Option<Scan> {
    let needle = Needle::new(query.text.as_ref()?);
    let strings = store.traces().index().strings();
    let mut scan = strings.scan();
    while strings.scan_next(&mut scan, 3, |text| needle.is_in(text)) {}
    Some(scan)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn search_finds_what_a_walk_finds(
        segments in proptest::collection::vec(segment(), 0..30),
        max_spans in 5..50_usize,
        query in query(),
    ) {
        let store = store(segments, max_spans);
        let traces = store.traces();
        let needle = query.text.as_deref().map(Needle::new);
        let expected: Vec<_> = traces
            .iter()
            .filter(|trace| matches_by_segments(trace, &query))
            .map(|trace| &*trace.id)
            .collect();
        let prepared = Prepared { texts: scan(&store, &query), calls: None };
        let mut found = Vec::new();
        let Ok(()) = matching(traces, &query, &prepared, |number, trace| {
            found.push((number, trace));
            Ok::<_, std::convert::Infallible>(())
        });
        found.sort_unstable_by_key(|(number, _)| *number);
        let found: Vec<_> = found.iter().map(|(_, trace)| &*trace.id).collect();
        let one_by_one: Vec<_> = traces
            .iter()
            .filter(|trace| is_match(traces.index(), trace, &query, needle.as_ref(), None))
            .map(|trace| &*trace.id)
            .collect();

        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(&one_by_one, &expected);
    }
}
