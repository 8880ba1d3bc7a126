//! Logs, meters and events of the shop.

use skywalking_proto::v3::log_data_body::Content;
use skywalking_proto::v3::meter_data::Metric;
use skywalking_proto::v3::{
    Event, JsonLog, KeyStringValuePair, Label, LogData, LogDataBody, LogTags, MeterBucketValue,
    MeterData, MeterHistogram, MeterSingleValue, SegmentObject, Source, SpanObject, SpanType,
    TextLog, TraceContext,
};

use crate::random::Random;

fn pair(key: &str, value: &str) -> KeyStringValuePair {
    KeyStringValuePair { key: key.to_owned(), value: value.to_owned() }
}

fn log(segment: &SegmentObject, span: &SpanObject, at: i64, level: &str, text: String) -> LogData {
    let logger = format!("{}::{}", segment.service, span.operation_name.to_lowercase());
    LogData {
        timestamp: at,
        service: segment.service.clone(),
        service_instance: segment.service_instance.clone(),
        endpoint: span.operation_name.clone(),
        body: Some(LogDataBody {
            content: Some(Content::Text(TextLog { text })),
            ..LogDataBody::default()
        }),
        trace_context: Some(TraceContext {
            trace_id: segment.trace_id.clone(),
            trace_segment_id: segment.trace_segment_id.clone(),
            span_id: span.span_id,
        }),
        tags: Some(LogTags {
            data: vec![pair("level", level), pair("logger", &logger), pair("thread", "worker-1")],
        }),
        ..LogData::default()
    }
}

/// Returns what the services of a request write.
pub(crate) fn logs(segments: &[SegmentObject]) -> Vec<LogData> {
    let mut logs = Vec::new();
    for segment in segments {
        for span in &segment.spans {
            let took = span.end_time - span.start_time;
            let name = &span.operation_name;
            if span.span_type == i32::from(SpanType::Entry) {
                let text = format!("{name} began");
                logs.push(log(segment, span, span.start_time, "DEBUG", text));
                let text = format!("{name} took {took} ms");
                logs.push(log(segment, span, span.end_time, "INFO", text));
            }
            if span.is_error {
                let reasons = span.logs.iter().flat_map(|one| &one.data);
                let mut reason =
                    reasons.filter(|field| field.key == "message").map(|one| &*one.value);
                let reason = reason.next_back().unwrap_or("no reason");
                let text = format!("{name} failed: {reason}\n  at {}\n  at main", segment.service);
                logs.push(log(segment, span, span.end_time, "ERROR", text));
            } else if took > 800 {
                let json = format!(r#"{{"event":"slow","name":{name:?},"ms":{took}}}"#);
                let mut slow = log(segment, span, span.end_time, "WARN", String::new());
                slow.body = Some(LogDataBody {
                    content: Some(Content::Json(JsonLog { json })),
                    ..LogDataBody::default()
                });
                logs.push(slow);
            }
        }
    }
    logs
}

/// Returns a log for each span, with its name in each place.
pub(crate) fn hostile_logs(segments: &[SegmentObject]) -> Vec<LogData> {
    let mut logs = Vec::new();
    for segment in segments {
        for span in &segment.spans {
            let text = &span.operation_name;
            let mut one = log(segment, span, span.start_time, text, text.clone());
            one.tags = Some(LogTags { data: vec![pair("level", text), pair(text, text)] });
            logs.push(one);
        }
    }
    logs
}

/// Returns the meters of an instance at a time. `number` is that of the report, from 0.
pub(crate) fn meters(
    random: &mut Random,
    service: &str,
    instance: &str,
    time: i64,
    number: i64,
) -> Vec<MeterData> {
    let seconds = 20 * number;
    let single = |name: &str, labels: &[(&str, &str)], value: f64| {
        Metric::SingleValue(MeterSingleValue {
            name: name.to_owned(),
            labels: labels
                .iter()
                .map(|(name, value)| Label { name: (*name).into(), value: (*value).into() })
                .collect(),
            value,
        })
    };
    let busy = random.between(15, 70);
    let counts = [40, 25, 9, 2].map(|share| share * (number + 1) + random.between(0, 3));
    let values = [(0.0, 0), (5.0, 1), (20.0, 2), (100.0, 3)].map(|(bucket, at): (f64, usize)| {
        MeterBucketValue { bucket, count: counts[at], is_negative_infinity: false }
    });
    let took = MeterHistogram {
        name: "http_server_duration_ms".to_owned(),
        labels: vec![],
        values: values.into(),
    };
    let requests = |status: &str, each: i64| {
        single("http_requests_total", &[("status", status)], number_of(each * seconds))
    };
    let metrics = [
        single("process_cpu_ratio", &[], number_of(busy) / 100.0),
        single(
            "process_resident_memory_bytes",
            &[],
            number_of(90_000_000 + 40_000 * seconds + random.between(0, 4_000_000)),
        ),
        single("db_pool_connections", &[("state", "idle")], number_of(20 - busy / 4)),
        single("db_pool_connections", &[("state", "used")], number_of(busy / 4)),
        requests("200", 7),
        requests("500", 1),
        Metric::Histogram(took),
    ];
    metrics
        .into_iter()
        .map(|metric| MeterData {
            metric: Some(metric),
            service: service.to_owned(),
            service_instance: instance.to_owned(),
            timestamp: time,
        })
        .collect()
}

#[allow(clippy::cast_precision_loss)] // numbers far below 2^53
fn number_of(number: i64) -> f64 {
    number as f64
}

/// Returns the reports of two events of an instance: its start, and a reload that failed.
pub(crate) fn events(random: &mut Random, service: &str, instance: &str, time: i64) -> Vec<Event> {
    let event = |uuid: String, name: &str, message: &str| Event {
        uuid,
        source: Some(Source {
            service: service.to_owned(),
            service_instance: instance.to_owned(),
            ..Source::default()
        }),
        name: name.to_owned(),
        message: message.to_owned(),
        layer: "GENERAL".to_owned(),
        ..Event::default()
    };
    let start = Event { start_time: time, ..event(random.id(), "Start", "the agent has started") };
    let reload = Event {
        start_time: time + 120_000,
        end_time: time + 121_500,
        r#type: 1,
        parameters: [("path".to_owned(), "/etc/shop.toml".to_owned())].into(),
        ..event(random.id(), "Reload", "the settings were not read: line 7 has no value")
    };
    vec![start, reload]
}
