//! Lists of traces over HTTP.

use serde_json::{Value, json};
use skywalking_collector::{Collector, TraceQuery, TraceSort};

use crate::support::{
    COLLECT, encoded, error_text, get, json, now, pair, send, small, start, with_scenario,
};

/// Returns the ids of the traces of a list.
pub(crate) fn ids(list: &Value) -> Vec<&str> {
    let traces = list["traces"].as_array().expect("an array").iter();
    traces.map(|trace| trace["traceId"].as_str().expect("an id")).collect()
}

/// Stores traces `t0`, `t1`, .. of one span each, with these starts and durations.
async fn with_traces(times: impl IntoIterator<Item = (i64, i64)>) -> Collector {
    let collector = start().await;
    let segment = |(at, (start, duration))| {
        let mut segment = small(&format!("t{at}"), &format!("s{at}"));
        (segment.spans[0].start_time, segment.spans[0].end_time) = (start, start + duration);
        segment
    };
    let segments: Vec<_> = times.into_iter().enumerate().map(segment).collect();
    send(collector.grpc_addr(), COLLECT, encoded(&segments)).await.expect("accepted");
    collector
}

#[tokio::test]
async fn traces_have_the_facts_of_their_segments() {
    let (collector, began) = with_scenario().await;

    let mut failed = small("failed", "failed");
    (failed.spans[0].start_time, failed.spans[0].end_time) = (began + 100, began + 130);
    failed.spans[0].is_error = true;
    failed.spans[0].tags = vec![pair("http.status_code", "503")];
    send(collector.grpc_addr(), COLLECT, encoded([&failed])).await.expect("accepted");

    let scenario = json!({
        "traceId": "trace/1", "rootName": "/API/Snapshot", "service": "RTS_Test",
        "services": ["RTS_Test", "Service_Test"], "colors": [0, 1], "serviceCount": 2,
        "startTime": began, "duration": 12, "spans": 4, "segments": 2, "isError": false,
        "reason": null, "violations": 0, "bars": [[0, 0, 1000, 0], [1, 166, 833, 0]],
        "lastArrival": 2,
    });
    let failed = json!({
        "traceId": "failed", "rootName": "work", "service": "small",
        "services": ["small"], "colors": [2], "serviceCount": 1,
        "startTime": began + 100, "duration": 30, "spans": 1, "segments": 1, "isError": true,
        "reason": "HTTP 503", "violations": 0, "bars": [[0, 0, 1000, 1]], "lastArrival": 3,
    });
    let list =
        |traces: &[&Value]| json!({ "traces": traces, "matched": traces.len(), "next": null });

    let http = collector.http_addr();

    assert_eq!(json(http, "/api/traces").await, list(&[&failed, &scenario]));
    assert_eq!(
        json(http, "/api/traces?service=Service_Test&limit=10000").await,
        list(&[&scenario])
    );
    assert_eq!(json(http, "/api/traces?service=nobody").await, list(&[]));
}

#[tokio::test]
async fn traces_are_limited_to_20_by_default() {
    let began = now();
    let collector = with_traces((0..30).map(|at| (began + at, 1))).await;
    let newest: Vec<_> = (0..30).rev().map(|at| format!("t{at}")).collect();
    let (default, all) = (
        json(collector.http_addr(), "/api/traces").await,
        json(collector.http_addr(), "/api/traces?limit=10000").await,
    );

    assert_eq!(ids(&default), newest[..20]);
    assert_eq!((&default["matched"], default["next"].is_string()), (&json!(30), true));
    assert_eq!(ids(&all), newest);
    assert_eq!(all["next"], Value::Null);
}

#[tokio::test]
async fn traces_are_selected_by_time_and_sorted() {
    let began = now();
    let collector = with_traces([(began, 7), (began + 10, 9), (began + 20, 7)]).await;
    let http = collector.http_addr();
    for (query, expected) in [
        (String::new(), vec!["t2", "t1", "t0"]),
        ("order=asc".into(), vec!["t0", "t1", "t2"]),
        ("sort=duration".into(), vec!["t1", "t2", "t0"]),
        ("sort=duration&order=asc".into(), vec!["t0", "t2", "t1"]),
        (format!("from={}", began + 10), vec!["t2", "t1"]),
        (format!("from={began}&to={}", began + 20), vec!["t1", "t0"]),
        (format!("to={began}"), vec![]),
    ] {
        assert_eq!(ids(&json(http, &format!("/api/traces?{query}")).await), expected, "{query}");
    }
}

