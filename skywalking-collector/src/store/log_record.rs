//! Converts a reported log to the form that is stored.

use skywalking_proto::v3::LogData;
use skywalking_proto::v3::log_data_body::Content;

use crate::api::{KeyValue, LogFormat, LogRecord};
use crate::naming;

/// Converts a log. `service` is that of its stream, and `now` the time of arrival in epoch
/// milliseconds. The store gives the log its number.
pub(crate) fn log_record(data: LogData, service: &str, now: i64) -> LogRecord {
    let (format, body) = match data.body.and_then(|body| body.content) {
        None => (LogFormat::Text, String::new()),
        Some(Content::Text(body)) => (LogFormat::Text, body.text),
        Some(Content::Json(body)) => (LogFormat::Json, body.json),
        Some(Content::Yaml(body)) => (LogFormat::Yaml, body.yaml),
    };
    let tags: Vec<_> = data
        .tags
        .into_iter()
        .flat_map(|tags| tags.data)
        .map(|tag| KeyValue { key: tag.key, value: tag.value })
        .collect();
    let level = tags.iter().find(|tag| tag.key == "level").map_or("", |tag| tag.value.trim());
    let level = naming::truncated(level).to_owned();
    let context = data.trace_context.unwrap_or_default();
    let has_span = !context.trace_segment_id.is_empty() && context.span_id >= 0;
    let instance = &data.service_instance;
    LogRecord {
        number: 0,
        time: if data.timestamp == 0 { now } else { data.timestamp },
        service: naming::display_name(service).to_owned(),
        service_instance: naming::truncated(instance).to_owned(),
        endpoint: match data.endpoint.trim() {
            "" => String::new(),
            _ => naming::endpoint_name(&data.endpoint).to_owned(),
        },
        layer: naming::truncated(&data.layer).to_owned(),
        level,
        format,
        body,
        is_cut: false,
        trace_id: context.trace_id,
        segment_id: context.trace_segment_id,
        span_id: Some(context.span_id).filter(|_| has_span),
        tags,
    }
}
