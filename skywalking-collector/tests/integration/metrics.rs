//! Metrics over HTTP: endpoints, calls over time, ranges of time, and calls of evicted traces.

use serde_json::{Value, json};

use crate::support::{
    COLLECT, builder, encoded, get, json, now, pair, scenario, send, small, start,
};

/// The ids of nodes of the scenario.
const CLIENT: &str = "UlRTX1Rlc3Q=.1";
const SERVER: &str = "U2VydmljZV9UZXN0.1";

#[tokio::test]
async fn endpoints_are_listed_by_calls() {
    let collector = start().await;
    let began = now();
    for number in 0..3 {
        let [client, server] = scenario(&format!("t{number}"), began);
        let sent = if number == 0 { vec![client, server] } else { vec![server] };
        send(collector.grpc_addr(), COLLECT, encoded(&sent)).await.expect("accepted");
    }
    let http = collector.http_addr();
    let shown = |found: Value| -> Vec<(String, u64)> {
        let found = found.as_array().expect("an array").iter();
        found
            .map(|one| {
                let name = format!("{} {}", one["service"], one["endpoint"]).replace('"', "");
                (name, one["calls"].as_u64().expect("a number"))
            })
            .collect()
    };
    let server = ("Service_Test /Service/OnSnapshot/QueringSnapshot".to_owned(), 3);
    let client = ("RTS_Test /API/Snapshot".to_owned(), 1);

    assert_eq!(shown(json(http, "/api/endpoints").await), [server.clone(), client.clone()]);
    assert_eq!(shown(json(http, "/api/endpoints?limit=1").await), [server]);
    assert_eq!(shown(json(http, "/api/endpoints?service=RTS_Test").await), [client]);
    assert_eq!(shown(json(http, "/api/endpoints?service=nobody").await), []);
}

/// The start of a cell in the past.
fn cell() -> i64 {
    (now() - 100_000).div_euclid(10_000) * 10_000
}

#[tokio::test]
async fn series_has_points_without_calls() {
    let collector = start().await;
    let start = cell();
    let sent: Vec<_> = [(0, "a"), (20_000, "b"), (29_000, "c")]
        .into_iter()
        .flat_map(|(offset, trace)| scenario(trace, start + offset))
        .collect();
    send(collector.grpc_addr(), COLLECT, encoded(&sent)).await.expect("accepted");
    let http = collector.http_addr();
    let point = |calls: u64, milliseconds: Value| {
        json!({
            "calls": calls, "errors": 0, "p50": milliseconds, "p95": milliseconds,
            "p99": milliseconds,
        })
    };
    let series = |milliseconds: u64| {
        json!({
            "from": start, "to": start + 30_000, "width": 10_000,
            "points": [
                point(1, milliseconds.into()), point(0, Value::Null), point(2, milliseconds.into()),
            ],
        })
    };

    for (query, milliseconds) in [
        ("service=Service_Test", 8),
        ("service=Service_Test&instance=Service_Test_1", 8),
        ("service=RTS_Test&endpoint=%2FAPI%2FSnapshot", 12),
        ("service=APIService", 6),
        // The client's durations include the network.
        (&format!("source={CLIENT}&target={SERVER}"), 10),
    ] {
        assert_eq!(json(http, &format!("/api/series?{query}")).await, series(milliseconds));
    }

    let range = format!("from={}&to={}", start - 15_000, start + 5_000);
    let cut = json(http, &format!("/api/series?service=Service_Test&{range}&points=1")).await;

    assert_eq!(
        cut,
        json!({
            "from": start - 20_000, "to": start + 10_000, "width": 30_000,
            "points": [point(1, 8.into())],
        })
    );

    let nobody = json(http, "/api/series?service=nobody&from=0&to=20000").await;

    assert_eq!(nobody["points"], json!([point(0, Value::Null), point(0, Value::Null)]));
}

#[tokio::test]
async fn ranges_select_calls() {
    let collector = start().await;
    let start = cell();
    let sent: Vec<_> = [(0, "a"), (20_000, "b")]
        .into_iter()
        .flat_map(|(offset, trace)| scenario(trace, start + offset))
        .collect();
    send(collector.grpc_addr(), COLLECT, encoded(&sent)).await.expect("accepted");
    let http = collector.http_addr();
    let range = format!("from={}&to={}", start + 10_000, start + 70_000);

    for path in ["/api/services", "/api/instances", "/api/endpoints"] {
        let all = json(http, path).await;
        let some = json(http, &format!("{path}?{range}")).await;
        for at in 0..2 {
            // 30 s from the first cell to the last; then the 60 s that were asked for.
            assert_eq!((&all[at]["calls"], &all[at]["perMinute"]), (&json!(2), &json!(4.0)));
            assert_eq!((&some[at]["calls"], &some[at]["perMinute"]), (&json!(1), &json!(1.0)));
        }
    }
    let map = json(http, &format!("/api/topology?{range}")).await;
    assert_eq!(map["calls"].as_array().map(Vec::len), Some(3));
    let later = json(http, &format!("/api/topology?from={}", start + 100_000)).await;
    assert_eq!(later, json!({ "nodes": [], "calls": [] }));
}

