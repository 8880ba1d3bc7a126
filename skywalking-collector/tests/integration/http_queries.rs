//! Queries over HTTP: complete responses, and errors.

use prost::Message as _;
use serde_json::{Value, json};
use skywalking_collector::Error;
use skywalking_proto::v3::{InstancePingPkg, InstanceProperties};

use crate::support::{
    COLLECT, KEEP_ALIVE, PROPERTIES, TIMEOUT, builder, encoded, error_text, exchange, get, json,
    now, pair, scenario, send, small, start, with_scenario,
};

#[tokio::test]
async fn services_have_instances_and_last_seen() {
    let (collector, began) = with_scenario().await;
    let mut services = json(collector.http_addr(), "/api/services").await;
    for service in services.as_array_mut().expect("an array") {
        let seen = service["lastSeen"].take().as_i64().expect("milliseconds");
        assert!((began..began + 60_000).contains(&seen));
    }
    let service = |name: &str, color: u32, milliseconds: u64| {
        let mut sparkline = vec![0; 29];
        sparkline.push(1);
        json!({
            "name": name, "layer": null, "instances": 1, "lastSeen": null, "kind": "service",
            "calls": 1, "errors": 0, "perMinute": 6.0,
            "p50": milliseconds, "p95": milliseconds, "p99": milliseconds,
            "violations": 0, "color": color, "listed": true, "sparkline": sparkline,
        })
    };
    assert_eq!(services, json!([service("RTS_Test", 0, 12), service("Service_Test", 1, 8)]));
}

#[tokio::test]
async fn instances_have_properties() {
    let (collector, began) = with_scenario().await;

    let report = InstanceProperties {
        service: "RTS_Test".into(),
        service_instance: "RTS_Test_1".into(),
        properties: vec![
            pair("language", "rust"),
            pair("ipv4", "10.0.0.1"),
            pair("ipv4", "10.0.0.2"),
        ],
        ..Default::default()
    };
    let ping = InstancePingPkg {
        service: "quiet".into(),
        service_instance: "q 1".into(),
        layer: "GENERAL".into(),
    };
    send(collector.grpc_addr(), PROPERTIES, vec![report.encode_to_vec()]).await.expect("accepted");
    send(collector.grpc_addr(), KEEP_ALIVE, vec![ping.encode_to_vec()]).await.expect("accepted");
    let read = async |path| {
        let mut instances = json(collector.http_addr(), path).await;
        for instance in instances.as_array_mut().expect("an array") {
            for time in ["lastSeen", "lastPing"] {
                if let Some(seen) = instance[time].as_i64() {
                    assert!((began..began + 60_000).contains(&seen));
                    instance[time] = "recently".into();
                }
            }
        }
        instances
    };
    let properties = json!([
        { "key": "language", "value": "rust" }, { "key": "ipv4", "value": "10.0.0.1" }, { "key": "ipv4", "value": "10.0.0.2" },
    ]);
    let instance = |service: &str, name: &str, properties: Value, ping: Value, layer: &str| {
        json!({
            "service": service, "instance": name, "properties": properties, "lastPing": ping, "layer": layer,
            "lastSeen": "recently", "calls": 0, "errors": 0, "perMinute": 0.0, "p50": null,
            "p95": null, "p99": null,
        })
    };
    let called = |mut instance: Value, milliseconds: u64| {
        instance["calls"] = 1.into();
        instance["perMinute"] = 6.0.into();
        for percentile in ["p50", "p95", "p99"] {
            instance[percentile] = milliseconds.into();
        }
        instance
    };
    let client = called(instance("RTS_Test", "RTS_Test_1", properties, Value::Null, ""), 12);
    let server = called(instance("Service_Test", "Service_Test_1", json!([]), Value::Null, ""), 8);
    let quiet = instance("quiet", "q 1", json!([]), "recently".into(), "GENERAL");

    assert_eq!(read("/api/instances").await, json!([client, server, quiet]));
    assert_eq!(read("/api/instances?service=RTS_Test").await, json!([client]));
    assert_eq!(read("/api/instances?service=nobody").await, json!([]));
}

#[tokio::test]
async fn spans_have_skip_analysis() {
    let collector = start().await;

    let mut segments = scenario("t", now());
    segments[0].spans[0].skip_analysis = true;
    send(collector.grpc_addr(), COLLECT, encoded(&segments)).await.expect("accepted");
    let trace = json(collector.http_addr(), "/api/traces/t").await;
    let spans = trace["spans"].as_array().expect("an array").iter();
    let shown: Vec<_> =
        spans.map(|span| (span["spanId"].clone(), span["skipAnalysis"].clone())).collect();

    assert_eq!(json!(shown), json!([[1, true], [0, false], [1, false], [0, false]]));
}