#[tokio::test]
async fn traces_are_selected_by_each_filter() {
    let (collector, began) = with_scenario().await;
    let mut other = small("other", "other");
    let span = &mut other.spans[0];
    (span.start_time, span.end_time, span.is_error) = (began + 100, began + 300, true);
    span.peer = "queue:9092".into();
    span.tags = vec![pair("http.status_code", "503"), pair("note", "a=b&c")];
    span.logs = vec![skywalking_proto::v3::Log {
        time: began,
        data: vec![pair("message", "No Answer"), pair("stack", "at main.rs")],
    }];
    other.service_instance.clear();
    let wrong = small("wrong", "wrong");
    let mut wrong = skywalking_proto::v3::SegmentObject { service: "wrong".into(), ..wrong };
    (wrong.spans[0].start_time, wrong.spans[0].end_time) = (began + 50, began + 60);
    wrong.spans[0].operation_name.clear();
    send(collector.grpc_addr(), COLLECT, encoded([&other, &wrong])).await.expect("accepted");
    let http = collector.http_addr();
    for (query, expected) in [
        ("", vec!["other", "wrong", "trace/1"]),
        ("service=small", vec!["other"]),
        ("instance=Service_Test_1", vec!["trace/1"]),
        ("instance=_blank", vec!["other"]),
        ("service=RTS_Test&instance=Service_Test_1", vec![]),
        ("endpoint=%2FAPI%2FSnapshot", vec!["trace/1"]),
        ("endpoint=%2FService%2FOnSnapshot", vec![]),
        ("service=Service_Test&endpoint=%2FAPI%2FSnapshot", vec![]),
        ("tag=db.type", vec!["trace/1"]),
        ("tag=db.type%3Dsql&tag=db.statement", vec!["trace/1"]),
        ("tag=db.type%3Dsql&tag=note", vec![]),
        ("tag=note%3Da%3Db%26c", vec!["other"]),
        ("tag=note%3D", vec![]),
        ("text=no+answer", vec!["other"]),
        ("text=main.rs", vec![]),
        ("text=SNAPSHOT", vec!["trace/1"]),
        ("text=queue:", vec!["other"]),
        ("text=_TEST&endpoint=%2FAPI%2FSnapshot", vec!["trace/1"]),
        ("minDuration=12", vec!["other", "trace/1"]),
        ("minDuration=11&maxDuration=12", vec!["trace/1"]),
        ("maxDuration=10", vec!["wrong"]),
        ("error=true", vec!["other"]),
        ("error=false", vec!["wrong", "trace/1"]),
        ("violations=true&error=false", vec!["wrong"]),
    ] {
        let list = json(http, &format!("/api/traces?{query}")).await;
        assert_eq!(ids(&list), expected, "{query}");
        assert_eq!(list["matched"], json!(expected.len()), "{query}");
    }
}

#[tokio::test]
async fn pages_are_not_shifted_by_later_arrivals() {
    let began = now();
    let collector = with_traces((0..6).map(|at| (began + at / 2, at % 3))).await;
    let http = collector.http_addr();
    for (sort, expected) in [
        ("sort=start", ["t5", "t4", "t3", "t2", "t1", "t0"]),
        ("sort=start&order=asc", ["t0", "t1", "t2", "t3", "t4", "t5"]),
        ("sort=duration", ["t5", "t2", "t4", "t1", "t3", "t0"]),
    ] {
        let first = json(http, &format!("/api/traces?{sort}&limit=4")).await;
        let next = first["next"].as_str().expect("a cursor");
        if sort == "sort=start" {
            let mut later = small("later", "later");
            (later.spans[0].start_time, later.spans[0].end_time) = (began + 90, began + 89);
            send(collector.grpc_addr(), COLLECT, encoded([&later])).await.expect("accepted");
        }
        let path = format!("/api/traces?{sort}&limit=10&cursor={next}");
        let second = json(http, &path).await;
        let mut found = ids(&first);
        found.extend(ids(&second));
        found.retain(|id| *id != "later");

        assert_eq!(found, expected, "{sort}");
        assert_eq!(second["next"], Value::Null);
    }
}

