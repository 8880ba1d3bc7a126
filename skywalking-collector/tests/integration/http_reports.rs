//! Reports over HTTP: formats, limits and errors.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message as _;
use serde_json::{Value, json};
use skywalking_collector::{Collector, Error, Port, TraceQuery, view};
use skywalking_proto::v3::{InstancePingPkg, InstanceProperties};

use crate::support::{
    COLLECT, Response, builder, encoded, exchange, get, json, now, pair, post, send, send_with,
    small, start,
};

const VECTORS: &str = include_str!("vectors.json");
const JSON: &str = "Content-Type: application/json\r\n";
const BINARY: &str = "Content-Type: application/x-protobuf\r\n";
const PROPERTIES: &str = "/v3/management/reportProperties";
const KEEP_ALIVE: &str = "/v3/management/keepAlive";
const MIB: usize = 1024 * 1024;

/// Returns the minimal segment of `docs/protocol.md`, with the current time.
fn minimal(id: &str) -> Value {
    json!({
        "traceId": id, "traceSegmentId": id, "service": "svc", "serviceInstance": "i",
        "spans": [{
            "spanId": 0, "parentSpanId": -1, "startTime": now(), "endTime": (now() + 10).to_string(), "operationName": "/x",
            "spanType": "Entry", "spanLayer": "Http", "componentId": 49, "isError": false,
            "tags": [{ "key": "http.method", "value": "GET" }],
        }],
    })
}

fn stored(collector: &Collector) -> Vec<String> {
    let mut ids: Vec<_> =
        collector.traces(&TraceQuery::default()).into_iter().map(|trace| trace.trace_id).collect();
    ids.sort_unstable();
    ids
}

#[track_caller]
fn accepted(response: &Response) {
    assert_eq!((response.status, response.body.as_str()), (200, ""), "{response:?}");
    assert!(
        response.headers.iter().any(|header| header == "content-type: application/protobuf"),
        "{response:?}"
    );
}

#[track_caller]
fn refused(response: &Response, status: u16) -> String {
    assert_eq!(response.status, status, "{response:?}");
    response.json()["error"].as_str().expect("a reason").to_owned()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("a vector");
    packed.finish().expect("a vector")
}

#[tokio::test]
async fn segments_are_json_or_protobuf() {
    let collector = start().await;
    let http = collector.http_addr();

    accepted(&post(http, "/v3/segment", JSON, minimal("json").to_string().as_bytes()).await);
    accepted(&post(http, "/v3/segment", BINARY, &small("binary", "binary").encode_to_vec()).await);
    accepted(&post(http, "/v3/segment", "", &small("untyped", "untyped").encode_to_vec()).await);
    accepted(
        &post(
            http,
            "/v3/segments",
            JSON,
            json!([minimal("a"), minimal("b")]).to_string().as_bytes(),
        )
        .await,
    );
    accepted(&post(http, "/v3/segments", JSON, b"[]").await);

    assert_eq!(stored(&collector), ["a", "b", "binary", "json", "untyped"]);

    let span = collector.trace("json").expect("stored").spans.swap_remove(0);

    assert_eq!(
        (span.operation_name.as_str(), span.layer, span.span_type, span.component_id),
        ("/x", "Http", "Entry", 49)
    );
    assert_eq!(span.end_time - span.start_time, 10);
}

#[tokio::test]
async fn properties_and_pings_are_json_or_protobuf() {
    let collector = start().await;
    let http = collector.http_addr();

    let text = json!({ "service": "svc", "serviceInstance": "json", "properties": [{ "key": "language", "value": "rust" }] });
    accepted(&post(http, PROPERTIES, JSON, text.to_string().as_bytes()).await);
    let message = InstanceProperties {
        service: "svc".into(),
        service_instance: "binary".into(),
        properties: vec![pair("language", "rust")],
        ..Default::default()
    };
    accepted(&post(http, PROPERTIES, BINARY, &message.encode_to_vec()).await);
    accepted(
        &post(
            http,
            KEEP_ALIVE,
            JSON,
            br#"{"service":"svc","serviceInstance":"json","layer":"GENERAL"}"#,
        )
        .await,
    );
    let ping = InstancePingPkg {
        service: "svc".into(),
        service_instance: "binary".into(),
        layer: "GENERAL".into(),
    };
    accepted(&post(http, KEEP_ALIVE, BINARY, &ping.encode_to_vec()).await);
    let known: Vec<_> = collector
        .instances()
        .into_iter()
        .map(|known| {
            format!(
                "{}/{} {:?} {} {}",
                known.service,
                known.instance,
                known.properties,
                known.last_ping.is_some(),
                known.layer
            )
        })
        .collect();
    let who = |instance| format!("svc/{instance} [(\"language\", \"rust\")] true GENERAL");

    assert_eq!(known, [who("binary"), who("json")]);

    let stats = collector.stats();

    assert_eq!((stats.properties_reports, stats.pings, stats.management_refused), (2, 2, 0));
}