#[tokio::test]
async fn violations_are_listed_with_the_trace_and_alone() {
    let (collector, began) = with_scenario().await;

    let [mut client, mut server] = scenario("wrong", began);
    client.spans[0].peer.clear();
    server.spans[1].refs[0].parent_endpoint.clear();
    server.service_instance.clear();
    // A segment that the OAP would lose is refused.
    let mut lost = small("lost", "lost");
    lost.spans[0].start_time = 0;
    let refused = send(collector.grpc_addr(), COLLECT, encoded([&client, &server, &lost]))
        .await
        .expect_err("one is lost");

    assert!(refused.message().contains("1 of 3 segments refused"), "{refused}");

    let violation = |segment: &str,
                     span: Value,
                     service: &str,
                     instance: &str,
                     rule: &str,
                     text: &str| {
        json!({
            "traceId": "wrong", "segmentId": segment, "spanId": span, "service": service, "serviceInstance": instance,
            "rule": rule, "text": text,
        })
    };
    let no_peer = violation(
        "wrong.client",
        1.into(),
        "RTS_Test",
        "RTS_Test_1",
        "no-peer",
        "span 1 of segment \"wrong.client\" is an Exit without a peer, so no call is drawn: set the address that is called",
    );
    let no_instance = violation(
        "wrong.server",
        Value::Null,
        "Service_Test",
        "",
        "no-name",
        "segment \"wrong.server\" has a blank instance name, by which nothing can be found: set it",
    );
    let no_endpoint = violation(
        "wrong.server",
        0.into(),
        "Service_Test",
        "",
        "no-name",
        "span 0 of segment \"wrong.server\" has a blank endpoint in a ref, by which nothing can be found: set it",
    );

    let http = collector.http_addr();

    assert_eq!(
        json(http, "/api/violations").await,
        json!([no_instance, no_endpoint, no_peer]),
        "newest segment first"
    );
    assert_eq!(json(http, "/api/violations?limit=1").await, json!([no_instance]));
    assert_eq!(json(http, "/api/violations?service=RTS_Test").await, json!([no_peer]));
    assert_eq!(
        json(http, "/api/traces/wrong").await["violations"],
        json!([no_peer, no_instance, no_endpoint])
    );

    let found: Vec<_> = json(http, "/api/traces").await["traces"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|trace| trace["violations"].clone())
        .collect();

    assert_eq!(found.iter().filter_map(Value::as_u64).sum::<u64>(), 3);

    let stats = collector.stats();

    assert_eq!((stats.segments_accepted, stats.segments_refused, stats.violations), (4, 1, 3));
    assert!(stats.to_string().ends_with("; 3 protocol violations"), "{stats}");
}

#[tokio::test]
async fn trace_has_every_field_of_its_spans() {
    let (collector, began) = with_scenario().await;

    let span = |segment: &str,
                id: i32,
                service: &str,
                name: &str,
                kind: &str,
                layer: &str,
                peer: &str,
                from: i64,
                to: i64| {
        json!({
            "traceId": "trace/1", "segmentId": format!("trace/1.{segment}"), "spanId": id, "parentSpanId": id - 1,
            "refs": [], "service": service, "serviceInstance": format!("{service}_1"), "operationName": name,
            "type": kind, "layer": layer, "componentId": 11000, "peer": peer,
            "startTime": began + from, "endTime": began + to, "isError": false, "skipAnalysis": false, "tags": [], "logs": [],
        })
    };
    let mut exit = span(
        "server",
        1,
        "Service_Test",
        "/database/QuerySnapshot",
        "Exit",
        "Database",
        "APIService",
        3,
        9,
    );
    exit["tags"] = json!([{ "key": "db.type", "value": "sql" }, { "key": "db.statement", "value": "SELECT a FROM snapshot" }]);
    exit["logs"] = json!([
        { "time": began + 4, "data": [{ "key": "event", "value": "rows" }, { "key": "count", "value": "3" }] }
    ]);
    let mut entry = span(
        "server",
        0,
        "Service_Test",
        "/Service/OnSnapshot/QueringSnapshot",
        "Entry",
        "RPCFramework",
        "",
        2,
        10,
    );
    entry["refs"] = json!([{
        "refType": "CrossProcess", "traceId": "trace/1", "parentSegmentId": "trace/1.client", "parentSpanId": 1,
        "parentService": "RTS_Test", "parentServiceInstance": "RTS_Test_1", "parentEndpoint": "/API/Snapshot",
        "networkAddressUsedAtPeer": "RTS_Server",
    }]);
    let expected = json!({
        "traceId": "trace/1",
        "spans": [
            span("client", 1, "RTS_Test", "/Service/OnSnapshot", "Exit", "RPCFramework", "RTS_Server", 1, 11),
            span("client", 0, "RTS_Test", "/API/Snapshot", "Entry", "Http", "", 0, 12),
            exit,
            entry,
        ],
        "violations": [],
        "critical": [
            [0, 0, 1], [1, 1, 2], [2, 2, 3], [3, 3, 9], [2, 9, 10], [1, 10, 11], [0, 11, 12],
        ],
    });

    assert_eq!(json(collector.http_addr(), "/api/traces/trace%2F1").await, expected);
}

