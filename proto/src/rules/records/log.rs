//! The rules of a log.

use super::super::lengths::{is_blank, quoted};
use super::{Found, RecordRule};
use crate::v3::LogData;
use crate::v3::log_data_body::Content;

/// The column of a log's body.
const BODY_CHARACTERS: usize = 1_000_000;
const LAYERS: [&str; 2] = ["", "GENERAL"];

/// Returns the violations of a log, at most 100.
///
/// `stream_service` is the first service of the stream before the log, which the OAP uses for all
/// later logs of the stream. `now` is in epoch milliseconds.
pub fn log_violations(record: &LogData, stream_service: Option<&str>, now: i64) -> Vec<RecordRule> {
    let mut found = Found::new("log", now);
    match stream_service {
        None => found.service(&record.service),
        Some(first) if record.service.is_empty() || record.service == first => {}
        Some(first) => found.add(RecordRule::StreamService {
            value: quoted(&record.service),
            first: quoted(first),
        }),
    }
    match record.body.as_ref().and_then(|body| body.content.as_ref()) {
        None => found.add(RecordRule::NoBody),
        Some(Content::Text(body)) => found.text("body", &body.text, BODY_CHARACTERS),
        Some(Content::Json(body)) => found.text("body", &body.json, BODY_CHARACTERS),
        Some(Content::Yaml(body)) => found.text("body", &body.yaml, BODY_CHARACTERS),
    }
    if !LAYERS.contains(&record.layer.as_str()) {
        found.add(RecordRule::LogLayer { layer: quoted(&record.layer) });
    }
    if record.timestamp != 0 {
        found.time(record.timestamp);
    }
    if let Some(context) = &record.trace_context {
        found.id("trace id", &context.trace_id);
        found.id("segment id", &context.trace_segment_id);
        let span = context.span_id;
        if span < 0 {
            found.add(RecordRule::SpanNegative { span });
        } else if span > 0 && context.trace_segment_id.is_empty() {
            found.add(RecordRule::SpanWithoutSegment { span });
        }
    }
    for tag in record.tags.iter().flat_map(|tags| &tags.data) {
        if is_blank(&tag.key) {
            found.add(RecordRule::NoKey { value: quoted(&tag.value) });
        }
        found.text("tag", &tag.value, usize::MAX);
    }
    for (name, text) in [
        ("service", &record.service),
        ("instance", &record.service_instance),
        ("endpoint", &record.endpoint),
    ] {
        found.text(name, text, usize::MAX);
    }
    found.rules
}
