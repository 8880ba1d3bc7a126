//! Logs, meters and events: reports by gRPC and over HTTP, lists, limits, the live stream.

use prost::Message as _;
use serde_json::{Value, json};
use skywalking_collector::{Collector, EventQuery, LogFormat, LogQuery, MeterQuery, SortOrder};
use skywalking_proto::v3::event_service_client::EventServiceClient;
use skywalking_proto::v3::log_data_body::Content;
use skywalking_proto::v3::log_report_service_client::LogReportServiceClient;
use skywalking_proto::v3::meter_data::Metric;
use skywalking_proto::v3::meter_report_service_client::MeterReportServiceClient;
use skywalking_proto::v3::{
    Event, JsonLog, Label, LogData, LogDataBody, LogTags, MeterBucketValue, MeterData,
    MeterDataCollection, MeterHistogram, MeterSingleValue, Source, TextLog, TraceContext,
};
use tonic::Code;

use crate::grpc_reports::refused;
use crate::live::Live;
use crate::support::{
    COLLECT, builder, channel, encoded, error_text, get, json, now, pair, post, scenario, send,
    start,
};

pub(crate) const LOGS: &str = "/skywalking.v3.LogReportService/collect";
pub(crate) const METERS: &str = "/skywalking.v3.MeterReportService/collect";
const BATCHES: &str = "/skywalking.v3.MeterReportService/collectBatch";
pub(crate) const EVENTS: &str = "/skywalking.v3.EventService/collect";
const JSON: &str = "Content-Type: application/json\r\n";

/// A log of the scenario's database span.
pub(crate) fn log(level: &str, text: &str, time: i64) -> LogData {
    LogData {
        timestamp: time,
        service: "Service_Test".into(),
        service_instance: "Service_Test_1".into(),
        endpoint: "/Service/OnSnapshot/QueringSnapshot".into(),
        body: Some(LogDataBody {
            content: Some(Content::Text(TextLog { text: text.into() })),
            ..Default::default()
        }),
        trace_context: Some(TraceContext {
            trace_id: "trace/1".into(),
            trace_segment_id: "trace/1.server".into(),
            span_id: 1,
        }),
        tags: Some(LogTags { data: vec![pair("level", level), pair("logger", "shop::db")] }),
        ..Default::default()
    }
}

pub(crate) fn messages<M: prost::Message>(all: &[M]) -> Vec<Vec<u8>> {
    all.iter().map(prost::Message::encode_to_vec).collect()
}

fn single(name: &str, value: f64, time: i64) -> MeterData {
    MeterData {
        metric: Some(Metric::SingleValue(MeterSingleValue {
            name: name.into(),
            labels: vec![Label { name: "queue".into(), value: "mails".into() }],
            value,
        })),
        service: "RTS_Test".into(),
        service_instance: "RTS_Test_1".into(),
        timestamp: time,
    }
}

fn event(uuid: &str, name: &str, start: i64, end: i64) -> Event {
    Event {
        uuid: uuid.into(),
        source: Some(Source {
            service: "RTS_Test".into(),
            service_instance: "RTS_Test_1".into(),
            ..Default::default()
        }),
        name: name.into(),
        start_time: start,
        end_time: end,
        layer: "GENERAL".into(),
        ..Default::default()
    }
}

fn bodies(collector: &Collector, query: &LogQuery) -> Vec<String> {
    collector.logs(query).logs.into_iter().map(|log| log.body).collect()
}