#[tokio::test]
async fn topology_has_the_ids_of_the_oap() {
    let (collector, _) = with_scenario().await;

    let stats = |mut value: Value, milliseconds: u64| {
        value["calls"] = 1.into();
        value["errors"] = 0.into();
        value["perMinute"] = 6.0.into();
        for percentile in ["p50", "p95", "p99"] {
            value[percentile] = milliseconds.into();
        }
        value
    };
    let node = |id: &str, name: &str, node_type: &str, kind: &str, layer: Value, real: bool| {
        json!({
            "id": id, "name": name, "type": node_type, "kind": kind, "layer": layer, "isReal": real,
            "color": null,
        })
    };
    let call = |source: &str, target: &str, points: Value| {
        json!({
            "id": format!("{source}-{target}"), "source": source, "target": target,
            "detectPoints": points, "component": "Rust",
        })
    };
    let (api, client, server, user) =
        ("QVBJU2VydmljZQ==.0", "UlRTX1Rlc3Q=.1", "U2VydmljZV9UZXN0.1", "VXNlcg==.0");
    let real = |id, name, color: u32| {
        let mut node = node(id, name, "Rust", "service", "GENERAL".into(), true);
        node["color"] = color.into();
        node
    };

    assert_eq!(
        json(collector.http_addr(), "/api/topology").await,
        json!({
            "nodes": [
                stats(
                    node(api, "APIService", "Rust", "database", "VIRTUAL_DATABASE".into(), false),
                    6,
                ),
                stats(real(client, "RTS_Test", 0), 12),
                stats(real(server, "Service_Test", 1), 8),
                stats(node(user, "User", "USER", "user", Value::Null, false), 12),
            ],
            "calls": [
                stats(call(client, server, json!(["client", "server"])), 10),
                stats(call(server, api, json!(["client"])), 6),
                stats(call(user, client, json!(["server"])), 12),
            ],
        })
    );
}

#[tokio::test]
async fn empty_collector_returns_empty_lists() {
    let collector = start().await;
    let http = collector.http_addr();

    assert_eq!(json(http, "/healthcheck").await, json!({ "status": "ok" }));
    assert_eq!(json(http, "/api/services").await, json!([]));
    assert_eq!(
        json(http, "/api/traces").await,
        json!({ "traces": [], "matched": 0, "next": null })
    );
    assert_eq!(json(http, "/api/topology").await, json!({ "nodes": [], "calls": [] }));
}

