//! The message of an event.

use std::collections::HashMap;
use std::time::SystemTime;

use skywalking_proto::v3::{self, Source, Type};

use super::Names;
use crate::redact::Field;
use crate::reported::event_entry::{EventEntry, EventType};
use crate::util::clock::epoch_milliseconds;
use crate::util::text::{EVENT_MESSAGE_LIMIT, EVENT_PARAMETERS_LIMIT, cut, units};

/// Returns the message of an event. Runs the program's redaction.
pub(super) fn message(names: &Names, event: EventEntry) -> v3::Event {
    let message = names.stored(Field::Body, &event.message);
    let endpoint = names.stored(Field::Name, &event.endpoint);
    v3::Event {
        parameters: parameters(names, &event),
        uuid: event.uuid,
        source: Some(Source {
            service: names.identity.service.clone(),
            service_instance: names.identity.instance.clone(),
            endpoint,
        }),
        name: event.name,
        r#type: match event.kind {
            EventType::Normal => Type::Normal,
            EventType::Error => Type::Error,
        }
        .into(),
        message: cut(&message, EVENT_MESSAGE_LIMIT).to_owned(),
        start_time: event.start.map_or(0, milliseconds),
        end_time: event.end.map_or(0, milliseconds),
        layer: names.layer.clone(),
    }
}

/// Returns the parameters that the backend's storage can hold.
fn parameters(names: &Names, event: &EventEntry) -> HashMap<String, String> {
    const TRUNCATED: (&str, &str) = ("truncated", "true");
    // `"key":"value",`
    let size = |key: &str, value: &str| escaped(key) + escaped(value) + 6;
    let mut left = EVENT_PARAMETERS_LIMIT - 2 - size(TRUNCATED.0, TRUNCATED.1);
    let (mut kept, mut is_truncated) = (HashMap::new(), event.is_truncated);
    for (key, value) in &event.parameters {
        let value = names.stored(Field::Tag(key), value);
        match left.checked_sub(size(key, &value)) {
            Some(rest) => {
                left = rest;
                kept.insert(key.clone(), value);
            }
            None => is_truncated = true,
        }
    }
    if is_truncated {
        kept.insert(TRUNCATED.0.to_owned(), TRUNCATED.1.to_owned());
    }
    kept
}

/// Returns the most UTF-16 units of a text as JSON. A control character takes six, a quotation mark
/// two.
fn escaped(text: &str) -> usize {
    let more = text.chars().map(|c| match c {
        '"' | '\\' => 1,
        '\0'..'\x20' | '\x7f' | '<' | '>' | '&' | '=' | '\'' | '\u{2028}' | '\u{2029}' => 5,
        _ => 0,
    });
    units(text) + more.sum::<usize>()
}

fn milliseconds(time: SystemTime) -> i64 {
    // 0 means that the time is not known.
    epoch_milliseconds(time).max(1)
}
