//! Measures the store. Run it with
//! `cargo test --release -p skywalking-collector state::tests -- --ignored --nocapture`.

use std::time::Instant;

use prost::Message as _;
use skywalking_proto::v3::{
    KeyStringValuePair, Log, RefType, SegmentObject, SegmentReference, SpanLayer, SpanObject,
    SpanType,
};

use super::*;
use crate::budget::Unlimited;

fn pair(key: &str, value: impl Into<String>) -> KeyStringValuePair {
    KeyStringValuePair { key: key.into(), value: value.into() }
}

/// Returns the segments of a request through three services, with four spans each. Some texts occur
/// in one trace only: the URL and the statement.
pub(super) fn trace(number: i64, now: i64) -> impl Iterator<Item = SegmentObject> {
    (0..3).map(move |hop| {
        let (service, endpoint) = ((number + hop) % 12, number % 40);
        let start = now + hop * 3;
        let id = |hop: i64| format!("3f0c{number:024x}.{hop}.17");
        let span = |span_id: i32, kind: SpanType, layer: SpanLayer, name: String| SpanObject {
            span_id,
            parent_span_id: span_id - 1,
            start_time: start + i64::from(span_id),
            end_time: start + 40 + number % 97,
            operation_name: name,
            span_type: kind as i32,
            span_layer: layer as i32,
            component_id: 11000,
            tags: vec![pair("http.method", "GET"), pair("env", "development")],
            ..Default::default()
        };
        let has_failed = number % 50 == 0;
        let name = format!("/orders/{endpoint}/items");
        let mut entry = span(0, SpanType::Entry, SpanLayer::Http, name.clone());
        entry.tags.push(pair("url", format!("http://shop.local{name}?page={number}&hop={hop}")));
        entry.tags.push(pair("http.status_code", if has_failed { "500" } else { "200" }));
        if hop > 0 {
            entry.refs.push(SegmentReference {
                ref_type: RefType::CrossProcess as i32,
                trace_id: id(0),
                parent_trace_segment_id: id(hop - 1),
                parent_span_id: 3,
                parent_service: format!("service-{}", service - 1),
                parent_service_instance: format!("service-{}-1", service - 1),
                parent_endpoint: name,
                network_address_used_at_peer: format!("service-{service}:8080"),
            });
        }
        if has_failed {
            entry.is_error = true;
            entry.logs = vec![Log {
                time: start + 5,
                data: vec![
                    pair("event", "error"),
                    pair("error.kind", "Timeout"),
                    pair("message", format!("no answer from stock-{} in 2 s", number % 7)),
                ],
            }];
        }
        let work = span(1, SpanType::Local, SpanLayer::Unknown, format!("load_{endpoint}"));
        let mut query = span(2, SpanType::Exit, SpanLayer::Database, "PostgreSQL/query".to_owned());
        query.peer = "db.local:5432".into();
        query.tags.push(pair("db.type", "sql"));
        query.tags.push(pair("db.statement", format!("SELECT * FROM items WHERE id = {number}")));
        let mut call = span(3, SpanType::Exit, SpanLayer::Http, "/items".to_owned());
        call.peer = format!("service-{}:8080", service + 1);
        SegmentObject {
            trace_id: id(0),
            trace_segment_id: id(hop),
            service: format!("service-{service}"),
            service_instance: format!("service-{service}-{}", number % 3),
            spans: vec![call, query, work, entry],
            ..Default::default()
        }
    })
}

/// Fills a store beyond its limit. Returns the state and the segments a second.
fn filled(traces: i64) -> (CollectorState, f64) {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let addresses = Addresses { grpc: nowhere, http: nowhere };
    let state = CollectorState::new(addresses, Limits::default(), Timeouts::default(), None);
    let now = now();
    let (mut segments, mut seconds) = (0_u32, 0.0);
    for first in (0..traces).step_by(1_000) {
        let encoded: Vec<_> = (first..first + 1_000)
            .flat_map(|number| trace(number, now + number))
            .map(|segment| segment.encode_to_vec())
            .collect();
        let began = Instant::now();
        for bytes in &encoded {
            state.add_segment(bytes).expect("a valid segment");
            segments += 1;
        }
        seconds += began.elapsed().as_secs_f64();
    }
    (state, f64::from(segments) / seconds)
}

/// Returns the median and the 95th percentile of the milliseconds that `work` takes.
fn percentiles(mut work: impl FnMut()) -> (f64, f64) {
    let mut times: Vec<_> = (0..40)
        .map(|_| {
            let began = Instant::now();
            work();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |part: usize| times[times.len() * part / 100].as_secs_f64() * 1_000.0;
    (at(50), at(95))
}

#[test]
#[ignore = "measures"]
fn insertion_and_search_speed() {
    let (state, rate) = filled(60_000);
    let stats = state.stats();
    println!("{rate:.0} segments a second; {stats}; {} bytes", stats.bytes_stored);
    let now = now();
    let queries = [
        ("all", TraceQuery::new()),
        ("10 000 of all", TraceQuery::new().limit(10_000)),
        ("from, to", TraceQuery::new().from(now + 30_000).to(now + 40_000)),
        ("service", TraceQuery::new().service("service-3")),
        ("service, endpoint", TraceQuery::new().service("service-3").endpoint("/orders/7/items")),
        ("endpoint", TraceQuery::new().endpoint("/orders/7/items")),
        ("tag", TraceQuery::new().tag("http.status_code", "500")),
        ("tag key", TraceQuery::new().has_tag("url").min_duration(100)),
        ("slowest", TraceQuery::new().sort(crate::api::TraceSort::Duration)),
        ("errors", TraceQuery::new().is_error(true)),
        ("rare text", TraceQuery::new().text("page=50123&")),
        ("frequent text", TraceQuery::new().text("items")),
        ("text and tag", TraceQuery::new().text("stock-3").tag("http.status_code", "500")),
        ("nothing", TraceQuery::new().text("no such text")),
    ];
    for (name, query) in queries {
        let search = || {
            let Ok(page) = state.search(&query, &mut Unlimited);
            page.matched
        };
        let matched = search();
        let (median, high) = percentiles(|| _ = search());
        println!("{name}: {matched} traces, median {median:.1} ms, p95 {high:.1} ms");
    }
}