/// The JSON messages of `proto/vectors.json`, with the current time in place of their own.
#[tokio::test]
async fn messages_of_the_vectors_are_accepted() {
    let vectors: Value = serde_json::from_str(VECTORS).expect("JSON");

    let collector = start().await;
    let http = collector.http_addr();

    let mut seen = 0;
    for message in vectors["messages"].as_array().expect("a list") {
        let with_current_time = |segment: &Value| {
            let mut segment = segment.clone();
            for span in segment["spans"].as_array_mut().into_iter().flatten() {
                span["startTime"] = now().to_string().into();
                span["endTime"] = now().into();
            }
            segment
        };
        let json = &message["json"];
        let (path, body) = match message["type"].as_str().expect("a name") {
            "skywalking.v3.SegmentObject" => ("/v3/segment", with_current_time(json)),
            "skywalking.v3.SegmentCollection" => (
                "/v3/segments",
                json["segments"].as_array().into_iter().flatten().map(with_current_time).collect(),
            ),
            "skywalking.v3.InstanceProperties" => (PROPERTIES, json.clone()),
            "skywalking.v3.InstancePingPkg" => (KEEP_ALIVE, json.clone()),
            _ => continue,
        };
        accepted(&post(http, path, JSON, body.to_string().as_bytes()).await);
        seen += 1;
    }

    assert_eq!(seen, 5);

    let stats = collector.stats();

    assert_eq!(
        (stats.segments_accepted, stats.segments_empty, stats.properties_reports, stats.pings),
        (2, 1, 1, 1),
        "{stats}"
    );
}

/// Two segments of one trace, recorded on 5 May 2020 from the agents of a gateway and of a service.
#[tokio::test]
async fn recorded_traces_are_stored_with_a_violation() {
    const RECORDED: i64 = 1_588_664_577_013;
    let segment = |id: &str, service: &str, spans: Value| json!({ "traceId": "recorded", "traceSegmentId": id, "service": service, "serviceInstance": "i", "spans": spans });
    let span = |id: i32, kind: &str, name: &str| {
        json!({
            "spanId": id, "parentSpanId": id - 1, "operationName": name, "spanType": kind, "spanLayer": "Http", "componentId": 6000,
            "startTime": RECORDED + i64::from(id), "endTime": RECORDED + 15, "peer": if kind == "Exit" { "upstream:80" } else { "" },
        })
    };
    let mut served = span(0, "Entry", "/item");
    served["refs"] = json!([{
        "refType": "CrossProcess", "traceId": "recorded", "parentTraceSegmentId": "gateway", "parentSpanId": 1,
        "parentService": "gateway", "parentServiceInstance": "i", "parentEndpoint": "/ingress",
        "networkAddressUsedAtPeer": "upstream:80",
    }]);
    let gateway = segment(
        "gateway",
        "gateway",
        json!([span(1, "Exit", "/ingress"), span(0, "Entry", "/ingress")]),
    );
    let service = segment("service", "shop", json!([served]));

    let collector = start().await;
    let http = collector.http_addr();

    accepted(
        &post(http, "/v3/segments", JSON, json!([gateway, service]).to_string().as_bytes()).await,
    );
    // By gRPC too, with the times of a machine whose clock is not set or wrong.
    for (id, start) in [("just-booted", 300_000), ("next-year", now() + 365 * 86_400_000)] {
        let mut wrong = small(id, id);
        (wrong.spans[0].start_time, wrong.spans[0].end_time) = (start, start + 1);
        send(collector.grpc_addr(), COLLECT, encoded([&wrong])).await.expect("accepted");
    }

    assert_eq!(stored(&collector), ["just-booted", "next-year", "recorded"]);

    let trace = collector.trace("recorded").expect("stored");
    let rules: Vec<_> =
        trace.violations.iter().map(|one| (one.segment_id.as_str(), &*one.rule)).collect();

    assert_eq!(rules, [("gateway", "start-time"), ("service", "start-time")]);

    let text = view::tree(&trace, view::Style::plain());

    assert!(
        text.contains("3 spans, 2 services, 15 ms")
            && text.replace("\n  ", " ").contains("an OAP on SQL storage has no table"),
        "{text}"
    );
    assert_eq!(collector.topology().calls.len(), 2);
}

