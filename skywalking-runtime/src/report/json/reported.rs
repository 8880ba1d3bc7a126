//! Writes log records and events as JSON.

use skywalking_proto::v3::log_data_body::Content;
use skywalking_proto::v3::{Event, LogData, LogDataBody, LogTags, Source, TraceContext, Type};

use super::writer::Writer;
use super::{Json, all, name_or_number, text_if_any};

impl Json for LogData {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            json.key("timestamp").integer(self.timestamp);
            json.key("service").text(&self.service);
            json.key("serviceInstance").text(&self.service_instance);
            text_if_any(json, "endpoint", &self.endpoint);
            member_if_any(json, "body", self.body.as_ref());
            member_if_any(json, "traceContext", self.trace_context.as_ref());
            member_if_any(json, "tags", self.tags.as_ref());
            text_if_any(json, "layer", &self.layer);
        });
    }
}

impl Json for LogDataBody {
    fn write(&self, json: &mut Writer) {
        let Self { r#type, content } = self;
        json.object(|json| {
            text_if_any(json, "type", r#type);
            let (name, text) = match content {
                Some(Content::Text(body)) => ("text", &body.text),
                Some(Content::Json(body)) => ("json", &body.json),
                Some(Content::Yaml(body)) => ("yaml", &body.yaml),
                None => return,
            };
            // The member of the body and the member of the text have the same name.
            json.key(name).object(|json| json.key(name).text(text));
        });
    }
}

impl Json for TraceContext {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            json.key("traceId").text(&self.trace_id);
            json.key("traceSegmentId").text(&self.trace_segment_id);
            json.key("spanId").integer(self.span_id.into());
        });
    }
}

impl Json for LogTags {
    fn write(&self, json: &mut Writer) {
        json.object(|json| all(json, "data", &self.data));
    }
}

impl Json for Event {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            json.key("uuid").text(&self.uuid);
            member_if_any(json, "source", self.source.as_ref());
            json.key("name").text(&self.name);
            let kind = Type::try_from(self.r#type).ok();
            name_or_number(json, "type", kind.map(|kind| kind.as_str_name()), self.r#type);
            text_if_any(json, "message", &self.message);
            if !self.parameters.is_empty() {
                let mut parameters: Vec<_> = self.parameters.iter().collect();
                parameters.sort_unstable();
                json.key("parameters").object(|json| {
                    for (key, value) in parameters {
                        json.any_key(key).text(value);
                    }
                });
            }
            // 0 is a time that is not known.
            for (key, time) in [("startTime", self.start_time), ("endTime", self.end_time)] {
                if time != 0 {
                    json.key(key).integer(time);
                }
            }
            text_if_any(json, "layer", &self.layer);
        });
    }
}

impl Json for Source {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            json.key("service").text(&self.service);
            text_if_any(json, "serviceInstance", &self.service_instance);
            text_if_any(json, "endpoint", &self.endpoint);
        });
    }
}

fn member_if_any(json: &mut Writer, key: &'static str, message: Option<&impl Json>) {
    if let Some(message) = message {
        message.write(json.key(key));
    }
}
