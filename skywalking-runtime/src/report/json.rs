//! Writes messages as JSON, by the proto3 mapping that the backend's HTTP endpoint reads
//! (`docs/protocol.md#http-transport`).
//!
//! Names are in lowerCamelCase, and enums are written by name. Times are numbers: the backend
//! accepts numbers and texts. Empty lists, empty texts and false bools are omitted, except
//! `isError`.

mod meters;
mod reported;
mod writer;

use prost::Message as _;
use skywalking_proto::v3::{
    Event, KeyStringValuePair, Log, LogData, MeterData, RefType, SegmentObject, SegmentReference,
    SpanLayer, SpanObject, SpanType,
};
#[cfg(feature = "report-http")]
use skywalking_proto::v3::{InstancePingPkg, InstanceProperties};

use super::signal::Signal;
use writer::{Escape, Writer};

/// Returns a message's bytes as one line of JSON, with the line end, or `None` if they are not a
/// message of this signal. Control characters are escaped, since the line may end up in a terminal.
pub(crate) fn line(signal: Signal, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut json = Writer::new(Escape::Control, bytes.len() * 3);
    match signal {
        Signal::Segments => SegmentObject::decode(bytes).ok()?.write(&mut json),
        Signal::Logs => LogData::decode(bytes).ok()?.write(&mut json),
        Signal::Events => Event::decode(bytes).ok()?.write(&mut json),
        Signal::Meters => MeterData::decode(bytes).ok()?.write(&mut json),
    }
    let mut line = json.into_bytes();
    line.push(b'\n');
    Some(line)
}

/// Returns a segment's bytes as JSON. Other bytes, which the encoder never writes, become an empty
/// segment, which the backend ignores.
#[cfg(feature = "report-http")]
pub(crate) fn segment(bytes: &[u8]) -> bytes::Bytes {
    message(&SegmentObject::decode(bytes).unwrap_or_default(), bytes.len() * 2)
}

/// Returns another message as JSON.
#[cfg(feature = "report-http")]
pub(crate) fn of(message: &impl Json) -> bytes::Bytes {
    self::message(message, 512)
}

#[cfg(feature = "report-http")]
fn message(message: &impl Json, capacity: usize) -> bytes::Bytes {
    let mut json = Writer::new(Escape::Required, capacity);
    message.write(&mut json);
    json.into_bytes().into()
}

/// A message that can be written as JSON.
pub(crate) trait Json {
    /// Writes the message.
    fn write(&self, json: &mut Writer);
}

impl Json for SegmentObject {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            json.key("traceId").text(&self.trace_id);
            json.key("traceSegmentId").text(&self.trace_segment_id);
            all(json, "spans", &self.spans);
            json.key("service").text(&self.service);
            json.key("serviceInstance").text(&self.service_instance);
            if self.is_size_limited {
                json.key("isSizeLimited").switch(true);
            }
        });
    }
}

impl Json for SpanObject {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            json.key("spanId").integer(self.span_id.into());
            json.key("parentSpanId").integer(self.parent_span_id.into());
            json.key("startTime").integer(self.start_time);
            json.key("endTime").integer(self.end_time);
            if !self.refs.is_empty() {
                all(json, "refs", &self.refs);
            }
            json.key("operationName").text(&self.operation_name);
            text_if_any(json, "peer", &self.peer);
            let kind = SpanType::try_from(self.span_type).ok();
            name_or_number(json, "spanType", kind.map(|kind| kind.as_str_name()), self.span_type);
            let layer = SpanLayer::try_from(self.span_layer).ok();
            let layer = layer.map(|layer| layer.as_str_name());
            name_or_number(json, "spanLayer", layer, self.span_layer);
            json.key("componentId").integer(self.component_id.into());
            json.key("isError").switch(self.is_error);
            if !self.tags.is_empty() {
                all(json, "tags", &self.tags);
            }
            if !self.logs.is_empty() {
                all(json, "logs", &self.logs);
            }
            if self.skip_analysis {
                json.key("skipAnalysis").switch(true);
            }
        });
    }
}