#[tokio::test]
async fn partial_success_keeps_the_valid_segments() {
    let collector = start().await;
    let http = collector.http_addr();

    let mut lost = minimal("lost");
    lost["spans"][0]["spanId"] = 1.into();
    let mut wrong = minimal("wrong");
    wrong["spans"][0]["startTime"] = "soon".into();
    let body = json!([minimal("a"), lost, minimal("b"), wrong, 7, minimal("c")]).to_string();
    let reason = refused(&post(http, "/v3/segments", JSON, body.as_bytes()).await, 400);

    assert_eq!(
        reason,
        "3 of 6 segments refused; number 2: segment \"lost\" has no span with id 0, so the OAP could not find it: number the spans from 0"
    );
    assert_eq!(stored(&collector), ["a", "b", "c"]);
    assert_eq!((collector.stats().segments_accepted, collector.stats().segments_refused), (3, 3));

    // An incomplete array: the segments before the end are kept.
    let whole = json!([minimal("d"), minimal("e")]).to_string();
    let reason =
        refused(&post(http, "/v3/segments", JSON, &whole.as_bytes()[..whole.len() - 9]).await, 400);

    assert!(
        reason.starts_with(
            "1 of 2 segments refused; number 2: not the JSON of an array of SegmentObject: EOF"
        ),
        "{reason}"
    );
    assert_eq!(stored(&collector), ["a", "b", "c", "d"]);
    assert_eq!(collector.stats().segments_refused, 4);
}

#[tokio::test]
async fn invalid_bodies_are_refused_and_counted() {
    let collector = start().await;
    let http = collector.http_addr();

    let segment = minimal("t").to_string();
    let text = "Content-Type: text/plain\r\n";
    let packed = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    let brotli = "Content-Type: application/json\r\nContent-Encoding: br\r\n";
    for (path, headers, body, status, part) in [
        ("/v3/segment", JSON, &b"{"[..], 400, "not the JSON of SegmentObject: EOF while parsing"),
        ("/v3/segment", JSON, b"[]", 400, "expected an object"),
        ("/v3/segment", BINARY, b"these bytes are not a segment", 400, "not a SegmentObject"),
        ("/v3/segment", "", segment.as_bytes(), 400, "not a SegmentObject"),
        (
            "/v3/segment",
            text,
            segment.as_bytes(),
            415,
            "unknown content type \"text/plain\": send application/json",
        ),
        (
            "/v3/segment",
            packed,
            segment.as_bytes(),
            400,
            "the content encoding is gzip, but the body is not",
        ),
        (
            "/v3/segment",
            brotli,
            segment.as_bytes(),
            415,
            "unknown content encoding \"br\": send gzip",
        ),
        ("/v3/segments", JSON, segment.as_bytes(), 400, "expected an array"),
        ("/v3/segments", BINARY, b"", 415, "/v3/segments accepts only a JSON array"),
        (
            PROPERTIES,
            JSON,
            b"{\"properties\":7}",
            400,
            "7: expected an array of objects for properties",
        ),
        (PROPERTIES, BINARY, b"\xff", 400, "invalid InstanceProperties"),
        (KEEP_ALIVE, JSON, b"{\"service\":[]}", 400, "array: expected a string for service"),
        (KEEP_ALIVE, BINARY, b"\x0a\x01\xff", 400, "not an InstancePingPkg"),
    ] {
        let reason = refused(&post(http, path, headers, body).await, status);
        assert!(reason.contains(part), "{path}: {reason}");
    }
    let stats = collector.stats();

    assert_eq!((stats.segments_refused, stats.management_refused), (9, 4), "{stats:?}");
    assert_eq!((stats.segments_accepted, stats.properties_reports, stats.pings), (0, 0, 0));

    accepted(&post(http, "/v3/segment", JSON, segment.as_bytes()).await);
}

#[tokio::test]
async fn body_is_limited_to_10_mib_decompressed() {
    let collector = start().await;
    let http = collector.http_addr();

    let large = |id: &str, size: usize| {
        let mut segment = minimal(id);
        let rest = json!([segment]).to_string().len() + "[]".len() - 2;
        segment["spans"][0]["tags"][0]["value"] = "x".repeat(size - rest + "GET".len()).into();
        json!([segment]).to_string()
    };
    let headers = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    let (within, above) = (large("within", 10 * MIB), large("above", 10 * MIB + 1));

    assert_eq!((within.len(), above.len()), (10 * MIB, 10 * MIB + 1));

    accepted(&post(http, "/v3/segments", JSON, within.as_bytes()).await);
    accepted(
        &post(http, "/v3/segments", headers, &gzip(large("packed", 10 * MIB).as_bytes())).await,
    );
    // About ten kilobytes compressed.
    let reason = refused(&post(http, "/v3/segments", headers, &gzip(above.as_bytes())).await, 413);

    assert!(
        reason
            .contains("more than 10485760 bytes (gzip counts decompressed): send smaller batches"),
        "{reason}"
    );

    // A declared length over the limit is refused without reading.
    let head = format!(
        "POST /v3/segments HTTP/1.1\r\nHost: {http}\r\n{JSON}Content-Length: 10485761\r\nConnection: close\r\n\r\n"
    );
    refused(&exchange(http, &head).await, 413);

    assert_eq!(stored(&collector), ["packed", "within"]);
    assert_eq!(collector.stats().segments_refused, 2);
}

