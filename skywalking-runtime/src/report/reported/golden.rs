//! A log record and an event with every field always have the bytes of `testdata/log.hex` and
//! `testdata/event.hex`.
//!
//! The meaning of the bytes is checked elsewhere: `log.json` and `event.json` beside them were typed
//! by hand, and `tests/tests/interop/wire.rs` decodes the bytes with prost, with the Python agent's
//! classes and with go2sky's, and compares.

use std::time::{Duration, SystemTime};

use prost::Message as _;
use serde_json::Value;
use skywalking_proto::v3;

use super::{Names, event, log};
use crate::redact::Hook;
use crate::report::golden::compare;
use crate::report::json;
use crate::report::signal::Signal;
use crate::report::timeline::Timeline;
use crate::reported::event::Event;
use crate::reported::event_entry::EventType;
use crate::reported::log_entry::LogEntry;
use crate::reported::log_level::LogLevel;
use crate::segment::LogContext;
use crate::tracer::Identity;
use crate::util::clock::Anchor;

fn names() -> Names {
    Names {
        identity: Identity::new("RTS_Test", "RTS_Test_1"),
        layer: "GENERAL".to_owned(),
        hook: Hook::default(),
    }
}

/// A clock that begins at 1 700 000 000 s. Stamps are microseconds.
fn timeline() -> Timeline {
    let mut timeline = Timeline::default();
    for second in [0, 1] {
        let monotonic = second * 1_000_000_000;
        timeline.add(Anchor {
            counter: second * 1_000_000,
            monotonic,
            wall: 1_700_000_000_000_000_000 + monotonic,
        });
    }
    timeline
}

fn record() -> LogEntry {
    let mut text = String::new();
    let mut add = |part: &str| {
        let from = text.len();
        text.push_str(part);
        from..text.len()
    };
    LogEntry {
        stamp: 123_000,
        level: LogLevel::Warn,
        is_json: false,
        is_truncated: true,
        context: Some(LogContext {
            trace_id: "5d3c4b2a190807f6e5d4c3b2a1908070.87.17000000000500001".to_owned(),
            span: Some(("5d3c4b2a190807f6e5d4c3b2a1908070.87.17000000000500000".to_owned(), 300)),
            endpoint: "GET:/snapshots/{id}".to_owned(),
            is_computed: false,
        }),
        body: add("快照 is late: \"42\" s\u{1}"),
        logger: add("rts::snapshot"),
        thread: add("worker-1"),
        endpoint: 0..0,
        tags: vec![
            (add("order.id"), add("7")),
            (add("пользователь"), add("北京")),
            (add("order.id"), add("8")),
        ],
        text,
    }
}

fn change() -> Event {
    let at = |milliseconds| SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds);
    Event::new("Reload")
        .with_uuid("5d3c4b2a190807f6e5d4c3b2a1908070")
        .event_type(EventType::Error)
        .message("快照 could not be loaded")
        .endpoint("/API/Snapshot")
        // One: a map has no order on the wire.
        .parameter("prices", -1_204)
        .start(at(1_700_000_000_123))
        .end(at(1_700_000_060_456))
}

fn json_of(signal: Signal, bytes: &[u8]) -> Value {
    serde_json::from_slice(&json::line(signal, bytes).unwrap()).unwrap()
}

/// Returns the typed JSON as this crate writes it: times are numbers, and empty texts are left out.
fn as_written(typed: &str) -> Value {
    let mut value: Value = serde_json::from_str(typed).unwrap();
    let is_left_out =
        |key: &str, value: &mut Value| ["layer", "type"].contains(&key) && value == "";
    value.as_object_mut().unwrap().retain(|key, value| !is_left_out(key, value));
    if let Some(Value::Object(body)) = value.get_mut("body") {
        body.retain(|key, value| !is_left_out(key, value));
    }
    for key in ["timestamp", "startTime", "endTime"] {
        if let Some(time) = value.get_mut(key) {
            *time = time.as_str().unwrap().parse::<i64>().unwrap().into();
        }
    }
    value
}

#[test]
fn log_with_every_field_has_the_golden_bytes() {
    let bytes = log::message(&names(), record(), &timeline()).encode_to_vec();
    compare("log", &bytes, include_str!("../../../testdata/log.hex"));
    let typed = as_written(include_str!("../../../testdata/log.json"));
    assert_eq!(json_of(Signal::Logs, &bytes), typed);
}

#[test]
fn event_with_every_field_has_the_golden_bytes() {
    let bytes = event::message(&names(), change().into_entry()).encode_to_vec();
    compare("event", &bytes, include_str!("../../../testdata/event.hex"));
    let typed = as_written(include_str!("../../../testdata/event.json"));
    assert_eq!(json_of(Signal::Events, &bytes), typed);
}

#[test]
fn body_that_is_json_is_sent_as_json() {
    let entry = LogEntry { is_json: true, is_truncated: false, ..record() };
    let bytes = log::message(&names(), entry, &timeline()).encode_to_vec();
    let json = json_of(Signal::Logs, &bytes);
    assert_eq!(
        json["body"],
        serde_json::json!({ "json": { "json": "快照 is late: \"42\" s\u{1}" } })
    );
}

#[test]
fn parameters_over_the_limit_are_left_out_and_marked() {
    let mut event = change();
    for number in 0..5 {
        event = event.parameter(format!("key-{number}"), "\"".repeat(500));
    }
    let v3::Event { parameters, .. } = event::message(&names(), event.into_entry());
    assert_eq!(parameters["truncated"], "true");
    let json = serde_json::to_string(&parameters).unwrap();
    assert!(parameters.len() == 5 && json.len() <= 4_000, "{} {}", parameters.len(), json.len());
}

#[test]
fn redaction_sees_body_tags_endpoint_message_and_parameters() {
    use crate::redact::Field;
    let hook = Hook::new(|field: Field<'_>, text: &str| {
        Some(match field {
            Field::Body => "body".to_owned(),
            Field::Tag(key) => format!("{key}!"),
            Field::Name => format!("{text}?"),
            _ => "other".to_owned(),
        })
    });
    let names = Names { hook, ..names() };
    let mut entry = record();
    entry.context.as_mut().unwrap().is_computed = true;
    let bytes = log::message(&names, entry, &timeline()).encode_to_vec();
    let json = json_of(Signal::Logs, &bytes);
    assert_eq!(json["endpoint"], "GET:/snapshots/{id}?");
    assert_eq!(json["body"]["text"]["text"], "body");
    let tags = json["tags"]["data"].as_array().unwrap();
    let of = |key: &str| tags.iter().find(|tag| tag["key"] == key).map(|tag| &tag["value"]);
    assert_eq!(of("order.id").unwrap(), "order.id!");
    assert_eq!(of("level").unwrap(), "WARN", "not a text of the program");
    let event = event::message(&names, change().into_entry());
    assert_eq!((event.message.as_str(), event.parameters["prices"].as_str()), ("body", "prices!"));
    assert_eq!(event.source.unwrap().endpoint, "/API/Snapshot?");
}