#[tokio::test]
async fn map_has_calls_of_evicted_traces() {
    let collector = builder().max_spans(4).start().await.expect("free ports");
    let http = collector.http_addr();

    send(collector.grpc_addr(), COLLECT, encoded(&scenario("a", now()))).await.expect("accepted");
    let before = json(http, "/api/topology").await;
    send(collector.grpc_addr(), COLLECT, encoded([&small("b", "b")])).await.expect("accepted");

    assert_eq!(get(http, "/api/traces/a").await.status, 404);
    assert_eq!(json(http, "/api/topology").await, before);

    let stats = collector.stats();
    assert_eq!((stats.traces_evicted, stats.metric_cells_evicted), (1, 0));
    // Services, instances, endpoints (2 each), calls (4) and the database.
    assert!(stats.metric_cells_stored >= 11 && stats.metric_bytes_stored > 1_000, "{stats:?}");
}

#[tokio::test]
async fn services_without_an_entry_are_not_listed() {
    let collector = start().await;
    send(collector.grpc_addr(), COLLECT, encoded([&small("b", "b")])).await.expect("accepted");
    let services = json(collector.http_addr(), "/api/services").await;

    assert_eq!(
        (&services[0]["name"], &services[0]["listed"], &services[0]["calls"]),
        (&json!("small"), &json!(false), &json!(0))
    );
}

#[tokio::test]
async fn invalid_metrics_queries_are_400() {
    let collector = start().await;
    for (path, part) in [
        ("/api/series", "send service, or source and target"),
        ("/api/series?service=a&source=b", "send service, or source and target"),
        ("/api/series?service=a&points=501", "from 1 to 500"),
        ("/api/topology?from=yesterday", "epoch milliseconds"),
        ("/api/endpoints?limit=0", "from 1 to 10000"),
        ("/api/statements?kind=queue", "database or cache"),
        ("/api/violations?group=service", "rule, or omit it"),
        ("/api/services?service=a", "expected from, to"),
    ] {
        let response = get(collector.http_addr(), path).await;
        assert!(response.status == 400 && response.body.contains(part), "{path}: {response:?}");
    }
}

#[tokio::test]
async fn statements_are_listed_slowest_first() {
    let collector = builder().max_spans(4).start().await.expect("free ports");
    let began = now();
    let sent: Vec<_> = [("fast", 6), ("slow", 201)]
        .into_iter()
        .flat_map(|(trace, duration)| {
            let mut segments = scenario(trace, began);
            segments[1].spans[0].end_time = segments[1].spans[0].start_time + duration;
            segments
        })
        .collect();
    send(collector.grpc_addr(), COLLECT, encoded(&sent)).await.expect("accepted");
    let http = collector.http_addr();
    let statement = |trace: &str, duration: u64, slow: bool| {
        json!({
            "kind": "database", "service": "Service_Test", "peer": "APIService", "dbType": "sql",
            "statement": "SELECT a FROM snapshot", "duration": duration, "time": began + 3,
            "slow": slow, "threshold": 200, "traceId": trace,
            "segmentId": format!("{trace}.server"), "spanId": 1,
        })
    };
    // The trace `fast` is evicted, and its statement is listed.
    let (slow, fast) = (statement("slow", 201, true), statement("fast", 6, false));

    assert_eq!(json(http, "/api/statements").await, json!([slow, fast]));
    assert_eq!(json(http, "/api/statements?limit=1&service=Service_Test").await, json!([slow]));
    assert_eq!(json(http, "/api/statements?kind=cache").await, json!([]));
    assert_eq!(json(http, &format!("/api/statements?to={began}")).await, json!([]));
}

#[tokio::test]
async fn violations_are_grouped_by_rule() {
    let collector = builder().max_spans(4).start().await.expect("free ports");
    let http = collector.http_addr();
    for trace in ["first", "second"] {
        let mut segments = scenario(trace, now());
        segments[0].spans[0].peer.clear();
        segments[1].spans[0].tags.push(pair("", "x"));
        send(collector.grpc_addr(), COLLECT, encoded(&segments)).await.expect("accepted");
    }
    let rules = json(http, "/api/violations?group=rule").await;
    let shown: Vec<_> = rules
        .as_array()
        .expect("an array")
        .iter()
        .map(|rule| {
            let trace = &rule["example"]["traceId"];
            json!([rule["rule"], rule["count"], rule["services"], trace])
        })
        .collect();

    // The violations of the evicted trace count.
    assert_eq!(
        json!(shown),
        json!([["no-key", 2, ["Service_Test"], "second"], ["no-peer", 2, ["RTS_Test"], "second"],])
    );
    assert_eq!(rules[1]["remedy"], "Set the peer of each Exit span to the address that is called.");
    assert_eq!(
        rules[1]["explanation"],
        "The OAP makes no call of the span, so it is missing on the service map."
    );

    let own = json(http, "/api/violations?group=rule&service=RTS_Test").await;

    assert_eq!((own.as_array().map(Vec::len), &own[0]["rule"]), (Some(1), &json!("no-peer")));

    let services = json(http, "/api/services").await;

    assert_eq!(services[0]["violations"], 2);
}