#[tokio::test]
async fn generated_clients_report_records() {
    let collector = start().await;
    let time = now();

    let mut logs = LogReportServiceClient::new(channel(collector.grpc_addr()).await);
    let mut json_log = log("WARN", "", time + 1);
    json_log.body = Some(LogDataBody {
        content: Some(Content::Json(JsonLog { json: r#"{"a":1}"#.into() })),
        ..Default::default()
    });
    logs.collect(tokio_stream::iter([log("INFO", "ready", time), json_log])).await.expect("logs");
    let mut meters = MeterReportServiceClient::new(channel(collector.grpc_addr()).await);
    meters.collect(tokio_stream::iter([single("jobs", 1.0, time)])).await.expect("collect");
    let batch = MeterDataCollection { meter_data: vec![single("jobs", 2.0, time + 20_000)] };
    meters.collect_batch(tokio_stream::iter([batch])).await.expect("collectBatch");
    let mut events = EventServiceClient::new(channel(collector.grpc_addr()).await);
    events.collect(tokio_stream::iter([event("u", "Start", time, 0)])).await.expect("events");

    let found = collector.logs(&LogQuery::new());
    let log = &found.logs[1];
    assert_eq!((found.matched, found.logs[0].format), (2, LogFormat::Json));
    assert_eq!(found.logs[0].body, r#"{"a":1}"#);
    assert_eq!(
        (log.time, log.level.as_str(), log.body.as_str(), log.span_id),
        (time, "INFO", "ready", Some(1))
    );
    assert_eq!(
        (log.trace_id.as_str(), log.segment_id.as_str(), log.endpoint.as_str()),
        ("trace/1", "trace/1.server", "/Service/OnSnapshot/QueringSnapshot")
    );
    let series = collector.meters(&MeterQuery::new());
    assert_eq!(series.len(), 1);
    assert_eq!(
        (series[0].times.as_slice(), series[0].values.as_slice()),
        (&[time, time + 20_000][..], &[1.0, 2.0][..])
    );
    assert_eq!(collector.events(&EventQuery::new())[0].name, "Start");
    let services: Vec<_> = collector.services().into_iter().map(|one| one.name).collect();
    assert_eq!(services, ["RTS_Test", "Service_Test"]);
    let stats = collector.shutdown().await;
    assert_eq!(
        (stats.logs_accepted, stats.meters_accepted, stats.events_accepted, stats.violations),
        (2, 2, 1, 0)
    );
    assert!(stats.to_string().contains("logs: 2 accepted, 0 refused"), "{stats}");
}

#[tokio::test]
async fn old_agents_report_meters_without_the_package() {
    let collector = start().await;
    let path = "/MeterReportService/collect";
    send(collector.grpc_addr(), path, messages(&[single("a", 1.0, now())])).await.expect("stored");
    assert_eq!(collector.stats().meters_accepted, 1);
}

#[tokio::test]
async fn http_reports_are_arrays_of_json() {
    let collector = start().await;
    let http = collector.http_addr();
    let logs = json!([
        { "timestamp": "1", "service": "a", "serviceInstance": "a_1", "unknown": [1],
          "body": { "text": { "text": "hello" } },
          "traceContext": { "traceId": "t", "traceSegmentId": "s", "spanId": 2 },
          "tags": { "data": [{ "key": "level", "value": "ERROR" }] } },
        { "service": "a", "body": { "yaml": { "yaml": "a: 1" } } },
        { "service": "a" },
        { "service": "a", "body": 7 },
    ]);
    let response = post(http, "/v3/logs", JSON, logs.to_string().as_bytes()).await;
    let reason = error_text(&response, 400);
    assert_eq!(
        reason,
        "2 of 4 logs refused; number 3: the log has no body, so the OAP drops it: set a text, JSON or YAML"
    );
    let found = json(http, "/api/logs?order=asc").await;
    assert_eq!(found["matched"], 2);
    let first = &found["logs"][0];
    assert_eq!(
        first,
        &json!({
            "number": 1, "time": 1, "service": "a", "serviceInstance": "a_1", "endpoint": "",
            "layer": "", "level": "ERROR", "format": "text", "body": "hello", "isCut": false,
            "traceId": "t", "segmentId": "s", "spanId": 2,
            "tags": [{ "key": "level", "value": "ERROR" }],
        })
    );
    assert_eq!(
        (&found["logs"][1]["format"], &found["logs"][1]["spanId"]),
        (&json!("yaml"), &Value::Null)
    );

    let events = json!([
        { "uuid": "u", "source": { "service": "a" }, "name": "Reload", "type": "Error",
          "message": "bad file", "parameters": { "path": "/etc/a" }, "startTime": 5,
          "layer": "GENERAL" },
        { "uuid": "v", "source": { "service": "a" }, "name": "Reload" },
    ]);
    let response = post(http, "/v3/events", JSON, events.to_string().as_bytes()).await;
    assert!(
        error_text(&response, 400)
            .contains("1 of 2 events refused; number 2: the event has no layer")
    );
    let found = json(http, "/api/events?service=a").await;
    assert_eq!(found.as_array().expect("a list").len(), 1);
    assert_eq!(
        (&found[0]["type"], &found[0]["parameters"], &found[0]["startTime"], &found[0]["endTime"]),
        (&json!("Error"), &json!({ "path": "/etc/a" }), &json!(5), &Value::Null)
    );

    let stats = json(http, "/api/stats").await;
    let counted = ["logsAccepted", "logsRefused", "eventsAccepted", "eventsRefused"];
    assert_eq!(counted.map(|name| stats[name].as_u64()), [Some(2), Some(2), Some(1), Some(1)]);
}

#[tokio::test]
async fn stream_of_logs_has_one_service() {
    let collector = start().await;
    let time = now();
    let second = LogData { service: String::new(), ..log("INFO", "inherits", time) };
    let third = LogData { service: "other".into(), ..log("INFO", "replaced", time) };
    let stream = [log("INFO", "first", time), second, third];
    send(collector.grpc_addr(), LOGS, messages(&stream)).await.expect("stored");

    let services: Vec<_> =
        collector.logs(&LogQuery::new()).logs.into_iter().map(|log| log.service).collect();
    assert_eq!(services, ["Service_Test"; 3]);
    let rules = json(collector.http_addr(), "/api/violations?group=rule").await;
    assert_eq!(
        (&rules[0]["rule"], &rules[0]["count"], &rules[0]["services"]),
        (&json!("log-stream-service"), &json!(1), &json!(["Service_Test"]))
    );
}

/// What the OAP drops is refused with the reason, and counts as a violation of its rule.
#[tokio::test]
async fn lost_records_are_refused_and_listed_by_rule() {
    let collector = start().await;
    let grpc = collector.grpc_addr();
    let time = now();

    let lost = LogData { body: None, ..log("INFO", "", time) };
    let reason = refused(
        send(grpc, LOGS, messages(&[log("INFO", "kept", time), lost])).await,
        Code::InvalidArgument,
    );
    assert!(reason.starts_with("1 of 2 logs refused; number 2: the log has no body"), "{reason}");

    let mut clash = single("jobs", 1.0, time);
    if let Some(Metric::SingleValue(value)) = &mut clash.metric {
        value.labels.push(Label { name: "service".into(), value: "x".into() });
    }
    let stream = [single("kept", 1.0, time), clash.clone()];
    let reason = refused(send(grpc, METERS, messages(&stream)).await, Code::InvalidArgument);
    assert!(reason.contains("so it drops the whole batch: use another name"), "{reason}");
    let batches = [vec![single("kept", 1.0, time)], vec![clash], vec![]]
        .map(|meter_data| MeterDataCollection { meter_data });
    let reason = refused(send(grpc, BATCHES, messages(&batches)).await, Code::InvalidArgument);
    assert!(reason.starts_with("1 of 3 batches refused; number 2: the meter"), "{reason}");

    let no_layer = Event { layer: String::new(), ..event("u", "Start", time, 0) };
    let reason = refused(
        send(grpc, EVENTS, messages(&[no_layer, event("v", "Start", time, 0)])).await,
        Code::InvalidArgument,
    );
    assert!(
        reason.starts_with("1 of 2 events refused; number 1: the event has no layer"),
        "{reason}"
    );
    send(grpc, EVENTS, messages(&[event("v", "Start", time, time)])).await.expect("stored");

    let stats = collector.stats();
    assert_eq!((stats.logs_accepted, stats.logs_refused), (1, 1));
    assert_eq!((stats.meters_accepted, stats.meters_refused), (1, 3));
    assert_eq!((stats.events_accepted, stats.events_refused, stats.events_stored), (2, 1, 1));
    assert_eq!(stats.violations, 5);
    let rules = json(collector.http_addr(), "/api/violations?group=rule").await;
    let mut shown: Vec<_> = rules
        .as_array()
        .expect("a list")
        .iter()
        .map(|rule| {
            (rule["rule"].as_str().expect("text"), rule["count"].as_u64().expect("a number"))
        })
        .collect();
    shown.sort_unstable();
    assert_eq!(
        shown,
        [
            ("event-layer", 1),
            ("event-start-twice", 1),
            ("log-no-body", 1),
            ("meter-label-reserved", 2),
        ]
    );
    for rule in rules.as_array().expect("a list") {
        assert!(rule["remedy"].as_str().is_some_and(|text| text.ends_with('.')), "{rule}");
    }
    let service = json(collector.http_addr(), "/api/services").await;
    assert_eq!(service[0]["name"], "RTS_Test");
    assert_eq!(service[0]["violations"], 4);
}

#[tokio::test]
async fn batch_of_meters_takes_its_source_from_any_meter() {
    let collector = start().await;
    let time = now();
    let bare = |name: &str, value| MeterData {
        service: String::new(),
        service_instance: String::new(),
        timestamp: 0,
        ..single(name, value, 0)
    };
    let histogram = MeterData {
        metric: Some(Metric::Histogram(MeterHistogram {
            name: "took".into(),
            labels: vec![],
            values: vec![
                MeterBucketValue { is_negative_infinity: true, count: 1, bucket: 0.0 },
                MeterBucketValue { bucket: 5.0, count: 2, ..Default::default() },
            ],
        })),
        ..bare("", 0.0)
    };
    let stream = [bare("a", 1.0), single("b", 2.0, time), bare("nan", f64::NAN), histogram];
    send(collector.grpc_addr(), METERS, messages(&stream)).await.expect("stored");

    let series =
        json(collector.http_addr(), "/api/meters?service=RTS_Test&instance=RTS_Test_1").await;
    let names: Vec<_> = series.as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["a", "b", "took"]);
    assert_eq!(
        series[2],
        json!({
            "service": "RTS_Test", "serviceInstance": "RTS_Test_1", "name": "took",
            "kind": "histogram", "labels": [], "times": [time], "values": [],
            "bounds": [null, 5.0], "counts": [[1, 2]],
        })
    );
    assert_eq!(series[0]["labels"], json!([{ "key": "queue", "value": "mails" }]));
    let none = json(collector.http_addr(), &format!("/api/meters?from={}", time + 1)).await;
    assert_eq!(none, json!([]));
    let stats = collector.stats();
    assert_eq!((stats.meters_accepted, stats.meters_refused, stats.meter_series_stored), (3, 1, 3));
}

#[tokio::test]
async fn logs_are_filtered_and_paged() {
    let collector = start().await;
    let time = now();
    let mut all = Vec::new();
    for number in 0..50_i64 {
        let level = ["INFO", "WARN", "error"][usize::try_from(number % 3).expect("small")];
        let mut one = log(level, &format!("Line {number}"), time + number % 10);
        if number % 2 == 0 {
            one.trace_context = None;
            one.service_instance = "Service_Test_2".into();
        }
        all.push(one);
    }
    send(collector.grpc_addr(), LOGS, messages(&all)).await.expect("stored");
    let http = collector.http_addr();

    for (query, matched) in [
        ("", 50),
        ("level=ERROR", 16),
        ("level=error&level=warn", 33),
        ("instance=Service_Test_2", 25),
        ("service=Service_Test&trace=trace/1", 25),
        ("service=other", 0),
        ("endpoint=/Service/OnSnapshot/QueringSnapshot", 50),
        ("endpoint=/", 0),
        ("text=line+1", 11),
        ("text=SHOP::DB", 50),
    ] {
        let found = json(http, &format!("/api/logs?{query}")).await;
        assert_eq!(found["matched"], matched, "{query}");
        assert_eq!(found["logs"].as_array().expect("a list").len(), matched, "{query}");
    }
    let range = format!("/api/logs?from={}&to={}", time + 2, time + 4);
    assert_eq!(json(http, &range).await["matched"], 10);

    for order in [SortOrder::Descending, SortOrder::Ascending] {
        let query = LogQuery::new().order(order).limit(7);
        let mut page = collector.logs(&query);
        let mut read = Vec::new();
        loop {
            assert_eq!(page.matched, 50);
            read.extend(page.logs.iter().map(|log| (log.time, log.number)));
            let Some(next) = page.next else { break };
            page = collector.logs(&query.clone().after(next));
        }
        let mut sorted = read.clone();
        sorted.sort_unstable();
        sorted.dedup();
        if order == SortOrder::Descending {
            sorted.reverse();
        }
        assert_eq!((read.len(), read == sorted), (50, true));
    }
    for (query, part) in [
        ("limit=0", "limit"),
        ("cursor=x", "`next` of the page before"),
        ("sort=start", "unknown parameter \"sort\": expected from, to, service"),
        ("text=", "invalid text"),
    ] {
        let reason = error_text(&get(http, &format!("/api/logs?{query}")).await, 400);
        assert!(reason.contains(part), "{reason}");
    }
}

#[tokio::test]
async fn logs_of_a_trace_name_their_span() {
    let collector = start().await;
    let (http, time) = (collector.http_addr(), now());
    send(collector.grpc_addr(), COLLECT, encoded(&scenario("trace/1", time)))
        .await
        .expect("stored");
    let elsewhere = LogData { trace_context: None, ..log("INFO", "elsewhere", time) };
    let logs = [log("INFO", "second", time + 5), elsewhere, log("INFO", "first", time + 4)];
    send(collector.grpc_addr(), LOGS, messages(&logs)).await.expect("stored");

    let found = json(http, "/api/traces/trace%2F1/logs").await;
    assert_eq!(found["matched"], 2);
    let trace = collector.trace("trace/1").expect("stored");
    for (at, body) in ["first", "second"].into_iter().enumerate() {
        let log = &found["logs"][at];
        assert_eq!(log["body"], body);
        let span = trace
            .spans
            .iter()
            .find(|span| log["segmentId"] == span.segment_id && log["spanId"] == span.span_id);
        assert_eq!(span.expect("stored").operation_name, "/database/QuerySnapshot");
    }
    assert_eq!(json(http, "/api/traces/none/logs").await, json!({ "logs": [], "matched": 0 }));
}

#[tokio::test]
async fn long_logs_are_cut_in_lists_alone() {
    let collector = start().await;
    let http = collector.http_addr();
    let text = "é".repeat(900_000);
    let mut long = log("INFO", &text, now());
    let tags = (0..100).map(|at| pair(&format!("key {at}"), &"v".repeat(1_000))).collect();
    long.tags = Some(LogTags { data: tags });
    send(collector.grpc_addr(), LOGS, messages(&[long])).await.expect("stored");

    let response = get(http, "/api/logs").await;
    assert!(response.body.len() < 40_000, "{}", response.body.len());
    let list = response.json();
    assert_eq!(list["logs"][0]["isCut"], true);
    let number = list["logs"][0]["number"].as_u64().expect("a number");
    let whole = json(http, &format!("/api/logs/{number}")).await;
    assert_eq!((whole["isCut"].as_bool(), whole["body"].as_str()), (Some(false), Some(&*text)));
    assert_eq!(whole["tags"].as_array().expect("a list").len(), 100);
    assert_eq!(collector.logs(&LogQuery::new()).logs[0].body, text);
    assert!(error_text(&get(http, "/api/logs/99").await, 404).contains("log 99 is not stored"));
    assert!(error_text(&get(http, "/api/logs/x").await, 400).contains("invalid log \"x\""));
}

#[tokio::test]
async fn stores_of_records_are_bounded() {
    let collector = builder().max_bytes(1_000_000).start().await.expect("free ports");
    let grpc = collector.grpc_addr();
    let time = now();
    let many: Vec<_> =
        (0..1_000).map(|at| log("INFO", &format!("{at} {}", "x".repeat(500)), time)).collect();
    send(grpc, LOGS, messages(&many)).await.expect("stored");

    let stats = collector.stats();
    assert_eq!(stats.logs_accepted, 1_000);
    assert_eq!(stats.logs_stored as u64 + stats.logs_evicted, 1_000);
    assert!(stats.log_bytes_stored <= 125_000 && stats.logs_stored > 20, "{stats:?}");
    let newest = bodies(&collector, &LogQuery::new().limit(1));
    assert!(newest[0].starts_with("999 "), "{newest:?}");

    let reason = refused(
        send(grpc, LOGS, messages(&[log("INFO", &"x".repeat(200_000), time)])).await,
        Code::InvalidArgument,
    );
    assert!(reason.contains("bytes of memory, and the store has 125000"), "{reason}");

    let names: Vec<_> = (0..2_000).map(|at| single(&format!("m{at}"), 1.0, time)).collect();
    for part in names.chunks(20) {
        send(grpc, METERS, messages(part)).await.expect("stored");
    }
    let stats = collector.stats();
    assert_eq!(stats.meters_accepted, 2_000);
    assert!(stats.meter_bytes_stored <= 65_536 && stats.meter_series_evicted > 0, "{stats:?}");
    let reason = refused(send(grpc, METERS, messages(&names)).await, Code::ResourceExhausted);
    assert!(reason.contains("the batch of meters needs"), "{reason}");
    let after = collector.stats();
    assert!(after.meters_refused > 0 && after.meters_accepted == 2_000, "{after:?}");

    let many: Vec<_> = (0..500).map(|at| event(&format!("u{at}"), "Start", time, 0)).collect();
    send(grpc, EVENTS, messages(&many)).await.expect("stored");
    let stats = collector.stats();
    assert_eq!(stats.events_stored as u64 + stats.events_evicted, 500);
    assert!(stats.events_evicted > 0, "{stats:?}");
}

#[tokio::test]
async fn live_stream_has_logs_that_match() {
    let collector = start().await;
    let (http, time) = (collector.http_addr(), now());
    send(collector.grpc_addr(), LOGS, messages(&[log("INFO", "before", time)]))
        .await
        .expect("stored");
    let mut live = Live::open(http, "/logs?level=ERROR").await;
    live.next("stats").await;
    let logs = [log("INFO", "other", time), log("ERROR", "failed", time)];
    send(collector.grpc_addr(), LOGS, messages(&logs)).await.expect("stored");

    assert_eq!(live.next("log").await["log"]["body"], "failed");
    assert_eq!(live.next("stats").await["cursor"], 3);

    let mut again = Live::open(http, "/logs?cursor=0").await;
    for body in ["before", "other", "failed"] {
        assert_eq!(again.next("log").await["log"]["body"], body);
    }
}

#[tokio::test]
async fn unreadable_records_are_counted() {
    let collector = start().await;
    let grpc = collector.grpc_addr();
    let cut = &log("INFO", "cut", now()).encode_to_vec()[..9];
    for path in [LOGS, METERS, BATCHES, EVENTS] {
        let reason = refused(send(grpc, path, vec![cut.to_vec()]).await, Code::InvalidArgument);
        assert!(
            reason.contains("number 1: not the ") && reason.contains("as protobuf"),
            "{reason}"
        );
    }
    let stats = collector.stats();
    assert_eq!((stats.logs_refused, stats.meters_refused, stats.events_refused), (1, 2, 1));
}
