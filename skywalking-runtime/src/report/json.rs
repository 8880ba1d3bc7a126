//! A `SegmentObject` as JSON, by the proto3 mapping that the backend's HTTP endpoint reads
//! (`docs/protocol.md#http-transport`): names in lowerCamelCase, enums by name. Times are numbers,
//! which the backend takes as well as text. Lists and texts that are empty are left out, as are
//! switches that are off, but for `isError`.

use std::io;

use prost::Message as _;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use serde_json::ser::{CompactFormatter, Formatter};
#[cfg(feature = "report-http")]
use skywalking_proto::v3::{InstancePingPkg, InstanceProperties};
use skywalking_proto::v3::{
    KeyStringValuePair, Log, RefType, SegmentObject, SegmentReference, SpanLayer, SpanObject,
    SpanType,
};

/// One line of JSON, with the line end, of a segment's bytes. None if they are no segment.
pub(crate) fn line(bytes: &[u8]) -> Option<Vec<u8>> {
    let segment = SegmentObject::decode(bytes).ok()?;
    let mut line = Vec::with_capacity(bytes.len() * 3);
    Json(&segment)
        .serialize(&mut serde_json::Serializer::with_formatter(&mut line, Visible))
        .ok()?;
    line.push(b'\n');
    Some(line)
}

/// The JSON of a segment's bytes. What is no segment becomes an empty one, which a backend passes
/// over: the encoder writes none such.
#[cfg(feature = "report-http")]
pub(crate) fn segment(bytes: &[u8]) -> bytes::Bytes {
    message(&SegmentObject::decode(bytes).unwrap_or_default(), bytes.len() * 2)
}

/// A message of management as JSON.
#[cfg(feature = "report-http")]
pub(crate) fn management<T>(said: &T) -> bytes::Bytes
where
    for<'a> Json<'a, T>: Serialize,
{
    message(said, 512)
}

#[cfg(feature = "report-http")]
fn message<T>(message: &T, room: usize) -> bytes::Bytes
where
    for<'a> Json<'a, T>: Serialize,
{
    let mut text = Vec::with_capacity(room);
    match serde_json::to_writer(&mut text, &Json(message)) {
        Ok(()) => text.into(),
        // Memory takes everything, and none of the messages has a key that is no text.
        Err(_) => bytes::Bytes::from_static(b"{}"),
    }
}

/// Escapes the control characters that JSON doesn't ask to escape: the line may end up in a
/// terminal.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| c.is_control()) {
            CompactFormatter.write_string_fragment(writer, &rest[..at])?;
            write!(writer, "\\u{:04x}", u32::from(c))?;
            rest = &rest[at + c.len_utf8()..];
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

/// A message as JSON.
pub(crate) struct Json<'a, T>(&'a T);

fn list<T>(all: &[T]) -> Vec<Json<'_, T>> {
    all.iter().map(Json).collect()
}

/// An optional field: `skip_field` where there is nothing to write.
macro_rules! put {
    ($out:ident, $key:literal, $value:expr, if $there:expr) => {
        if $there { $out.serialize_field($key, $value)? } else { $out.skip_field($key)? }
    };
}

impl Serialize for Json<'_, SegmentObject> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let segment = self.0;
        let mut out = to.serialize_struct("SegmentObject", 6)?;
        out.serialize_field("traceId", &segment.trace_id)?;
        out.serialize_field("traceSegmentId", &segment.trace_segment_id)?;
        out.serialize_field("spans", &list(&segment.spans))?;
        out.serialize_field("service", &segment.service)?;
        out.serialize_field("serviceInstance", &segment.service_instance)?;
        put!(out, "isSizeLimited", &true, if segment.is_size_limited);
        out.end()
    }
}

