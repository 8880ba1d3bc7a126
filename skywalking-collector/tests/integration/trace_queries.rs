//! Queries of one trace: the skeleton, the details of a span, the search, and the collector's
//! settings.

use std::time::Instant;

use prost::Message as _;
use serde_json::{Value, json};
use skywalking_proto::v3::{
    RefType, SegmentCollection, SegmentObject, SegmentReference, SpanObject,
};

use crate::support::{
    COLLECT, COLLECT_IN_SYNC, builder, encoded, get, json, now, pair, scenario, send, small, start,
    with_scenario,
};

#[tokio::test]
async fn skeleton_has_the_tree_as_columns() {
    let (collector, began) = with_scenario().await;
    assert_eq!(
        json(collector.http_addr(), "/api/traces/trace%2F1/skeleton").await,
        json!({
            "traceId": "trace/1", "start": began, "end": began + 12, "spans": 4,
            "services": ["RTS_Test", "Service_Test"], "colors": [0, 1],
            "instances": ["RTS_Test_1", "Service_Test_1"],
            "names": [
                "/API/Snapshot", "/Service/OnSnapshot", "/Service/OnSnapshot/QueringSnapshot",
                "/database/QuerySnapshot",
            ],
            "peers": ["RTS_Server", "APIService"], "components": ["Rust"], "reasons": [],
            "segments": ["trace/1.client", "trace/1.server"],
            "columns": {
                "segment": [0, 0, 1, 1], "spanId": [0, 1, 0, 1], "parent": [-1, 0, 1, 2],
                "depth": [0, 1, 2, 3], "link": [0, 1, 2, 1],
                "service": [0, 0, 1, 1], "instance": [0, 0, 1, 1], "name": [0, 1, 2, 3],
                "peer": [-1, 0, -1, 1], "component": [0, 0, 0, 0],
                "type": [0, 1, 0, 1], "layer": [3, 2, 2, 1],
                "start": [0, 1, 2, 3], "duration": [12, 10, 8, 6], "self": [2, 2, 2, 6],
                "flags": [0, 0, 8, 160], "reason": [-1, -1, -1, -1],
            },
            "critical": [
                [0, 0, 1], [1, 1, 2], [2, 2, 3], [3, 3, 9], [2, 9, 10], [1, 10, 11], [0, 11, 12],
            ],
            "notes": [], "violations": [],
        })
    );
}

#[tokio::test]
async fn span_has_references_in_both_directions() {
    let collector = start().await;
    let began = now();
    let [client, mut server] = scenario("t", began);
    let reference = server.spans[1].refs[0].clone();
    for (trace, segment, id) in [
        ("t", "lost", 1),
        ("u", "u.1", 1),
        ("v", "lost", 2),
        ("t", "t.client", 9),
        ("t", "t.client", 0),
    ] {
        let mut other = reference.clone();
        (other.trace_id, other.parent_trace_segment_id) = (trace.into(), segment.into());
        other.parent_span_id = id;
        server.spans[1].refs.push(other);
    }
    // The last one attaches the span to its parent.
    server.spans[1].refs.rotate_left(1);
    server.is_size_limited = true;
    send(collector.grpc_addr(), COLLECT, encoded([&client, &server, &small("u", "u.1")]))
        .await
        .expect("accepted");
    let http = collector.http_addr();

    let entry = json(http, "/api/traces/t/spans/t.server/0").await;
    let stored: Vec<_> = entry["references"].as_array().expect("an array").iter().collect();

    assert_eq!(
        stored.iter().map(|one| one["stored"].clone()).collect::<Vec<_>>(),
        [false, true, false, false, true, true].map(Value::from)
    );
    assert_eq!(stored[1]["parentSegmentId"], "u.1");

    let trace = json(http, "/api/traces/t").await;

    assert_eq!(entry["span"], trace["spans"][3]);

    let rest = ["component", "selfTime", "children", "referencedBy", "violations", "isSizeLimited"]
        .map(|field| entry[field].clone());

    assert_eq!(json!(rest), json!(["Rust", 2, 1, [], [], true]));

    let exit = json(http, "/api/traces/t/spans/t.client/1").await;

    assert_eq!(
        json!([exit["selfTime"], exit["children"], exit["references"], exit["referencedBy"]]),
        json!([2, 1, [], [{
            "traceId": "t", "segmentId": "t.server", "spanId": 0, "service": "Service_Test",
            "operationName": "/Service/OnSnapshot/QueringSnapshot",
        }]])
    );
    assert_eq!(exit["isSizeLimited"], false);
}