#[tokio::test]
async fn token_is_required_on_both_ports() {
    let collector = builder().token("s3cret").start().await.expect("free ports");
    let http = collector.http_addr();

    let body = json!([minimal("t")]).to_string();
    for header in
        ["", "authentication: S3cret\r\n", "authentication: s3cret2\r\n", "authentication:\r\n"]
    {
        for path in ["/v3/segment", "/v3/segments", PROPERTIES, KEEP_ALIVE] {
            let reason =
                refused(&post(http, path, &format!("{JSON}{header}"), body.as_bytes()).await, 401);
            assert_eq!(
                reason,
                "header `authentication` is missing or is not this collector's token"
            );
        }
        for path in ["/api/services", "/api/traces", "/api/topology", "/nothing"] {
            let request =
                format!("GET {path} HTTP/1.1\r\nHost: {http}\r\n{header}Connection: close\r\n\r\n");
            refused(&exchange(http, &request).await, 401);
        }
    }

    assert_eq!(json(http, "/healthcheck").await, json!({ "status": "ok" }));

    let stats = collector.stats();

    assert_eq!((stats.segments_accepted, stats.properties_reports, stats.pings), (0, 0, 0));

    let right = "Authentication: s3cret\r\n";
    accepted(&post(http, "/v3/segments", &format!("{JSON}{right}"), body.as_bytes()).await);
    send_with(collector.grpc_addr(), COLLECT, encoded([&small("u", "u")]), Some("s3cret"))
        .await
        .expect("the token");
    let request =
        format!("GET /api/traces HTTP/1.1\r\nHost: {http}\r\n{right}Connection: close\r\n\r\n");

    assert_eq!(exchange(http, &request).await.json()["matched"], 2);
    assert!(!format!("{collector:?}").contains("s3cret"));
}

#[tokio::test]
async fn token_is_required_for_reachable_addresses() {
    for (grpc, http, wanted) in
        [("0.0.0.0:0", "127.0.0.1:0", Port::Grpc), ("127.0.0.1:0", "[::]:0", Port::Http)]
    {
        let start = Collector::builder().grpc_addr(grpc).http_addr(http).start();
        let error = start.await.expect_err("no token");
        assert!(matches!(error, Error::TokenMissing { port, .. } if port == wanted), "{error}");
        assert!(error.to_string().contains("SW_COLLECTOR_TOKEN"), "{error}");
    }
    Collector::builder()
        .grpc_addr("0.0.0.0:0")
        .http_addr("127.0.0.1:0")
        .token("s3cret")
        .start()
        .await
        .expect("a token");

    let error = builder().token("").start().await.expect_err("no token");

    assert!(matches!(error, Error::Token), "{error}");
}

#[tokio::test]
async fn reports_need_no_host_and_no_origin() {
    let collector = start().await;
    let http = collector.http_addr();

    let request = |headers: &str, id: &str| {
        let body = minimal(id).to_string();
        format!(
            "POST /v3/segment HTTP/1.1\r\n{headers}{JSON}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    };
    // A container reports to the name of its host.
    accepted(&exchange(http, &request("Host: host.docker.internal:12800\r\n", "a")).await);

    // Pages are refused whatever their origin and their host are. Browsers ask by OPTIONS first.
    for origin in ["http://evil.example", &format!("http://{http}"), "null", ""] {
        for host in [http.to_string(), "host.docker.internal:12800".to_owned()] {
            let headers = format!("Host: {host}\r\nOrigin: {origin}\r\n");
            let response = exchange(http, &request(&headers, "b")).await;
            assert!(refused(&response, 403).contains("web pages"), "{response:?}");
            let asked = request(&headers, "b").replace("POST", "OPTIONS");
            let response = exchange(http, &asked).await;
            refused(&response, 403);
            let is_cors = |header: &String| header.starts_with("access-control-");
            assert!(!response.headers.iter().any(is_cors), "{response:?}");
        }
    }
    for path in ["segment", "segments", "management/keepAlive", "logs", "events"] {
        let page = request("Host: localhost\r\nOrigin: http://evil.example\r\n", "b");
        let page = page.replace("/v3/segment ", &format!("/v3/{path} "));
        refused(&exchange(http, &page).await, 403);
    }
    assert_eq!(stored(&collector), ["a"]);

    let reason = refused(&get(http, "/v3/segments").await, 405);

    assert_eq!(reason, "method \"GET\" is not allowed: use POST");
}