impl Serialize for Json<'_, SpanObject> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let span = self.0;
        let mut out = to.serialize_struct("SpanObject", 14)?;
        out.serialize_field("spanId", &span.span_id)?;
        out.serialize_field("parentSpanId", &span.parent_span_id)?;
        out.serialize_field("startTime", &span.start_time)?;
        out.serialize_field("endTime", &span.end_time)?;
        put!(out, "refs", &list(&span.refs), if !span.refs.is_empty());
        out.serialize_field("operationName", &span.operation_name)?;
        put!(out, "peer", &span.peer, if !span.peer.is_empty());
        out.serialize_field(
            "spanType",
            &Enum(span.span_type, |n| SpanType::try_from(n).ok().map(|v| v.as_str_name())),
        )?;
        out.serialize_field(
            "spanLayer",
            &Enum(span.span_layer, |n| SpanLayer::try_from(n).ok().map(|v| v.as_str_name())),
        )?;
        out.serialize_field("componentId", &span.component_id)?;
        out.serialize_field("isError", &span.is_error)?;
        put!(out, "tags", &list(&span.tags), if !span.tags.is_empty());
        put!(out, "logs", &list(&span.logs), if !span.logs.is_empty());
        put!(out, "skipAnalysis", &true, if span.skip_analysis);
        out.end()
    }
}

impl Serialize for Json<'_, SegmentReference> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let from = self.0;
        let mut out = to.serialize_struct("SegmentReference", 8)?;
        out.serialize_field(
            "refType",
            &Enum(from.ref_type, |n| RefType::try_from(n).ok().map(|v| v.as_str_name())),
        )?;
        out.serialize_field("traceId", &from.trace_id)?;
        out.serialize_field("parentTraceSegmentId", &from.parent_trace_segment_id)?;
        out.serialize_field("parentSpanId", &from.parent_span_id)?;
        out.serialize_field("parentService", &from.parent_service)?;
        out.serialize_field("parentServiceInstance", &from.parent_service_instance)?;
        out.serialize_field("parentEndpoint", &from.parent_endpoint)?;
        let address = &from.network_address_used_at_peer;
        put!(out, "networkAddressUsedAtPeer", address, if !address.is_empty());
        out.end()
    }
}

impl Serialize for Json<'_, Log> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut out = to.serialize_struct("Log", 2)?;
        out.serialize_field("time", &self.0.time)?;
        out.serialize_field("data", &list(&self.0.data))?;
        out.end()
    }
}

impl Serialize for Json<'_, KeyStringValuePair> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut out = to.serialize_struct("KeyStringValuePair", 2)?;
        out.serialize_field("key", &self.0.key)?;
        out.serialize_field("value", &self.0.value)?;
        out.end()
    }
}

#[cfg(feature = "report-http")]
impl Serialize for Json<'_, InstanceProperties> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let said = self.0;
        let mut out = to.serialize_struct("InstanceProperties", 4)?;
        out.serialize_field("service", &said.service)?;
        out.serialize_field("serviceInstance", &said.service_instance)?;
        out.serialize_field("properties", &list(&said.properties))?;
        put!(out, "layer", &said.layer, if !said.layer.is_empty());
        out.end()
    }
}

#[cfg(feature = "report-http")]
impl Serialize for Json<'_, InstancePingPkg> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let said = self.0;
        let mut out = to.serialize_struct("InstancePingPkg", 3)?;
        out.serialize_field("service", &said.service)?;
        out.serialize_field("serviceInstance", &said.service_instance)?;
        put!(out, "layer", &said.layer, if !said.layer.is_empty());
        out.end()
    }
}

/// An enum by its name; by its number where that has no name.
struct Enum(i32, fn(i32) -> Option<&'static str>);

impl Serialize for Enum {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match (self.1)(self.0) {
            Some(name) => to.serialize_str(name),
            None => to.serialize_i32(self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_one_line_with_the_names_of_the_wire() {
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
        let line = String::from_utf8(line(&segment.encode_to_vec()).unwrap()).unwrap();
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
    fn bytes_that_are_no_segment_are_no_line() {
        assert_eq!(line(b"\xff\xff\xff"), None);
    }
}
