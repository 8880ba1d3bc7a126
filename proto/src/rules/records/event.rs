//! The rules of an event.

use super::super::lengths::is_blank;
use super::{Found, RecordRule};
use crate::v3::{Event, Type};

const MESSAGE_CHARACTERS: usize = 2_000;
const PARAMETERS_CHARACTERS: usize = 4_000;
const TEXT_CHARACTERS: usize = 200;

/// Returns the violations of an event, at most 100. `now` is in epoch milliseconds.
pub fn event_violations(event: &Event, now: i64) -> Vec<RecordRule> {
    let mut found = Found::new("event", now);
    if event.layer.is_empty() {
        found.add(RecordRule::EventLayer);
    }
    let source = event.source.clone().unwrap_or_default();
    found.service(&source.service);
    if event.uuid.is_empty() {
        found.add(RecordRule::NoUuid);
    }
    if is_blank(&event.name) {
        found.add(RecordRule::EventName);
    }
    if Type::try_from(event.r#type).is_err() {
        found.add(RecordRule::EventType { value: event.r#type });
    }
    let (start, end) = (event.start_time, event.end_time);
    if start != 0 && end != 0 && end < start {
        found.add(RecordRule::EventEnd { start, end });
    }
    if let Some(time) = [start, end].into_iter().find(|time| *time != 0) {
        found.time(time);
    }
    for (name, text, most) in [
        ("message", &event.message, MESSAGE_CHARACTERS),
        ("uuid", &event.uuid, TEXT_CHARACTERS),
        ("name", &event.name, TEXT_CHARACTERS),
        ("layer", &event.layer, TEXT_CHARACTERS),
        ("service", &source.service, TEXT_CHARACTERS),
        ("instance", &source.service_instance, TEXT_CHARACTERS),
        ("endpoint", &source.endpoint, TEXT_CHARACTERS),
    ] {
        found.text(name, text, most);
    }
    // As JSON: `{"key":"value",...}`, without the escapes.
    let pairs = event.parameters.iter();
    let parameters: usize =
        pairs.map(|(key, value)| key.chars().count() + value.chars().count() + 6).sum();
    if parameters > PARAMETERS_CHARACTERS {
        found.add(RecordRule::Column {
            what: "event",
            name: "parameters as JSON",
            value: format!("{} entries", event.parameters.len()),
            characters: parameters,
            most: PARAMETERS_CHARACTERS,
        });
    }
    for value in event.parameters.values() {
        found.text("parameter", value, usize::MAX);
    }
    found.rules
}