#[tokio::test]
async fn histogram_counts_traces_by_start() {
    let began = now();
    let mut segments: Vec<_> = (0..10)
        .map(|at| {
            let mut segment = small(&format!("t{at}"), &format!("s{at}"));
            let span = &mut segment.spans[0];
            (span.start_time, span.end_time) = (began + at * 10, began + at * 10 + at);
            span.is_error = at == 9;
            segment
        })
        .collect();
    segments[3].service = "other".into();
    let collector = start().await;
    send(collector.grpc_addr(), COLLECT, encoded(&segments)).await.expect("accepted");
    let http = collector.http_addr();
    let bucket = |count: usize, errors: usize, durations: [Option<u64>; 3]| {
        let [p50, p95, max] = durations;
        json!({ "count": count, "errors": errors, "p50": p50, "p95": p95, "max": max })
    };

    assert_eq!(
        json(http, "/api/histogram?buckets=2").await,
        json!({
            "from": began, "to": began + 91, "width": 46,
            "buckets": [
                bucket(5, 0, [Some(2), Some(4), Some(4)]),
                bucket(5, 1, [Some(7), Some(9), Some(9)]),
            ],
        })
    );
    let path =
        format!("/api/histogram?service=other&buckets=3&from={}&to={}", began + 10, began + 40);
    assert_eq!(
        json(http, &path).await,
        json!({
            "from": began + 10, "to": began + 40, "width": 10,
            "buckets": [
                bucket(0, 0, [None; 3]),
                bucket(0, 0, [None; 3]),
                bucket(1, 0, [Some(3); 3]),
            ],
        })
    );
    assert_eq!(
        json(http, "/api/histogram?service=nobody").await,
        json!({ "from": 0, "to": 0, "width": 0, "buckets": [] })
    );
}

#[tokio::test]
async fn tags_have_the_number_of_their_traces() {
    let (collector, _) = with_scenario().await;
    let segments: Vec<_> = (0..3)
        .map(|at| {
            let mut segment = small(&format!("t{at}"), &format!("s{at}"));
            let status = if at == 0 { "500" } else { "200" };
            segment.spans[0].tags = vec![pair("status", status), pair("status", status)];
            segment.spans[0].tags.push(pair("db.type", "mongodb"));
            segment
        })
        .collect();
    send(collector.grpc_addr(), COLLECT, encoded(&segments)).await.expect("accepted");
    let http = collector.http_addr();
    let key = |key: &str, traces: usize| json!({ "key": key, "traces": traces });
    let value = |value: &str, traces: usize| json!({ "value": value, "traces": traces });

    assert_eq!(
        json(http, "/api/tags/keys").await,
        json!({ "keys": [key("db.type", 4), key("status", 3), key("db.statement", 1)] })
    );
    assert_eq!(
        json(http, "/api/tags/keys?service=Service_Test").await,
        json!({ "keys": [key("db.statement", 1), key("db.type", 1)] })
    );
    assert_eq!(
        json(http, "/api/tags/values?key=status").await,
        json!({ "values": [value("200", 2), value("500", 1)] })
    );
    assert_eq!(
        json(http, "/api/tags/values?key=db.type&limit=1").await,
        json!({ "values": [value("mongodb", 3)] })
    );
    assert_eq!(
        json(http, "/api/tags/values?key=db.type&service=RTS_Test").await,
        json!({ "values": [value("sql", 1)] })
    );
    assert_eq!(json(http, "/api/tags/values?key=none").await, json!({ "values": [] }));
}

