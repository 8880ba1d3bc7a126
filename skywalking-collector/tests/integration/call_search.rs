//! Searches for the traces of a call of the service map.

use std::collections::BTreeMap;

use serde_json::Value;
use skywalking_collector::{Collector, TraceQuery};
use skywalking_proto::v3::{SegmentObject, SegmentReference, SpanLayer, SpanObject, SpanType};

use crate::http_search::ids;
use crate::live::Live;
use crate::support::{COLLECT, encoded, json, now, pair, scenario, send, small, start};

fn span(id: i32, kind: SpanType, layer: SpanLayer, peer: &str) -> SpanObject {
    SpanObject {
        span_id: id,
        parent_span_id: id - 1,
        start_time: now(),
        end_time: now() + 1,
        operation_name: "work".into(),
        peer: peer.into(),
        span_type: kind as i32,
        span_layer: layer as i32,
        ..Default::default()
    }
}

/// An entry span that this service called by the address.
fn called_by(service: &str, layer: SpanLayer, address: &str) -> SpanObject {
    let reference = SegmentReference {
        parent_service: service.into(),
        parent_trace_segment_id: "not stored".into(),
        network_address_used_at_peer: address.into(),
        ..Default::default()
    };
    SpanObject { refs: vec![reference], ..span(0, SpanType::Entry, layer, "") }
}

fn segment(trace: &str, service: &str, spans: Vec<SpanObject>) -> SegmentObject {
    SegmentObject { service: service.into(), spans, ..small(trace, trace) }
}

/// Stores a trace for each kind of call, and one that only mentions their names.
async fn with_calls() -> Collector {
    let collector = start().await;
    let mut segments = scenario("alias", now()).to_vec();
    let long = "a.very.long.host.name.".repeat(5);
    segments.push(segment(
        "database",
        "shop",
        vec![
            span(0, SpanType::Entry, SpanLayer::Http, ""),
            span(1, SpanType::Exit, SpanLayer::Database, "db:5432"),
        ],
    ));
    segments.push(segment(
        "long",
        "shop",
        vec![span(0, SpanType::Exit, SpanLayer::Database, &long)],
    ));
    segments.push(segment("queue", "mailer", vec![called_by("shop", SpanLayer::Mq, "kafka:9092")]));
    segments.push(segment("unreported", "shop", vec![called_by("ghost", SpanLayer::Http, "s:1")]));
    let mut mention = span(0, SpanType::Local, SpanLayer::Unknown, "");
    mention.tags = vec![pair("text", "User shop db:5432 kafka:9092 ghost RTS_Test Service_Test")];
    segments.push(segment("mention", "shop", vec![mention]));
    send(collector.grpc_addr(), COLLECT, encoded(&segments)).await.expect("accepted");
    collector
}

fn name<'a>(map: &'a Value, id: &Value) -> &'a str {
    let nodes = map["nodes"].as_array().expect("an array");
    let node = nodes.iter().find(|node| node["id"] == *id).expect("a node");
    node["name"].as_str().expect("a name")
}

#[tokio::test]
async fn each_call_of_the_map_finds_its_traces() {
    let collector = with_calls().await;
    let map = json(collector.http_addr(), "/api/topology").await;
    let mut found = BTreeMap::new();
    for call in map["calls"].as_array().expect("an array") {
        let [source, target] = ["source", "target"].map(|end| call[end].as_str().expect("an id"));
        let traces = collector.traces(&TraceQuery::new().source(source).target(target));
        let ids: Vec<_> = traces.into_iter().map(|trace| trace.trace_id).collect();
        let ends = [&call["source"], &call["target"]].map(|id| name(&map, id)).join(" -> ");
        found.insert(ends.replace(&"a.very.long.host.name.".repeat(3), "long."), ids.join(" "));
    }

    insta::assert_debug_snapshot!(found, @r#"
    {
        "RTS_Test -> Service_Test": "alias",
        "Service_Test -> APIService": "alias",
        "User -> RTS_Test": "alias",
        "User -> shop": "database",
        "ghost -> shop": "unreported",
        "kafka:9092 -> mailer": "queue",
        "shop -> db:5432": "database",
        "shop -> long.a.ve": "long",
    }
    "#);
}

#[tokio::test]
async fn one_end_of_a_call_finds_the_traces_of_any_other() {
    let collector = with_calls().await;
    let http = collector.http_addr();
    let found = async |query: &str| {
        let list = json(http, &format!("/api/traces?{query}")).await;
        let mut ids: Vec<_> = ids(&list).into_iter().map(str::to_owned).collect();
        ids.sort_unstable();
        ids
    };

    assert_eq!(found("target=ZGI6NTQzMg==.0").await, ["database"]);
    assert_eq!(found("source=VXNlcg==.0").await, ["alias", "database"]);
    assert_eq!(found("source=VXNlcg==.0&service=shop&error=false").await, ["database"]);
    assert_eq!(found("source=VXNlcg==.1").await, [""; 0]);
    assert_eq!(found("target=nothing").await, [""; 0]);
}

#[tokio::test]
async fn live_stream_has_the_traces_of_a_call() {
    let collector = with_calls().await;
    let query = "?source=UlRTX1Rlc3Q=.1&target=U2VydmljZV9UZXN0.1&cursor=0";
    let mut live = Live::open(collector.http_addr(), query).await;

    assert_eq!(live.next("trace").await["trace"]["traceId"], "alias");

    send(collector.grpc_addr(), COLLECT, encoded(&[small("other", "other")])).await.expect("ok");
    send(collector.grpc_addr(), COLLECT, encoded(&scenario("next", now()))).await.expect("ok");

    assert_eq!(live.next("trace").await["trace"]["traceId"], "next");
}