#[tokio::test]
async fn span_has_its_violations() {
    let collector = start().await;
    let [mut client, _] = scenario("t", now());
    client.spans[0].peer.clear();
    client.spans[0].component_id = 987_654;
    send(collector.grpc_addr(), COLLECT, encoded([&client])).await.expect("accepted");
    let http = collector.http_addr();
    let trace = json(http, "/api/traces/t").await;
    let exit = json(http, "/api/traces/t/spans/t.client/1").await;
    let entry = json(http, "/api/traces/t/spans/t.client/0").await;

    assert!(!trace["violations"].as_array().expect("an array").is_empty());
    assert_eq!(exit["violations"], trace["violations"]);
    assert_eq!((&entry["violations"], &exit["component"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn search_finds_names_tags_and_logs_in_any_case() {
    let (collector, _) = with_scenario().await;
    let found = async |text: &str| {
        let path = format!("/api/traces/trace%2F1/search?text={text}");
        json(collector.http_addr(), &path).await["rows"].clone()
    };

    for (text, rows) in [
        ("onsnapshot", vec![1, 2]),
        ("SERVICE_TEST", vec![2, 3]),
        ("rts_test_1", vec![0, 1]),
        ("apiservice", vec![3]),
        ("db.type%3DSQL", vec![3]),
        ("a+from+snap", vec![3]),
        ("count%3D3", vec![3]),
        ("snapshot", vec![0, 1, 2, 3]),
        ("nothing", vec![]),
    ] {
        assert_eq!(found(text).await, json!(rows), "{text}");
    }
}

#[tokio::test]
async fn unknown_spans_and_invalid_paths_are_errors() {
    let (collector, _) = with_scenario().await;
    for (path, status, part) in [
        ("trace%2F2/skeleton", 404, r#"trace "trace/2" is not stored"#),
        ("trace%2F2/search?text=a", 404, r#"trace "trace/2" is not stored"#),
        ("trace%2F1/search", 400, "text= is missing"),
        ("trace%2F1/search?q=1", 400, r#"unknown parameter "q": expected text"#),
        ("trace%2F1/skeleton?a=b", 400, r#"unknown parameter "a""#),
        ("trace%2F1/spans/trace%2F1.client/2", 404, "span 2 of segment"),
        ("trace%2F1/spans/trace%2F1.client/x", 400, r#"invalid span id "x""#),
        ("trace%2F1/spans/%ff/1", 400, "percent-encoded"),
        ("%ff/skeleton", 400, "percent-encoded"),
    ] {
        let response = get(collector.http_addr(), &format!("/api/traces/{path}")).await;
        assert_eq!(response.status, status, "{path}: {response:?}");
        assert!(response.json()["error"].as_str().expect("text").contains(part), "{response:?}");
    }
}

#[tokio::test]
async fn about_names_addresses_and_limits() {
    let began = now();
    let collector = builder().max_spans(1_234).max_bytes(56_789).start().await.expect("ports");
    let mut about = json(collector.http_addr(), "/api/about").await;
    let started = about["startedAt"].take().as_i64().expect("milliseconds");

    assert!((began..=now()).contains(&started), "{started}");
    assert_eq!(
        about,
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "grpcAddr": collector.grpc_addr().to_string(),
            "httpAddr": collector.http_addr().to_string(),
            "tokenRequired": false,
            "limits": { "maxSpans": 1_234, "maxBytes": 56_789 },
            "startedAt": null,
        })
    );
}

/// Returns a trace of 50 000 spans: 100 services that call each other, each with 500 spans.
fn large(began: i64) -> Vec<SegmentObject> {
    (0..100)
        .map(|at| {
            let mut segment = small("large", &format!("large.{at}.00000000000000000000"));
            (segment.service, segment.service_instance) =
                (format!("service-{at}"), format!("service-{at}@10.0.0.{at}"));
            let step = segment.spans[0].clone();
            segment.spans = (0..500)
                .map(|id| SpanObject {
                    span_id: id,
                    parent_span_id: if id == 0 { -1 } else { (id - 1) / 3 },
                    start_time: began + at * 10 + i64::from(id),
                    end_time: began + 60_000 - at * 10 - i64::from(id),
                    operation_name: format!("/items/{{id}}/step-{}", id % 50),
                    tags: vec![pair("http.status_code", "200"), pair("id", &id.to_string())],
                    ..step.clone()
                })
                .collect();
            if at > 0 {
                segment.spans[0].refs.push(SegmentReference {
                    ref_type: RefType::CrossProcess as i32,
                    trace_id: "large".into(),
                    parent_trace_segment_id: format!("large.{}.00000000000000000000", at - 1),
                    parent_span_id: 499,
                    ..Default::default()
                });
            }
            segment
        })
        .collect()
}

#[tokio::test]
async fn skeleton_of_50_000_spans_is_small() {
    let collector = start().await;
    let segments = SegmentCollection { segments: large(now()) };
    send(collector.grpc_addr(), COLLECT_IN_SYNC, vec![segments.encode_to_vec()])
        .await
        .expect("accepted");
    let http = collector.http_addr();
    for path in ["skeleton", "search?text=id%3D499", "spans/large.50.00000000000000000000/499"] {
        let begin = Instant::now();
        let response = get(http, &format!("/api/traces/large/{path}")).await;
        println!("{path:?}: {} bytes in {:?}", response.body.len(), begin.elapsed());
        assert_eq!(response.status, 200);
        if path == "skeleton" {
            // 17 columns of 2 to 7 bytes each are 3 MB, and a further column is 100 to 200 KB. A
            // text in each row instead of its number would exceed the limit.
            let of_a_span = response.body.len() / 50_000;
            assert!(of_a_span < 80, "{of_a_span} bytes a span");
            assert_eq!(response.json()["columns"]["depth"].as_array().map(Vec::len), Some(50_000));
        }
    }
}

/// A consumer of messages of three traces, which is stored under the first one.
#[tokio::test]
async fn consumer_of_several_traces_is_shown_in_each() {
    let collector = start().await;
    let mut consumer = small("a", "a.consumer");
    consumer.spans[0].operation_name = "consume".into();
    consumer.spans[0].refs = ["a", "b", "c"]
        .map(|trace| SegmentReference {
            ref_type: RefType::CrossProcess as i32,
            trace_id: trace.into(),
            parent_trace_segment_id: format!("{trace}.producer"),
            parent_span_id: 0,
            ..Default::default()
        })
        .to_vec();
    let producers = ["a", "b", "c"].map(|trace| small(trace, &format!("{trace}.producer")));
    let sent = producers.iter().chain([&consumer]);
    send(collector.grpc_addr(), COLLECT, encoded(sent)).await.expect("accepted");
    let http = collector.http_addr();
    let own = json(http, "/api/traces/a/skeleton").await;

    assert_eq!(own["columns"]["link"], json!([0, 2]));
    assert_eq!(own["columns"]["parent"], json!([-1, 0]));

    let other = json(http, "/api/traces/b/skeleton").await;

    assert_eq!(
        other["notes"],
        json!([{
            "row": 0, "kind": "otherTrace",
            "text": "Service \"small\" continues this span in trace \"a\": open that trace to see its work.",
        }])
    );
    for trace in ["a", "b", "c"] {
        let span = json(http, &format!("/api/traces/{trace}/spans/{trace}.producer/0")).await;
        assert_eq!(
            span["referencedBy"],
            json!([{
                "traceId": "a", "segmentId": "a.consumer", "spanId": 0, "service": "small",
                "operationName": "consume",
            }])
        );
    }
}