impl Json for SegmentReference {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            let kind = RefType::try_from(self.ref_type).ok();
            name_or_number(json, "refType", kind.map(|kind| kind.as_str_name()), self.ref_type);
            json.key("traceId").text(&self.trace_id);
            json.key("parentTraceSegmentId").text(&self.parent_trace_segment_id);
            json.key("parentSpanId").integer(self.parent_span_id.into());
            json.key("parentService").text(&self.parent_service);
            json.key("parentServiceInstance").text(&self.parent_service_instance);
            json.key("parentEndpoint").text(&self.parent_endpoint);
            text_if_any(json, "networkAddressUsedAtPeer", &self.network_address_used_at_peer);
        });
    }
}

impl Json for Log {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            json.key("time").integer(self.time);
            all(json, "data", &self.data);
        });
    }
}

impl Json for KeyStringValuePair {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            json.key("key").text(&self.key);
            json.key("value").text(&self.value);
        });
    }
}

#[cfg(feature = "report-http")]
impl Json for InstanceProperties {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            json.key("service").text(&self.service);
            json.key("serviceInstance").text(&self.service_instance);
            all(json, "properties", &self.properties);
            text_if_any(json, "layer", &self.layer);
        });
    }
}

#[cfg(feature = "report-http")]
impl Json for InstancePingPkg {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            json.key("service").text(&self.service);
            json.key("serviceInstance").text(&self.service_instance);
            text_if_any(json, "layer", &self.layer);
        });
    }
}

fn all(json: &mut Writer, key: &'static str, messages: &[impl Json]) {
    json.key(key).list(messages, |json, message| message.write(json));
}

fn text_if_any(json: &mut Writer, key: &'static str, text: &str) {
    if !text.is_empty() {
        json.key(key).text(text);
    }
}

/// Writes an enum by its name, or by its number if it has no name.
fn name_or_number(json: &mut Writer, key: &'static str, name: Option<&str>, number: i32) {
    match name {
        Some(name) => json.key(key).text(name),
        None => json.key(key).integer(number.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segment_is_one_line_with_the_protocols_names() {
        let pair = |key: &str, value: &str| KeyStringValuePair {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        let segment = SegmentObject {
            trace_id: "t".to_owned(),
            trace_segment_id: "s".to_owned(),
            spans: vec![SpanObject {
                span_id: 0,
                parent_span_id: -1,
                start_time: 1_700_000_000_000,
                end_time: 1_700_000_000_010,
                refs: vec![SegmentReference {
                    parent_span_id: 3,
                    parent_service: "a".to_owned(),
                    ..SegmentReference::default()
                }],
                operation_name: "/x".to_owned(),
                peer: String::new(),
                span_type: SpanType::Entry.into(),
                span_layer: SpanLayer::Http.into(),
                component_id: 49,
                is_error: false,
                tags: vec![pair("http.method", "G\nE\u{1b}\u{9b}T \"quoted\"")],
                logs: vec![Log { time: 5, data: vec![pair("event", "error")] }],
                skip_analysis: true,
            }],
            service: "svc".to_owned(),
            service_instance: "i".to_owned(),
            is_size_limited: false,
        };
        let line =
            String::from_utf8(line(Signal::Segments, &segment.encode_to_vec()).unwrap()).unwrap();
        assert_eq!(
            line,
            concat!(
                r#"{"traceId":"t","traceSegmentId":"s","spans":[{"spanId":0,"parentSpanId":-1,"startTime":1700000000000,"endTime":1700000000010,"#,
                r#""refs":[{"refType":"CrossProcess","traceId":"","parentTraceSegmentId":"","parentSpanId":3,"parentService":"a","#,
                r#""parentServiceInstance":"","parentEndpoint":""}],"#,
                r#""operationName":"/x","spanType":"Entry","spanLayer":"Http","componentId":49,"isError":false,"#,
                r#""tags":[{"key":"http.method","value":"G\nE\u001b\u009bT \"quoted\""}],"#,
                r#""logs":[{"time":5,"data":[{"key":"event","value":"error"}]}],"skipAnalysis":true}],"service":"svc","serviceInstance":"i"}"#,
                "\n"
            )
        );
    }

    #[test]
    fn other_bytes_are_not_a_line() {
        assert_eq!(line(Signal::Segments, b"\xff\xff\xff"), None);
    }
}
