//! Hostile logs, meters and events: some are refused with the reason, others are kept.

use prost::Message as _;
use skywalking_proto::v3::log_data_body::Content;
use skywalking_proto::v3::meter_data::Metric;
use skywalking_proto::v3::{
    Event, KeyStringValuePair, Label, LogData, LogDataBody, LogTags, MeterBucketValue, MeterData,
    MeterHistogram, MeterSingleValue, Source, TextLog, TraceContext,
};
use tonic::Code;

use crate::case::Case;
use crate::grpc::{call, message};
use crate::segments::now;

const LOGS: &str = "/skywalking.v3.LogReportService/collect";
const METERS: &str = "/skywalking.v3.MeterReportService/collect";
const BATCHES: &str = "/skywalking.v3.MeterReportService/collectBatch";
const EVENTS: &str = "/skywalking.v3.EventService/collect";

fn log() -> LogData {
    LogData {
        service: "hostile".into(),
        body: Some(LogDataBody {
            content: Some(Content::Text(TextLog { text: "\u{202e}\0<script>".into() })),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn meter(value: f64) -> MeterData {
    MeterData {
        metric: Some(Metric::SingleValue(MeterSingleValue {
            name: "hostile".into(),
            labels: vec![],
            value,
        })),
        service: "hostile".into(),
        service_instance: "hostile_1".into(),
        timestamp: now(),
    }
}

fn event() -> Event {
    Event {
        uuid: "hostile".into(),
        source: Some(Source { service: "hostile".into(), ..Default::default() }),
        name: "\u{202e}".into(),
        layer: "GENERAL".into(),
        ..Default::default()
    }
}

type Change = fn(&mut LogData);

fn sent(name: &str, path: &str, body: &[u8], code: Code, part: &str) -> Case {
    call(name, path, &[], message(0, body), code, part)
}

pub(crate) fn cases() -> Vec<Case> {
    [logs(), meters(), events(), unreadable()].concat()
}

fn logs() -> Vec<Case> {
    let mut cases = Vec::new();
    let kept: [(&str, Change); 7] = [
        ("plain", |_| {}),
        ("at the end of time", |log| log.timestamp = i64::MAX),
        ("before time", |log| log.timestamp = i64::MIN),
        ("negative span", |log| {
            log.trace_context = Some(TraceContext { span_id: i32::MIN, ..Default::default() });
        }),
        ("long names", |log| {
            log.service_instance = "i".repeat(100_000);
            log.endpoint = "\u{202e}".repeat(10_000);
            log.layer = "l".repeat(10_000);
        }),
        ("10 000 tags", |log| {
            let pair = KeyStringValuePair { key: "level".into(), value: "\u{202e}".into() };
            log.tags = Some(LogTags { data: vec![pair; 10_000] });
        }),
        ("body of 900 kB", |log| {
            let text = TextLog { text: "x".repeat(900_000) };
            log.body =
                Some(LogDataBody { content: Some(Content::Text(text)), ..Default::default() });
        }),
    ];
    for (name, change) in kept {
        let mut one = log();
        change(&mut one);
        let case = sent(&format!("log: {name}"), LOGS, &one.encode_to_vec(), Code::Ok, "");
        cases.push(case.counts("logsAccepted", 1));
    }
    let refused: [(&str, &str, Change); 4] = [
        ("no service", "no service", |log| log.service.clear()),
        ("no body", "no body", |log| log.body = None),
        ("long trace id", "at most 150", |log| {
            let trace_id = "\u{1b}".repeat(1_000);
            log.trace_context = Some(TraceContext { trace_id, ..Default::default() });
        }),
        ("long body", "at most 1000000", |log| {
            let text = TextLog { text: "\u{1b}".repeat(1_000_001) };
            log.body =
                Some(LogDataBody { content: Some(Content::Text(text)), ..Default::default() });
        }),
    ];
    for (name, part, change) in refused {
        let mut one = log();
        change(&mut one);
        let name = format!("log: {name}");
        let case = sent(&name, LOGS, &one.encode_to_vec(), Code::InvalidArgument, part);
        cases.push(case.counts("logsRefused", 1));
    }
    // A tag takes two bytes, and a hundred in memory.
    let tags = [&[0x0a, 0].repeat(1_000_000)[..]].concat();
    let mut body = vec![0x3a];
    prost::encode_length_delimiter(tags.len(), &mut body).expect("memory");
    body.extend(tags);
    let case = sent("a million empty tags", LOGS, &body, Code::InvalidArgument, "bytes of memory");
    cases.push(case.counts("logsRefused", 1).alone());
    cases
}

fn meters() -> Vec<Case> {
    let invalid = Code::InvalidArgument;
    let labels = |names: &[&str]| {
        let mut one = meter(1.0);
        if let Some(Metric::SingleValue(value)) = &mut one.metric {
            value.labels = names
                .iter()
                .map(|name| Label { name: (*name).into(), value: "\u{202e}".into() })
                .collect();
        }
        one.encode_to_vec()
    };
    let mut cases = vec![
        sent("meter", METERS, &meter(1.0).encode_to_vec(), Code::Ok, "")
            .counts("metersAccepted", 1),
        sent("reserved label", METERS, &labels(&["service"]), invalid, "whole batch")
            .counts("metersRefused", 1),
        sent("label twice", METERS, &labels(&["\u{1b}", "\u{1b}"]), invalid, "twice")
            .counts("metersRefused", 1),
        sent(
            "no source",
            METERS,
            &MeterData { service: String::new(), ..meter(1.0) }.encode_to_vec(),
            invalid,
            "no meter of the batch has the service",
        )
        .counts("metersRefused", 1),
        sent("a million meters", BATCHES, &[0x0a, 0].repeat(1_000_000), invalid, "bytes of memory")
            .counts("metersRefused", 1)
            .alone(),
    ];
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let body = meter(value).encode_to_vec();
        let case = sent(&format!("meter of {value}"), METERS, &body, Code::Ok, "");
        cases.push(case.counts("metersRefused", 1));
    }
    let bucket = MeterBucketValue { bucket: f64::NAN, count: i64::MIN, ..Default::default() };
    let histogram = MeterHistogram { values: vec![bucket; 10_000], ..Default::default() };
    let wrong = MeterData { metric: Some(Metric::Histogram(histogram)), ..meter(0.0) };
    let case = sent("wrong histogram", METERS, &wrong.encode_to_vec(), Code::Ok, "");
    cases.push(case.counts("metersRefused", 1));
    // The meters of one call wait for its end.
    let large = MeterData { service: "s".repeat(100_000), ..meter(1.0) };
    let body = message(0, &large.encode_to_vec()).repeat(100);
    let case = call("a batch of 10 MB", METERS, &[], body, Code::ResourceExhausted, "the batch");
    cases.push(case.counts("metersRefused", 42).alone());
    cases
}

fn events() -> Vec<Case> {
    let mut cases = vec![
        sent("event", EVENTS, &event().encode_to_vec(), Code::Ok, "").counts("eventsAccepted", 1),
        sent(
            "event without a layer",
            EVENTS,
            &Event { layer: String::new(), ..event() }.encode_to_vec(),
            Code::InvalidArgument,
            "no layer",
        )
        .counts("eventsRefused", 1),
        sent(
            "long message",
            EVENTS,
            &Event { message: "\u{1b}".repeat(2_001), ..event() }.encode_to_vec(),
            Code::InvalidArgument,
            "at most 2000",
        )
        .counts("eventsRefused", 1),
        sent(
            "a million empty parameters",
            EVENTS,
            &[0x32, 0].repeat(1_000_000),
            Code::InvalidArgument,
            "bytes of memory",
        )
        .counts("eventsRefused", 1)
        .alone(),
    ];
    let times = Event { start_time: i64::MAX, end_time: i64::MIN, r#type: -7, ..event() };
    let case = sent("event of all times", EVENTS, &times.encode_to_vec(), Code::Ok, "");
    cases.push(case.counts("eventsAccepted", 1));
    cases
}

fn unreadable() -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, counter) in [
        (LOGS, "logsRefused"),
        (METERS, "metersRefused"),
        (BATCHES, "metersRefused"),
        (EVENTS, "eventsRefused"),
    ] {
        for (name, body) in
            [("text", &b"hello"[..]), ("a group", &[0x0b, 0x0b]), ("cut", &[0x0a, 5])]
        {
            let name = format!("{name} for {path}");
            let case = sent(&name, path, body, Code::InvalidArgument, "as protobuf");
            cases.push(case.counts(counter, 1));
        }
    }
    cases
}