#[tokio::test]
async fn names_and_ids_are_found() {
    let (collector, _) = with_scenario().await;
    let segments = ["trace/2", "trace/3", "other"].map(|id| small(id, id));
    send(collector.grpc_addr(), COLLECT, encoded(&segments)).await.expect("accepted");
    let http = collector.http_addr();

    let found = json(http, "/api/find?q=trace/&limit=2").await;
    assert_eq!(ids(&found), ["trace/3", "trace/2"]);
    assert_eq!((&found["services"], &found["endpoints"]), (&json!([]), &json!([])));

    let found = json(http, "/api/find?q=T").await;
    assert_eq!(ids(&found), [""; 0]);
    assert_eq!(found["services"], json!(["RTS_Test", "Service_Test"]));
    assert_eq!(
        found["endpoints"],
        json!([
            { "service": "RTS_Test", "endpoint": "/API/Snapshot" },
            { "service": "Service_Test", "endpoint": "/Service/OnSnapshot/QueringSnapshot" },
        ])
    );

    let found = json(http, "/api/find?q=WORK").await;
    assert_eq!(found["endpoints"], json!([{ "service": "small", "endpoint": "work" }]));
}

#[tokio::test]
async fn invalid_parameters_of_searches_are_400() {
    let collector = start().await;
    let tags = "&tag=a".repeat(21);
    let long = "x".repeat(201);
    for (path, part) in [
        ("histogram?buckets=501".to_owned(), r#"buckets="501": expected a number from 1 to 500"#),
        ("histogram?limit=1".to_owned(), r#"unknown parameter "limit""#),
        (format!("histogram?{}", &tags[1..]), "too many tags: send at most 20"),
        (format!("traces?text={long}"), "longer than 200 characters"),
        ("tags/keys?key=a".to_owned(), r#"unknown parameter "key": expected service"#),
        ("tags/values".to_owned(), "key= is missing"),
        ("tags/values?key=a&limit=0".to_owned(), "expected a number from 1 to 1000"),
        ("find".to_owned(), "q= is missing"),
        (format!("find?q={long}"), "too long"),
        ("find?q=a&limit=101".to_owned(), "expected a number from 1 to 100"),
    ] {
        let response = get(collector.http_addr(), &format!("/api/{path}")).await;
        let error = error_text(&response, 400);
        assert!(error.contains(part), "{path}: {error}");
    }
}

#[tokio::test]
async fn library_returns_the_same_pages() {
    let began = now();
    let collector = with_traces((0..5).map(|at| (began + at, at))).await;
    let query = TraceQuery::new().service("small").sort(TraceSort::Duration).limit(2);
    let mut page = collector.search(&query);
    let mut found = Vec::new();
    loop {
        assert_eq!(page.matched, 5);
        found.extend(page.traces.into_iter().map(|trace| trace.trace_id));
        let Some(next) = page.next else { break };
        page = collector.search(&query.clone().after(next));
    }

    assert_eq!(found, ["t4", "t3", "t2", "t1", "t0"]);
}

#[tokio::test]
async fn invalid_parameters_of_lists_are_400() {
    let collector = start().await;
    for (query, part) in [
        ("from=yesterday", r#"invalid from="yesterday": expected epoch milliseconds"#),
        ("to=-1", r#"invalid to="-1""#),
        ("sort=name", r#"invalid sort="name": expected start or duration"#),
        ("order=up", r#"invalid order="up": expected desc or asc"#),
        ("cursor=5", r#"invalid cursor="5": expected `next` of the page before"#),
        ("from=1&from=2", "duplicate parameter from"),
        ("text=", r#"invalid text="": expected a text"#),
        ("tag=%3Dv", r#"invalid tag="=v": expected key=value, or a key"#),
        ("minDuration=1.5", r#"invalid minDuration="1.5": expected milliseconds"#),
        ("error=1", r#"invalid error="1": expected true or false"#),
        ("violations=no", r#"invalid violations="no": expected true"#),
        ("name=x", r#"unknown parameter "name": expected from, to, service, instance"#),
    ] {
        let response = get(collector.http_addr(), &format!("/api/traces?{query}")).await;
        let error = error_text(&response, 400);
        assert!(error.contains(part), "{query}: {error}");
    }
}
