//! The message of a log record.

use std::borrow::Cow;

use skywalking_proto::storage;
use skywalking_proto::v3::log_data_body::Content;
use skywalking_proto::v3::{
    JsonLog, KeyStringValuePair, LogData, LogDataBody, LogTags, TextLog, TraceContext,
};

use super::Names;
use crate::redact::Field;
use crate::report::timeline::Timeline;
use crate::reported::log_entry::LogEntry;
use crate::segment::UNNAMED;
use crate::util::text::{self, NAME_LIMIT, is_blank};

/// Returns the message of a record. Runs the program's redaction.
pub(super) fn message(names: &Names, entry: LogEntry, timeline: &Timeline) -> LogData {
    LogData {
        timestamp: timeline.clock(entry.stamp).milliseconds(entry.stamp),
        service: names.identity.service.clone(),
        service_instance: names.identity.instance.clone(),
        endpoint: endpoint(names, &entry),
        body: Some(body(names, &entry)),
        tags: Some(LogTags { data: tags(names, &entry) }),
        trace_context: entry.context.map(|context| {
            let (trace_segment_id, span_id) = context.span.unwrap_or_default();
            TraceContext { trace_id: context.trace_id, trace_segment_id, span_id: span_id.into() }
        }),
        // An unknown layer, or one without a rule, loses the log.
        layer: String::new(),
    }
}

/// Returns the endpoint, as the backend can store it.
fn endpoint(names: &Names, entry: &LogEntry) -> String {
    let (name, is_computed) = match (entry.text_at(&entry.endpoint), &entry.context) {
        ("", Some(context)) => (context.endpoint.as_str(), context.is_computed),
        (given, _) => (given, true),
    };
    let name = if is_computed { names.hook.text(Field::Name, name) } else { Cow::Borrowed(name) };
    let name = text::clean(&name, NAME_LIMIT);
    text::within(name, NAME_LIMIT, names.identity.name_bytes).into_owned()
}

fn body(names: &Names, entry: &LogEntry) -> LogDataBody {
    let text = names.stored(Field::Body, entry.text_at(&entry.body));
    let content = if entry.is_json {
        Content::Json(JsonLog { json: text })
    } else {
        Content::Text(TextLog { text })
    };
    LogDataBody { r#type: String::new(), content: Some(content) }
}

fn tags(names: &Names, entry: &LogEntry) -> Vec<KeyStringValuePair> {
    let mut tags = Tags(Vec::with_capacity(entry.tags.len() + 3));
    tags.set("level", entry.level.as_str().to_owned());
    for (key, text) in [("logger", &entry.logger), ("thread", &entry.thread)] {
        let text = entry.text_at(text);
        if !text.is_empty() {
            tags.set(key, storage::storable(text).into_owned());
        }
    }
    for (key, value) in &entry.tags {
        let key = match entry.text_at(key) {
            blank if is_blank(blank) => Cow::Borrowed(UNNAMED),
            key => storage::storable(key),
        };
        let value = names.stored(Field::Tag(&key), entry.text_at(value));
        tags.set(&key, value);
    }
    if entry.is_truncated {
        tags.set("truncated", "true".to_owned());
    }
    tags.0
}

/// Tags with different keys. The later one replaces the value of an earlier one.
struct Tags(Vec<KeyStringValuePair>);

impl Tags {
    fn set(&mut self, key: &str, value: String) {
        match self.0.iter_mut().find(|tag| tag.key == key) {
            Some(tag) => tag.value = value,
            None => self.0.push(KeyStringValuePair { key: key.to_owned(), value }),
        }
    }
}

impl Names {
    /// Returns a text redacted, and without characters that the backend's storage rejects.
    pub(super) fn stored(&self, field: Field<'_>, text: &str) -> String {
        storage::storable(&self.hook.text(field, text)).into_owned()
    }
}
