use super::*;
use crate::v3::log_data_body::Content;
use crate::v3::meter_data::Metric;
use crate::v3::{
    Event, KeyStringValuePair, Label, LogData, LogDataBody, LogTags, MeterBucketValue, MeterData,
    MeterHistogram, MeterSingleValue, Source, TextLog, TraceContext,
};

const NOW: i64 = 1_800_000_000_000;

fn log() -> LogData {
    LogData {
        timestamp: NOW,
        service: "RTS_Test".into(),
        body: Some(LogDataBody {
            content: Some(Content::Text(TextLog { text: "done".into() })),
            ..LogDataBody::default()
        }),
        trace_context: Some(TraceContext {
            trace_id: "t".into(),
            trace_segment_id: "s".into(),
            span_id: 1,
        }),
        ..LogData::default()
    }
}

fn names(found: &[RecordRule]) -> Vec<&'static str> {
    found.iter().map(RecordRule::name).collect()
}

type Change<T> = fn(&mut T);

#[test]
fn log_violations_name_the_rule() {
    assert_eq!(log_violations(&log(), None, NOW), []);
    let cases: [(&str, bool, Change<LogData>); 10] = [
        ("record-no-service", true, |log| log.service = " ".into()),
        ("log-no-body", true, |log| log.body = None),
        ("log-layer", false, |log| log.layer = "MESH".into()),
        ("record-time", false, |log| log.timestamp = 1),
        ("record-id-length", true, |log| {
            log.trace_context.as_mut().unwrap().trace_id = "é".repeat(151);
        }),
        ("log-span-without-segment", false, |log| {
            log.trace_context.as_mut().unwrap().trace_segment_id.clear();
        }),
        ("log-span-negative", false, |log| log.trace_context.as_mut().unwrap().span_id = -1),
        ("log-no-key", false, |log| {
            let pair = KeyStringValuePair { key: String::new(), value: "v".into() };
            log.tags = Some(LogTags { data: vec![pair] });
        }),
        ("record-nul", false, |log| log.endpoint = "a\0b".into()),
        ("record-column", true, |log| {
            let text = TextLog { text: "é".repeat(1_000_001) };
            log.body.as_mut().unwrap().content = Some(Content::Text(text));
        }),
    ];
    for (name, loses, change) in cases {
        let mut changed = log();
        change(&mut changed);
        let found = log_violations(&changed, None, NOW);
        assert_eq!(names(&found), [name]);
        assert_eq!(found[0].loses_record(), loses, "{name}");
        assert!(!found[0].explanation().is_empty() && !found[0].remedy().is_empty());
    }
    assert_eq!(names(&log_violations(&log(), Some("other"), NOW)), ["log-stream-service"]);
    let inherits = LogData { service: String::new(), ..log() };
    assert_eq!(log_violations(&inherits, Some("RTS_Test"), NOW), []);
}

fn label(name: &str) -> Label {
    Label { name: name.into(), value: "v".into() }
}

fn single(name: &str, value: f64, labels: &[&str]) -> MeterData {
    MeterData {
        metric: Some(Metric::SingleValue(MeterSingleValue {
            name: name.into(),
            labels: labels.iter().map(|name| label(name)).collect(),
            value,
        })),
        service: "RTS_Test".into(),
        service_instance: "RTS_Test_1".into(),
        timestamp: NOW,
    }
}

fn histogram(bounds: &[f64], count: i64, labels: &[&str]) -> MeterData {
    let values = bounds.iter().map(|bound| MeterBucketValue {
        bucket: *bound,
        count,
        is_negative_infinity: false,
    });
    let labels = labels.iter().map(|name| label(name)).collect();
    let (name, values) = ("took".into(), values.collect());
    MeterData {
        metric: Some(Metric::Histogram(MeterHistogram { name, labels, values })),
        ..single("", 0.0, &[])
    }
}

#[test]
fn meter_violations_name_the_rule() {
    let good = single("jobs_total", 1.0, &["queue"]);
    assert_eq!(meter_violations(&[good.clone(), histogram(&[0.0, 5.0], 1, &[])], NOW), []);
    assert_eq!(meter_violations(&[], NOW), []);
    let without = |change: Change<MeterData>| {
        let mut changed = good.clone();
        change(&mut changed);
        changed
    };
    for (name, loses, batch) in [
        ("meter-empty", false, vec![good.clone(), without(|one| one.metric = None)]),
        ("meter-no-source", true, vec![without(|one| one.service.clear())]),
        ("meter-no-source", true, vec![without(|one| one.service_instance.clear())]),
        ("meter-no-source", true, vec![without(|one| one.timestamp = 0)]),
        ("meter-label-twice", true, vec![single("a", 1.0, &["x", "y", "x"])]),
        ("meter-label-reserved", true, vec![single("a", 1.0, &["instance"])]),
        ("meter-label-reserved", true, vec![histogram(&[0.0], 1, &["le"])]),
        ("meter-name", false, vec![single("jobs.total", 1.0, &[])]),
        ("meter-name", false, vec![single("1a", 1.0, &[])]),
        ("meter-value", false, vec![single("a", f64::NAN, &[])]),
        ("meter-buckets", false, vec![histogram(&[5.0, 1.0], 1, &[])]),
        ("meter-buckets", false, vec![histogram(&[1.0], -1, &[])]),
        ("meter-bucket-fractions", false, vec![histogram(&[0.0, 0.5], 1, &[])]),
        ("record-time", false, vec![without(|one| one.timestamp = 1)]),
    ] {
        let found = meter_violations(&batch, NOW);
        assert_eq!(names(&found), [name], "{batch:?}");
        assert_eq!(found[0].loses_record(), loses, "{name}");
        assert!(!found[0].explanation().is_empty() && !found[0].remedy().is_empty());
    }
}

#[test]
fn violations_are_limited_and_a_later_loss_is_found() {
    let mut batch = vec![single("a.b", 1.0, &[]); 200];
    assert_eq!(meter_violations(&batch, NOW).len(), MAX_VIOLATIONS);

    batch.push(single("a", 1.0, &["service"]));

    let found = meter_violations(&batch, NOW);
    assert_eq!(found.len(), MAX_VIOLATIONS);
    assert!(found.iter().any(RecordRule::loses_record));
}

#[test]
fn event_violations_name_the_rule() {
    let good = || Event {
        uuid: "u".into(),
        source: Some(Source { service: "RTS_Test".into(), ..Source::default() }),
        name: "Start".into(),
        start_time: NOW,
        layer: "GENERAL".into(),
        ..Event::default()
    };
    assert_eq!(event_violations(&good(), NOW), []);
    let cases: [(&str, bool, Change<Event>); 9] = [
        ("event-layer", true, |event| event.layer.clear()),
        ("record-no-service", true, |event| event.source = None),
        ("event-no-uuid", false, |event| event.uuid.clear()),
        ("event-name", false, |event| event.name.clear()),
        ("event-type", false, |event| event.r#type = 7),
        ("event-end", false, |event| event.end_time = NOW - 1),
        ("record-time", false, |event| event.start_time = 1),
        ("record-column", true, |event| event.message = "m".repeat(2_001)),
        ("record-column", true, |event| {
            event.parameters = (0..100).map(|at| (format!("{at}"), "v".repeat(40))).collect();
        }),
    ];
    for (name, loses, change) in cases {
        let mut changed = good();
        change(&mut changed);
        let found = event_violations(&changed, NOW);
        assert_eq!(names(&found), [name]);
        assert_eq!(found[0].loses_record(), loses, "{name}");
        assert!(!found[0].explanation().is_empty() && !found[0].remedy().is_empty());
    }
}