#[tokio::test]
async fn unknown_paths_are_404_and_invalid_queries_400() {
    let (collector, _) = with_scenario().await;
    let http = collector.http_addr();

    let error = error_text(&get(http, "/api/traces/unknown%1b").await, 404);

    assert!(error.starts_with(r#"trace "unknown\u{1b}" is not stored"#), "{error}");

    for path in ["/page", "/api", "/api/traces/a/b", "/api/traces/", "/api/service"] {
        let error = error_text(&get(http, path).await, 404);
        assert!(error.contains(&format!("{path:?}")) && error.contains("/api/services"), "{error}");
    }
    for (path, part) in [
        ("/api/traces?limit=abc", r#"limit="abc": expected a number from 1 to 10000"#),
        ("/api/traces?limit=0", r#"limit="0""#),
        ("/api/traces?limit=10001", r#"limit="10001""#),
        ("/api/traces?limit=99999999999999999999", r#"limit="99999999999999999999""#),
        ("/api/traces?limt=3", r#"unknown parameter "limt""#),
        ("/api/traces?service=a&service=b", "duplicate parameter service"),
        ("/api/services?all", r#"unknown parameter "all""#),
        ("/api/topology?depth=2", r#"unknown parameter "depth""#),
        ("/api/traces/trace%2F1?x=", r#"unknown parameter "x""#),
        ("/api/traces/%ff", "not percent-encoded UTF-8"),
    ] {
        let error = error_text(&get(http, path).await, 400);
        assert!(error.contains(part), "{path}: {error}");
    }
}

#[tokio::test]
async fn queries_allow_only_get() {
    let collector = start().await;
    let http = collector.http_addr();
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let request = format!(
            "{method} /api/traces HTTP/1.1\r\nHost: {http}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        let response = exchange(http, &request).await;
        assert_eq!(
            error_text(&response, 405),
            format!("method {method:?} is not allowed: use GET")
        );
        assert!(response.headers.iter().any(|header| header == "allow: get,head"), "{response:?}");
    }
}

#[tokio::test]
async fn host_header_must_name_the_collector() {
    let (collector, _) = with_scenario().await;
    let http = collector.http_addr();

    let with = |hosts: &str| {
        format!(
            "GET /api/traces HTTP/1.1\r\n{hosts}Origin: http://evil.example\r\nConnection: close\r\n\r\n"
        )
    };
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "192.0.2.1"] {
        let response = exchange(http, &with(&format!("Host: {host}:{}\r\n", http.port()))).await;
        assert!(error_text(&response, 403).contains(host));
    }
    error_text(&exchange(http, &with("")).await, 400);
    error_text(&exchange(http, &with("Host: localhost\r\nHost: evil.example\r\n")).await, 403);
    // The host in the request line counts too, also for unknown paths.
    let request =
        "GET http://evil.example/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    error_text(&exchange(http, request).await, 403);

    for host in ["localhost", "LOCALHOST:1", "[::1]:12800", "127.0.0.1"] {
        let response = exchange(http, &with(&format!("Host: {host}\r\n"))).await;
        assert_eq!(response.status, 200, "{response:?}");
        assert!(
            !response.headers.iter().any(|header| header.starts_with("access-control-")),
            "no CORS: {response:?}"
        );
        assert!(
            response.headers.iter().any(|header| header == "x-content-type-options: nosniff"),
            "{response:?}"
        );
    }
}

#[tokio::test]
async fn allowed_hosts_are_names_without_a_port() {
    let started = builder().allow_host("DevBox.example").allow_host("2001:db8::1").start();
    let collector = started.await.expect("free ports");
    let http = collector.http_addr();

    let get = async |host: &str| {
        let request =
            format!("GET /api/stats HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        exchange(http, &request).await
    };
    for host in ["devbox.example", "DEVBOX.example:80", "[2001:db8::1]:12800", "127.0.0.1"] {
        assert_eq!(get(host).await.status, 200, "{host}");
    }
    for host in ["devbox", "a.devbox.example", "evil.example", "[2001:db8::2]"] {
        let error = error_text(&get(host).await, 403);
        assert!(error.contains(host) && error.contains("--allow-host"), "{error}");
    }

    let error = builder().allow_host("*.example").start().await.expect_err("a wildcard");

    assert!(matches!(&error, Error::Host { value } if value == "*.example"), "{error}");
}

#[tokio::test]
async fn pages_of_other_sites_are_refused() {
    let (collector, _) = with_scenario().await;
    let http = collector.http_addr();

    for (site, dest, status) in [
        ("cross-site", "empty", 403),
        ("cross-site", "script", 403),
        ("cross-site", "iframe", 403),
        // Another port of this machine.
        ("same-site", "empty", 403),
        ("same-origin", "empty", 200),
        // The user typed the address, or opened a link in a tab.
        ("none", "document", 200),
        ("cross-site", "document", 200),
    ] {
        let request = format!(
            "GET /api/traces HTTP/1.1\r\nHost: {http}\r\nSec-Fetch-Site: {site}\r\nSec-Fetch-Dest: {dest}\r\nConnection: close\r\n\r\n"
        );
        let response = exchange(http, &request).await;
        assert_eq!(response.status, status, "{site} {dest}: {response:?}");
        if status == 403 {
            assert!(error_text(&response, 403).contains("pages of other sites"));
        }
    }
}

#[tokio::test]
async fn invalid_http_closes_the_connection() {
    let collector = start().await;
    let http = collector.http_addr();
    for garbage in ["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut stream = tokio::net::TcpStream::connect(http).await.expect("a listening port");
        tokio::io::AsyncWriteExt::write_all(&mut stream, garbage.as_bytes())
            .await
            .expect("an open connection");
        // The server may have closed it already.
        let _ = tokio::io::AsyncWriteExt::shutdown(&mut stream).await;
        let mut read = Vec::new();
        let closed = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut read);
        let _ = tokio::time::timeout(TIMEOUT, closed).await.expect("closed in time");
    }
    assert_eq!(json(http, "/healthcheck").await, json!({ "status": "ok" }));
}
