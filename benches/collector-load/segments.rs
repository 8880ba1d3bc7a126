//! The segments: traces of five services, each with a segment of four spans.

use std::time::{SystemTime, UNIX_EPOCH};

use skywalking_proto::v3::{
    KeyStringValuePair, Log, RefType, SegmentObject, SegmentReference, SpanLayer, SpanObject,
    SpanType,
};

pub(crate) const SPANS_OF_A_SEGMENT: u64 = 4;
pub(crate) const SEGMENTS_OF_A_TRACE: u64 = 5;

/// Returns the segment with this number. Numbers of one trace are neighbours.
pub(crate) fn segment(number: u64) -> SegmentObject {
    let (trace, hop) = (number / SEGMENTS_OF_A_TRACE, number % SEGMENTS_OF_A_TRACE);
    let start = now();
    let trace_id = format!("load-{trace:09}");
    let service = format!("shop-{hop}");
    let endpoint = format!("/{service}/items");
    let is_error = trace % 100 == 0 && hop + 1 == SEGMENTS_OF_A_TRACE;
    let status = if is_error { "500" } else { "200" };
    let duration = i64::try_from(10 + trace * 7919 % 91).unwrap_or(10);
    let span = |id: i32, kind: SpanType, layer: SpanLayer, component_id: i32| SpanObject {
        span_id: id,
        parent_span_id: (id - 1).min(0),
        start_time: start + i64::from(id),
        end_time: start + duration,
        span_type: kind as i32,
        span_layer: layer as i32,
        component_id,
        ..Default::default()
    };
    let mut entry = SpanObject {
        operation_name: endpoint,
        is_error,
        tags: vec![
            pair("http.method", "GET"),
            pair("url", &format!("http://{service}:8080/{service}/items/{}", trace % 1_000)),
            pair("http.status_code", status),
        ],
        ..span(0, SpanType::Entry, SpanLayer::Http, 49)
    };
    if hop > 0 {
        entry.refs.push(reference(&trace_id, trace, hop - 1));
    }
    if is_error {
        let message = format!("item {} is not in stock", trace % 1_000);
        let data = vec![
            pair("event", "error"),
            pair("error.kind", "OutOfStock"),
            pair("message", &message),
        ];
        entry.logs.push(Log { time: start + duration, data });
    }
    let work = SpanObject {
        operation_name: "price::of_item".into(),
        tags: vec![pair("customer", &format!("customer-{}", trace % 10_000))],
        ..span(1, SpanType::Local, SpanLayer::Unknown, 11000)
    };
    let database = SpanObject {
        operation_name: "PostgreSQL/query".into(),
        peer: "db.example:5432".into(),
        tags: vec![
            pair("db.type", "sql"),
            pair("db.statement", "SELECT name, price FROM item WHERE id = $1 AND deleted IS NULL"),
        ],
        ..span(2, SpanType::Exit, SpanLayer::Database, 22)
    };
    let call = SpanObject {
        operation_name: format!("/shop-{}/items", hop + 1),
        peer: address(hop + 1),
        tags: vec![pair("http.method", "GET"), pair("http.status_code", status)],
        ..span(3, SpanType::Exit, SpanLayer::Http, 49)
    };
    SegmentObject {
        trace_segment_id: segment_id(trace, hop),
        trace_id,
        service_instance: format!("{service}-7f9c@10.0.0.{hop}"),
        service,
        // Children come first, as agents send them.
        spans: vec![work, database, call, entry],
        is_size_limited: false,
    }
}

fn reference(trace_id: &str, trace: u64, parent: u64) -> SegmentReference {
    SegmentReference {
        ref_type: RefType::CrossProcess as i32,
        trace_id: trace_id.to_owned(),
        parent_trace_segment_id: segment_id(trace, parent),
        parent_span_id: 3,
        parent_service: format!("shop-{parent}"),
        parent_service_instance: format!("shop-{parent}-7f9c@10.0.0.{parent}"),
        parent_endpoint: format!("/shop-{parent}/items"),
        network_address_used_at_peer: address(parent + 1),
    }
}

fn segment_id(trace: u64, hop: u64) -> String {
    format!("load-{trace:09}.{hop}.16800000000000001")
}

fn address(hop: u64) -> String {
    format!("shop-{hop}.example:8080")
}

fn pair(key: &str, value: &str) -> KeyStringValuePair {
    KeyStringValuePair { key: key.into(), value: value.into() }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or_default()
}
